"""The client, against a real server."""

import concurrent.futures
import io
import re
import socket
import threading
import time

import grpc
import numpy as np
import pytest
from PIL import Image

import tfgen
from tests.processes import SCRIPTS
from tests.serving.conftest import free_ports
from tfgen.errors import InputError
from tfgen.serving import Client, PredictionClient
from tfgen.serving.status import RequestError

RNG = np.random.default_rng(0)


@pytest.fixture
def client(server):
    with Client(server.address, "tiny") as client:
        yield client


def views(n):
    return {
        "style": RNG.dirichlet(np.ones(5), n).astype(np.float32),
        "azimuth": RNG.uniform(0, 360, n),
        "elevation": RNG.uniform(0, 40, n),
        "transform": RNG.uniform(-0.1, 0.1, (n, 8)),
    }


def test_drawings_are_those_of_the_model_on_disk(client, exported):
    from tfgen.loading import load_drawer

    asked = views(150)  # more than are under way at the same time
    images, masks = client(asked)
    expected_images, expected_masks = load_drawer(exported)(asked)
    assert images.shape == (150, 64, 64, 3)
    assert masks.shape == (150, 64, 64, 1)
    assert images.dtype == masks.dtype == np.uint8
    assert abs(images.astype(int) - expected_images).max() <= 1
    assert abs(masks.astype(int) - expected_masks).max() <= 1


def test_pngs_have_the_mask_as_alpha(client):
    asked = views(3)
    _, masks = client(asked)
    pictures = [np.array(Image.open(io.BytesIO(png))) for png in client.pngs(asked)]
    assert [picture.shape for picture in pictures] == [(64, 64, 4)] * 3
    assert abs(np.stack(pictures)[..., 3:].astype(int) - masks).max() <= 1


def test_facts_come_from_the_signatures(client):
    assert (client.num_styles, client.image_size) == (5, 64)
    assert client.style_names == ["0", "1", "2", "3", "4"]
    assert client.status() == {1: ("AVAILABLE", "")}


def test_the_general_client_and_the_drawing_one_are_the_same_at_the_front_door():
    assert tfgen.Client is Client
    assert issubclass(Client, PredictionClient)
    assert not hasattr(PredictionClient, "num_styles")


def test_conditions_may_be_told_by_name(client):
    weights, azimuth, elevation, transform = views(2).values()
    named = client(weights, azimuth=azimuth, elevation=elevation, transform=transform)
    by_dict = client({"style": weights, "azimuth": azimuth, "elevation": elevation})
    np.testing.assert_array_equal(named[0], client(weights, azimuth, elevation, transform)[0])
    np.testing.assert_array_equal(
        by_dict[0], client(weights, azimuth, elevation, np.zeros((2, 8)))[0]
    )
    assert client.description.names == ("style", "azimuth", "elevation", "transform")
    with pytest.raises(InputError, match="hue is no condition of this model"):
        client(weights, hue=1)


def test_any_signature_can_be_asked(client, server):
    view = {
        "style": np.array([3]),
        "azimuth": np.array([30], np.float32),
        "elevation": np.array([20], np.float32),
    }
    assert client.predict(view, "view")["image"].shape == (1, 64, 64, 3)
    with Client(server.address, "slow") as slow:
        assert slow.predict({"rounds": np.array(2)})["rounds_done"] == 2


@pytest.mark.parametrize(
    ("model", "version", "code", "text"),
    [
        ("nope", None, grpc.StatusCode.NOT_FOUND, r"Latest\(nope\)"),
        ("tiny", 7, grpc.StatusCode.NOT_FOUND, r"Specific\(tiny, 7\)"),
        ("slow", None, grpc.StatusCode.FAILED_PRECONDITION, "is no generator"),
    ],
)
def test_refusals_are_request_errors(server, model, version, code, text):
    with (
        Client(server.address, model, version) as client,
        pytest.raises(RequestError, match=text) as error,
    ):
        _ = client.num_styles
    assert error.value.code == code


def test_what_takes_too_long_is_given_up(server):
    with (
        Client(server.address, "slow", timeout=0.2) as client,
        pytest.raises(RequestError, match=r"no answer within 0\.2 s") as error,
    ):
        client.predict({"rounds": np.array(300_000)})
    assert error.value.code == grpc.StatusCode.DEADLINE_EXCEEDED


def test_nothing_listens():
    (port,) = free_ports(1)
    with (
        Client(f"127.0.0.1:{port}", timeout=5) as client,
        pytest.raises(RequestError, match=f"nothing answers at 127.0.0.1:{port}") as error,
    ):
        client.status()
    assert error.value.code == grpc.StatusCode.UNAVAILABLE


class FlakyServer:
    """Refuses a number of calls as overloaded, then answers."""

    def __init__(self, refusals):
        self.calls = 0
        handler = grpc.unary_unary_rpc_method_handler(self._answer)
        self._server = grpc.server(concurrent.futures.ThreadPoolExecutor(1))
        methods = {"GetModelStatus": handler}
        self._server.add_generic_rpc_handlers(
            [grpc.method_handlers_generic_handler("tensorflow.serving.ModelService", methods)]
        )
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._refusals = refusals

    def _answer(self, request, context):
        self.calls += 1
        if self.calls <= self._refusals:
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "busy")
        return b""

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *_):
        self._server.stop(None)


def test_a_busy_server_is_asked_again():
    with FlakyServer(refusals=2) as server, Client(f"127.0.0.1:{server.port}") as client:
        assert client.status() == {}
        assert server.calls == 3


def test_a_server_that_stays_busy_is_not_asked_for_ever():
    with FlakyServer(refusals=100) as server, Client(f"127.0.0.1:{server.port}") as client:
        with pytest.raises(RequestError, match="busy"):
            client.status()
        assert server.calls == 5


def test_a_server_that_never_speaks_is_given_up():
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        threading.Thread(target=mute.accept, daemon=True).start()
        address = f"127.0.0.1:{mute.getsockname()[1]}"
        before = time.monotonic()
        with Client(address, timeout=1) as client, pytest.raises(RequestError):
            client.status()
        assert time.monotonic() - before < 5


def test_the_snippets_of_the_readme_run(server, exported):
    """On a model of five styles."""
    text = (SCRIPTS.parent / "docs" / "serving.md").read_text(encoding="utf-8")
    asked = 0
    for snippet in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        if "localhost" not in snippet and "saved_models" not in snippet:
            continue
        changes = {
            '"localhost:8500", model="chairs"': f'"{server.address}", model="tiny"',
            "saved_models/chairs/1": str(exported),
            "saved_models/chairs": str(exported.parent),
            "[3, 17]": "[3, 4]",
        }
        for old, new in changes.items():
            asked += old in snippet
            snippet = snippet.replace(old, new)
        exec(snippet, {})
    assert asked >= 3
