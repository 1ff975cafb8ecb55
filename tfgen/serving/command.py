"""What command lines ask of a server, checked before TensorFlow takes its seconds."""

import asyncio
import logging
import os
import socket
import sys
from pathlib import Path

from tfgen.errors import InputError
from tfgen.serving.base_path import find_models

# Flags of the names that `server.ServerOptions` has.
_OPTIONS = (
    *("host", "port", "rest_api_port", "rest_api_timeout_in_ms"),
    *("file_system_poll_wait_seconds", "model_config_file"),
    *("model_config_file_poll_wait_seconds", "enable_model_warmup"),
    "enable_serialization_as_tensor_content",
    *("tensorflow_intra_op_parallelism", "tensorflow_inter_op_parallelism"),
    *("max_message_mb", "max_answer_mb", "max_rows", "max_json_values"),
    *("allowed_hosts", "drain_seconds", "version_zero_is_latest", "viewer"),
    "allow_version_labels_for_unavailable_models",
)


def serve(values):
    """Serves until it is told to stop, and tells on stdout what happens.

    Args:
      values: the flags of `scripts/serve.py`: TensorFlow Serving's names.

    Raises:
      InputError: flags exclude each other, a model or a file cannot be used, a port is taken.
    """
    _check(values)
    models = None
    if not values.model_config_file:
        models = find_models(values.model_base_path, values.model_name)
    for flag in ("port", "rest_api_port"):
        if getattr(values, flag):
            _check_port(values.host, flag, getattr(values, flag))
    from tfgen.serving import config_files, server  # TensorFlow takes seconds to import

    if models is None:
        config = config_files.read_model_config(values.model_config_file)
    else:
        config = server.model_server_config(models)
    options = _server_options(values)
    _log_to_stdout()
    asyncio.run(server.serve(config, options))


def _check(values):
    if values.model_config_file and values.model_base_path:
        raise InputError("`model_base_path` and `model_config_file` exclude each other: give one.")
    if not values.port and not values.rest_api_port:
        raise InputError("`port`=0 and `rest_api_port`=0 leave nothing to listen on: give one.")
    if values.port == values.rest_api_port:
        raise InputError(f"`port` and `rest_api_port` are both {values.port}: give two ports.")
    if values.viewer and not values.rest_api_port:
        raise InputError("`viewer` needs the REST port: give `rest_api_port`.")


def _check_port(host, flag, port):
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise InputError(
            f"`{flag}`={port} cannot be listened on at `host`={host} ({error.strerror}): choose "
            "another."
        ) from None


def _server_options(values):
    from tfgen.serving.config_files import read_ssl_config
    from tfgen.serving.server import ServerOptions

    return ServerOptions(
        ssl_config=read_ssl_config(values.ssl_config_file) if values.ssl_config_file else None,
        batching=_batching_parameters(values),
        **{name: getattr(values, name) for name in _OPTIONS},
    )


def _batching_parameters(values):
    from tfgen.serving.batching_parameters import BatchingParameters
    from tfgen.serving.config_files import read_batching_parameters

    cores = os.cpu_count() or 1
    # A batch keeps several cores busy: two at once on two cores were slower than one.
    usual = max(1, cores // 2) if values.enable_batching else cores
    threads = values.num_batch_threads or usual
    if not values.enable_batching:
        if values.batching_parameters_file:
            raise InputError(
                f"`batching_parameters_file`={values.batching_parameters_file} has no effect: give "
                "`enable_batching` with it."
            )
        return BatchingParameters(num_batch_threads=threads)
    parameters = BatchingParameters(
        max_batch_size=values.max_batch_size,
        batch_timeout_micros=values.batch_timeout_micros,
        max_enqueued_batches=values.max_enqueued_batches,
        num_batch_threads=threads,
    )
    if values.batching_parameters_file:
        return read_batching_parameters(values.batching_parameters_file, parameters)
    return parameters


def _log_to_stdout():
    logger = logging.getLogger("tfgen.serving")
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


def read_certificates(values):
    """What a client needs for TLS, as `prediction_client.PredictionClient` takes it.

    Args:
      values: the flags `ca_file`, `client_key_file` and `client_cert_file`; "" for none.

    Raises:
      InputError: a file cannot be read.
    """
    return {
        "root_certificates": _read_pem(values, "ca_file"),
        "client_key": _read_pem(values, "client_key_file"),
        "client_certificate": _read_pem(values, "client_cert_file"),
    }


def _read_pem(values, name):
    path = getattr(values, name)
    if not path:
        return None
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"`{name}`={path} cannot be read ({error.strerror}).") from None
