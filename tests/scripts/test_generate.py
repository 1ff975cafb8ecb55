"""The script that draws, with a stand-in for the trained generator."""

import importlib.util
from pathlib import Path

import cv2
import numpy as np
import pytest
from absl import flags
from PIL import Image

from tfgen.errors import InputError

SCRIPT = Path(__file__).parents[2] / "scripts" / "generate.py"
NAMES = (
    *("model", "draw", "styles", "azimuth", "elevation", "steps"),
    *("transform", "transparent", "sigma", "seed", "out"),
)


class FakeDrawer:
    style_names = tuple(f"chair_{i}" for i in range(8))
    image_size = 16

    def __call__(self, weights, azimuth, elevation, transform):
        n = len(weights)
        images = np.full((n, 16, 16, 3), 255, np.uint8)
        masks = np.zeros((n, 16, 16, 1), np.uint8)
        images[:, 4:12, 4:12], masks[:, 4:12, 4:12] = (200, 100, 50), 255
        return images, masks


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("generate_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    for name in NAMES:
        delattr(flags.FLAGS, name)


@pytest.fixture
def run(script, monkeypatch):
    monkeypatch.setattr("tfgen.loading.load_drawer", lambda path: FakeDrawer())

    def start(*arguments):
        for name in NAMES:
            flags.FLAGS[name].unparse()
        flags.FLAGS(["generate.py", "--model=x", *arguments])
        script.main(["generate.py"])

    return start


@pytest.mark.parametrize("kind", ["image", "turn", "morph", "triangle", "sweep", "grid", "random"])
def test_every_kind_of_drawing_writes_a_png(run, tmp_path, kind):
    run(f"--draw={kind}", f"--out={tmp_path / 'x.png'}")
    picture = cv2.imread(str(tmp_path / "x.png"))
    assert picture.std() > 5


@pytest.mark.parametrize("kind", ["turn", "morph", "sweep"])
def test_turns_morphs_and_sweeps_are_animated(run, tmp_path, kind):
    run(f"--draw={kind}", f"--out={tmp_path / 'x.gif'}", "--steps=3")
    with Image.open(tmp_path / "x.gif") as gif:
        assert gif.format == "GIF"


def test_a_transparent_image_has_the_mask_as_alpha_and_the_objects_colours(run, tmp_path):
    run("--draw=image", "--transparent", f"--out={tmp_path / 'x.png'}")
    bgra = cv2.imread(str(tmp_path / "x.png"), cv2.IMREAD_UNCHANGED)
    assert bgra[0, 0, 3] == 0
    np.testing.assert_array_equal(bgra[8, 8], (50, 100, 200, 255))


def test_styles_are_numbers_or_names(run, tmp_path):
    run("--draw=morph", "--styles=chair_3,5", f"--out={tmp_path / 'x.png'}")
    assert (tmp_path / "x.png").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--styles=99"], "--styles=99 does not exist: give 0 to 7"),
        (["--styles=sofa"], "--styles=sofa does not exist"),
        (["--draw=morph", "--styles=1"], "--draw=morph needs 2 --styles"),
        (["--azimuth=nan"], "--azimuth=nan is not finite"),
        (["--transform=rotation"], "--transform=rotation is not name=number"),
        (["--transform=sheer=1"], "--transform=sheer=1 is not possible"),
        (["--transform=hue=inf"], "--transform=hue=inf is not possible"),
        (["--draw=grid", "--out=x.gif"], "--out=x.gif cannot be written"),
        (["--out=x.jpg"], "--out=x.jpg cannot be written"),
        (["--model="], "--model is missing"),
    ],
)
def test_mistakes_are_told_by_their_flag(run, arguments, message):
    with pytest.raises(InputError, match=message):
        run(*arguments)
