"""Serves exported models as TensorFlow Serving does, with nothing else to install.

    python scripts/serve.py --model_base_path=saved_models/chairs
    python scripts/serve.py --model_base_path=saved_models --viewer --enable_batching
    python scripts/serve.py --model_config_file=models.config

gRPC, REST, flags and configuration files are those of tensorflow_model_server; requests that work
here work there.
"""

import asyncio
import logging
import os
import socket
import sys
from pathlib import Path

from absl import flags

from tfgen import command_line
from tfgen.errors import InputError

flags.DEFINE_string("host", "127.0.0.1", "Address to listen on; 0.0.0.0: reached from anywhere.")
flags.DEFINE_integer("port", 8500, "Port of gRPC; 0: none.", 0, 65535)
flags.DEFINE_integer("rest_api_port", 8501, "Port of REST; 0: none.", 0, 65535)
flags.DEFINE_integer("rest_api_timeout_in_ms", 30000, "Time that a REST request may take.", 1)
flags.DEFINE_string(
    "model_base_path", "", "Folder of a model's versions, or of several models' folders."
)
flags.DEFINE_string("model_name", "", "Name of the one model; empty: its folder's.")
flags.DEFINE_string("model_config_file", "", "ModelServerConfig as text, instead of a path.")
flags.DEFINE_float(
    "model_config_file_poll_wait_seconds", 0.0, "How often it is read again; 0: never.", 0
)
flags.DEFINE_float(
    "file_system_poll_wait_seconds", 1.0, "How often to look for new versions.", 0.01
)
flags.DEFINE_bool("enable_batching", False, "Run requests together that wait at the same time.")
flags.DEFINE_string("batching_parameters_file", "", "BatchingParameters as text.")
flags.DEFINE_integer("max_batch_size", 32, "Largest batch, if no file says so.", 1)
flags.DEFINE_integer("batch_timeout_micros", 0, "How long a batch waits for more requests.", 0)
flags.DEFINE_integer("max_enqueued_batches", 100, "Batches that may wait; more are refused.", 1)
flags.DEFINE_integer(
    "num_batch_threads",
    0,
    "Batches that run at once; 0: half the cores, or all without batching.",
    0,
)
flags.DEFINE_bool("enable_model_warmup", True, "Replay the requests recorded in a version first.")
flags.DEFINE_bool(
    "enable_serialization_as_tensor_content", False, "Answer with tensor_content: smaller, faster."
)
flags.DEFINE_integer("tensorflow_intra_op_parallelism", 0, "Threads in an operation; 0: all.", 0)
flags.DEFINE_integer("tensorflow_inter_op_parallelism", 0, "Operations at once; 0: as fit.", 0)
flags.DEFINE_string("ssl_config_file", "", "SSLConfig as text: gRPC over TLS.")
flags.DEFINE_integer("max_message_mb", 64, "Largest request in MiB.", 1, 2047)
flags.DEFINE_float("drain_seconds", 10.0, "Time that requests at work get at the end.", 0)
flags.DEFINE_bool("version_zero_is_latest", False, "Read version 0 of a request as the newest.")
flags.DEFINE_bool("viewer", False, "Serve a page to look at the models on the REST port.")


def _has_versions(path):
    return any(child.name.isdigit() and child.is_dir() for child in path.iterdir())


def _models(values):
    """Model name -> base path."""
    base = values.model_base_path
    path = Path(base)
    if not base:
        raise InputError("--model_base_path is missing: give the folder of an exported model.")
    if not path.is_dir():
        raise InputError(f"--model_base_path={base} is no folder: give one of an exported model.")
    if (path / "saved_model.pb").is_file():
        raise InputError(
            f"--model_base_path={base} is one version: give its parent, {path.parent}."
        )
    if _has_versions(path):
        return {values.model_name or path.resolve().name: path}
    models = {
        child.name: child
        for child in sorted(path.iterdir())
        if child.is_dir() and _has_versions(child)
    }
    if not models:
        raise InputError(
            f"--model_base_path={base} has no model: one is <folder>/<version>/saved_model.pb."
        )
    if values.model_name:
        raise InputError(
            f"--model_name={values.model_name} names one model, but --model_base_path={base} has "
            f"{', '.join(models)}: give one's folder, or no name."
        )
    return models


def _check_port(host, flag, port):
    """Refuses a port that is taken before TensorFlow and the models take their seconds."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise InputError(
            f"--{flag}={port} cannot be listened on at --host={host} ({error.strerror}): choose "
            "another."
        ) from None


def _batching(values):
    from tfgen.serving.batching import BatchingParameters
    from tfgen.serving.config_files import read_batching_parameters

    cores = os.cpu_count() or 1
    # A batch keeps several cores busy: two at once on two cores were slower than one.
    usual = max(1, cores // 2) if values.enable_batching else cores
    threads = values.num_batch_threads or usual
    if not values.enable_batching:
        if values.batching_parameters_file:
            raise InputError(
                f"--batching_parameters_file={values.batching_parameters_file} has no effect: give "
                "--enable_batching with it."
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


def main(argv):
    """Serves until it is told to stop."""
    del argv
    values = flags.FLAGS
    if values.model_config_file and values.model_base_path:
        raise InputError("--model_base_path and --model_config_file exclude each other: give one.")
    if not values.port and not values.rest_api_port:
        raise InputError("--port=0 and --rest_api_port=0 leave nothing to listen on: give one.")
    if values.port == values.rest_api_port:
        raise InputError(f"--port and --rest_api_port are both {values.port}: give two ports.")
    if values.viewer and not values.rest_api_port:
        raise InputError("--viewer needs the REST port: give --rest_api_port.")
    models = None if values.model_config_file else _models(values)
    for flag in ("port", "rest_api_port"):
        if values[flag].value:
            _check_port(values.host, flag, values[flag].value)
    from tfgen.serving import config_files, server  # TensorFlow takes seconds to import

    if models is None:
        config = config_files.read_model_config(values.model_config_file)
    else:
        config = server.model_server_config(models)
    ssl_config = None
    if values.ssl_config_file:
        ssl_config = config_files.read_ssl_config(values.ssl_config_file)
    same = (
        *("host", "port", "rest_api_port", "rest_api_timeout_in_ms"),
        *("file_system_poll_wait_seconds", "model_config_file"),
        *("model_config_file_poll_wait_seconds", "enable_model_warmup"),
        "enable_serialization_as_tensor_content",
        *("tensorflow_intra_op_parallelism", "tensorflow_inter_op_parallelism"),
        *("max_message_mb", "drain_seconds", "version_zero_is_latest", "viewer"),
    )
    options = server.ServerOptions(
        batching=_batching(values),
        ssl_config=ssl_config,
        **{name: getattr(values, name) for name in same},
    )
    _log_to_stdout()
    asyncio.run(server.serve(config, options))


if __name__ == "__main__":
    command_line.run(main)
