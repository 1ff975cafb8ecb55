"""The end of an HTTP server: new requests are refused at once, those at work are waited for."""

import asyncio
import contextlib

import grpc
from aiohttp import web

from tfgen.serving.status import RequestError


class Drain:
    """Counts the requests at work.

    The server listens on while it stops: who comes is told so, and does not knock in vain.
    """

    def __init__(self):
        self._begun = False
        self._at_work = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def middleware(self):
        """Aiohttp's middleware; raises RequestError (UNAVAILABLE) once draining has begun."""

        @web.middleware
        async def count(request, handler):
            if self._begun:
                text = "the server is stopping: ask again, or another one."
                raise RequestError(grpc.StatusCode.UNAVAILABLE, text)
            self._at_work += 1
            self._idle.clear()
            try:
                return await handler(request)
            finally:
                self._at_work -= 1
                if not self._at_work:
                    self._idle.set()

        return count

    async def __call__(self, seconds):
        """Refuses new requests from now on, and waits for the others, for so many seconds."""
        self._begun = True
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)
