"""Asks a server for drawings: scripts/serve.py, or TensorFlow Serving.

python scripts/request.py --style 3 --azimuth 30 --elevation 20 --out chair.png
python scripts/request.py --draw=turn --style=3 --out=turn.gif
python scripts/request.py --draw=morph --styles=3,17 --out=morph.png
python scripts/request.py --draw=random --seed=7 --out=random.png
python scripts/request.py --status
"""

from pathlib import Path

from absl import flags

from tfgen import command_line
from tfgen.errors import InputError
from tfgen.tasks import draw

flags.DEFINE_string("server", "localhost:8500", "Its gRPC address.")
flags.DEFINE_string("model_name", "chairs", "Name of the model on the server.")
flags.DEFINE_integer("model_version", None, "Its version; the newest unless given.", 0)
flags.DEFINE_float("timeout", 10.0, "Seconds that an answer may take.", 0.001)
flags.DEFINE_bool("status", False, "Print the state of the model's versions instead.")
flags.DEFINE_string("ca_file", "", "PEM file of who signed the server's certificate: TLS.")
flags.DEFINE_string("client_key_file", "", "PEM file with this client's key, if it needs one.")
flags.DEFINE_string("client_cert_file", "", "PEM file with this client's certificate.")
draw.define_flags("image")
flags.adopt_module_key_flags(draw)
flags.DEFINE_alias("style", "styles")


def _pem(values, name):
    path = getattr(values, name)
    if not path:
        return None
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"--{name}={path} cannot be read ({error.strerror}).") from None


def main(argv):
    """Asks, and writes the drawing."""
    del argv
    values = flags.FLAGS
    draw.check_flags(values)
    certificates = {
        "root_certificates": _pem(values, "ca_file"),
        "client_key": _pem(values, "client_key_file"),
        "client_certificate": _pem(values, "client_cert_file"),
    }
    from tfgen.serving import Client  # TensorFlow takes seconds to import
    from tfgen.serving.status import RequestError

    client = Client(
        values.server, values.model_name, values.model_version, values.timeout, **certificates
    )
    try:
        with client:
            if values.status:
                for version, (state, message) in client.status().items():
                    print(f"{values.model_name} {version} {state} {message}".rstrip())
            else:
                print(f"Wrote {draw.draw(client, values)}")
    except RequestError as error:
        raise InputError(f"--server={values.server}: {error.message}") from None


if __name__ == "__main__":
    command_line.run(main)
