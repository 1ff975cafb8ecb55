"""Trains a network, from data to an exported model, or goes on with a run.

    python scripts/train.py --flagfile=chairs.flags
    python scripts/train.py --flagfile=scripts/recipes/deepsim/vae.flags --photos=DIR
    python scripts/train.py --flagfile=chairs.flags --dry_run
    python scripts/train.py --task=inversion --help

Give changes to a flagfile after it. The same command resumes a run that was stopped. --task may be
a file of your own, path/to/file.py, that defines TASK as tfgen/config/registry.py tells.
"""

import sys

from absl import flags

from tfgen import command_line
from tfgen.config import flags as settings

flags.DEFINE_bool("dry_run", False, "Only say what was found and how long the run would take.")


def main(argv):
    """Starts the task that the flags describe."""
    del argv
    chosen = settings.from_flags()
    from tfgen.runs.train import dry_run, train  # TensorFlow takes seconds to import

    if flags.FLAGS.dry_run:
        print(dry_run(chosen))
        return
    outcome = train(chosen)
    if outcome.interrupted:
        print(f"Stopped at step {outcome.step}; the same command goes on from there.")
        sys.exit(command_line.EXIT_INTERRUPTED)
    for name, value in outcome.scores.items():
        if "/" in name:
            print(f"  {name:24} {value:.5g}")
    if outcome.export:
        print(f"Exported {outcome.export}")


if __name__ == "__main__":
    command_line.run(main, settings=True)
