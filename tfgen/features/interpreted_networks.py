"""Networks that an interpreter of their own runs, as features: TensorFlow Lite's, and ONNX."""

import re
import threading
from pathlib import Path

import numpy as np
import tensorflow as tf

from tfgen.errors import InputError, one_line
from tfgen.features.own_networks import fitted

# "net.tflite", "net.onnx:scores": an output has to be named where there are several.
_FORM = re.compile(r"(?P<path>.+\.(?P<kind>tflite|onnx))(:(?P<output>.+))?", re.DOTALL)


def interpreted(feature):
    """The function of a network in a file, as NumPy's arrays.

    Args:
      feature: "FILE.tflite", "FILE.onnx", with ":OUTPUT" where the network has several.

    Returns:
      Function of images [b, s, s, 3] float32 in [0, 1] to an output [b, …] float32; None if
      `feature` has another form. Images are resized to what the network takes, if it takes one
      size, and are levels where it takes integers. No gradient passes.

    Raises:
      InputError: there is no such file or output, it takes no images, or it is ONNX and no
        `onnxruntime` is installed.
    """
    form = _FORM.fullmatch(feature)
    if not form:
        return None
    path, output = form["path"], form["output"] or ""
    if not Path(path).is_file():
        raise InputError(f"`feature`={feature} names no file: give FILE.{form['kind']}[:OUTPUT].")
    network = (_Lite if form["kind"] == "tflite" else _Onnx)(feature, path, output)
    lock = threading.Lock()  # neither interpreter's buffers are for several threads

    def features(images):
        seen = np.asarray(fitted(tf.convert_to_tensor(images), network.size))
        if np.issubdtype(network.dtype, np.integer):
            seen = np.rint(255 * seen) + min(0, np.iinfo(network.dtype).min)
        seen = seen.astype(network.dtype)
        batches = [seen] if network.any_batch else np.split(seen, len(seen))
        with lock:
            return np.concatenate([network.run(batch) for batch in batches])

    return features


class _Lite:
    """A network of TensorFlow Lite.

    Attributes:
      size: (height, width) of its images, None of one that may be any.
      dtype: of its images.
      any_batch: whether it takes several images at once.
    """

    def __init__(self, feature, path, output):
        try:
            self._interpreter = tf.lite.Interpreter(model_path=path, num_threads=1)
        except ValueError as error:
            raise _unreadable(feature, path, error) from None
        inputs = self._interpreter.get_input_details()
        shape = tuple(int(n) for n in inputs[0]["shape_signature"])
        _check_images(feature, len(inputs), shape)
        self._input, self.dtype = inputs[0]["index"], inputs[0]["dtype"]
        self.any_batch = shape[0] == -1
        self.size = _size(shape[1:3])
        outputs = {each["name"]: each for each in self._interpreter.get_output_details()}
        for signature in self._interpreter.get_signature_list():
            runner = self._interpreter.get_signature_runner(signature)
            outputs |= {n: each for n, each in runner.get_output_details().items() if each}
        several = len({each["index"] for each in outputs.values()}) > 1
        self._output = outputs[_chosen(feature, output, list(outputs), several)]

    def run(self, images):
        """The output of images, as real numbers."""
        self._interpreter.resize_tensor_input(self._input, images.shape)
        self._interpreter.allocate_tensors()
        self._interpreter.set_tensor(self._input, images)
        self._interpreter.invoke()
        found = self._interpreter.get_tensor(self._output["index"])
        scale, zero = self._output["quantization"]
        return np.float32(scale * (found.astype(np.float32) - zero)) if scale else np.float32(found)


class _Onnx:
    """A network of ONNX, channels first or last; attributes as `_Lite`'s."""

    def __init__(self, feature, path, output):
        try:
            import onnxruntime
        except ImportError:
            raise InputError(
                f"`feature`={feature} needs onnxruntime, which is not installed: pip install "
                "onnxruntime."
            ) from None
        try:
            self._session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime raises many kinds
            raise _unreadable(feature, path, error) from None
        inputs = self._session.get_inputs()
        # Sizes that are not fixed are names.
        shape = tuple(n if isinstance(n, int) else -1 for n in inputs[0].shape)
        self._channels_first = len(shape) == 4 and shape[1] == 3
        if self._channels_first:
            shape = (shape[0], *shape[2:], 3)
        _check_images(feature, len(inputs), shape)
        self._input = inputs[0].name
        kinds = {"float": np.float32, "float16": np.float16, "double": np.float64}
        kinds |= {"uint8": np.uint8, "int8": np.int8}
        kind = inputs[0].type.removeprefix("tensor(").removesuffix(")")
        if kind not in kinds:
            raise InputError(f"`feature`={feature} takes {inputs[0].type}: give one of images.")
        self.dtype, self.any_batch, self.size = kinds[kind], shape[0] == -1, _size(shape[1:3])
        names = [each.name for each in self._session.get_outputs()]
        self._output = _chosen(feature, output, names, len(names) > 1)

    def run(self, images):
        """The output of images."""
        if self._channels_first:
            images = np.ascontiguousarray(images.transpose(0, 3, 1, 2))
        (found,) = self._session.run([self._output], {self._input: images})
        return np.float32(found)


def _size(shape):
    return tuple(n if n > 0 else None for n in shape)


def _unreadable(feature, path, error):
    return InputError(f"`feature`={feature}: {path} cannot be read: {one_line(error)}")


def _check_images(feature, inputs, shape):
    if inputs != 1 or len(shape) != 4 or shape[-1] not in (3, -1) or shape[0] not in (1, -1):
        raise InputError(
            f"`feature`={feature} takes {inputs} inputs, the first of {shape}: give a network of "
            "one batch of images in colour."
        )


def _chosen(feature, output, names, several):
    """The output's name; InputError if it is none of these, or there are several and none is."""
    if output in names:
        return output
    if output or several:
        told = f"has no output {output}" if output else "has several outputs"
        raise InputError(f"`feature`={feature} {told}: choose one of {', '.join(names)}.")
    return names[0]
