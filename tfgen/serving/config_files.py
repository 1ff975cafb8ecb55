"""TensorFlow Serving's configuration files: protocol buffers as text.

`ModelServerConfig` comes with the official stubs. `BatchingParameters` and `SSLConfig` do not:
their fields are declared here, with the names and numbers of session_bundle_config.proto and
ssl_config.proto.
"""

from pathlib import Path

from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    message_factory,
    text_format,
    wrappers_pb2,
)
from tensorflow_serving.config import model_server_config_pb2

from tfgen.errors import InputError
from tfgen.serving.batching_parameters import BatchingParameters

_Field = descriptor_pb2.FieldDescriptorProto
_INT64_VALUE, _STRING_VALUE, _BOOL_VALUE = (
    f".{wrapper.DESCRIPTOR.full_name}"
    for wrapper in (wrappers_pb2.Int64Value, wrappers_pb2.StringValue, wrappers_pb2.BoolValue)
)
# Message -> (field, number, type: a message's name or a scalar's, repeated).
_MESSAGES = {
    "BatchingParameters": (
        ("max_batch_size", 1, _INT64_VALUE, False),
        ("batch_timeout_micros", 2, _INT64_VALUE, False),
        ("max_enqueued_batches", 3, _INT64_VALUE, False),
        ("num_batch_threads", 4, _INT64_VALUE, False),
        ("thread_pool_name", 5, _STRING_VALUE, False),
        ("allowed_batch_sizes", 6, _Field.TYPE_INT64, True),
        ("pad_variable_length_inputs", 7, _Field.TYPE_BOOL, False),
        ("enable_large_batch_splitting", 8, _BOOL_VALUE, False),
    ),
    "SSLConfig": (
        ("server_key", 1, _Field.TYPE_STRING, False),
        ("server_cert", 2, _Field.TYPE_STRING, False),
        ("custom_ca", 3, _Field.TYPE_STRING, False),
        ("client_verify", 4, _Field.TYPE_BOOL, False),
    ),
}


def _message_classes():
    """Message name -> class, in a pool of their own."""
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    file = descriptor_pb2.FileDescriptorProto(
        name="tfgen/serving_config.proto",
        package="tensorflow.serving",
        syntax="proto3",
        dependency=[wrappers_pb2.DESCRIPTOR.name],
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind, repeated in fields:
            of = {"type_name": kind} if isinstance(kind, str) else {"type": kind}
            label = _Field.LABEL_REPEATED if repeated else _Field.LABEL_OPTIONAL
            message.field.add(name=field, number=number, label=label, **of)
    pool.AddSerializedFile(file.SerializeToString())
    find = pool.FindMessageTypeByName
    return {
        name: message_factory.GetMessageClass(find(f"tensorflow.serving.{name}"))
        for name in _MESSAGES
    }


def _read(path, message, flag):
    try:
        return text_format.Parse(Path(path).read_text(encoding="utf-8"), message)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "no text"
        raise InputError(f"`{flag}`={path} cannot be read ({reason}): give a text file.") from None
    except text_format.ParseError as error:
        name = message.DESCRIPTOR.name
        raise InputError(f"`{flag}`={path} is no {name} protocol buffer: {error}.") from None


def read_model_config(path):
    """The ModelServerConfig of a `--model_config_file`; InputError if it is none."""
    return _read(path, model_server_config_pb2.ModelServerConfig(), "model_config_file")


def read_batching_parameters(path, defaults):
    """The `BatchingParameters` of a `--batching_parameters_file`.

    Args:
      path: of the file.
      defaults: BatchingParameters for what the file leaves out.

    Raises:
      InputError: it cannot be read, or its numbers make no sense.
    """
    proto = _read(path, _message_classes()["BatchingParameters"](), "batching_parameters_file")
    values = {
        name: getattr(proto, name).value if proto.HasField(name) else getattr(defaults, name)
        for name in (
            *("max_batch_size", "batch_timeout_micros"),
            *("max_enqueued_batches", "num_batch_threads"),
        )
    }
    try:
        return BatchingParameters(**values, allowed_batch_sizes=tuple(proto.allowed_batch_sizes))
    except ValueError as error:
        raise InputError(f"`batching_parameters_file`={path}: {error}") from None


def read_ssl_config(path):
    """The SSLConfig of an `--ssl_config_file`: server_key, server_cert, custom_ca, client_verify.

    Keys and certificates stand in it as PEM text. InputError if it cannot be used.
    """
    config = _read(path, _message_classes()["SSLConfig"](), "ssl_config_file")
    for field in ("server_key", "server_cert"):
        if "-----BEGIN" not in getattr(config, field):
            raise InputError(f"`ssl_config_file`={path} has no PEM text in {field}: put it there.")
    return config
