"""How time and memory grow: with the image's size, the styles, the replicas; in rendering too."""

import contextlib
import statistics
import time

from tfgen.benchmark.rounds import Peer
from tfgen.rendering.renderer import Renderer
from tfgen.shapes.classes import ParametricModel

_AZIMUTHS = 12


def measure_training(axis, cases, precision, rounds, seconds, progress):
    """Trains tfgen's cases in turns.

    Args:
      axis: what grows.
      cases: of `cases.SCALING`.
      precision, rounds, seconds, progress: as `rounds.measure` takes them; progress is called once
        a case.

    Returns:
      list of dicts by column, the first of which is the axis.
    """
    with contextlib.ExitStack() as stack:
        peers = [Peer("tfgen", case, precision) for case in cases]
        for peer in peers:
            stack.callback(peer.close)
        rates = [[peer.ask("train", seconds) for peer in peers] for _ in range(rounds)]
        rows = []
        for case, peer, of_case in zip(cases, peers, zip(*rates, strict=True), strict=True):
            milliseconds = 1e3 * case.batch_size / statistics.median(of_case)
            memory = peer.ask("memory", 0)
            rows.append({axis: case.name, "step ms": milliseconds, "peak memory GiB": memory})
            progress()
    return rows


class _Clocked:
    """A ray caster that adds up the seconds it takes."""

    def __init__(self, caster):
        self._caster, self.seconds = caster, 0.0

    def __getattr__(self, name):
        method = getattr(self._caster, name)

        def clocked(*arguments):
            start = time.perf_counter()
            result = method(*arguments)
            self.seconds += time.perf_counter() - start
            return result

        return clocked


def measure_rendering(sizes, seconds):
    """Renders a parametric chair in one process, and clocks what the ray caster takes of it.

    Args:
      sizes: image sizes.
      seconds: how long at each, at least.

    Returns:
      list of dicts by column.
    """
    renderer = Renderer(ParametricModel("chairs", 0).load())
    renderer.caster = clock = _Clocked(renderer.caster)
    rows = []
    for size in sizes:
        renderer.render(0, 20, size)  # caches are filled
        clock.seconds, images, start = 0.0, 0, time.perf_counter()
        while images < _AZIMUTHS or time.perf_counter() - start < seconds:
            renderer.render(360 / _AZIMUTHS * images, 20, size)
            images += 1
        elapsed = time.perf_counter() - start
        rows.append(
            {
                "image size": str(size),
                "ms an image": 1e3 * elapsed / images,
                "of ray casting": 1e3 * clock.seconds / images,
                "times ray casting": elapsed / clock.seconds,
            }
        )
    return rows
