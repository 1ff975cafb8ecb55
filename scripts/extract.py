r"""Computes a feature of all photographs of a folder, once, on all cores or on Apache Beam.

    python scripts/extract.py --photos=DIR --feature=sift --image_size=64 --out=sift.npy
    python scripts/train.py --flagfile=scripts/recipes/inverting/shallow.flags --photos=DIR \
        --feature=sift.npy --photo_size=0

Rows are in the order of the photographs' sorted paths. Started again, it goes on.
"""

from absl import flags

from tfgen import command_line
from tfgen.config import flags as settings
from tfgen.config.data import PhotoConfig
from tfgen.errors import InputError, renamed

for _name in ("photos", "data_dir", "photo_size", "image_size", "max_megapixels"):
    settings.define_like(PhotoConfig, _name)
flags.DEFINE_string("feature", "", "hog, sift, lbp, FILE.py:FUNCTION, or a network of yours.")
flags.DEFINE_string("out", "features.npy", "Array to write.")
flags.DEFINE_integer("processes", 0, "Processes that work; 0: one a core.", 0)
flags.DEFINE_string("beam_runner", "", "Work on Apache Beam instead: DirectRunner, FlinkRunner, …")
flags.DEFINE_string("beam_options", "", "Options of the Beam runner: name=value, joined by commas.")


def main(argv):
    """Extracts and says what was written."""
    del argv
    values = flags.FLAGS
    for name in ("photos", "feature"):
        if not values[name].value:
            raise InputError(f"--{name} is missing: see --help.")
    if not values.out.endswith(".npy"):
        raise InputError(f"--out={values.out} cannot be written: give a .npy.")
    from tfgen.data.drawings.beam import Beam  # TensorFlow takes seconds to import
    from tfgen.papers.inverting.extract import Extraction, extract

    extraction = Extraction(
        *(values.photos, values.data_dir, values.photo_size, values.image_size),
        *(values.feature, values.max_megapixels),
    )
    with renamed(runner="beam_runner", options="beam_options"):
        beam = Beam(values.beam_runner, values.beam_options) if values.beam_runner else None
    shape, left_out = extract(extraction, values.out, values.processes, beam)
    print(f"Wrote {values.out}: {' x '.join(map(str, shape))}")
    for line in left_out.lines():
        print(line)


if __name__ == "__main__":
    command_line.run(main)
