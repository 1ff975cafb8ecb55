"""Servers under way: versions that change under load, reloading, TLS, stopping."""

import concurrent.futures
import http.client
import json
import shutil
import subprocess
import threading
import time
from pathlib import Path

import grpc
import numpy as np
import pytest
import tensorflow as tf
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tensorflow_serving.apis import (
    model_management_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from tests.processes import run
from tests.serving.conftest import free_ports

FAST_POLLING = "--file_system_poll_wait_seconds=0.1"


def predict_request(model="tiny", inputs=None, signature="view", version=None):
    request = predict_pb2.PredictRequest()
    request.model_spec.name = model
    request.model_spec.signature_name = signature
    if version is not None:
        request.model_spec.version.value = version
    inputs = inputs or {
        "style": np.array([3]),
        "azimuth": np.array([30], np.float32),
        "elevation": np.array([20], np.float32),
    }
    for name, value in inputs.items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
    return request


def slow_request(rounds):
    return predict_request("slow", {"rounds": np.array(rounds)}, "")


class Load:
    """Clients that ask without pause until they are stopped, and keep what they were told."""

    def __init__(self, server, clients=4):
        self.versions, self.failures = [], []
        self._server = server
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(clients)]

    def _ask(self):
        with self._server.channel() as channel:
            stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
            while not self._stop.is_set():
                try:
                    response = stub.Predict(predict_request(), timeout=30)
                    self.versions.append(response.model_spec.version.value)
                except grpc.RpcError as error:
                    self.failures.append(f"{error.code()}: {error.details()}")

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()


def test_versions_change_under_load_without_a_failed_request(start_server, exported, tmp_path):
    base = tmp_path / "tiny"
    shutil.copytree(exported, base / "1")
    server = start_server(f"--model_base_path={base}", "--enable_batching", FAST_POLLING)
    with Load(server) as load:
        for version in (2, 3):
            shutil.copytree(exported, tmp_path / "incoming")
            (tmp_path / "incoming").rename(base / str(version))
            server.wait_for(f"version {version} takes requests")
            server.wait_for(f"version {version - 1} is unloaded")
        broken = base / "4"
        broken.mkdir()
        (broken / "saved_model.pb").write_bytes(b"no protocol buffer")
        server.wait_for("version 4 cannot be served")
        time.sleep(0.5)
        assert not load.failures
        asked = len(load.versions)
        time.sleep(0.5)
    assert len(load.versions) > asked  # the last good version still answers
    assert not load.failures
    assert set(load.versions) == {1, 2, 3}
    assert "served: 3" in server.log


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


