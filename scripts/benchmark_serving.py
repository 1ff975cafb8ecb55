"""Measures the embedded server against calling the model directly, in one run.

    python scripts/benchmark_serving.py --model_base_path=saved_models/chairs

Two servers, with and without batching, and the direct call take turns for a few rounds, so that
what else the machine does meets all of them. Client and servers share the machine's cores. Requests
are encoded once and answers are not decoded: what is measured is the server.
"""

import asyncio
import contextlib
import csv
import dataclasses
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from absl import flags
from tqdm import tqdm

from tfgen import command_line
from tfgen.errors import InputError

flags.DEFINE_string("model_base_path", "", "Folder of a model's versions.")
flags.DEFINE_string("signature", "view", "Signature to ask: view or png.")
flags.DEFINE_integer("clients", 16, "Clients that ask at the same time.", 2)
flags.DEFINE_float("seconds", 3.0, "Length of one measurement.", 0.1)
flags.DEFINE_integer("rounds", 3, "Measurements of each kind.", 1)
flags.DEFINE_bool("tensor_content", False, "Answers as tensor_content instead of typed fields.")
flags.DEFINE_string("out", "", "CSV file to write too.")

_DIRECT = "direct call of the model"
_ONE = "server, one client"


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
def _server(*arguments):
    """A server in a process of its own; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(Path(__file__).with_name("serve.py")), *arguments]
    process = subprocess.Popen(
        [*command, f"--port={port}", "--rest_api_port=0"], stdout=subprocess.PIPE, text=True
    )
    try:
        for line in process.stdout:
            if "gRPC" in line:
                yield f"127.0.0.1:{port}"
                return
        raise InputError("the server did not start: see above.")
    finally:
        process.terminate()
        process.wait()


def _print_table(rows):
    columns = list(rows[0])
    print("| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|")
    for row in rows:
        cells = [f"{v:.1f}" if isinstance(v, float) else v for v in row.values()]
        print("| " + " | ".join(cells) + " |")


def main(argv):
    """Measures, and prints a table."""
    del argv
    values = flags.FLAGS
    base = Path(values.model_base_path)
    versions = [c for c in base.iterdir() if c.name.isdigit()] if base.is_dir() else []
    if not values.model_base_path or not versions:
        raise InputError(
            f"--model_base_path={values.model_base_path} has no version of a model: export one."
        )
    if values.signature not in ("view", "png"):
        raise InputError(f"--signature={values.signature} is not known: give view or png.")
    call = _direct_call(max(versions, key=lambda c: int(c.name)), values.signature)

    from tensorflow_serving.apis import predict_pb2

    from tfgen.serving import tensors

    request = predict_pb2.PredictRequest()
    request.model_spec.name = "model"
    request.model_spec.signature_name = values.signature
    for name, array in _inputs(values.signature).items():
        tensors.fill(request.inputs[name], array)
    request = request.SerializeToString()
    arguments = [f"--model_base_path={base}", "--model_name=model"]
    if values.tensor_content:
        arguments.append("--enable_serialization_as_tensor_content")
    with _server(*arguments) as plain, _server(*arguments, "--enable_batching") as batching:
        many = f"server, {values.clients} clients"
        kinds = {
            _DIRECT: Kind(1, ""),
            _ONE: Kind(1, plain),
            f"{_ONE}, batching": Kind(1, batching),
            many: Kind(values.clients, plain),
            f"{many}, batching": Kind(values.clients, batching),
        }
        for _ in range(20):
            call()
        with tqdm(total=values.rounds * len(kinds), unit="measurement") as progress:
            for _ in range(values.rounds):
                for kind in kinds.values():
                    if kind.address:
                        asyncio.run(_measure_server(kind, request, values.seconds))
                    else:
                        _measure_direct(kind, call, values.seconds)
                    progress.update()
    rows = [kind.row(name) for name, kind in kinds.items()]
    direct, one = rows[0], rows[1]
    for row in rows:
        row["ms over direct, p50"] = row["p50 ms"] - direct["p50 ms"]
        row["times one client"] = row["requests/s"] / one["requests/s"]
    print(f"{os.cpu_count()} cores, signature {values.signature}, one view a request:\n")
    _print_table(rows)
    if values.out:
        with Path(values.out).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    command_line.run(main)
