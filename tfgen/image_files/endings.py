"""Whether a picture file was cut off: where it ends is looked for, as decoders may not say so.

Something may stand behind that end: the film of a telephone's motion photo, an archive. Sources:
ITU-T T.81, annex B (JPEG); the W3C's PNG specification, chapter 5; Google's WebP container.
"""

import re

_TAIL = 65536  # bytes at a file's end in which PNG's last chunk is looked for first
_MOST_READ = 2**28  # bytes of a JPEG, and chunks of a PNG: beyond them decoders have the word
_MOST_CHUNKS = 100_000
# A marker of JPEG that is none of those within its data: zeros, restarts, fill bytes.
_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")
_END, _WITHOUT_LENGTH = b"\xd9", b"\x01\xd8"


def is_cut_off(file, form, size):
    """Whether a picture's end is missing.

    Args:
      file: open for reading; it stays where it is.
      form: of the picture, as Pillow names it.
      size: bytes of the file.
    """
    if form not in _CHECKS:
        return False
    place = file.tell()
    try:
        return _CHECKS[form](file, size)
    finally:
        file.seek(place)


def _cut_webp(file, size):
    file.seek(4)
    return int.from_bytes(file.read(4), "little") + 8 > size


def _cut_png(file, size):
    file.seek(max(0, size - _TAIL))
    if b"IEND" in file.read(_TAIL):
        return False
    at = 8
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if head[4:] == b"IEND":
            return False
        if len(head) < 8:
            return True
        at += 12 + int.from_bytes(head[:4], "big")
    return False


def _cut_jpeg(file, size):
    file.seek(max(0, size - 2))
    if file.read() == b"\xff" + _END:
        return False
    file.seek(0)
    data, at = file.read(_MOST_READ), 0
    while found := _MARKER.search(data, at):
        if found[1] == _END:
            return False
        at = found.end()
        if found[1] not in _WITHOUT_LENGTH:
            at += int.from_bytes(data[at : at + 2], "big")
    return len(data) < _MOST_READ


# MPO is a JPEG with others behind it: stereo pairs, gain maps of telephones.
_CHECKS = {"JPEG": _cut_jpeg, "MPO": _cut_jpeg, "PNG": _cut_png, "WEBP": _cut_webp}
