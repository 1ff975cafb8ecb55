"""gRPC messages that cannot be read: refused in a sentence, where gRPC tells of an exception."""

import grpc
from google.protobuf.message import DecodeError

_UNREADABLE = object()


class RefuseUnreadable(grpc.aio.ServerInterceptor):
    """Answers INTERNAL, as gRPC has it, to what is no message of its method."""

    async def intercept_service(self, continuation, details):
        """The handler of a method, which only messages reach that can be read."""
        handler = await continuation(details)
        if handler is None or handler.request_deserializer is None:
            return handler
        asked, answered = (
            "stream" if streaming else "unary"
            for streaming in (handler.request_streaming, handler.response_streaming)
        )
        kind = f"{asked}_{answered}"
        return handler._replace(
            request_deserializer=_patient(handler.request_deserializer),
            **{kind: _around(getattr(handler, kind), details.method, asked)},
        )


def _patient(read):
    """A reader of messages that raises nothing."""

    def patient(message):
        try:
            return read(message)
        except DecodeError:
            return _UNREADABLE

    return patient


def _around(inner, method, asked):
    """A coroutine function in a method's place, whether it is one or yields its answers."""

    async def checked(request, context):
        if request is _UNREADABLE:
            text = f"the message is no request of {method}: it cannot be parsed."
            await context.abort(grpc.StatusCode.INTERNAL, text)
        return request

    async def each_checked(requests, context):
        async for request in requests:
            yield await checked(request, context)

    async def answer(asking, context):
        if asked == "stream":
            result = inner(each_checked(asking, context), context)
        else:
            result = inner(await checked(asking, context), context)
        if not hasattr(result, "__aiter__"):
            return await result
        async for response in result:
            await context.write(response)
        return None

    return answer
