"""What a user may choose of the experiments on photographs: a network that judges them."""

import dataclasses

from tfgen.errors import renamed
from tfgen.papers.comparators.photograph_judge import PhotographJudge
from tfgen.runs.experiments import experiment


@dataclasses.dataclass(frozen=True)
class Options(experiment.Options):
    """What a user may choose.

    Attributes:
      judge: name of a classifier that nothing here was trained with.
      judge_weights: its file; empty: nothing is judged by it.
      seed, others: as of any experiment.
    """

    judge: str = "googlenet"
    judge_weights: str = ""

    def open_judge(self):
        """The `PhotographJudge`, None without weights; InputError."""
        if not self.judge_weights:
            return None
        with renamed(comparator="judge", architecture="judge", weights="judge_weights"):
            return PhotographJudge(self.judge, self.judge_weights)
