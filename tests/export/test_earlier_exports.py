"""Exports made before there was a format are read, served and asked, and answer the same bits."""

import numpy as np
import pytest

import tfgen
from tests.export import earlier_exports
from tests.serving.conftest import ServerProcess
from tfgen.serving.servable import Servable

KINDS = ("generator", "autoencoder", "comparator")
VIEWS = ("weights", "azimuth", "elevation", "transform")


@pytest.fixture(scope="session")
def earlier(tmp_path_factory):
    """(folder of models, what they answered when they were made)."""
    folder = tmp_path_factory.mktemp("earlier")
    if reason := earlier_exports.make(folder):
        pytest.skip(reason)
    return folder / "models", earlier_exports.read(folder)


@pytest.fixture(scope="module")
def server(earlier, tmp_path_factory):
    base, _ = earlier
    server = ServerProcess(
        f"--model_base_path={base}", log=tmp_path_factory.mktemp("log") / "server.log"
    )
    server.wait_for("gRPC")
    yield server
    assert server.stop() == 0


def assert_same(answer, expected):
    assert answer.keys() == expected.keys()
    for name, array in answer.items():
        given = np.array(array.tolist()) if array.dtype == object else array
        np.testing.assert_array_equal(given, expected[name], err_msg=name, strict=True)


@pytest.mark.parametrize("kind", KINDS)
def test_the_front_door_opens_them(earlier, kind):
    base, answers = earlier
    model = tfgen.load(base / kind)
    assert (model.kind, model.manifest.format) == (kind, 0)
    assert model.signatures.keys() == answers[kind].keys()
    for signature, (inputs, _, expected) in answers[kind].items():
        assert_same(model.predict(inputs, signature), expected)


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_holds_them(earlier, kind):
    base, answers = earlier
    servable = Servable(base / kind / "1")
    for signature, (inputs, expected, _) in answers[kind].items():
        assert_same(servable.signature(signature)(inputs), expected)
    servable.close()


@pytest.mark.parametrize("kind", KINDS)
def test_clients_ask_them(earlier, server, kind):
    _, answers = earlier
    with tfgen.Client(server.address, kind) as client:
        for signature, (inputs, expected, _) in answers[kind].items():
            assert_same(client.predict(inputs, signature), expected)


def test_a_generator_draws_with_its_names(earlier, server):
    base, answers = earlier
    inputs, _, expected = answers["generator"]["morph"]
    drawer = tfgen.load(base / "generator" / "1")
    views = [inputs[name] for name in VIEWS]
    assert_same(dict(zip(("image", "mask"), drawer(*views), strict=True)), expected)
    assert drawer.style_names[3] == "chairs_0003"
    assert drawer.description["transform"].ranges[2] == pytest.approx((-0.2, 0.2))
    with tfgen.Client(server.address, "generator") as client:
        images, _ = client(*views)
    np.testing.assert_array_equal(images, answers["generator"]["morph"][1]["image"])


def test_details_of_the_small_manifest_are_kept(earlier):
    base, _ = earlier
    assert tfgen.load(base / "autoencoder").manifest.details == {"variational": True}
    assert "conv3" in tfgen.load(base / "comparator").manifest.details["layers"]
