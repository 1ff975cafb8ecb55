"""TensorBoard's projector really serves what is written for it."""

import json

import numpy as np
import pytest
from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
from tensorboard.plugins import base_plugin
from tensorboard.plugins.projector import projector_plugin
from werkzeug import test as werkzeug_test
from werkzeug import wrappers

from tfgen.training.projector import write_projector


@pytest.fixture
def client(tmp_path):
    rng = np.random.default_rng(0)
    embedding = rng.normal(size=(5, 7)).astype(np.float32)
    thumbnails = rng.integers(0, 256, (5, 16, 16, 3)).astype(np.uint8)
    names = [f"chair {i}" for i in range(5)]
    write_projector(tmp_path, embedding, names, ["chairs"] * 5, thumbnails)
    multiplexer = plugin_event_multiplexer.EventMultiplexer()
    context = base_plugin.TBContext(
        logdir=str(tmp_path),
        multiplexer=multiplexer,
        data_provider=data_provider.MultiplexerDataProvider(multiplexer, str(tmp_path)),
    )
    routes = projector_plugin.ProjectorPlugin(context).get_plugin_apps()

    def get(route, query=""):
        client = werkzeug_test.Client(routes[route], wrappers.Response)
        response = client.get(f"{route}?run=.&name=style{query}")
        assert response.status_code == 200, response.data
        return response.data

    return get, embedding, names


def test_the_plugin_serves_configuration_tensor_names_and_sprite(client):
    get, embedding, names = client
    info = json.loads(get("/info"))["embeddings"][0]
    assert info["tensorShape"] == [5, 7]
    tensor = np.frombuffer(get("/tensor"), np.float32).reshape(5, 7)
    np.testing.assert_allclose(tensor, embedding, rtol=1e-4)
    lines = get("/metadata").decode().splitlines()
    assert lines[0] == "style\tcategory"
    assert lines[1] == f"{names[0]}\tchairs"
    assert get("/sprite_image").startswith(b"\x89PNG")


def test_the_sprite_is_a_square_of_thumbnails(tmp_path):
    import cv2

    thumbnails = np.arange(5, dtype=np.uint8).repeat(16 * 16 * 3).reshape(5, 16, 16, 3)
    write_projector(tmp_path, np.zeros((5, 2)), list("abcde"), ["x"] * 5, thumbnails)
    sprite = cv2.imread(str(tmp_path / "styles_sprite.png"))
    assert sprite.shape == (48, 48, 3)
    assert (sprite[16:32, 0:16] == 3).all()
    assert (sprite[32:, :] == 255).all()
