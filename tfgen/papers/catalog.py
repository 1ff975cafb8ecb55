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
        "tfgen.papers.chairs.settings:GeneratorSettings", "tfgen.papers.chairs.task:GeneratorTask"
    ),
    "autoencoder": Entry(
        "tfgen.papers.deepsim.settings:AutoencoderSettings",
        "tfgen.papers.deepsim.task:AutoencoderTask",
    ),
    "inversion": Entry(
        "tfgen.papers.inverting.settings:InversionSettings",
        "tfgen.papers.inverting.task:InversionTask",
    ),
    "comparator": Entry(
        "tfgen.papers.comparators.settings:ComparatorSettings",
        "tfgen.papers.comparators.task:ComparatorTask",
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
