"""What stands before every HTTP answer: who may ask, what browsers are told, and how it fails.

A page on the web can make a browser ask this machine: by a name of its own that leads to 127.0.0.1
(DNS rebinding). Then `Host` is that name; so it is compared with the names that the server has.
"""

import ipaddress
import json
import logging
import re

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from tfgen.serving.status import HTTP_STATUS, OUT_OF_MEMORY, as_request_error

_LOCALHOST = "localhost"
_ANY = "*"
# An address of IPv6, another one or a name, and perhaps a port; in ASCII, as URLs have them.
_HOST = re.compile(r"(?:\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+|::1))(?::[0-9]{1,5})?")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class Hosts:
    """The names by which a server may be asked.

    Args:
      host: what it listens on.
      allowed: names; () for loopback's if it listens there, and for any elsewhere; "*" for any.
    """

    def __init__(self, host, allowed=()):
        self.names = tuple(each.strip().lower().rstrip(".") for each in allowed)
        self._loopback = not self.names and is_loopback(host)
        if not self.names:
            self.names = (_LOCALHOST, host.lower()) if self._loopback else (_ANY,)

    @property
    def any(self):
        """Whether every name is allowed."""
        return _ANY in self.names

    def allow(self, header):
        """Whether a `Host` header, name and perhaps port, is one of the names."""
        if self.any:
            return True
        name = name_in(header)
        if name is None:
            return False
        return name in self.names or (self._loopback and is_loopback(name))


def name_in(header):
    """The name in a `Host` header, without its port; None of what can be no such header."""
    match = _HOST.fullmatch((header or "").strip().lower())
    return match and (match["address"] or match["name"]).rstrip(".")


def is_loopback(host):
    """Whether a name or address to listen on is reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == _LOCALHOST


def quiet_log():
    """A logger for aiohttp, which tells of all that is no HTTP with a traceback."""
    log = logging.getLogger("tfgen.serving.http")
    log.addFilter(_is_of_ours)
    return log


def _is_of_ours(record):
    """Whether a record is of the server itself, and not of what came in."""
    error = record.exc_info and record.exc_info[1]
    return not isinstance(error, (HttpProcessingError, OSError))


def guard(hosts, most_bytes):
    """Aiohttp's middleware.

    Args:
      hosts: `Hosts`.
      most_bytes: of a request's body, for messages.
    """

    @web.middleware
    async def middleware(request, handler):
        if not hosts.allow(request.headers.get("Host")):
            header = request.headers.get("Host", "")
            name = ascii(header[:80])[1:-1]
            text = f'Host "{name}" is not served here: ask for {hosts.names[0]} (--allowed_hosts).'
            return _error(text, 421 if name_in(header) else web.HTTPBadRequest.status_code)
        return await _answer(request, handler, most_bytes)

    return middleware


async def add_headers(request, response):
    """Tells browsers what not to do, and clients when to go; for `on_response_prepare`."""
    if response.status == web.HTTPServiceUnavailable.status_code:
        response.force_close()
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


async def _answer(request, handler, most_bytes):
    """What a handler answers; what it raises as JSON."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        reason = error.reason
        if error.status == web.HTTPRequestEntityTooLarge.status_code:
            reason += f": the server takes at most {most_bytes >> 20} MiB (--max_message_mb)"
        text = f"Malformed request: {request.method} {request.path}: {reason}"
        response = _error(text, error.status)
        response.headers.update({k: v for k, v in error.headers.items() if k == "Allow"})
        return response
    except MemoryError:
        return _error(OUT_OF_MEMORY, web.HTTPServiceUnavailable.status_code)
    except Exception as error:
        refusal = as_request_error(error)
        return _error(refusal.message, HTTP_STATUS[refusal.code])


def _error(text, status):
    body = json.dumps({"error": text}, indent=1).encode()
    return web.Response(body=body, status=status, content_type="application/json")
