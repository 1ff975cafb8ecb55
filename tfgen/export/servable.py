"""What an exported model answers, declared once: named inputs, a function, named outputs.

The SavedModel's signatures, its warm-up requests, its manifest and tables for people all come from
the declarations. Every input and output is batched in dimension 0.
"""

import dataclasses
import functools
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tfgen import stack

DEFAULT_SIGNATURE = "serving_default"
_SHOWN_CHOICES = 10


@dataclasses.dataclass(frozen=True)
class Output:
    """One tensor of a signature's answer.

    Attributes:
      name: its key.
      shape: of one example, all sizes known: () for a number or a string.
      dtype: tf.DType; images are uint8, or float32 where a gradient may be wanted.
      range: (lowest, highest), or such a pair for each number of a vector; () if there is none.
      unit: for people: "degrees".
    """

    name: str
    shape: tuple = ()
    dtype: tf.DType = tf.float32
    range: tuple = ()
    unit: str = ""

    def __post_init__(self):
        object.__setattr__(self, "shape", tuple(int(size) for size in self.shape))
        object.__setattr__(self, "dtype", tf.dtypes.as_dtype(self.dtype))

    def to_dict(self):
        """As a manifest holds it: dtype by name, shape with the batch as null."""
        return {
            "name": self.name,
            "shape": [None, *self.shape],
            "dtype": self.dtype.name,
            "range": self.range,
            "unit": self.unit,
        }

    def __str__(self):
        sizes = f" [{', '.join(map(str, self.shape))}]" if self.shape else ""
        unit = f", {self.unit}" if self.unit else ""
        return f"`{self.name}` {self.dtype.name}{sizes}{unit}"


@dataclasses.dataclass(frozen=True)
class Input(Output):
    """One tensor that a signature takes.

    What cannot be right is refused by name, in the graph: integers outside their range and strings
    that are none of the choices do not exist, floats must be finite. A float's range only tells
    what the model was trained on.

    Attributes:
      example: one value for warm-up requests; None: zeros, or the first that there is.
      choices: of a string, all that there are: words that the model knows; () for any.
    """

    example: object = None
    choices: tuple = ()

    def __post_init__(self):
        super().__post_init__()
        object.__setattr__(self, "choices", tuple(self.choices))

    def to_dict(self):
        """As `Output.to_dict`, with the choices where there are some."""
        return super().to_dict() | ({"choices": self.choices} if self.choices else {})

    @property
    def spec(self):
        """The TensorSpec of a batch."""
        return tf.TensorSpec([None, *self.shape], self.dtype, self.name)

    def examples(self, count):
        """A batch [count, *shape] of the example, of objects (bytes) for strings."""
        example = self.example
        if example is None:
            example = b"" if self.dtype == tf.string else 0
            if self.choices:
                example = self.choices[0].encode()
            if self._is_bounded:
                example = max(example, self.range[0])
        batch = np.empty((count, *self.shape), self.dtype.as_numpy_dtype)
        batch[...] = example
        return batch

    @property
    def _is_bounded(self):
        return bool(self.range) and self.dtype.is_integer

    def checked(self, value):
        """A tensor as it is; when it runs, InvalidArgumentError for values that cannot be right."""
        if self._is_bounded:
            low, high = self.range
            if low <= self.dtype.min and self.dtype.max <= high:
                return value
            right = tf.logical_and(value >= low, value <= high)
            message = f"{self.name} does not exist: give {low} to {high}."
        elif self.dtype.is_floating:
            right = tf.math.is_finite(value)
            message = f"{self.name} has a number that is not finite: give finite numbers."
        elif self.choices:
            return self._chosen(value)
        else:
            return value
        check = tf.debugging.Assert(tf.reduce_all(right), [message, "Received:", value])
        with tf.control_dependencies([check]):
            return tf.identity(value)

    def _chosen(self, value):
        known = tf.reduce_any(value[..., None] == tf.constant(self.choices), axis=-1)
        unknown = tf.concat([tf.boolean_mask(value, tf.logical_not(known)), [""]], axis=0)[0]
        shown = ", ".join(self.choices[:_SHOWN_CHOICES])
        if len(self.choices) > _SHOWN_CHOICES:
            shown += f" or one of {len(self.choices) - _SHOWN_CHOICES} others"
        message = tf.strings.join([f"{self.name} ", unknown, f" does not exist: give {shown}."])
        check = tf.debugging.Assert(tf.reduce_all(known), [message])
        with tf.control_dependencies([check]):
            return tf.identity(value)