VARIABLES = "variables/variables.data-00000-of-00001"
DAMAGES = {
    "variables": (VARIABLES, flip, f"{VARIABLES} is damaged"),
    "shard": (VARIABLES, Path.unlink, f"{VARIABLES} is missing"),
    "graph": ("saved_model.pb", flip, "saved_model.pb is damaged"),
    "cut": (
        "saved_model.pb",
        lambda path: path.write_bytes(path.read_bytes()[:-1000]),
        "saved_model.pb is damaged",
    ),
    "asset": ("assets/model.json", flip, "assets/model.json is damaged"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_version_is_refused_at_the_start(exported, tmp_path, name):
    file, damage, told = DAMAGES[name]
    damage(shutil.copytree(exported, tmp_path / "tiny" / "1") / file)
    port, rest_port = free_ports(2)
    ports = (f"--port={port}", f"--rest_api_port={rest_port}")
    refusal = refused(f"--model_base_path={tmp_path / 'tiny'}", *ports)
    assert refusal.startswith("error: model tiny: version 1 cannot be served: ")
    assert refusal.endswith(f"{told}: export it again, or restore its files.")


def test_beside_a_damaged_version_the_old_one_stays(start_server, exported, tmp_path):
    base = tmp_path / "tiny"
    shutil.copytree(exported, base / "1")
    server = start_server(f"--model_base_path={base}", FAST_POLLING)
    for number, (file, damage, told) in enumerate(DAMAGES.values(), 2):
        damage(shutil.copytree(exported, tmp_path / "incoming") / file)
        (tmp_path / "incoming").rename(base / str(number))
        server.wait_for(f"version {number} cannot be served ({told}: export it again")
    with server.channel() as channel:
        stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        assert stub.Predict(predict_request(), timeout=30).model_spec.version.value == 1
    (base / "6" / "assets" / "model.json").write_bytes(
        (exported / "assets" / "model.json").read_bytes()
    )
    server.wait_for("version 6 takes requests")  # mended


def test_a_version_that_is_copied_slowly_is_served_when_it_is_complete(
    start_server, exported, tmp_path
):
    base = tmp_path / "tiny"
    shutil.copytree(exported, base / "1")
    server = start_server(f"--model_base_path={base}", FAST_POLLING)
    (base / "2").mkdir()
    shutil.copy(exported / "saved_model.pb", base / "2")
    server.wait_for("version 2 cannot be served")
    shutil.copytree(exported, base / "2", dirs_exist_ok=True)
    server.wait_for("version 2 takes requests")


def test_sigterm_finishes_what_is_at_work_and_refuses_the_rest(start_server, slow_model, tmp_path):
    shutil.copytree(slow_model, tmp_path / "slow" / "1")
    server = start_server(f"--model_base_path={tmp_path / 'slow'}", "--drain_seconds=60")
    with server.channel() as channel:
        stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        stub.Predict(slow_request(1), timeout=30)
        before = time.monotonic()
        stub.Predict(slow_request(2000), timeout=30)
        rounds = int(2000 * 1.5 / (time.monotonic() - before))  # about a second and a half
        at_work = [stub.Predict.future(slow_request(rounds), timeout=60) for _ in range(4)]
        time.sleep(0.3)
        server.process.terminate()
        server.wait_for("stopping")
        with server.channel() as late, pytest.raises(grpc.RpcError) as refused:
            prediction_service_pb2_grpc.PredictionServiceStub(late).Predict(slow_request(1))
        assert refused.value.code() == grpc.StatusCode.UNAVAILABLE
        for call in at_work:
            assert call.result().outputs["rounds_done"].int64_val[0] == rounds
    assert server.process.wait(30) == 0
    assert server.log.rstrip().endswith("stopped")


def test_rest_tells_who_comes_while_it_stops(start_server, slow_model, tmp_path):
    shutil.copytree(slow_model, tmp_path / "slow" / "1")
    server = start_server(f"--model_base_path={tmp_path / 'slow'}", "--drain_seconds=2")

    def ask(rounds, connection=None):
        """(status, text, seconds)."""
        connection = connection or http.client.HTTPConnection("127.0.0.1", server.rest_port)
        start = time.monotonic()
        body = json.dumps({"inputs": {"rounds": rounds}})
        connection.request("POST", "/v1/models/slow:predict", body)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), time.monotonic() - start

    ask(1)
    idle = http.client.HTTPConnection("127.0.0.1", server.rest_port)
    *_, seconds = ask(2000, idle)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        at_work = pool.submit(ask, int(2000 / seconds))  # about a second
        time.sleep(0.3)
        server.process.terminate()
        server.wait_for("stopping")
        for connection in (idle, None):
            status, text, seconds = ask(1, connection)
            assert (status, seconds < 0.5) == (503, True)
            assert json.loads(text)["error"].startswith("the server is stopping")
        assert at_work.result()[0] == 200
    assert server.process.wait(30) == 0
    assert "Traceback" not in server.log


def test_what_outlasts_the_drain_is_cut_off(start_server, slow_model, tmp_path):
    shutil.copytree(slow_model, tmp_path / "slow" / "1")
    server = start_server(f"--model_base_path={tmp_path / 'slow'}", "--drain_seconds=0.5")
    with server.channel() as channel:
        stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        call = stub.Predict.future(slow_request(10_000_000), timeout=120)
        time.sleep(0.5)
        before = time.monotonic()
        server.process.terminate()
        assert server.process.wait(30) == 0
        assert time.monotonic() - before < 5
        assert isinstance(call.exception(), grpc.RpcError)


def test_models_are_reloaded_over_the_wire_and_from_the_file(start_server, models, tmp_path):
    file = tmp_path / "models.config"

    def config(*names):
        entries = "".join(
            f'config {{ name: "{name}" base_path: "{models / name}" model_platform: "tensorflow" '
            "model_version_policy { all {} } }\n"
            for name in names
        )
        return f"model_config_list {{ {entries} }}"

    file.write_text(config("tiny"))
    server = start_server(
        f"--model_config_file={file}", "--model_config_file_poll_wait_seconds=0.2"
    )
    with server.channel() as channel:
        prediction = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        service = model_service_pb2_grpc.ModelServiceStub(channel)
        assert prediction.Predict(predict_request(), timeout=30).outputs
        request = model_management_pb2.ReloadConfigRequest()
        entry = request.config.model_config_list.config.add(name="slow", base_path="nowhere")
        with pytest.raises(grpc.RpcError) as refused:
            service.HandleReloadConfigRequest(request, timeout=30)
        assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
        assert "base_path nowhere, which is no folder" in refused.value.details()
        file.write_text("model_config_list {")  # somebody is writing it
        server.wait_for("no ModelServerConfig protocol buffer")
        entry.base_path = str(models / "slow")
        assert service.HandleReloadConfigRequest(request, timeout=30).status.error_code == 0
        assert prediction.Predict(slow_request(3), timeout=30).outputs
        with pytest.raises(grpc.RpcError, match="Servable not found"):
            prediction.Predict(predict_request(), timeout=30)
        file.write_text(config("tiny", "slow"))
        server.wait_for("tiny: version 1 takes requests", times=2)
        assert prediction.Predict(predict_request(), timeout=30).outputs


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A certificate authority, and what it signed for a server and for a client: PEM files."""
    folder = tmp_path_factory.mktemp("certificates")

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, cwd=folder, capture_output=True)

    new = ("-newkey", "rsa:2048", "-nodes", "-days", "2")
    openssl("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=tfgen test")
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1")
    for name in ("server", "client"):
        openssl(
            *("req", *new[:3], "-keyout", f"{name}.key", "-out", f"{name}.csr"),
            *("-subj", "/CN=localhost"),
        )
        openssl(
            *("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key"),
            *("-CAcreateserial", "-out", f"{name}.pem", "-days", "2", "-extfile", "names"),
        )
    return folder


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")
def test_tls_with_and_without_client_certificates(start_server, models, certificates, tmp_path):
    def pem(name):
        return (certificates / name).read_text()

    def quoted(text):
        return text.replace("\n", "\\n")

    file = tmp_path / "ssl.config"
    file.write_text(
        f'server_key: "{quoted(pem("server.key"))}"\nserver_cert: "{quoted(pem("server.pem"))}"\n'
        f'custom_ca: "{quoted(pem("ca.pem"))}"\nclient_verify: true\n'
    )
    server = start_server(f"--model_base_path={models / 'tiny'}", f"--ssl_config_file={file}")
    known = (pem("client.key").encode(), pem("client.pem").encode())
    ca = pem("ca.pem").encode()
    attempts = {
        "known": server.channel(grpc.ssl_channel_credentials(ca, *known)),
        "no certificate": server.channel(grpc.ssl_channel_credentials(ca)),
        "plain text": server.channel(),
    }
    outcomes = {}
    for name, channel in attempts.items():
        with channel:
            stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
            try:
                outcomes[name] = len(stub.Predict(predict_request(), timeout=10).outputs)
            except grpc.RpcError as error:
                outcomes[name] = error.code()
    unavailable = grpc.StatusCode.UNAVAILABLE
    assert outcomes == {"known": 2, "no certificate": unavailable, "plain text": unavailable}
    request = [
        *("request.py", f"--server=localhost:{server.port}"),
        *("--model_name=tiny", "--style=3", f"--out={tmp_path / 'chair.png'}"),
        *(
            f"--ca_file={certificates / 'ca.pem'}",
            f"--client_key_file={certificates / 'client.key'}",
        ),
        f"--client_cert_file={certificates / 'client.pem'}",
    ]
    run(*request).check_returncode()
    assert (tmp_path / "chair.png").stat().st_size > 100


def test_flags_change_what_is_answered(start_server, models):
    server = start_server(
        f"--model_base_path={models / 'tiny'}",
        *("--model_name=chairs", "--enable_serialization_as_tensor_content"),
        *("--version_zero_is_latest", "--rest_api_port=0", "--noenable_model_warmup"),
    )
    with server.channel() as channel:
        stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        image = stub.Predict(predict_request("chairs", version=0), timeout=30).outputs["image"]
        health = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
    assert len(image.tensor_content) == 64 * 64 * 3
    assert not image.int_val
    assert health.status == health_pb2.HealthCheckResponse.SERVING
    assert "REST" not in server.log


def refused(*flags):
    """What serve.py says to flags that it refuses."""
    done = run("serve.py", *flags)
    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()[-1]


def test_mistakes_on_the_command_line(models, tmp_path):
    assert "--model_base_path is missing" in refused()
    assert "is no folder" in refused(f"--model_base_path={tmp_path / 'nope'}")
    assert "has no model" in refused(f"--model_base_path={tmp_path}")
    version = models / "tiny" / "1"
    assert f"is one version: give its parent, {models / 'tiny'}." in refused(
        f"--model_base_path={version}"
    )
    base = f"--model_base_path={models}"
    assert "has slow, tiny" in refused(base, "--model_name=chairs")
    assert "are both 8500" in refused(base, "--port=8500", "--rest_api_port=8500")
    assert "nothing to listen on" in refused(base, "--port=0", "--rest_api_port=0")
    assert "--viewer needs the REST port" in refused(base, "--viewer", "--rest_api_port=0")
    assert "exclude each other" in refused(base, "--model_config_file=x")
    assert "--enable_batching with it" in refused(base, "--batching_parameters_file=x")


def test_ports_that_are_taken_and_models_that_are_broken(server, models, tmp_path):
    (port,) = free_ports(1)
    base = f"--model_base_path={models / 'tiny'}"
    taken = refused(base, f"--port={server.port}", f"--rest_api_port={port}")
    assert f"--port={server.port} cannot be listened on at --host=127.0.0.1" in taken
    taken = refused(base, f"--port={port}", f"--rest_api_port={server.rest_port}")
    assert f"--rest_api_port={server.rest_port} cannot be listened on" in taken
    (tmp_path / "broken" / "1").mkdir(parents=True)
    broken = refused(
        f"--model_base_path={tmp_path / 'broken'}", f"--port={port}", "--rest_api_port=0"
    )
    assert "model broken: version 1 cannot be served" in broken
