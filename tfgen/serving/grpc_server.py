"""The gRPC interface: PredictionService and ModelService, health checking, reflection."""

import contextlib
import importlib

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from tensorflow_serving.apis import model_service_pb2_grpc, prediction_service_pb2_grpc

from tfgen.errors import InputError
from tfgen.serving.status import as_request_error
from tfgen.serving.unreadable import RefuseUnreadable

_SERVICES = ("tensorflow.serving.PredictionService", "tensorflow.serving.ModelService")


async def _answer(context, result):
    """A coroutine's result; what it raises becomes the call's status."""
    try:
        return await result
    except Exception as error:
        refusal = as_request_error(error)
        await context.abort(refusal.code, refusal.message)


async def _call(function, request):
    return function(request)


def _predict_handler(prediction):
    """The method Predict, from bytes to bytes: messages are read and written beside the loop."""

    async def predict(message, context):
        """See `Prediction.predict`. A client that gives up leaves the queue."""
        answer = prediction.predict(message, context.time_remaining())
        response, place = await _answer(context, answer)
        context.add_done_callback(lambda _: place.leave())
        return response

    method = grpc.unary_unary_rpc_method_handler(predict)
    return grpc.method_handlers_generic_handler(_SERVICES[0], {"Predict": method})


class PredictionServicer(prediction_service_pb2_grpc.PredictionServiceServicer):
    """GetModelMetadata, and what is not there."""

    def __init__(self, prediction):
        self._prediction = prediction

    async def GetModelMetadata(self, request, context):  # noqa: N802
        """See `Prediction.metadata`."""
        return await _answer(context, _call(self._prediction.metadata, request))

    async def _take_no_examples(self, request, context):
        text = "images are not drawn from tf.Examples: use Predict."
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, text)

    Classify = Regress = MultiInference = _take_no_examples


class ModelServicer(model_service_pb2_grpc.ModelServiceServicer):
    """GetModelStatus and HandleReloadConfigRequest."""

    def __init__(self, prediction):
        self._prediction = prediction

    async def GetModelStatus(self, request, context):  # noqa: N802
        """See `Prediction.status`."""
        return await _answer(context, _call(self._prediction.status, request))

    async def HandleReloadConfigRequest(self, request, context):  # noqa: N802
        """See `Prediction.reload`."""
        response, error = await self._prediction.reload(request)
        if error:
            context.set_code(error.code)
            context.set_details(error.message)
        return response


class GrpcServer:
    """A gRPC server on one port.

    Args:
      prediction: `prediction.Prediction`.
      host: name or address to listen on.
      port: TCP port.
      grace: seconds that requests at work get when the server stops.
      ssl_config: an SSLConfig message (see `config_files`), or None for plain text.
    """

    def __init__(self, prediction, host, port, grace=10.0, ssl_config=None):
        self._prediction = prediction
        self._address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._options = [
            ("grpc.max_receive_message_length", prediction.limits.max_request_bytes),
            ("grpc.max_send_message_length", -1),
            ("grpc.so_reuseport", 0),  # a port that is taken is an error
        ]
        self._grace = grace
        self._ssl_config = ssl_config
        self._health = health.aio.HealthServicer()
        self._server = None

    async def start(self):
        """Listens; InputError if the port is taken or the certificate cannot be used."""
        self._server = grpc.aio.server(interceptors=(RefuseUnreadable(),), options=self._options)
        # Before the stubs' own, whose Predict is not reached.
        self._server.add_generic_rpc_handlers((_predict_handler(self._prediction),))
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
            PredictionServicer(self._prediction), self._server
        )
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(
            ModelServicer(self._prediction), self._server
        )
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        _register_descriptors()
        reflection.enable_server_reflection(
            (*_SERVICES, health.SERVICE_NAME, reflection.SERVICE_NAME), self._server
        )
        for service in ("", *_SERVICES):
            await self._health.set(service, health_pb2.HealthCheckResponse.SERVING)
        try:
            if self._ssl_config:
                self._server.add_secure_port(self._address, _credentials(self._ssl_config))
            else:
                self._server.add_insecure_port(self._address)
        except RuntimeError:
            raise InputError(
                f"`port`: {self._address} cannot be listened on (taken, not allowed, or the "
                "certificate is wrong): choose another."
            ) from None
        await self._server.start()

    async def drain(self):
        """Refuses new requests at once, and waits for those at work."""
        await self._health.enter_graceful_shutdown()
        await self._server.stop(self._grace)

    async def stop(self):
        """Cuts off what is at work."""
        await self._server.stop(None)


def _register_descriptors():
    """Makes the services known to protobuf, for reflection."""
    for module in ("prediction_service_pb2", "model_service_pb2"):
        # Those of TensorFlow 2.15 were generated for an older protobuf: they register, then fail.
        with contextlib.suppress(AttributeError):
            importlib.import_module(f"tensorflow_serving.apis.{module}")


def _credentials(config):
    return grpc.ssl_server_credentials(
        [(config.server_key.encode(), config.server_cert.encode())],
        root_certificates=config.custom_ca.encode() or None,
        require_client_auth=config.client_verify,
    )
