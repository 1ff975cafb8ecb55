"""All papers: the tasks that `--task` names, and the experiments. A new paper is rows here.

Nothing of a paper is imported before it is asked for.
"""

from tfgen.config.registry import Entry
from tfgen.errors import InputError
from tfgen.papers.chairs import experiments as chairs
from tfgen.papers.deepsim import experiments as deepsim
from tfgen.papers.inverting import experiments as inverting

# Value of --task -> Entry.
TASKS = {
    "generator": Entry(
        "tfgen.tasks.settings.chairs:GeneratorSettings", "tfgen.tasks.generator:GeneratorTask"
    ),
    "autoencoder": Entry(
        "tfgen.tasks.settings.deepsim:AutoencoderSettings",
        "tfgen.tasks.autoencoder:AutoencoderTask",
    ),
    "inversion": Entry(
        "tfgen.tasks.settings.inverting:InversionSettings", "tfgen.tasks.inversion:InversionTask"
    ),
    "comparator": Entry(
        "tfgen.tasks.settings.comparators:ComparatorSettings",
        "tfgen.tasks.comparator:ComparatorTask",
    ),
}
# Name of an experiment -> `runs.experiments.experiment.Experiment`, a table in each paper.
EXPERIMENTS = chairs.EXPERIMENTS | deepsim.EXPERIMENTS | inverting.EXPERIMENTS


def find_experiment(name):
    """The Experiment of a name; InputError if there is none."""
    if name not in EXPERIMENTS:
        raise InputError(
            f"experiment {name} does not exist: choose one of {', '.join(EXPERIMENTS)}, report."
        )
    return EXPERIMENTS[name]
