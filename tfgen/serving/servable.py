"""One version of a model in memory: its signatures, and running them.

The SavedModel is loaded as TensorFlow Serving loads it: its graph into a session. What Python's own
loader would forgive (see `export.servable.Servable`) fails here as it would there.
"""

import dataclasses
from pathlib import Path

import grpc
import tensorflow as tf
from tensorflow.core.framework import types_pb2

from tfgen.serving.status import RequestError, invalid_argument

DEFAULT_SIGNATURE = "serving_default"


@dataclasses.dataclass(frozen=True)
class TensorSpec:
    """A named input or output of a signature.

    Attributes:
      dtype: tf.DType.
      shape: tuple of sizes, None for any; None if even the rank is open.
      tensor: its name in the graph.
    """

    dtype: tf.DType
    shape: tuple | None
    tensor: str

    @classmethod
    def of(cls, info):
        """From a `TensorInfo`."""
        dims = [None if dim.size < 0 else dim.size for dim in info.tensor_shape.dim]
        shape = None if info.tensor_shape.unknown_rank else tuple(dims)
        return cls(tf.dtypes.as_dtype(info.dtype), shape, info.name)

    @property
    def is_batched(self):
        """Whether dimension 0 is of any size."""
        return bool(self.shape) and self.shape[0] is None

    def __str__(self):
        if self.shape is None:
            return f"{self.dtype.name} of any shape"
        sizes = ["any" if size is None else str(size) for size in self.shape]
        return f"{self.dtype.name} [{', '.join(sizes)}]"


class Signature:
    """A function of a SavedModel, by arrays.

    Attributes:
      name: its key.
      inputs, outputs: name -> TensorSpec.
      is_batched: whether requests may be joined along dimension 0.
    """

    def __init__(self, name, definition, session):
        self.name = name
        self.inputs = {
            key: TensorSpec.of(definition.inputs[key]) for key in sorted(definition.inputs)
        }
        self.outputs = {
            key: TensorSpec.of(definition.outputs[key]) for key in sorted(definition.outputs)
        }
        specs = (*self.inputs.values(), *self.outputs.values())
        self.is_batched = bool(self.inputs) and all(spec.is_batched for spec in specs)
        tensor = session.graph.get_tensor_by_name
        self._session = session
        self._feeds = {key: tensor(spec.tensor) for key, spec in self.inputs.items()}
        self._fetches = {key: tensor(spec.tensor) for key, spec in self.outputs.items()}

    def check_names(self, names):
        """RequestError (INVALID_ARGUMENT) unless `names` are those of the inputs."""
        missing = sorted(self.inputs.keys() - names)
        extra = sorted(names - self.inputs.keys())
        if missing or extra:
            problems = [f"{', '.join(missing)} missing"] if missing else []
            problems += [f"{', '.join(extra)} unknown"] if extra else []
            expected = "; ".join(f"{name}: {spec}" for name, spec in self.inputs.items())
            raise invalid_argument(
                f'input size does not match signature "{self.name}": {", ".join(problems)}; it '
                f"takes {expected}."
            )

    def check(self, arrays):
        """Checks dtypes and shapes of the inputs.

        Args:
          arrays: input name -> array.

        Returns:
          Size of dimension 0 if the signature is batched, else 1.

        Raises:
          RequestError: INVALID_ARGUMENT.
        """
        self.check_names(arrays.keys())
        for name, spec in self.inputs.items():
            array = arrays[name]
            fits = spec.shape is None or (
                array.ndim == len(spec.shape)
                and all(
                    want in (None, size) for want, size in zip(spec.shape, array.shape, strict=True)
                )
            )
            got = "string" if array.dtype == object else array.dtype.name
            if got != spec.dtype.name or not fits:
                raise invalid_argument(
                    f'input {name} of signature "{self.name}" must be {spec}: got {got} '
                    f"{list(array.shape)}."
                )
        if not self.is_batched:
            return 1
        sizes = {name: len(arrays[name]) for name in self.inputs}
        if len(set(sizes.values())) != 1:
            listed = ", ".join(f"{name} {size}" for name, size in sizes.items())
            raise invalid_argument(f"inputs differ in their batch size: {listed}.")
        size = next(iter(sizes.values()))
        if size == 0:
            raise invalid_argument("the batch is empty: give at least one example.")
        return size

    def rows(self, arrays):
        """Most rows of an input of any number of rows; 0 if there is no such input."""
        rows = (len(arrays[name]) for name, spec in self.inputs.items() if spec.is_batched)
        return max(rows, default=0)

    def __call__(self, arrays, timeout=None):
        """Runs it.

        Args:
          arrays: input name -> array, checked.
          timeout: seconds after which it is stopped; None for never.

        Returns:
          Output name -> array.

        Raises:
          tf.errors.OpError: it fails; DeadlineExceededError: it was stopped.
        """
        options = None
        if timeout is not None:
            options = tf.compat.v1.RunOptions(timeout_in_ms=max(1, int(timeout * 1000)))
        feeds = {self._feeds[name]: arrays[name] for name in self._feeds}
        return self._session.run(self._fetches, feeds, options)


class Servable:
    """A SavedModel in memory.

    Args:
      path: the version's folder.
      intra_op_threads, inter_op_threads: of TensorFlow; 0 for as many as fit.

    Attributes:
      path: the same.
      signatures: name -> Signature.
      signature_defs: name -> SignatureDef, all that the SavedModel has.

    Raises:
      tf.errors.OpError, OSError, ValueError: it cannot be loaded.
    """

    def __init__(self, path, intra_op_threads=0, inter_op_threads=0):
        self.path = Path(path)
        self._session = tf.compat.v1.Session(
            graph=tf.Graph(),
            config=tf.compat.v1.ConfigProto(
                intra_op_parallelism_threads=intra_op_threads,
                inter_op_parallelism_threads=inter_op_threads,
                # Several models share a GPU.
                gpu_options=tf.compat.v1.GPUOptions(allow_growth=True),
            ),
        )
        try:
            meta_graph = tf.compat.v1.saved_model.loader.load(
                self._session, [tf.saved_model.SERVING], str(path)
            )
            self.signature_defs = dict(meta_graph.signature_def)
            self.signatures = {
                name: Signature(name, definition, self._session)
                for name, definition in self.signature_defs.items()
                if _can_run(definition)
            }
        except BaseException:
            self._session.close()
            raise

    def signature(self, name):
        """The Signature of a name, "" for the default one.

        Raises:
          RequestError: FAILED_PRECONDITION, as TensorFlow Serving answers.
        """
        name = name or DEFAULT_SIGNATURE
        if name not in self.signatures:
            raise RequestError(
                grpc.StatusCode.FAILED_PRECONDITION,
                f'Serving signature key "{name}" not found: there are '
                f"{', '.join(sorted(self.signatures))}.",
            )
        return self.signatures[name]

    def close(self):
        """Frees the memory; nothing may run any more."""
        self._session.close()


def _can_run(definition):
    """Whether a signature has dense outputs; the SavedModel's initializer has none."""
    infos = (*definition.inputs.values(), *definition.outputs.values())
    return bool(definition.outputs) and all(
        info.WhichOneof("encoding") == "name" and info.dtype != types_pb2.DT_INVALID
        for info in infos
    )
