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
class Kind:
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


@contextlib.asynccontextmanager
async def connected(address):
    """A coroutine function of a PredictRequest's bytes to the response's."""
    import grpc

    options = [("grpc.use_local_subchannel_pool", 1), ("grpc.max_receive_message_length", -1)]
    async with grpc.aio.insecure_channel(address, options) as channel:
        yield channel.unary_unary("/tensorflow.serving.PredictionService/Predict")


async def measure_server(kind, request, goes_on):
    """Asks as `kind` says, and adds to what it measured.

    Args:
      kind: Kind.
      request: PredictRequest as bytes.
      goes_on: function of the seconds since the clients began to whether they ask once more.
    """

    async def client():
        async with connected(kind.address) as predict:
            await predict(request)
            ready.release()
            await go.wait()
            while goes_on((now := time.perf_counter()) - start):
                await predict(request)
                kind.latencies.append(time.perf_counter() - now)

    ready, go = asyncio.Semaphore(0), asyncio.Event()
    clients = [asyncio.ensure_future(client()) for _ in range(kind.clients)]
    for _ in clients:
        await ready.acquire()
    start = time.perf_counter()
    go.set()
    await asyncio.gather(*clients)
    kind.elapsed += time.perf_counter() - start


@contextlib.contextmanager
def running_server(*command):
    """A server in a process of its own: (address, process number)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*command, f"--port={port}", "--rest_api_port=0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        for line in process.stdout:
            if "gRPC" in line:
                yield f"127.0.0.1:{port}", process.pid
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
    newest, command = prepare(base, signature, load, script)
    call = _direct_call(newest, signature)
    request = make_request(signature)
    with (
        running_server(*command) as (plain, _),
        running_server(*command, "--enable_batching") as (batching, _),
    ):
        many = f"server, {load.clients} clients"
        kinds = {
            _DIRECT: Kind(1, ""),
            _ONE: Kind(1, plain),
            f"{_ONE}, batching": Kind(1, batching),
            many: Kind(load.clients, plain),
            f"{many}, batching": Kind(load.clients, batching),
        }
        for _ in range(20):
            call()
        with tqdm(total=load.rounds * len(kinds), unit="measurement") as progress:
            for _ in range(load.rounds):
                for kind in kinds.values():
                    if kind.address:
                        asyncio.run(measure_server(kind, request, load.seconds.__gt__))
                    else:
                        _measure_direct(kind, call, load.seconds)
                    progress.update()
    rows = [kind.row(name) for name, kind in kinds.items()]
    direct, one = rows[0], rows[1]
    for row in rows:
        row["ms over direct, p50"] = row["p50 ms"] - direct["p50 ms"]
        row["times one client"] = row["requests/s"] / one["requests/s"]
    return rows


def prepare(base, signature, load, script):
    """(path of the newest version, command of a server of it as "model"); see `measure_serving`."""
    numbered = versions(base) if base else {}
    if not numbered:
        raise InputError(f"`model_base_path`={base} has no version of a model: export one.")
    if signature not in ("view", "png"):
        raise InputError(f"`signature`={signature} is not known: give view or png.")
    command = [sys.executable, str(script), f"--model_base_path={base}", "--model_name=model"]
    if load.tensor_content:
        command.append("--enable_serialization_as_tensor_content")
    return numbered[max(numbered)], command


def make_request(signature, rows=1, outputs=()):
    """A PredictRequest of the model "model" for so many views, as bytes.

    Args:
      signature: its name.
      rows: how many views.
      outputs: names of the outputs that are wanted; () for all.
    """
    from tensorflow_serving.apis import predict_pb2

    from tfgen.serving import tensors

    request = predict_pb2.PredictRequest(output_filter=outputs)
    request.model_spec.name = "model"
    request.model_spec.signature_name = signature
    for name, array in _inputs(signature).items():
        tensors.fill(request.inputs[name], np.repeat(array, rows, axis=0))
    return request.SerializeToString()