@dataclasses.dataclass(frozen=True)
class Signature:
    """A function of named tensors.

    Attributes:
      inputs: of Input, in the order in which people read them.
      function: of the inputs as keyword arguments, checked, to a dict of the outputs; made of
        TensorFlow's operations.
      outputs: of Output.

    Raises:
      ValueError: when it is traced; the function's answer is not what `outputs` says.
    """

    inputs: tuple
    function: Callable
    outputs: tuple

    def __post_init__(self):
        object.__setattr__(self, "inputs", tuple(self.inputs))
        object.__setattr__(self, "outputs", tuple(self.outputs))

    @functools.cached_property
    def concrete(self):
        """The concrete function, traced when it is first wanted."""
        if isinstance(self.function, tf.types.experimental.ConcreteFunction):
            return self.function
        # Autograph would walk through all of Keras for nothing.
        function = tf.function(
            self._answer, input_signature=[each.spec for each in self.inputs], autograph=False
        )
        return function.get_concrete_function()

    def _answer(self, *tensors):
        pairs = zip(self.inputs, tensors, strict=True)
        answer = self.function(**{each.name: each.checked(tensor) for each, tensor in pairs})
        names = [each.name for each in self.outputs]
        if sorted(answer) != sorted(names):
            raise ValueError(f"the answer is {sorted(answer)}, declared are {sorted(names)}.")
        for each in self.outputs:
            if answer[each.name].dtype != each.dtype:
                raise ValueError(
                    f"{each.name} is {answer[each.name].dtype.name}, declared as {each.dtype.name}."
                )
        # Static, so that the SavedModel's metadata tells the shapes.
        return {o.name: tf.ensure_shape(answer[o.name], (None, *o.shape)) for o in self.outputs}

    def examples(self, count):
        """Input name -> a batch of examples."""
        return {each.name: each.examples(count) for each in self.inputs}

    def to_dict(self):
        """As a manifest holds it."""
        return {
            "inputs": [each.to_dict() for each in self.inputs],
            "outputs": [each.to_dict() for each in self.outputs],
        }


class Servable(tf.Module):
    """What is saved: variables, and files beside them. The only tf.Module that is.

    A module that tracked a Keras model itself would, under Keras 3, save copies of the variables:
    Python could load that, TensorFlow Serving could not. So the variables are tracked here, and
    signatures reach their networks through closures.

    Args:
      variables: all that the signatures read; Keras' or TensorFlow's.
      signatures: name -> Signature.
      assets: paths of files to save along.
    """

    def __init__(self, variables, signatures, assets=()):
        super().__init__()
        self.model_variables = [stack.raw_variable(v) for v in variables]
        self.assets = [tf.saved_model.Asset(str(path)) for path in assets]
        self._signatures = lambda: signatures

    def concrete_functions(self):
        """Signature name -> concrete function, as `tf.saved_model.save` takes them."""
        return {name: signature.concrete for name, signature in self._signatures().items()}


def signature_table(signatures):
    """A table in Markdown: a row a signature, with its inputs and outputs."""
    rows = ["| signature | inputs | outputs |", "|---|---|---|"]
    for name, signature in signatures.items():
        told = ("; ".join(map(str, part)) for part in (signature.inputs, signature.outputs))
        rows.append(f"| `{name}` | {' | '.join(told)} |")
    return "\n".join(rows) + "\n"
