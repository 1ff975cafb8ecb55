"""A client of any model behind TensorFlow Serving's gRPC."""

import dataclasses
import json

import grpc
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from tfgen.serving import tensors
from tfgen.serving.status import RequestError

_RETRIES = {
    "methodConfig": [
        {
            "name": [{}],
            "retryPolicy": {
                "maxAttempts": 5,
                "initialBackoff": "0.1s",
                "maxBackoff": "2s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE", "RESOURCE_EXHAUSTED"],
            },
        }
    ]
}


# What a server answers, among others, when another version has replaced the one that was known.
_MAY_BE_REPLACED = (
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.FAILED_PRECONDITION,
)


@dataclasses.dataclass(frozen=True)
class _Metadata:
    """What a server told of a version."""

    version: int
    signatures: dict


class PredictionClient:
    """Asks one model of a server: its signatures, its versions' state, predictions.

    A server that is not reached, or too busy, is asked again up to four times. Facts about the
    model are those of the version that serves now: they are asked whenever they are read.

    Args:
      address: "host:port".
      model: its name on the server.
      version: its number; None for the newest.
      timeout: seconds that a request may take, its repetitions included.
      root_certificates: PEM bytes of who signed the server's certificate; None: plain text.
      client_key, client_certificate: PEM bytes, for a server that wants to know its clients.

    Methods raise:
      RequestError: the server refused, did not answer in time, or is not there.
    """

    def __init__(
        self,
        address="localhost:8500",
        model="",
        version=None,
        timeout=10.0,
        root_certificates=None,
        client_key=None,
        client_certificate=None,
    ):
        self.address = address
        self.model = model
        self._version = version
        self._timeout = timeout
        self._metadata = None
        options = [
            ("grpc.max_receive_message_length", -1),
            ("grpc.max_send_message_length", -1),
            ("grpc.service_config", json.dumps(_RETRIES)),
        ]
        if root_certificates is None:
            self._channel = grpc.insecure_channel(address, options)
        else:
            credentials = grpc.ssl_channel_credentials(
                root_certificates, client_key, client_certificate
            )
            self._channel = grpc.secure_channel(address, credentials, options)
        self._prediction = prediction_service_pb2_grpc.PredictionServiceStub(self._channel)
        self._models = model_service_pb2_grpc.ModelServiceStub(self._channel)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Hangs up."""
        self._channel.close()

    @property
    def signatures(self):
        """Signature name -> `SignatureDef`, as the server tells them."""
        return self._now().signatures

    def _known(self):
        """What the server told last; forgotten when another version answers, or one refuses."""
        return self._metadata or self._now()

    def _now(self):
        request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
        self._fill(request.model_spec)
        response = self._wait(self._prediction.GetModelMetadata.future(request, self._timeout))
        signatures = get_model_metadata_pb2.SignatureDefMap()
        response.metadata["signature_def"].Unpack(signatures)
        told = _Metadata(response.model_spec.version.value, dict(signatures.signature_def))
        self._metadata = told
        return told

    def _is_replaced(self, version, error):
        """Whether an error may come of it that another version than `version` serves by now."""
        if isinstance(error, RequestError) and error.code not in _MAY_BE_REPLACED:
            return False
        return self._now().version != version

    def status(self):
        """Version number -> (state of `ModelVersionStatus`, error message), newest first."""
        request = get_model_status_pb2.GetModelStatusRequest()
        request.model_spec.name = self.model
        response = self._wait(self._models.GetModelStatus.future(request, self._timeout))
        return {
            entry.version: (type(entry).State.Name(entry.state), entry.status.error_message)
            for entry in response.model_version_status
        }

    def predict(self, inputs, signature=""):
        """Runs a signature.

        Args:
          inputs: input name -> array of the signature's dtype.
          signature: its name; "" for the default one.

        Returns:
          Output name -> array.
        """
        return self._outputs(self._wait(self._start(inputs, signature)))

    def _fill(self, spec, signature=""):
        spec.name = self.model
        spec.signature_name = signature
        if self._version is not None:
            spec.version.value = self._version

    def _start(self, inputs, signature):
        request = predict_pb2.PredictRequest()
        self._fill(request.model_spec, signature)
        for name, array in inputs.items():
            tensors.fill(request.inputs[name], array, as_content=True)
        return self._prediction.Predict.future(request, self._timeout)

    def _outputs(self, response):
        known = self._metadata
        if known and known.version != response.model_spec.version.value:
            self._metadata = None
        return {name: tensors.decode(name, proto) for name, proto in response.outputs.items()}

    def _wait(self, call):
        try:
            return call.result()
        except grpc.RpcError as error:
            raise self._explained(error) from None

    def _explained(self, error):
        code, details = error.code(), error.details()
        if code in _MAY_BE_REPLACED:
            self._metadata = None
        if code == grpc.StatusCode.UNAVAILABLE:
            details = (
                f"nothing answers at {self.address} ({details}): start a server there, or give "
                "another address."
            )
        elif code == grpc.StatusCode.DEADLINE_EXCEEDED:
            details = f"{self.address} gave no answer within {self._timeout:g} s."
        return RequestError(code, details)
