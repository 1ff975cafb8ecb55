"""What a server answers, whichever way it was asked: predictions, metadata, status, reloading."""

import asyncio
import contextlib
import dataclasses
import functools
import io

import grpc
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_management_pb2,
    predict_pb2,
)

from tfgen.serving import predict_wire, tensors, wire
from tfgen.serving.aside import Aside
from tfgen.serving.limits import Limits, Places
from tfgen.serving.servable import DEFAULT_SIGNATURE
from tfgen.serving.status import RequestError, as_request_error, invalid_argument

SIGNATURE_DEF = "signature_def"


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a signature answered.

    Attributes:
      name, version: of the model.
      signature: its name.
      outputs: output name -> array, those that were wanted in their order.
    """

    name: str
    version: int
    signature: str
    outputs: dict


class Prediction:
    """TensorFlow Serving's methods on its own messages.

    Args:
      models: `models.Models`.
      limits: `limits.Limits`.
      as_content: answer with `tensor_content` instead of typed fields.

    Attributes:
      models, limits: the same.
      aside: `aside.Aside`, for work on large messages.
    """

    def __init__(self, models, limits=None, as_content=False):
        self.models = models
        self.limits = limits or Limits()
        self.aside = Aside()
        self._requests, self._answers = Places(), Places()
        self._as_content = as_content

    async def predict(self, message, timeout=None):
        """A Predict call.

        Args:
          message: PredictRequest as bytes.
          timeout: seconds that it may take; None for any.

        Returns:
          (PredictResponse as bytes, `limits.Place` to leave when it is sent).

        Raises:
          RequestError: NOT_FOUND (model, version), FAILED_PRECONDITION (signature),
            INVALID_ARGUMENT (inputs, outputs, too many rows), RESOURCE_EXHAUSTED (too many wait),
            DEADLINE_EXCEEDED; INTERNAL, as gRPC has it, if `message` is none.
        """
        request, large = await self.aside(len(message), predict_wire.parse, message)
        claimed = sum(map(tensors.claimed_bytes, request.inputs.values()))

        async def read(signature):
            signature.check_names(request.inputs.keys())
            return await self.aside(max(len(message), claimed), self._arrays, request, large)

        value_bytes = functools.partial(wire.most_bytes_of_value, as_content=self._as_content)
        async with self.reading(claimed):
            answer, place = await self._run(
                request.model_spec, read, request.output_filter, timeout, value_bytes
            )
        size = sum(array.nbytes for array in answer.outputs.values())
        return await self.aside(size, self._response, answer), place

    @contextlib.asynccontextmanager
    async def reading(self, size):
        """While a request of `size` bytes is in memory: of large ones a few are, others wait."""
        place = await self._requests.take(size)
        try:
            yield
        finally:
            place.leave()

    async def predict_arrays(self, spec, read, timeout=None):
        """A prediction by arrays.

        Args:
          spec: `ModelSpec`.
          read: coroutine function of the Signature to input name -> array.
          timeout: seconds that it may take; None for any.

        Returns:
          (output name -> array, `limits.Place` to leave when they are sent).

        Raises:
          RequestError: as `predict`, and what `read` raises.
        """
        answer, place = await self._run(spec, read, (), timeout, lambda dtype: dtype.size or 0)
        return answer.outputs, place

    async def _run(self, spec, read, output_filter, timeout, value_bytes):
        """(Answer, the Place it has)."""
        loop = asyncio.get_running_loop()
        end = None if timeout is None else loop.time() + timeout
        with self.models.use(spec) as handle:
            signature = _signature(handle, spec.signature_name)
            wanted = _wanted_outputs(signature, output_filter)
            arrays = await read(signature)
            size = signature.check(arrays)
            self.limits.check_rows(signature.rows(arrays))
            specs = [signature.outputs[name] for name in wanted]
            place = await self._answers.take(self.limits.check_answer(specs, size, value_bytes))
            try:
                left = None if end is None else end - loop.time()
                outputs = await handle.loaded.run(
                    signature, arrays, size, left, wanted, self.limits.max_answer_bytes
                )
            except BaseException:
                place.leave()
                raise
            place.leave_in_time()
        answer = Answer(
            handle.name, handle.version, signature.name, {name: outputs[name] for name in wanted}
        )
        return answer, place

    def _arrays(self, request, large):
        most = self.limits.max_request_bytes
        return {
            name: tensors.decode(name, proto, most, large.get(name))
            for name, proto in request.inputs.items()
        }

    def _response(self, answer):
        """The PredictResponse, written by hand: a message of numbers takes several times its array.

        Empties `answer.outputs`, so that each array goes as soon as it is written.
        """
        head = predict_pb2.PredictResponse()
        head.model_spec.name = answer.name
        head.model_spec.version.value = answer.version
        head.model_spec.signature_name = answer.signature
        written = io.BytesIO()
        written.write(head.SerializeToString())
        for name in list(answer.outputs):
            length, pieces = wire.tensor(answer.outputs.pop(name), self._as_content)
            # An entry of the map `outputs`, field 1: its key is field 1, its value field 2.
            key = wire.field_head(1, len(name.encode())) + name.encode()
            key += wire.field_head(2, length)
            written.write(wire.field_head(1, len(key) + length) + key)
            for piece in pieces:
                written.write(piece)
        return written.getvalue()

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
    twice = sorted({name for name in output_filter if list(output_filter).count(name) > 1})
    if twice:
        raise invalid_argument(f"duplicate output tensor alias: {', '.join(twice)}")
    return list(output_filter) or list(signature.outputs)
