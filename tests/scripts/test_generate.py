"""The script that draws, with a stand-in for the trained generator."""

import importlib.util
from pathlib import Path

import cv2
import numpy as np
import pytest
from absl import flags
from PIL import Image

from tests.descriptions import LAMPS
from tfgen.conditions.description import Condition, Description
from tfgen.errors import InputError

SCRIPT = Path(__file__).parents[2] / "scripts" / "generate.py"
NAMES = (
    *("model", "draw", "styles", "azimuth", "elevation", "steps"),
    *("transform", "set", "transparent", "sigma", "seed", "out"),
)


class FakeDrawer:
    style_names = tuple(f"chair_{i}" for i in range(8))
    image_size = 16

    def __init__(self):
        self.calls = []

    def __call__(self, values):
        self.calls.append(values)
        (n,) = {len(value) for value in values.values()}
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
    """A function of flags to what the drawer was asked for; it knows chairs, or a description."""

    def start(*arguments, description=None):
        drawer = FakeDrawer()
        if description:
            drawer.description = description
        monkeypatch.setattr("tfgen.loading.load_drawer", lambda path: drawer)
        for name in NAMES:
            flags.FLAGS[name].unparse()
        flags.FLAGS(["generate.py", "--model=x", *arguments])
        script.main(["generate.py"])
        return drawer.calls

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
    (call,) = run("--draw=morph", "--styles=chair_3,5", f"--out={tmp_path / 'x.png'}")
    assert (tmp_path / "x.png").is_file()
    np.testing.assert_array_equal(call["style"][[0, -1]], np.eye(8)[[3, 5]])


def test_chairs_are_told_by_their_own_flags_or_by_name(run, tmp_path):
    out = f"--out={tmp_path / 'x.png'}"
    (usual,) = run("--draw=image", out)
    assert (usual["azimuth"], usual["elevation"]) == (30, 20)
    flags_of_chairs = ("--styles=3", "--azimuth=40", "--elevation=25", "--transform=hue=1")
    (told,) = run("--draw=image", *flags_of_chairs, out)
    by_name = ("--set=style=chair_3", "--set=azimuth=40", "--set=elevation=25")
    (named,) = run("--draw=image", *by_name, "--set=transform=hue=1", out)
    assert (told["azimuth"], told["elevation"], told["transform"][0, 7]) == (40, 25, 1)
    for name in told:
        np.testing.assert_array_equal(named[name], told[name])


def test_any_condition_is_told_by_its_name(run, tmp_path):
    (call,) = run(
        *("--draw=morph", "--styles=desk,2", "--set=colour=blue", "--set=light=-5"),
        *("--set=pose=lean=0.5,bend=2", f"--out={tmp_path / 'x.png'}"),
        description=LAMPS,
    )
    np.testing.assert_array_equal(call["shape"][[0, -1]], np.eye(3)[[0, 2]])
    np.testing.assert_array_equal(call["colour"][4], [0, 1])
    assert call["light"][4] == -5
    np.testing.assert_allclose(call["pose"][4], [0.5, 2, 0])


@pytest.mark.parametrize("kind", ["image", "morph", "triangle", "sweep", "grid", "random"])
def test_every_kind_of_drawing_of_other_conditions(run, tmp_path, kind):
    calls = run(f"--draw={kind}", f"--out={tmp_path / 'x.png'}", description=LAMPS)
    assert set(calls[0]) == set(LAMPS.names)
    assert cv2.imread(str(tmp_path / "x.png")).std() > 5
    if kind == "grid":  # no angle goes round: the light from end to end
        np.testing.assert_allclose(calls[0]["light"][[0, 4, 8]], [-30, 15, 60])


@pytest.fixture(scope="module")
def lamps():
    """A drawer with a network of other conditions than the chairs'."""
    from tfgen.papers.chairs.drawing import generator_drawing
    from tfgen.papers.chairs.generator import UpConvGenerator
    from tfgen.papers.chairs.tables import generator_spec

    spec = generator_spec("1s-S", 64, 0.05, 0.05, streams=tuple(LAMPS.streams))
    drawing = generator_drawing(UpConvGenerator(spec, LAMPS))
    drawing.description = LAMPS
    return drawing


@pytest.mark.parametrize("kind", ["image", "morph", "sweep", "grid"])
def test_a_network_of_other_conditions_draws(script, lamps, monkeypatch, tmp_path, kind):
    monkeypatch.setattr("tfgen.loading.load_drawer", lambda path: lamps)
    written = []
    for colour in ("red", "blue"):
        for name in NAMES:
            flags.FLAGS[name].unparse()
        out = tmp_path / f"{colour}.png"
        flags.FLAGS(
            [
                "",
                "--model=x",
                f"--draw={kind}",
                "--steps=3",
                f"--set=colour={colour}",
                f"--out={out}",
            ]
        )
        script.main(["generate.py"])
        written.append(cv2.imread(str(out)).astype(int))
    assert (written[0] != written[1]).any()


def test_a_model_without_styles_is_drawn(run, tmp_path):
    sky = Description((Condition("sun", "angle", values=[0, 90, 180, 270]),), {"sun": ("sun",)})
    (call,) = run("--draw=turn", f"--out={tmp_path / 'x.png'}", description=sky)
    np.testing.assert_array_equal(call["sun"], np.arange(12) * 30)
    with pytest.raises(InputError, match="draw=morph needs a condition of styles"):
        run("--draw=morph", description=sky)
    with pytest.raises(InputError, match="styles=3 is not possible: this model's conditions are"):
        run("--draw=image", "--styles=3", description=sky)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--azimuth=3"], "--azimuth=3 is not possible: this model's conditions are shape, colour"),
        (["--transform=hue=1"], "--transform=hue=1 is not possible: this model's conditions are"),
        (["--set=size=3"], "--set=size=3 names no condition of this model: give one of shape, col"),
        (["--set=colour=green"], "--set=colour=green does not exist: give 0 to 1, or a name like"),
        (["--set=light=bright"], "--set=light=bright is no number"),
        (["--set=light=inf"], "--set=light=inf is not finite"),
        (["--set=light"], "--set=light is not name=value"),
        (["--set=pose=jump=1"], "--set=pose=jump=1 is not possible: names are lean, bend, twist"),
        (
            ["--draw=turn"],
            "--draw=turn needs an angle that goes round, and this model's",
        ),
    ],
)
def test_mistakes_about_other_conditions_are_told(run, arguments, message):
    with pytest.raises(InputError) as caught:
        run(*arguments, description=LAMPS)
    assert message in caught.value.for_command_line()


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
    with pytest.raises(InputError) as caught:
        run(*arguments)
    assert message in caught.value.for_command_line()
