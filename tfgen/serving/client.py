"""A client of generators behind TensorFlow Serving's gRPC."""

import collections
import functools
import json

import grpc
import numpy as np
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from tfgen.conditions import value_arrays
from tfgen.serving import tensors
from tfgen.serving.status import RequestError
from tfgen.turntable_conditions import numbered_turntable

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
_MOST_AT_ONCE = 8


class Client:
    """Draws with a served generator.

    A server that is not reached, or too busy, is asked again up to four times.

    Args:
      address: "host:port".
      model: its name on the server.
      version: its number; None for the newest.
      timeout: seconds that a request may take, its repetitions included.
      batch_size: views in a request; several requests are under way at the same time.
      root_certificates: PEM bytes of who signed the server's certificate; None: plain text.
      client_key, client_certificate: PEM bytes, for a server that wants to know its clients.

    Methods raise:
      RequestError: the server refused, did not answer in time, or is not there.
    """

    def __init__(
        self,
        address="localhost:8500",
        model="chairs",
        version=None,
        timeout=10.0,
        batch_size=16,
        root_certificates=None,
        client_key=None,
        client_certificate=None,
    ):
        self.address = address
        self.model = model
        self._version = version
        self._timeout = timeout
        self._batch_size = batch_size
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

    @functools.cached_property
    def signatures(self):
        """Signature name -> `SignatureDef`."""
        request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
        self._fill(request.model_spec)
        response = self._wait(self._prediction.GetModelMetadata.future(request, self._timeout))
        signatures = get_model_metadata_pb2.SignatureDefMap()
        response.metadata["signature_def"].Unpack(signatures)
        return dict(signatures.signature_def)

    @property
    def num_styles(self):
        """Styles that the generator knows."""
        return self._generator().inputs["weights"].tensor_shape.dim[1].size

    @property
    def image_size(self):
        """Height and width of its images."""
        return self._generator().outputs["image"].tensor_shape.dim[1].size

    @property
    def style_names(self):
        """The styles' numbers, as text: names are not part of the protocol."""
        return [str(style) for style in range(self.num_styles)]

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

    @functools.cached_property
    def description(self):
        """`conditions.Description`; names of styles are not part of the protocol."""
        return numbered_turntable(self.num_styles)

    def __call__(self, values, **others):
        """Draws n values.

        Args:
          values: by condition, a dict as `conditions.value_arrays` takes it; or weights of the
            style [n, styles].
          **others: with weights, values of the other conditions.

        Returns:
          (images [n, s, s, 3] over white, masks [n, s, s, 1]), uint8.
        """
        drawn = list(self._views("morph", values, others))
        return tuple(np.concatenate([each[key] for each in drawn]) for key in ("image", "mask"))

    def pngs(self, values, **others):
        """As a call, but n PNG files (bytes) with the mask as alpha."""
        drawn = self._views("morph_png", values, others)
        return [png for each in drawn for png in each["png_bytes"]]

    def _views(self, signature, values, others):
        if not isinstance(values, dict):
            values = {"style": values, **others}
        arrays = value_arrays(self.description, values)
        arrays["weights"] = arrays.pop("style")
        pending = collections.deque()
        for start in range(0, len(arrays["weights"]), self._batch_size):
            part = slice(start, start + self._batch_size)
            if len(pending) == _MOST_AT_ONCE:
                yield self._outputs(self._wait(pending.popleft()))
            pending.append(self._start({k: a[part] for k, a in arrays.items()}, signature))
        for call in pending:
            yield self._outputs(self._wait(call))

    def _generator(self):
        if "morph" not in self.signatures:
            raise RequestError(
                grpc.StatusCode.FAILED_PRECONDITION,
                f'model {self.model} at {self.address} is no generator: no signature is "morph".',
            )
        return self.signatures["morph"]

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
        return {name: tensors.decode(name, proto) for name, proto in response.outputs.items()}

    def _wait(self, call):
        try:
            return call.result()
        except grpc.RpcError as error:
            raise self._explained(error) from None

    def _explained(self, error):
        code, details = error.code(), error.details()
        if code == grpc.StatusCode.UNAVAILABLE:
            details = (
                f"nothing answers at {self.address} ({details}): start a server there, or give "
                "another address."
            )
        elif code == grpc.StatusCode.DEADLINE_EXCEEDED:
            details = f"{self.address} gave no answer within {self._timeout:g} s."
        return RequestError(code, details)
