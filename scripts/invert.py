"""Draws photographs again from their features alone.

    python scripts/invert.py photo.jpg --feature=hog
    python scripts/invert.py a.jpg b.jpg --model=runs/layers/fixed_fc6 --out=inverted.png
    python scripts/invert.py features.npy --model=runs/invert/hog

The run comes from scripts/train.py with --task=inversion; the middle square of a photo is taken.
"""

import itertools
from pathlib import Path

from absl import flags

from tfgen import command_line
from tfgen.config import flags as settings
from tfgen.config.data import PhotoConfig
from tfgen.errors import InputError, renamed

_MOST = 50

flags.DEFINE_string("feature", "", "The feature; its run is runs/invert/FEATURE, without --model.")
flags.DEFINE_string("model", "", "A run's folder.")
settings.define_like(PhotoConfig, "max_megapixels")
flags.DEFINE_integer(
    "size", 0, "Pixels along a side to draw HOG, SIFT and LBP at; 0: as trained.", 0
)
flags.DEFINE_string("out", "inverted.png", "PNG file to write: photographs over their inversions.")


def main(argv):
    """Describes, inverts and writes."""
    values = flags.FLAGS
    if not argv[1:]:
        raise InputError("the pictures are missing: give some files.")
    if not (values.model or values.feature):
        raise InputError("--model is missing: give a run's folder, or --feature.")
    if Path(values.out).suffix.lower() != ".png":
        raise InputError(f"--out={values.out} cannot be written: give a .png.")
    from tfgen.papers.inverting.invert import invert  # TensorFlow takes seconds to import
    from tfgen.pictures.image_grid import image_grid, write_png

    run_dir = values.model or f"runs/invert/{values.feature}"
    with renamed(run_dir="model", image_size="size"):
        pairs = invert(run_dir, argv[1:], values.feature, values.max_megapixels, values.size)
    seen = list(itertools.chain(*(a for a, _ in pairs if a is not None)))
    drawn = list(itertools.chain(*(b for _, b in pairs)))
    rows = [seen, drawn] if len(seen) == len(drawn) else [drawn]
    write_png(values.out, image_grid(rows, ["photo", "inverted"][-len(rows) :]))
    print(f"Wrote {values.out}")


if __name__ == "__main__":
    command_line.run(main, arguments=_MOST)
