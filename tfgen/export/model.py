"""A trained model to ask, whatever it lies in: signatures by name, arrays in, arrays out."""

import re

import numpy as np
import tensorflow as tf

from tfgen.errors import InputError
from tfgen.export.servable import DEFAULT_SIGNATURE, Input, Output, Signature


class Model:
    """Signatures, and what is known of the model behind them.

    Args:
      signatures: name -> `servable.Signature`.
      manifest: `manifest.Manifest`.

    Attributes:
      kind: "generator", "autoencoder", "inverter", "comparator", …
      signatures, manifest: the same.
      image_size: height and width.
    """

    def __init__(self, signatures, manifest):
        self.signatures = signatures
        self.manifest = manifest
        self.kind = manifest.kind
        self.image_size = manifest.image_size

    def predict(self, inputs, signature=DEFAULT_SIGNATURE):
        """Runs a signature.

        Args:
          inputs: input name -> [b, …], anything NumPy takes; bytes or str for strings.
          signature: its name.

        Returns:
          Output name -> array [b, …].

        Raises:
          InputError: there is no such signature or input, one is missing, has another shape or
            type, or a value that the model refuses.
        """
        if signature not in self.signatures:
            raise InputError(
                f"signature {signature} does not exist: there are {', '.join(self.signatures)}."
            )
        chosen = self.signatures[signature]
        taken = {each.name: each for each in chosen.inputs}
        if taken.keys() != inputs.keys():
            raise InputError(
                f"signature {signature} takes {', '.join(taken)}, not {', '.join(inputs)}: give "
                "each once."
            )
        arrays = {name: as_array(taken[name], inputs[name]) for name in taken}
        if len({len(array) for array in arrays.values()}) > 1:
            told = ", ".join(f"{len(array)} of {name}" for name, array in arrays.items())
            raise InputError(f"there are {told}: give as many of each.")
        tensors = {name: tf.constant(array) for name, array in arrays.items()}
        try:
            answer = chosen.concrete(**tensors)
        except tf.errors.InvalidArgumentError as error:
            raise InputError(_refusal(error)) from None
        return {name: value.numpy() for name, value in answer.items()}


def as_array(taken, value):
    """The array of an Input that a user gave; InputError if it is none of its type and shape."""
    wanted = taken.dtype.as_numpy_dtype
    try:
        array = np.asarray(value, object if taken.dtype == tf.string else None)
    except ValueError:  # rows of different lengths
        array = np.empty(0, object)
    fits = array.ndim == 1 + len(taken.shape) and array.shape[1:] == taken.shape
    if not fits or not _has_type(array, taken.dtype):
        shape = ", ".join(map(str, ("b", *taken.shape)))
        raise InputError(
            f"input {taken.name} must be {taken.dtype.name} [{shape}]: got {array.dtype.name} "
            f"{list(array.shape)}."
        )
    return array.astype(wanted)


def _has_type(array, dtype):
    if dtype == tf.string:
        return all(isinstance(each, str | bytes) for each in array.ravel().tolist())
    if dtype.is_integer:
        if array.dtype.kind not in "iu":  # names, for example, have no order
            return False
        return not array.size or bool(dtype.min <= array.min() and array.max() <= dtype.max)
    return array.dtype.kind in ("fiu" if dtype.is_floating else "b")


def _refusal(error):
    """The sentence of a signature's own check, or TensorFlow's first line."""
    match = re.search(r"assertion failed: \[(.*?)\]", error.message)
    return match[1] if match else error.message.strip().splitlines()[0]


def signatures_of(loaded, manifest):
    """The Signatures of what `tf.saved_model.load` returned, with what the manifest says of them.

    They keep `loaded` in memory.
    """
    return {
        name: _declared(function, manifest.signatures.get(name, {}), loaded)
        for name, function in loaded.signatures.items()
    }


def _declared(function, facts, loaded):
    specs = function.structured_input_signature[1]
    inputs = _tensors(Input, specs, facts.get("inputs", []))
    outputs = _tensors(Output, function.structured_outputs, facts.get("outputs", []))
    function._loaded = loaded  # its variables live as long as what was loaded
    return Signature(inputs, function, outputs)


def _tensors(kind, specs, facts):
    """In the manifest's order, where there is one."""
    facts = {each["name"]: each for each in facts}
    names = [name for name in facts if name in specs] or sorted(specs)

    def declared(name, range=(), unit="", **more):
        more = {key: more[key] for key in ("choices",) if key in more}
        shape, dtype = tuple(specs[name].shape[1:]), specs[name].dtype
        return kind(name, shape, dtype, tuple(map(_pair, range)), unit, **more)

    return [declared(**{"name": name, **facts.get(name, {})}) for name in names]


def _pair(range_):
    return tuple(range_) if isinstance(range_, list) else range_
