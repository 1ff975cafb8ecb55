"""What a server answers, whichever way it was asked: predictions, metadata, status, reloading."""

import grpc
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_management_pb2,
    predict_pb2,
)

from tfgen.serving import tensors
from tfgen.serving.servable import DEFAULT_SIGNATURE
from tfgen.serving.status import RequestError, as_request_error, invalid_argument

SIGNATURE_DEF = "signature_def"


class Prediction:
    """TensorFlow Serving's methods on its own messages.

    Args:
      models: `models.Models`.
      max_bytes: most bytes of one input.
      as_content: answer with `tensor_content` instead of typed fields.
    """

    def __init__(self, models, max_bytes=None, as_content=False):
        self.models = models
        self._max_bytes = max_bytes
        self._as_content = as_content

    async def predict(self, request, timeout=None):
        """PredictResponse of a PredictRequest; `timeout` in seconds, None for none.

        Raises:
          RequestError: NOT_FOUND (model, version), FAILED_PRECONDITION (signature),
            INVALID_ARGUMENT (inputs, outputs), RESOURCE_EXHAUSTED (too many wait),
            DEADLINE_EXCEEDED.
        """
        with self.models.use(request.model_spec) as handle:
            signature = _signature(handle, request.model_spec.signature_name)
            signature.check_names(request.inputs.keys())
            wanted = _wanted_outputs(signature, request.output_filter)
            arrays = {
                name: tensors.decode(name, proto, self._max_bytes)
                for name, proto in request.inputs.items()
            }
            outputs = await handle.loaded.run(signature, arrays, timeout)
        response = predict_pb2.PredictResponse()
        response.model_spec.name = handle.name
        response.model_spec.version.value = handle.version
        response.model_spec.signature_name = signature.name
        for name in wanted:
            tensors.fill(response.outputs[name], outputs[name], self._as_content)
        return response

    async def predict_arrays(self, spec, read, timeout=None):
        """A prediction by arrays.

        Args:
          spec: `ModelSpec`.
          read: function of the Signature to input name -> array.
          timeout: seconds that it may take; None for any.

        Returns:
          Output name -> array.

        Raises:
          RequestError: as `predict`, and what `read` raises.
        """
        with self.models.use(spec) as handle:
            signature = _signature(handle, spec.signature_name)
            return await handle.loaded.run(signature, read(signature), timeout)

    def metadata(self, request):
        """GetModelMetadataResponse with the signatures of a version.

        Raises:
          RequestError: NOT_FOUND, INVALID_ARGUMENT.
        """
        if not request.metadata_field:
            raise invalid_argument(
                "GetModelMetadataRequest must specify at least one metadata_field."
            )
        for field in request.metadata_field:
            if field != SIGNATURE_DEF:
                raise invalid_argument(
                    f"Metadata field {field} is not supported: ask for {SIGNATURE_DEF}."
                )
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        response.model_spec.name = request.model_spec.name
        with self.models.use(request.model_spec) as handle:
            response.model_spec.version.value = handle.version
            definitions = dict(handle.loaded.servable.signature_defs)
        if handle.default_signature != DEFAULT_SIGNATURE:
            definitions[DEFAULT_SIGNATURE] = definitions[handle.default_signature]
        signatures = get_model_metadata_pb2.SignatureDefMap()
        for name, definition in definitions.items():
            signatures.signature_def[name].CopyFrom(definition)
        response.metadata[SIGNATURE_DEF].Pack(signatures)
        return response

    def status(self, request):
        """GetModelStatusResponse: the state of every version, newest first, or of one.

        Raises:
          RequestError: NOT_FOUND.
        """
        spec = request.model_spec
        model = self.models.model(spec)
        versions = model.versions if model else {}
        numbers = sorted(versions, reverse=True)
        if not numbers:
            raise RequestError(
                grpc.StatusCode.NOT_FOUND, f"Could not find any versions of model {spec.name}"
            )
        if spec.HasField("version"):
            numbers = [spec.version.value]
        response = get_model_status_pb2.GetModelStatusResponse()
        for number in numbers:
            if number not in versions:
                raise RequestError(
                    grpc.StatusCode.NOT_FOUND,
                    f"Could not find version {number} of model {spec.name}",
                )
            version = versions[number]
            entry = response.model_version_status.add(version=number, state=version.state)
            entry.status.error_code = version.error.number if version.error else 0
            entry.status.error_message = version.error.message if version.error else ""
        return response

    async def reload(self, request):
        """Serves the models of a ReloadConfigRequest, and no others: (response, error or None)."""
        response = model_management_pb2.ReloadConfigResponse()
        error = None
        try:
            await self.models.configure(request.config)
        except Exception as problem:
            error = as_request_error(problem)
            response.status.error_code = error.number
            response.status.error_message = error.message
        return response, error


def _signature(handle, name):
    return handle.loaded.servable.signature(name or handle.default_signature)


def _wanted_outputs(signature, output_filter):
    unknown = [name for name in output_filter if name not in signature.outputs]
    if unknown:
        raise invalid_argument(
            f"output tensor alias not found in signature: {', '.join(unknown)}; outputs are "
            f"{', '.join(signature.outputs)}."
        )
    return list(output_filter) or list(signature.outputs)
