"""Why a request was refused: TensorFlow Serving's status codes, on gRPC and over HTTP."""

import logging

import grpc
import tensorflow as tf

from tfgen.errors import one_line

# What TensorFlow Serving answers over HTTP for each code (its http_server.cc).
HTTP_STATUS = {
    grpc.StatusCode.OK: 200,
    grpc.StatusCode.CANCELLED: 499,
    grpc.StatusCode.UNKNOWN: 500,
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.OUT_OF_RANGE: 400,
    grpc.StatusCode.UNIMPLEMENTED: 501,
    grpc.StatusCode.INTERNAL: 500,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.DATA_LOSS: 500,
    grpc.StatusCode.UNAUTHENTICATED: 401,
}
_CODES = {code.value[0]: code for code in grpc.StatusCode}
OUT_OF_MEMORY = "the server has no memory for this request: send a smaller one, or try again later."
# A model's own message can carry whole tensors.
_LONGEST_MESSAGE = 1000


class RequestError(Exception):
    """A request that is refused, or failed.

    Attributes:
      code: grpc.StatusCode.
      message: one sentence for the client.
    """

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
        self.message = message

    @property
    def number(self):
        """The code as a number, as in `StatusProto.error_code`."""
        return self.code.value[0]


def invalid_argument(message):
    """A RequestError for a request that can never succeed as it is."""
    return RequestError(grpc.StatusCode.INVALID_ARGUMENT, message)


def as_request_error(error, log=True):
    """The RequestError that tells a client of any exception.

    TensorFlow's errors keep their code: a model's own assertions become INVALID_ARGUMENT with what
    they say; anything unforeseen is INTERNAL, and goes to the server's log. With `log` False it is
    told here: what is said of a version that cannot be loaded goes to the log anyway.
    """
    if isinstance(error, RequestError):
        return error
    if isinstance(error, tf.errors.OpError):
        # What stands round the model's own words, and where in the graph it happened.
        message = error.message.removeprefix("Graph execution error:\n\n").split("\n\t [[")[0]
        message = " ".join(message.removeprefix("assertion failed: ").split())
        code = _CODES.get(error.error_code, grpc.StatusCode.UNKNOWN)
        return RequestError(code, message[:_LONGEST_MESSAGE])
    if isinstance(error, MemoryError):
        return RequestError(grpc.StatusCode.RESOURCE_EXHAUSTED, OUT_OF_MEMORY)
    text = one_line(error, _LONGEST_MESSAGE)
    if log:
        logging.getLogger("tfgen.serving").error("a request failed", exc_info=error)
        text = "the server failed at this request, and its log says why: try another one."
    return RequestError(grpc.StatusCode.INTERNAL, text)
