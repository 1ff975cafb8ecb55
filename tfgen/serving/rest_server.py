"""The REST interface of TensorFlow Serving: predictions, metadata and status under /v1/models/."""

import asyncio
import json

import grpc
from aiohttp import web
from tensorflow.core.framework import types_pb2
from tensorflow_serving.apis import get_model_metadata_pb2, get_model_status_pb2, model_pb2

from tfgen.errors import InputError
from tfgen.serving import http_guard, json_answer, json_tensors
from tfgen.serving.draining import Drain
from tfgen.serving.http_body import read_body
from tfgen.serving.prediction import SIGNATURE_DEF
from tfgen.serving.status import RequestError, invalid_argument

_MODEL = r"/v1/models/{name:[^/:]+}"
_VERSION = r"/versions/{version:[^/:]+}"
_LABEL = r"/labels/{label:[^/:]+}"
_JSON_TO_PYTHON = 4  # times as much memory as the text takes
_SECONDS_TO_SEND = 0.5  # what is answered already, when the server stops
_MOST_DIGITS = 19  # of a version; Python refuses to read numbers of thousands
_CHUNK = 1 << 18  # bytes; an answer of fewer is sent whole


class RestServer:
    """An HTTP server on one port.

    Args:
      prediction: `prediction.Prediction`.
      host: name or address to listen on.
      port: TCP port.
      timeout: seconds that a request may take.
      grace: seconds that requests at work get when the server stops.
      routes: more aiohttp routes to serve.
      hosts: `http_guard.Hosts`; None: those of `host`.
    """

    def __init__(self, prediction, host, port, timeout=30.0, grace=10.0, routes=(), hosts=None):
        self._prediction = prediction
        self._host, self._port = host, port
        self._timeout = timeout
        guard = http_guard.guard(
            hosts or http_guard.Hosts(host), prediction.limits.max_request_bytes
        )
        self._drain, self._grace = Drain(), grace
        app = web.Application(middlewares=[guard, self._drain.middleware()], logger=None)
        app.on_response_prepare.append(http_guard.add_headers)
        for suffix in ("", _VERSION, _LABEL):
            app.router.add_get(_MODEL + suffix, self._status)
            app.router.add_get(f"{_MODEL}{suffix}/metadata", self._metadata)
            app.router.add_post(f"{_MODEL}{suffix}:predict", self._predict)
        app.add_routes(routes)
        # A client that hangs up leaves the queue.
        self._runner = web.AppRunner(
            app,
            access_log=None,
            logger=http_guard.quiet_log(),
            handler_cancellation=True,
            shutdown_timeout=_SECONDS_TO_SEND,
            auto_decompress=False,  # `http_body` does, within limits
        )

    async def start(self):
        """Listens; InputError if the port is taken."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            raise InputError(
                f"`rest_api_port`={self._port} cannot be listened on ({error.strerror}): choose "
                "another."
            ) from None

    async def drain(self):
        """Refuses new requests at once, and waits for those at work."""
        await self._drain(self._grace)

    async def stop(self):
        """Listens no more."""
        await self._runner.cleanup()

    async def _predict(self, request):
        limits = self._prediction.limits
        end = asyncio.get_running_loop().time() + self._timeout
        body = await read_body(
            request, limits.max_request_bytes, self._timeout, self._prediction.aside
        )
        form, outputs, place = await self._in_time(self._run(request, body, end))
        try:
            size = sum(array.nbytes for array in outputs.values())
            return await self._send(request, size, json_answer.encode(form, outputs))
        finally:
            place.leave()

    async def _run(self, request, body, end):
        """(form of the answer, output name -> array, their place)."""
        prediction, size = self._prediction, len(body)
        spec = _model_spec(request)
        async with prediction.reading(_JSON_TO_PYTHON * size):
            spec.signature_name, form, values = await prediction.aside(
                size, json_tensors.parse_request, body, prediction.limits.max_json_values
            )
            given = [values]
            del values  # each form of the request goes as soon as the next is there
            body.clear()

            async def read(signature):
                dtypes = {name: each.dtype for name, each in signature.inputs.items()}
                return await prediction.aside(size, json_tensors.decode, form, given.pop(), dtypes)

            left = end - asyncio.get_running_loop().time()
            return form, *await prediction.predict_arrays(spec, read, left)

    async def _in_time(self, answer):
        try:
            return await asyncio.wait_for(answer, self._timeout)
        except asyncio.TimeoutError:
            raise RequestError(
                grpc.StatusCode.DEADLINE_EXCEEDED,
                f"no answer within {self._timeout:g} s (--rest_api_timeout_in_ms).",
            ) from None

    async def _send(self, request, size, pieces):
        """An answer of JSON, in chunks if it is large."""
        aside = self._prediction.aside
        first = await aside(size, _gathered, pieces)
        if len(first) < _CHUNK:
            return _json(first)
        response = web.StreamResponse()
        response.content_type = "application/json"
        await response.prepare(request)
        while first:
            await response.write(first)
            first = await aside(size, _gathered, pieces)
        await response.write_eof()
        return response

    async def _status(self, request):
        status = get_model_status_pb2.GetModelStatusRequest(model_spec=_model_spec(request))
        entries = []
        for entry in self._prediction.status(status).model_version_status:
            entries.append(
                {
                    "version": str(entry.version),
                    "state": type(entry).State.Name(entry.state),
                    "status": {
                        "error_code": _code_name(entry.status.error_code),
                        "error_message": entry.status.error_message,
                    },
                }
            )
        return _json({"model_version_status": entries})

    async def _metadata(self, request):
        asked = get_model_metadata_pb2.GetModelMetadataRequest(
            model_spec=_model_spec(request), metadata_field=[SIGNATURE_DEF]
        )
        response = self._prediction.metadata(asked)
        signatures = get_model_metadata_pb2.SignatureDefMap()
        response.metadata[SIGNATURE_DEF].Unpack(signatures)
        spec = response.model_spec
        definitions = {
            name: {
                "inputs": {key: _tensor_info(info) for key, info in each.inputs.items()},
                "outputs": {key: _tensor_info(info) for key, info in each.outputs.items()},
                "method_name": each.method_name,
            }
            for name, each in signatures.signature_def.items()
        }
        version = str(spec.version.value)
        return _json(
            {
                "model_spec": {"name": spec.name, "signature_name": "", "version": version},
                "metadata": {SIGNATURE_DEF: {SIGNATURE_DEF: definitions}},
            }
        )


def _gathered(pieces):
    """The next pieces, joined until they are worth sending; empty at the end."""
    gathered = bytearray()
    for piece in pieces:
        gathered += piece
        if len(gathered) >= _CHUNK:
            break
    return bytes(gathered)


def _json(content, status=200):
    body = content if isinstance(content, bytes) else json.dumps(content, indent=1).encode()
    return web.Response(body=body, status=status, content_type="application/json")


def _model_spec(request):
    parts = request.match_info
    spec = model_pb2.ModelSpec(name=parts["name"])
    if "version" in parts:
        spec.version.value = _version(parts["version"])
    elif "label" in parts:
        spec.version_label = parts["label"]
    return spec


def _version(text):
    """A version's number; RequestError (INVALID_ARGUMENT) if it is none."""
    if not (text.isascii() and text.isdigit()):  # Python takes digits of all scripts
        name = ascii(text[:40])[1:-1]
        raise invalid_argument(f"version {name} is no number: give one, of the digits 0 to 9.")
    digits = text.lstrip("0") or "0"
    if len(digits) > _MOST_DIGITS or int(digits) >= 2**63:
        raise invalid_argument(f"version {digits[:40]} is too large: give a number below 2^63.")
    return int(digits)


def _tensor_info(info):
    """As protobuf's own JSON, with the fields that are at their defaults."""
    shape = info.tensor_shape
    return {
        "dtype": types_pb2.DataType.Name(info.dtype),
        "tensor_shape": {
            "dim": [{"size": str(dim.size), "name": dim.name} for dim in shape.dim],
            "unknown_rank": shape.unknown_rank,
        },
        "name": info.name,
    }


def _code_name(number):
    return next((code.name for code in grpc.StatusCode if code.value[0] == number), "UNKNOWN")
