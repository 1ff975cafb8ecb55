"""What people give as pictures and is none is refused in one sentence that says what it is."""

import subprocess

import numpy as np
import pytest
from PIL import Image

from tfgen.image_files.reading import BrokenPictureError, examine, read

EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n%%EOF\n"
KINDS = {
    "a.pdf": (b"%PDF-1.7\n%\xe2\xe3", "a PDF: export"),
    "a.eps": (EPS, "PostScript"),
    "dos.eps": (b"\xc5\xd0\xd3\xc6" + bytes(26) + EPS, "PostScript"),
    "a.svg": (b'<?xml version="1.0"?>\n<!-- by hand -->\n<svg width="9"/>', "SVG: export"),
    "bare.svg": (b"\xef\xbb\xbf<svg/>", "SVG: export"),
    "a.svgz": (b"\x1f\x8b\x08", "gzip: unpack"),
    "a.psd": (b"8BPS\0\1" + bytes(6) + b"\0\3\0\0\0\2\0\0\0\2\0\x08\0\3" + bytes(60), "Photoshop"),
    "a.xcf": (b"gimp xcf v011", "GIMP"),
    "phone.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC, which is read by another"),
    "a.cr3": (b"\0\0\0\x18ftypcrx \0\0\0\1", "camera's raw file: develop"),
    "a.raf": (b"FUJIFILMCCD-RAW 0201", "camera's raw file: develop"),
    "a.x3f": (b"FOVb", "camera's raw file: develop"),
    "cut.tif": (b"II*\0\xff\xff\0\0", "TIFF that is cut off or of a kind"),
}


@pytest.fixture(autouse=True)
def _no_other_program(monkeypatch):
    def start(*args, **options):
        raise AssertionError(f"{args[0]} was started")

    monkeypatch.setattr(subprocess, "Popen", start)


@pytest.mark.parametrize("misnamed", [False, True])
@pytest.mark.parametrize("name", KINDS)
def test_kinds_that_are_not_read_are_named(tmp_path, name, misnamed):
    data, reason = KINDS[name]
    path = tmp_path / ("photo.jpg" if misnamed and name != "a.x3f" else name)
    path.write_bytes(data)
    for function in (examine, read):
        with pytest.raises(BrokenPictureError, match=reason) as error:
            function(path)
        assert "\n" not in str(error.value)


def test_the_preview_in_a_raw_file_is_not_taken_for_it(tmp_path):
    image = Image.fromarray(np.zeros((6, 8, 3), np.uint8))
    image.save(tmp_path / "plain.tif")
    assert examine(tmp_path / "plain.tif") == (8, 6)
    image.save(tmp_path / "a.nef", "TIFF")
    image.save(tmp_path / "dng.tif", tiffinfo={50706: b"\1\4\0\0"})
    image.save(tmp_path / "nef.tif", tiffinfo={254: 1, 330: 8})
    data = (tmp_path / "plain.tif").read_bytes()
    start = int.from_bytes(data[4:8], "little") + 16
    moved = data[:4] + start.to_bytes(4, "little") + b"CR\2\0" + bytes(4) + data[:]
    (tmp_path / "cr2.tif").write_bytes(moved)
    for name in ("a.nef", "dng.tif", "nef.tif", "cr2.tif"):
        with pytest.raises(BrokenPictureError, match="camera's raw file: develop"):
            examine(tmp_path / name)
