"""Serves exported models as TensorFlow Serving does, with nothing else to install.

    python scripts/serve.py --model_base_path=saved_models/chairs
    python scripts/serve.py --model_base_path=saved_models --viewer --enable_batching
    python scripts/serve.py --model_config_file=models.config

gRPC, REST, flags and configuration files are those of tensorflow_model_server; requests that work
here work there.
"""

from absl import flags

from tfgen import command_line
from tfgen.serving import command
from tfgen.serving.other_flags import REFUSED

flags.DEFINE_string("host", "127.0.0.1", "Address to listen on; 0.0.0.0: reached from anywhere.")
flags.DEFINE_integer("port", 8500, "Port of gRPC; 0: none.", 0, 65535)
flags.DEFINE_integer("rest_api_port", 8501, "Port of REST; 0: none.", 0, 65535)
flags.DEFINE_integer("rest_api_timeout_in_ms", 30000, "Time that a REST request may take.", 1)
flags.DEFINE_string(
    "model_base_path", "", "Folder of a model's versions, or of several models' folders."
)
flags.DEFINE_string("model_name", "", "Name of the one model; empty: its folder's.")
flags.DEFINE_string("model_config_file", "", "ModelServerConfig as text, instead of a path.")
flags.DEFINE_float(
    "model_config_file_poll_wait_seconds", 0.0, "How often it is read again; 0: never.", 0
)
flags.DEFINE_float(
    "file_system_poll_wait_seconds", 1.0, "How often to look for new versions.", 0.01
)
flags.DEFINE_bool("enable_batching", False, "Run requests together that wait at the same time.")
flags.DEFINE_string("batching_parameters_file", "", "BatchingParameters as text.")
flags.DEFINE_integer("max_batch_size", 32, "Largest batch, if no file says so.", 1)
flags.DEFINE_integer("batch_timeout_micros", 0, "How long a batch waits for more requests.", 0)
flags.DEFINE_integer("max_enqueued_batches", 100, "Batches that may wait; more are refused.", 1)
flags.DEFINE_integer(
    "num_batch_threads",
    0,
    "Batches that run at once; 0: half the cores, or all without batching.",
    0,
)
flags.DEFINE_bool("enable_model_warmup", True, "Replay the requests recorded in a version first.")
flags.DEFINE_bool(
    "enable_serialization_as_tensor_content", False, "Answer with tensor_content: smaller, faster."
)
flags.DEFINE_integer("tensorflow_intra_op_parallelism", 0, "Threads in an operation; 0: all.", 0)
flags.DEFINE_integer("tensorflow_inter_op_parallelism", 0, "Operations at once; 0: as fit.", 0)
flags.DEFINE_string("ssl_config_file", "", "SSLConfig as text: gRPC over TLS.")
flags.DEFINE_integer("max_message_mb", 64, "Largest request in MiB.", 1, 2047)
flags.DEFINE_integer("max_answer_mb", 192, "Largest answer in MiB.", 1, 2047)
flags.DEFINE_integer("max_rows", 20_000, "Most examples in a request.", 1)
flags.DEFINE_integer("max_json_values", 1_000_000, "Most values in the JSON of a request.", 1)
flags.DEFINE_list("allowed_hosts", [], "Names that REST is asked by; none: loopback's, or any.")
flags.DEFINE_bool(
    "allow_version_labels_for_unavailable_models", False, "New labels may name versions to come."
)
flags.DEFINE_float("drain_seconds", 10.0, "Time that requests at work get at the end.", 0)
flags.DEFINE_bool("version_zero_is_latest", False, "Read version 0 of a request as the newest.")
flags.DEFINE_bool("viewer", False, "Serve a page to look at the models on the REST port.")


def main(argv):
    """Serves until it is told to stop."""
    del argv
    command.serve(flags.FLAGS)


if __name__ == "__main__":
    command_line.run(main, elsewhere=REFUSED)
