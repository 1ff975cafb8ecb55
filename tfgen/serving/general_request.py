"""A request to any signature from a command line: text to arrays, and answers to files."""

import io
import json
from pathlib import Path

import numpy as np
import tensorflow as tf

from tfgen.errors import InputError, one_line
from tfgen.files import replacing
from tfgen.image_files.reading import SUFFIXES, BrokenPictureError, read_rgb
from tfgen.serving.servable import DEFAULT_SIGNATURE

_PNG, _JPEG = b"\x89PNG", b"\xff\xd8\xff"


def ask(client, signature, pairs, out):
    """Asks and writes the answer.

    Args:
      client: `prediction_client.PredictionClient`.
      signature: its name; "" for the default one.
      pairs, out: see `read_inputs` and `write_answer`.

    Returns:
      Lines of text: what was written, and what was not.

    Raises:
      InputError: the signature does not exist, or as the two.
      RequestError: as the client's.
    """
    suffix = Path(out).suffix.lower()
    if suffix not in (".png", ".npy", ".json"):
        raise InputError(f"`out`={out} cannot be written: give a .png, .npy or .json.")
    name = signature or DEFAULT_SIGNATURE
    if name not in client.signatures:
        known = sorted(key for key in client.signatures if not key.startswith("__"))
        raise InputError(f"`signature`={name} does not exist: there are {', '.join(known)}.")
    arrays = read_inputs(pairs, client.signatures[name])
    return write_answer(client.predict(arrays, name), out)


def read_inputs(pairs, definition):
    """The arrays of a request.

    Args:
      pairs: texts "name=value": a number, a JSON array, or a string as it stands; "name=@file": an
        array (.npy), a picture where pixels are wanted, or else the file's bytes. One example
        needs no brackets around it.
      definition: `SignatureDef` of the signature.

    Returns:
      Input name -> array of the signature's type, batched.

    Raises:
      InputError: an input is missing, unknown or given twice, a file cannot be read, or a value is
        none of the input's type and shape.
    """
    texts = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or name not in definition.inputs or name in texts:
            raise InputError(
                f"`input`={pair} cannot be used: give name=value once for each of "
                f"{', '.join(sorted(definition.inputs))}."
            )
        texts[name] = text
    missing = sorted(set(definition.inputs) - set(texts))
    if missing:
        raise InputError(f"`input` is missing for {', '.join(missing)}: give name=value.")
    return {name: _array(name, text, definition.inputs[name]) for name, text in texts.items()}


def _array(name, text, info):
    dtype = tf.dtypes.as_dtype(info.dtype)
    shape = tuple(None if dim.size < 0 else dim.size for dim in info.tensor_shape.dim)
    value = _value(name, text, dtype)
    if dtype == tf.string:
        array = np.array(value, object)
        right = all(isinstance(each, str | bytes) for each in array.ravel().tolist())
    else:
        array = _numbers(value)
        right = array is not None and _holds(dtype, array)
    if right and array.ndim == len(shape) - 1 and shape[0] is None:
        array = array[np.newaxis]
    if not right or array.ndim != len(shape) or not _fits(array.shape, shape):
        sizes = ", ".join("any" if size is None else str(size) for size in shape)
        raise InputError(
            f"`input`={name}={_short(text)} does not suit {name}: give {dtype.name} [{sizes}]."
        )
    return array if dtype == tf.string else array.astype(dtype.as_numpy_dtype)


def _value(name, text, dtype):
    """What stands after "name=", as Python or NumPy has it."""
    if text.startswith("@"):
        path = Path(text[1:])
        try:
            if path.suffix == ".npy":
                return np.load(path, allow_pickle=False)
            if dtype == tf.uint8 and path.suffix.lower() in SUFFIXES:
                return read_rgb(path)
            return path.read_bytes()
        except Exception as error:  # NumPy raises what it likes for files that are damaged
            reason = error.reason if isinstance(error, BrokenPictureError) else None
            reason = reason or getattr(error, "strerror", None) or one_line(error)
            raise InputError(f"`input`={name}={text} cannot be read ({reason}).") from None
    try:
        value = json.loads(text)
    except ValueError:
        return text
    # A string that looks like a number is still a string.
    return text if dtype == tf.string and not isinstance(value, list | str) else value


def _numbers(value):
    try:
        return np.asarray(value)
    except ValueError:  # rows of different lengths
        return None


def _holds(dtype, array):
    """Whether a type of TensorFlow has all the values of an array."""
    if dtype.is_integer:
        return array.dtype.kind in "iu" and (not array.size or _between(dtype, array))
    return array.dtype.kind in ("b" if dtype == tf.bool else "fiu")


def _between(dtype, array):
    return dtype.min <= int(array.min()) and int(array.max()) <= dtype.max


def _fits(sizes, shape):
    return all(want in (None, size) for size, want in zip(sizes, shape, strict=True))


def _short(text):
    return text if len(text) <= 60 else f"{text[:57]}..."


def write_answer(answer, out):
    """Writes images, and what else there is if `out` says how; prints the rest.

    Args:
      answer: output name -> array [b, …].
      out: path. Ending in .png: for images (uint8 [b, h, w, 1, 3 or 4], or PNG and JPEG files as
        strings); several get the output's name and the example's number before the suffix.
        Ending in .npy or .json: for all else.

    Returns:
      Lines of text: what was written, and what was not.

    Raises:
      InputError: `out` cannot be written.
    """
    out, lines, rest = Path(out), [], {}
    images = {}
    for name, array in answer.items():
        files = _image_files(array) if out.suffix.lower() == ".png" else None
        if files is None:
            rest[name] = array
        else:
            images[name] = files
    for name, files in images.items():
        for number, data in enumerate(files):
            marks = [name] * (len(images) > 1) + [str(number)] * (len(files) > 1)
            lines.append(_write(_marked(out, marks), data))
    if out.suffix.lower() == ".json":
        text = json.dumps({name: _plain(array) for name, array in rest.items()}) + "\n"
        return [*lines, _write(out, text.encode())]
    for name, array in rest.items():
        if out.suffix.lower() == ".npy" and array.dtype != object:
            path = _marked(out, [name] * (len(rest) > 1))
            lines.append(_write(path, _npy(array)))
        else:
            lines.append(f"{name}: {json.dumps(_plain(array))}")
    return lines


def _image_files(array):
    """Bytes of an image file for each example, or None if these are no images."""
    if array.dtype == object and array.ndim == 1:
        files = [bytes(each) for each in array.tolist()]
        return files if files and all(f.startswith((_PNG, _JPEG)) for f in files) else None
    if array.dtype == np.uint8 and array.ndim == 4 and array.shape[-1] in (1, 3, 4):
        return [tf.io.encode_png(image).numpy() for image in array]
    return None


def _marked(path, marks):
    return path.with_name(".".join([path.stem, *marks]) + path.suffix)


def _npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _plain(array):
    """Lists as JSON has them; bytes that are no text by their length."""
    if array.dtype != object:
        return array.tolist()
    return [_text(each) for each in array.ravel().tolist()]


def _text(data):
    try:
        return data.decode()
    except UnicodeDecodeError:
        return f"{len(data)} bytes"


def _write(path, data):
    """Writes a file whole or not at all; a line that says so."""
    try:
        with replacing(path) as temporary:
            temporary.write_bytes(data)
    except OSError as error:
        raise InputError(f"`out`={path} cannot be written ({error.strerror}).") from None
    return f"Wrote {path}"
