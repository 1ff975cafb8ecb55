"""Exports a run for TensorFlow Serving.

python scripts/export.py --run_dir=runs/chairs
python scripts/export.py --run_dir=runs/chairs --checkpoint=runs/chairs/checkpoints/ckpt-4000
"""

from absl import flags

from tfgen import command_line
from tfgen.errors import InputError

flags.DEFINE_string("run_dir", "", "Folder of the run.")
flags.DEFINE_string("checkpoint", "", "One of its checkpoints; empty: the newest.")
flags.DEFINE_string("export_dir", "saved_models", "Folder of models.")
flags.DEFINE_string("export_name", "", "Name of the model; empty: the run's.")


def main(argv):
    """Exports."""
    del argv
    values = flags.FLAGS
    if not values.run_dir:
        raise InputError("--run_dir is missing: give the folder of a run.")
    from tfgen.runs.export import export  # TensorFlow takes seconds to import

    path = export(values.run_dir, values.export_dir, values.export_name, values.checkpoint or None)
    print(f"Exported {path}")


if __name__ == "__main__":
    command_line.run(main)
