"""Draws with a trained generator, from a run's folder or an exported model.

    python scripts/generate.py --model=saved_models/chairs --draw=turn --styles=3 --out=turn.gif
    python scripts/generate.py --model=saved_models/chairs --draw=morph --styles=3,17 --out=m.png
    python scripts/generate.py --model=runs/chairs --draw=sweep --styles=5 --out=sweep.png
    python scripts/generate.py --model=runs/chairs --draw=image --styles=5 --azimuth=40 \
        --transform=rotation=0.2,hue=1 --transparent --out=chair.png
"""

from absl import flags

from tfgen import command_line
from tfgen.errors import InputError, renamed
from tfgen.pictures import draw

flags.DEFINE_string("model", "", "A run's folder, or an exported model.")
draw.define_flags("grid")
flags.adopt_module_key_flags(draw)


def main(argv):
    """Draws and writes."""
    del argv
    values = flags.FLAGS
    if not values.model:
        raise InputError("--model is missing: give a run's folder or an exported model.")
    draw.check_flags(values)
    from tfgen.loading import load_drawer  # TensorFlow takes seconds to import

    with renamed(path="model"):
        drawer = load_drawer(values.model)
    print(f"Wrote {draw.draw(drawer, values)}")


if __name__ == "__main__":
    command_line.run(main)
