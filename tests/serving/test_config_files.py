"""TensorFlow Serving's configuration files, ours and users'."""

from pathlib import Path

import pytest

from tfgen.errors import InputError
from tfgen.serving import config_files
from tfgen.serving.batching_parameters import BatchingParameters

SHIPPED = Path(__file__).parents[2] / "scripts" / "serving"
DEFAULTS = BatchingParameters(max_batch_size=32, max_enqueued_batches=100, num_batch_threads=2)


def test_the_shipped_files_are_what_the_protocol_buffers_say():
    models = config_files.read_model_config(SHIPPED / "models.config").model_config_list.config
    assert [(m.name, m.base_path, m.model_platform) for m in models] == [
        ("chairs", "/models/chairs", "tensorflow")
    ]
    parameters = config_files.read_batching_parameters(SHIPPED / "batching.config", DEFAULTS)
    assert parameters.max_batch_size == parameters.allowed_batch_sizes[-1]


def test_what_a_file_leaves_out_keeps_its_default(tmp_path):
    file = tmp_path / "batching.config"
    file.write_text("batch_timeout_micros { value: 500 }  # half a millisecond\n")
    read = config_files.read_batching_parameters(file, DEFAULTS)
    assert read == BatchingParameters(32, 500, 100, 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max_batch_size: 3", "no BatchingParameters protocol buffer"),
        ("max_batch { value: 3 }", "no BatchingParameters protocol buffer: .*max_batch"),
        ("num_batch_threads { value: 0 }", "num_batch_threads is 0"),
        ("allowed_batch_sizes: 4", "max_batch_size, 32"),
        (b"\xff\xfe", "no text"),
        (None, "No such file"),
    ],
)
def test_bad_batching_parameters(tmp_path, text, expected):
    file = tmp_path / "batching.config"
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=f"batching_parameters_file=.*{expected}"):
        config_files.read_batching_parameters(file, DEFAULTS)


def test_a_certificate_must_be_one(tmp_path):
    file = tmp_path / "ssl.config"
    file.write_text('server_key: "key.pem"\nserver_cert: "cert.pem"\n')
    with pytest.raises(InputError, match="no PEM text in server_key"):
        config_files.read_ssl_config(file)
