"""Real servers on loopback, and small SavedModels for them."""

import contextlib
import shutil
import socket
import time

import grpc
import pytest

from tests.processes import ScriptProcess

CHANNEL_OPTIONS = [
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.use_local_subchannel_pool", 1),
]


def free_ports(count):
    """TCP ports that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


class ServerProcess:
    """`scripts/serve.py` as a process of its own."""

    def __init__(self, *flags, log):
        self.port, self.rest_port = free_ports(2)
        self.address = f"127.0.0.1:{self.port}"
        self.url = f"http://127.0.0.1:{self.rest_port}"
        self._log = log
        ports = (f"--port={self.port}", f"--rest_api_port={self.rest_port}")
        self.process = ScriptProcess("serve.py", *ports, *flags, log=log)

    @property
    def log(self):
        return self._log.read_text()

    def wait_for(self, text, times=1, seconds=60):
        """Waits until the server has printed a text so many times."""
        end = time.monotonic() + seconds
        while self.log.count(text) < times:
            assert time.monotonic() < end, f"no {text!r} in:\n{self.log}"
            assert self.process.poll() is None or self.log.count(text) >= times, self.log
            time.sleep(0.05)

    def channel(self, credentials=None):
        if credentials:
            return grpc.secure_channel(f"localhost:{self.port}", credentials, CHANNEL_OPTIONS)
        return grpc.insecure_channel(self.address, CHANNEL_OPTIONS)

    def stop(self):
        """SIGTERM; the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(30)


@pytest.fixture
def start_server(tmp_path):
    """A function of flags to a ServerProcess that takes requests; all are stopped at the end."""
    servers = []

    def start(*flags, ready="gRPC"):
        server = ServerProcess(*flags, log=tmp_path / f"server{len(servers)}.log")
        servers.append(server)
        if ready:
            server.wait_for(ready)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def models(exported, slow_model, tmp_path_factory):
    """A folder with the models "tiny" (a generator) and "slow"."""
    base = tmp_path_factory.mktemp("served")
    shutil.copytree(exported, base / "tiny" / "1")
    shutil.copytree(slow_model, base / "slow" / "1")
    return base


@pytest.fixture(scope="session")
def server(models, tmp_path_factory):
    """A server of `models` that most tests share: they leave it as it is."""
    log = tmp_path_factory.mktemp("log") / "server.log"
    shared = ServerProcess(
        *(f"--model_base_path={models}", "--viewer", "--enable_batching"),
        *("--max_message_mb=2", "--max_answer_mb=8", "--max_rows=1000", "--max_json_values=100000"),
        "--rest_api_timeout_in_ms=4000",
        log=log,
    )
    shared.wait_for("viewer: open")
    yield shared
    assert shared.stop() == 0
    assert "Traceback" not in shared.log


@pytest.fixture(scope="session")
def slow_model(tmp_path_factory):
    """A SavedModel that works for as many rounds as it is asked to; a scalar says how many."""
    import tensorflow as tf

    module = tf.Module()

    @tf.function(input_signature=[tf.TensorSpec([], tf.int64, "rounds")])
    def work(rounds):
        start = tf.eye(128)
        last = tf.while_loop(
            lambda i, x: i < rounds,
            lambda i, x: (i + 1, tf.linalg.matmul(x, start)),
            [tf.constant(0, tf.int64), start],
        )
        return {"rounds_done": last[0], "trace": tf.linalg.trace(last[1])}

    module.work = work
    path = tmp_path_factory.mktemp("slow") / "1"
    tf.saved_model.save(module, str(path), signatures=work.get_concrete_function())
    return path
