"""Many models in processes: in order, and whatever happens to some of them."""

import dataclasses
import multiprocessing
import os

import cv2
import numpy as np

from tfgen.rendering.processes import Died, in_processes
from tfgen.rendering.renderer import Renderer
from tfgen.rendering.turntable import Failure, Turntable, evenly_spaced, render_turntables
from tfgen.shapes.classes import ParametricModel

TURNTABLE = Turntable(evenly_spaced(3), (10.0, 30.0), 24, samples=2)


@dataclasses.dataclass(frozen=True)
class Broken:
    name: str = "broken"

    def load(self):
        raise RuntimeError("no such thing")


@dataclasses.dataclass(frozen=True)
class Deadly:
    name: str = "deadly"

    def load(self):
        os._exit(1)


def decode(data):
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)


def test_views_go_elevation_by_elevation():
    assert TURNTABLE.views[:4] == [(0.0, 10.0), (120.0, 10.0), (240.0, 10.0), (0.0, 30.0)]


def test_frames_are_what_the_renderer_renders():
    model = ParametricModel("chairs", 1)
    (frames,) = render_turntables([model], TURNTABLE, 1)
    renderer = Renderer(model.load())
    for (azimuth, elevation), image, mask in zip(
        TURNTABLE.views, frames.images, frames.masks, strict=True
    ):
        rgb, expected = renderer.render(azimuth, elevation, 24, samples=2)
        np.testing.assert_array_equal(decode(image)[..., ::-1], rgb)
        np.testing.assert_array_equal(decode(mask), expected[..., 0])


def test_broken_and_deadly_models_fail_alone_and_order_is_kept():
    models = [
        ParametricModel("chairs", 0),
        Broken(),
        Deadly(),
        ParametricModel("chairs", 1),
        ParametricModel("chairs", 2),
    ]
    results = list(render_turntables(models, TURNTABLE, 2))
    assert [result.model for result in results] == [model.name for model in models]
    assert [isinstance(result, Failure) for result in results] == [False, True, True, False, False]
    assert "no such thing" in results[1].reason
    assert "died" in results[2].reason


def double(x):
    if x == 3:
        os._exit(1)
    return 2 * x


def test_results_come_in_order_with_the_task_that_died_in_its_place():
    results = [result for _, result in in_processes(double, range(6), 2)]
    assert isinstance(results.pop(3), Died)
    assert results == [0, 2, 4, 8, 10]


def test_leaving_early_ends_the_processes():
    before = set(multiprocessing.active_children())
    generator = in_processes(double, [0, 1, 2], 1)
    next(generator)
    assert set(multiprocessing.active_children()) > before
    generator.close()
    assert set(multiprocessing.active_children()) <= before
