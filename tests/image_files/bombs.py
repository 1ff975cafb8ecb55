"""Pictures that are small on disk and would be gigantic in memory."""

import zlib


def bomb():
    """A PNG of 30,000 x 30,000 pixels in a few bytes; nothing of them is there."""
    header = (30_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", b"") + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind, data):
    checked = kind + data
    return len(data).to_bytes(4, "big") + checked + zlib.crc32(checked).to_bytes(4, "big")
