"""What a user may choose of the experiments on photographs: a network that judges them."""

import dataclasses

from tfgen.errors import InputError, renamed
from tfgen.papers.comparators.lpips import Lpips
from tfgen.papers.comparators.photograph_judge import PhotographJudge
from tfgen.runs.experiments import experiment


@dataclasses.dataclass(frozen=True)
class Options(experiment.Options):
    """What a user may choose.

    Attributes:
      judge: name of a classifier that nothing here was trained with.
      judge_weights: its file; empty: nothing is judged by it.
      labelled: folders of photographs with classes.
      lpips_weights: files of AlexNet's and LPIPS' own weights; empty: nothing is measured by them.
      seed, others: as of any experiment.
    """

    judge: str = "googlenet"
    judge_weights: str = ""
    labelled: tuple = ()
    lpips_weights: tuple = ()

    def open_judge(self):
        """The `PhotographJudge`, None without weights; InputError."""
        if not self.judge_weights:
            return None
        with renamed(comparator="judge", architecture="judge", weights="judge_weights"):
            return PhotographJudge(self.judge, self.judge_weights)

    def open_lpips(self, image_size):
        """The `Lpips` of pictures of a size, None without weights; InputError."""
        if not self.lpips_weights:
            return None
        if len(self.lpips_weights) != 2:
            raise InputError(
                f"`lpips_weights`={','.join(self.lpips_weights)} is {len(self.lpips_weights)} "
                "files: give two, AlexNet's weights and LPIPS' alex.pth, joined by a comma."
            )
        with renamed(path="lpips_weights"):
            return Lpips(*self.lpips_weights, image_size)
