"""The pictures of a run: those that its generator's conditions allow."""

import keras
import numpy as np

from tests.descriptions import LAMPS
from tfgen.papers.chairs.gallery import GeneratorGallery
from tfgen.papers.chairs.generator import UpConvGenerator
from tfgen.papers.chairs.tables import generator_spec


def test_turntables_have_all_pictures(tiny_generator, examples):
    pictures = GeneratorGallery(tiny_generator(), {"training": examples[:12]}).pictures(0)
    assert list(pictures) == ["comparison", "turn", "morph", "transformations", "error_by_view"]
    assert min(picture.std() for picture in pictures.values()) > 5


def test_other_conditions_have_those_that_make_sense(tmp_path, monkeypatch):
    keras.utils.set_random_seed(0)
    spec = generator_spec("1s-S", 64, 0.05, 0.05, streams=tuple(LAMPS.streams))
    gallery = GeneratorGallery(UpConvGenerator(spec, LAMPS), {}, values={"colour": 1})
    assert list(gallery.pictures(0)) == ["morph", "transformations"]
    written = []
    monkeypatch.setattr(
        "tfgen.training.projector.write_projector", lambda *arguments: written.extend(arguments)
    )

    class Directory:
        logs = tmp_path

    gallery.finish(Directory)
    _, codes, names, categories, thumbnails = written
    assert codes.shape == (3, spec.inputs["look"][-1])
    assert (names, categories) == (["desk", "floor", "wall"], ["lamp"] * 3)
    assert np.ptp(thumbnails, axis=0).max() > 0
