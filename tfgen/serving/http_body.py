"""The body of an HTTP request: read, and unpacked if it was compressed, never past the limit."""

import asyncio
import zlib

from aiohttp import ClientPayloadError, web
from aiohttp.http_exceptions import HttpProcessingError

from tfgen.serving.status import invalid_argument

# What zlib is told of a stream: whether it has a header of gzip, of its own, or none.
_GZIP, _ZLIB, _BARE = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS
_HEADERS = {"gzip": (_GZIP,), "x-gzip": (_GZIP,), "deflate": (_ZLIB, _BARE)}
_MOST_STREAMS = 16  # one after another in a body
_STEP = 1 << 20


async def read_body(request, most_bytes, timeout, aside):
    """The body of a request.

    Args:
      request: aiohttp's, of a server that does not unpack bodies itself.
      most_bytes: that it may have, as it comes and unpacked.
      timeout: seconds in which it must have come.
      aside: `aside.Aside`.

    Returns:
      bytes or bytearray.

    Raises:
      web.HTTPRequestEntityTooLarge, web.HTTPRequestTimeout.
      RequestError: INVALID_ARGUMENT; it does not unpack.
    """
    try:
        body = await asyncio.wait_for(_read(request.content, most_bytes), timeout)
    except asyncio.TimeoutError:
        raise web.HTTPRequestTimeout from None
    # Several headers are one list, and a list of several is refused as it stands.
    encoding = ", ".join(request.headers.getall("Content-Encoding", ["identity"])).strip().lower()
    if encoding == "identity":
        return body
    # It may unpack to a thousand times its size.
    return await aside(1024 * len(body), unpack, body, encoding, most_bytes)


def unpack(body, encoding, most_bytes):
    """What a compressed body holds; see `read_body`."""
    for header in _HEADERS.get(encoding, ()):
        try:
            return _unpack(body, header, most_bytes)
        except zlib.error:
            continue
    if encoding not in _HEADERS:
        name = ascii(encoding[:40])[1:-1]
        raise invalid_argument(
            f'Content-Encoding "{name}" is not known: send gzip, deflate, or none.'
        )
    raise invalid_argument(f"the request's body is not what Content-Encoding says: {encoding}.")


async def _read(stream, most_bytes):
    body = bytearray()
    try:
        async for chunk in stream.iter_any():
            body += chunk
            if len(body) > most_bytes:
                raise web.HTTPRequestEntityTooLarge(most_bytes, len(body))
    except (HttpProcessingError, ClientPayloadError, OSError):
        raise invalid_argument("the request's body is cut off, or no chunks as it says.") from None
    return body


def _unpack(body, header, most_bytes):
    unpacked, rest = bytearray(), bytes(body)
    for _ in range(_MOST_STREAMS):
        stream = zlib.decompressobj(header)
        while not stream.eof:
            before = len(unpacked)
            unpacked += stream.decompress(rest, _STEP)
            rest = stream.unconsumed_tail
            if len(unpacked) > most_bytes:
                raise web.HTTPRequestEntityTooLarge(most_bytes, len(unpacked))
            if not stream.eof and not rest and len(unpacked) == before:
                raise zlib.error  # it ends too early
        rest = stream.unused_data
        if not rest:
            return unpacked
    raise zlib.error
