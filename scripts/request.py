"""Asks a server, scripts/serve.py or TensorFlow Serving: for drawings, or any signature.

python scripts/request.py --style 3 --azimuth 30 --elevation 20 --out chair.png
python scripts/request.py --draw=turn --style=3 --out=turn.gif
python scripts/request.py --draw=morph --styles=3,17 --out=morph.png
python scripts/request.py --draw=random --seed=7 --out=random.png
python scripts/request.py --status
python scripts/request.py --signature=png --input=style=3 --input=azimuth=30 --input=elevation=20 \
    --input=transform='[0,0,0,0,0,0,0,0]' --out=chair.png
python scripts/request.py --model_name=vae --signature=encode --input=image=@a.png --out=code.npy
"""

from absl import flags

from tfgen import command_line
from tfgen.errors import InputError
from tfgen.pictures import draw
from tfgen.serving.command import read_certificates

flags.DEFINE_string("server", "localhost:8500", "Its gRPC address.")
flags.DEFINE_string("model_name", "chairs", "Name of the model on the server.")
flags.DEFINE_integer("model_version", None, "Its version; the newest unless given.", 0)
flags.DEFINE_float("timeout", 10.0, "Seconds that an answer may take.", 0.001)
flags.DEFINE_bool("status", False, "Print the state of the model's versions instead.")
flags.DEFINE_string("signature", "", "Ask this signature of --input instead of for a drawing.")
flags.DEFINE_multi_string(
    "input",
    [],
    "name=value, once an input: a number, a JSON array, a string, or @FILE (.npy, or its bytes). "
    "Images of the answer go to --out=FILE.png, numbers to FILE.npy or FILE.json or the screen.",
)
flags.DEFINE_string("ca_file", "", "PEM file of who signed the server's certificate: TLS.")
flags.DEFINE_string("client_key_file", "", "PEM file with this client's key, if it needs one.")
flags.DEFINE_string("client_cert_file", "", "PEM file with this client's certificate.")
draw.define_flags("image")
flags.adopt_module_key_flags(draw)
flags.DEFINE_alias("style", "styles")


def _ask(client, values):
    """Lines of text: what was answered, or written."""
    from tfgen.serving.general_request import ask  # TensorFlow takes seconds to import

    if values.status:
        states = client.status().items()
        return [f"{client.model} {n} {state} {message}".rstrip() for n, (state, message) in states]
    if values.signature or values.input:
        return ask(client, values.signature, values.input, values.out)
    return [f"Wrote {draw.draw(client, values)}"]


def main(argv):
    """Asks, and writes what comes back."""
    del argv
    values = flags.FLAGS
    if not (values.signature or values.input):
        draw.check_flags(values)
    certificates = read_certificates(values)
    from tfgen import Client
    from tfgen.serving.status import RequestError

    try:
        with Client(
            values.server, values.model_name, values.model_version, values.timeout, **certificates
        ) as client:
            print("\n".join(_ask(client, values)))
    except RequestError as error:
        raise InputError(f"--server={values.server}: {error.message}") from None


if __name__ == "__main__":
    command_line.run(main)
