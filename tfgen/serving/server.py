"""The embedded server: models kept up to date behind gRPC and REST, until it is told to stop."""

import asyncio
import contextlib
import dataclasses
import gc
import logging
import signal

from tensorflow_serving.config import model_server_config_pb2

from tfgen.errors import InputError
from tfgen.serving import http_guard
from tfgen.serving.batching_parameters import BatchingParameters
from tfgen.serving.config_files import read_model_config
from tfgen.serving.ending import end_in_time
from tfgen.serving.grpc_server import GrpcServer
from tfgen.serving.limits import Limits
from tfgen.serving.loading import Loader
from tfgen.serving.models import Models
from tfgen.serving.prediction import Prediction
from tfgen.serving.rest_server import RestServer
from tfgen.serving.status import RequestError
from tfgen.serving.turns import Threads
from tfgen.serving.viewer import viewer_routes

_log = logging.getLogger("tfgen.serving")


@dataclasses.dataclass(frozen=True)
class ServerOptions:
    """What a server is started with; names are TensorFlow Serving's flags where it has them.

    Attributes:
      host: name or address to listen on; "127.0.0.1" is reached from this machine only.
      port, rest_api_port: TCP ports of gRPC and REST; 0 for none.
      rest_api_timeout_in_ms: that a REST request may take.
      batching: `batching_parameters.BatchingParameters`.
      file_system_poll_wait_seconds: between two looks for new versions.
      model_config_file: read again every `model_config_file_poll_wait_seconds`; "" for none.
      model_config_file_poll_wait_seconds: 0 for never.
      enable_model_warmup: replay a version's recorded requests before it takes others.
      enable_serialization_as_tensor_content: answer with `tensor_content`, not typed fields.
      tensorflow_intra_op_parallelism, tensorflow_inter_op_parallelism: threads; 0: as many as fit.
      ssl_config: SSLConfig message for gRPC, or None.
      allowed_hosts: see `http_guard.Hosts`.
      max_message_mb: largest request in MiB.
      max_answer_mb: largest answer in MiB.
      max_rows: most examples in a request.
      max_json_values: most values in a REST request's JSON.
      drain_seconds: that requests at work get when the server stops.
      allow_version_labels_for_unavailable_models: new labels may stand for versions to come.
      version_zero_is_latest: read version 0 as the newest.
      viewer: serve the viewer's page on the REST port.
    """

    host: str = "127.0.0.1"
    port: int = 8500
    rest_api_port: int = 8501
    rest_api_timeout_in_ms: int = 30000
    batching: BatchingParameters = dataclasses.field(default_factory=BatchingParameters)
    file_system_poll_wait_seconds: float = 1.0
    model_config_file: str = ""
    model_config_file_poll_wait_seconds: float = 0.0
    enable_model_warmup: bool = True
    enable_serialization_as_tensor_content: bool = False
    tensorflow_intra_op_parallelism: int = 0
    tensorflow_inter_op_parallelism: int = 0
    ssl_config: object = None
    allowed_hosts: tuple = ()
    max_message_mb: int = 64
    max_answer_mb: int = 192
    max_rows: int = 20_000
    max_json_values: int = 1_000_000
    drain_seconds: float = 10.0
    allow_version_labels_for_unavailable_models: bool = False
    version_zero_is_latest: bool = False
    viewer: bool = False


def model_server_config(paths):
    """The ModelServerConfig of model name -> base path."""
    config = model_server_config_pb2.ModelServerConfig()
    for name, path in paths.items():
        config.model_config_list.config.add(
            name=name, base_path=str(path), model_platform="tensorflow"
        )
    return config


async def serve(config, options):
    """Serves until SIGTERM or SIGINT, then lets the requests at work finish.

    Args:
      config: `ModelServerConfig`.
      options: `ServerOptions`.

    Raises:
      InputError: a model cannot be served, or a port cannot be listened on.
    """
    gc.freeze()  # what was imported stays: collecting a model that goes need not look at it
    threads = Threads(options.batching.num_batch_threads)
    loader = Loader(
        options.batching,
        threads,
        warm_up=options.enable_model_warmup,
        max_bytes=options.max_message_mb << 20,
        intra_op_threads=options.tensorflow_intra_op_parallelism,
        inter_op_threads=options.tensorflow_inter_op_parallelism,
    )
    models = Models(
        loader, options.version_zero_is_latest, options.allow_version_labels_for_unavailable_models
    )
    prediction = Prediction(
        models, _limits(options), options.enable_serialization_as_tensor_content
    )
    async with contextlib.AsyncExitStack() as cleanup:
        cleanup.callback(prediction.aside.close)
        cleanup.callback(threads.close)
        cleanup.callback(loader.close)
        cleanup.push_async_callback(models.close)
        try:
            await models.configure(config)
        except RequestError as error:
            raise InputError(error.message) from None
        servers = []
        cleanup.push_async_callback(_stop, servers)
        for server in _servers(prediction, options):
            await server.start()
            servers.append(server)
        for watcher in _watchers(models, options):
            cleanup.callback(asyncio.ensure_future(watcher).cancel)
        _announce(models, options)
        await _stop_signal()
        end_in_time(options.drain_seconds)
        _log.info(
            "stopping: new requests are refused, those at work get %g s", options.drain_seconds
        )
    _log.info("stopped")


def _limits(options):
    return Limits(
        options.max_rows,
        options.max_message_mb << 20,
        options.max_answer_mb << 20,
        options.max_json_values,
    )


def _servers(prediction, options):
    if options.port:
        yield GrpcServer(
            *(prediction, options.host, options.port),
            grace=options.drain_seconds,
            ssl_config=options.ssl_config,
        )
    if options.rest_api_port:
        yield RestServer(
            prediction,
            options.host,
            options.rest_api_port,
            timeout=options.rest_api_timeout_in_ms / 1000,
            grace=options.drain_seconds,
            routes=viewer_routes(prediction.models) if options.viewer else (),
            hosts=_hosts(options),
        )


def _hosts(options):
    return http_guard.Hosts(options.host, options.allowed_hosts)


def _watchers(models, options):
    yield _every(options.file_system_poll_wait_seconds, models.refresh)
    if options.model_config_file and options.model_config_file_poll_wait_seconds:

        async def reload():
            await models.configure(read_model_config(options.model_config_file))

        yield _every(options.model_config_file_poll_wait_seconds, reload)


async def _every(seconds, function):
    while True:
        await asyncio.sleep(seconds)
        try:
            await function()
        except (InputError, RequestError) as error:
            _log.error("%s", error)


async def _stop(servers):
    await asyncio.gather(*(server.drain() for server in servers))
    await asyncio.gather(*(server.stop() for server in servers))


async def _stop_signal():
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


def _announce(models, options):
    names = ", ".join(models.names())
    secure = " with TLS" if options.ssl_config else ""
    if options.port:
        _log.info("%s: gRPC%s at %s:%d", names, secure, options.host, options.port)
    if options.rest_api_port:
        url = f"http://{options.host}:{options.rest_api_port}"
        _log.info("%s: REST at %s/v1/models/%s", names, url, models.names()[0])
        if _hosts(options).any:
            _log.info("REST is answered by any name (Host): --allowed_hosts says which")
        if options.viewer:
            _log.info("viewer: open %s/", url)
