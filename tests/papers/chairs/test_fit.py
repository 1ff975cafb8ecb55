"""A user's own pictures, from files to a turn."""

import cv2
import numpy as np
import pytest
from PIL import Image

from tests import processes
from tfgen.errors import InputError
from tfgen.papers.chairs.fit import fit, read_pictures
from tfgen.runs.train import train


def write(path, alpha=False, object_=True):
    """A red box, 60 by 40, in a picture of 200 by 120."""
    pixels = np.full((120, 200, 4 if alpha else 3), 255, np.uint8)
    if alpha:
        pixels[...] = 0
    if object_:
        pixels[40:100, 80:120] = (0, 0, 200, 255)[: pixels.shape[-1]]
    cv2.imwrite(str(path), pixels)
    return str(path)


@pytest.mark.parametrize("alpha", [False, True])
def test_pictures_become_what_generators_learn_from(tmp_path, alpha):
    images, masks = read_pictures([write(tmp_path / "a.png", alpha)], 64)
    assert images.shape == (1, 64, 64, 3)
    covered = np.argwhere(masks[0, ..., 0] > 0.5)
    height, width = np.ptp(covered, axis=0) + 1
    assert width / height == pytest.approx(40 / 60, abs=0.05)
    assert height > 50  # cropped to the object, with a border
    np.testing.assert_allclose(images[0, 32, 32], [200 / 255, 0, 0], atol=0.01)
    assert images[0, 0, 0].max() == 0


def test_they_are_upright_and_alpha_is_the_mask_only_where_there_is_some(tmp_path):
    upright, _ = read_pictures([write(tmp_path / "a.png")], 64)
    with Image.open(tmp_path / "a.png") as image:
        turned, exif = image.transpose(Image.Transpose.ROTATE_90), Image.Exif()
        exif[0x0112] = 6  # to be turned by 90 degrees clockwise
        turned.save(tmp_path / "turned.png", exif=exif)
        image.convert("RGBA").save(tmp_path / "opaque.png")
    for name in ("turned", "opaque"):
        np.testing.assert_array_equal(read_pictures([tmp_path / f"{name}.png"], 64)[0], upright)


def test_pictures_that_cannot_be_used(tmp_path, settings):
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(InputError, match=r"text\.png cannot be used \(it is no picture"):
        read_pictures([tmp_path / "text.png"], 64)
    with pytest.raises(InputError, match=r"empty\.png shows no object"):
        read_pictures([write(tmp_path / "empty.png", object_=False)], 64)
    cv2.imwrite(str(tmp_path / "room.png"), np.full((50, 50, 3), 90, np.uint8))
    with pytest.raises(InputError, match=r"room\.png shows no object"):
        read_pictures([tmp_path / "room.png"], 64)
    with pytest.raises(InputError, match="azimuth has 1 angles for 2 pictures"):
        fit("x", ["a.png", "b.png"], {"azimuth": [0.0], "elevation": [0.0, 0.0]})
    with pytest.raises(InputError, match=f"run_dir={tmp_path} is no run's folder"):
        fit(tmp_path, ["a.png"], {})


def test_the_script_turns_an_object(tmp_path, settings):
    chosen = settings("--export_dir=")
    train(chosen)
    picture, out = write(tmp_path / "a.png"), tmp_path / "turn.gif"
    command = ["fit.py", picture, f"--model={chosen.schedule.run_dir}"]
    done = processes.run(*command, "--azimuths=30", "--elevations=20", f"--out={out}")
    assert done.returncode == 0, done.stderr
    assert "azimuth 30, elevation 20" in done.stdout
    with Image.open(out) as gif:
        assert gif.n_frames == 48
    for arguments, says in (
        (["--azimuths=30"], "belong together"),
        (["--out=x.jpg"], "--out=x.jpg cannot be written"),
    ):
        done = processes.run(*command, *arguments)
        assert done.returncode == 2
        assert says in done.stderr
