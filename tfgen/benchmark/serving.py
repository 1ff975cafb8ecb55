"""The embedded server beside calling the model directly: requests a second, and their latencies.

Two servers, with and without batching, and the direct call take turns for a few rounds, so that
what else the machine does meets all of them. Client and servers share the machine's cores. Requests
are encoded once and answers are not decoded: what is measured is the server.
"""

import asyncio
import contextlib
import dataclasses
import socket
import subprocess
import sys
import time

import numpy as np
from tqdm import tqdm

from tfgen.errors import InputError
from tfgen.serving.base_path import versions

_DIRECT = "direct call of the model"
_ONE = "server, one client"


@dataclasses.dataclass(frozen=True)
class Load:
    """How much is asked of the servers.

    Attributes:
      clients: that ask at the same time.
      seconds: length of one measurement.
      rounds: measurements of each kind.
      tensor_content: answers as tensor_content instead of typed fields.
    """

    clients: int
    seconds: float
    rounds: int
    tensor_content: bool = False


@dataclasses.dataclass
class _Kind:
    """One way to ask.

    Attributes:
      clients: how many ask at the same time.
      address: of the server; "" for the direct call.
      latencies: seconds of each request.
      elapsed: seconds in which they were made.
    """

    clients: int
    address: str
    latencies: list = dataclasses.field(default_factory=list)
    elapsed: float = 0.0

    def row(self, name):
        """What the table says, by column."""
        milliseconds = 1000 * np.array(self.latencies)
        return {
            "kind": name,
            "requests/s": len(self.latencies) / self.elapsed,
            "p50 ms": float(np.percentile(milliseconds, 50)),
            "p99 ms": float(np.percentile(milliseconds, 99)),
        }


def _inputs(signature):
    """Input name -> array: one view."""
    inputs = {
        "style": np.array([0], np.int64),
        "azimuth": np.array([30], np.float32),
        "elevation": np.array([20], np.float32),
    }
    return inputs | ({} if signature == "view" else {"transform": np.zeros((1, 8), np.float32)})


def _direct_call(path, signature):
    """A function that runs the model once, arrays in and out."""
    import tensorflow as tf

    model = tf.saved_model.load(str(path))
    function = model.signatures[signature]
    inputs = _inputs(signature)

    def call(model=model):  # `model` must stay alive
        outputs = function(**{name: tf.constant(array) for name, array in inputs.items()})
        return {name: value.numpy() for name, value in outputs.items()}

    return call


def _measure_direct(kind, call, seconds):
    start = time.perf_counter()
    while (now := time.perf_counter()) < start + seconds:
        call()
        kind.latencies.append(time.perf_counter() - now)
    kind.elapsed += time.perf_counter() - start


async def _measure_server(kind, request, seconds):
    import grpc

    async def client():
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.max_receive_message_length", -1)]
        async with grpc.aio.insecure_channel(kind.address, options) as channel:
            predict = channel.unary_unary("/tensorflow.serving.PredictionService/Predict")
            await predict(request)
            ready.release()
            await go.wait()
            while (now := time.perf_counter()) < end:
                await predict(request)
                kind.latencies.append(time.perf_counter() - now)

    ready, go = asyncio.Semaphore(0), asyncio.Event()
    clients = [asyncio.ensure_future(client()) for _ in range(kind.clients)]
    for _ in clients:
        await ready.acquire()
    start = time.perf_counter()
    end = start + seconds
    go.set()
    await asyncio.gather(*clients)
    kind.elapsed += time.perf_counter() - start


@contextlib.contextmanager
def _server(*command):
    """A server in a process of its own; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*command, f"--port={port}", "--rest_api_port=0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        for line in process.stdout:
            if "gRPC" in line:
                yield f"127.0.0.1:{port}"
                return
        raise InputError("the server did not start: see above.")
    finally:
        process.terminate()
        process.wait()


def measure_serving(base, signature, load, script):
    """Measures a model's newest version.

    Args:
      base: folder of its versions.
      signature: to ask: "view" or "png".
      load: `Load`.
      script: path of `scripts/serve.py`.

    Returns:
      list of dicts by column, one a kind: the direct call, one client and many, each with batching
      and without.

    Raises:
      InputError: there is no version, the signature is another, or a server does not start.
    """
    numbered = versions(base) if base else {}
    if not numbered:
        raise InputError(f"`model_base_path`={base} has no version of a model: export one.")
    if signature not in ("view", "png"):
        raise InputError(f"`signature`={signature} is not known: give view or png.")
    call = _direct_call(numbered[max(numbered)], signature)
    request = _request(signature)
    command = [sys.executable, str(script), f"--model_base_path={base}", "--model_name=model"]
    if load.tensor_content:
        command.append("--enable_serialization_as_tensor_content")
    with _server(*command) as plain, _server(*command, "--enable_batching") as batching:
        many = f"server, {load.clients} clients"
        kinds = {
            _DIRECT: _Kind(1, ""),
            _ONE: _Kind(1, plain),
            f"{_ONE}, batching": _Kind(1, batching),
            many: _Kind(load.clients, plain),
            f"{many}, batching": _Kind(load.clients, batching),
        }
        for _ in range(20):
            call()
        with tqdm(total=load.rounds * len(kinds), unit="measurement") as progress:
            for _ in range(load.rounds):
                for kind in kinds.values():
                    if kind.address:
                        asyncio.run(_measure_server(kind, request, load.seconds))
                    else:
                        _measure_direct(kind, call, load.seconds)
                    progress.update()
    rows = [kind.row(name) for name, kind in kinds.items()]
    direct, one = rows[0], rows[1]
    for row in rows:
        row["ms over direct, p50"] = row["p50 ms"] - direct["p50 ms"]
        row["times one client"] = row["requests/s"] / one["requests/s"]
    return rows


def _request(signature):
    """A PredictRequest of the model "model", as bytes."""
    from tensorflow_serving.apis import predict_pb2

    from tfgen.serving import tensors

    request = predict_pb2.PredictRequest()
    request.model_spec.name = "model"
    request.model_spec.signature_name = signature
    for name, array in _inputs(signature).items():
        tensors.fill(request.inputs[name], array)
    return request.SerializeToString()
