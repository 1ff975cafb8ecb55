"""Scores of a trainer on fixed examples."""

from tfgen.data import pipeline


class DatasetScorer:
    """Scores a fixed data set with the trainer's `scores`.

    Args:
      trainer: compiled.
      dataset: finite, of batches as the trainer takes them.
    """

    def __init__(self, trainer, dataset):
        self.trainer = trainer
        self._dataset = dataset

    def scores(self):
        """Mean of each of the trainer's scores: name -> float."""
        logs = self.trainer.evaluate(self._dataset, return_dict=True, verbose=0)
        return {name: float(logs[name]) for name in self.trainer.score_names}


class JointScorer:
    """Several scorers as one: of single images and of sets of images.

    Args:
      *scorers: objects with `scores()`, name -> float; no name twice.
    """

    def __init__(self, *scorers):
        self._scorers = scorers

    def scores(self):
        """All scores: name -> float."""
        return {name: value for each in self._scorers for name, value in each.scores().items()}


def example_scorer(trainer, examples, batch_size, steps=()):
    """A DatasetScorer of fixed examples.

    Args:
      trainer: compiled.
      examples: `data.source.Columns`.
      batch_size: of the global batch; examples beyond a whole number of batches are left out.
      steps: as `data.pipeline.scored_batches` takes them.
    """
    size = min(batch_size, len(examples))
    examples = examples[: len(examples) // size * size]
    return DatasetScorer(trainer, pipeline.scored_batches(examples, size, steps))


def drawn_scorer(trainer, source, batch_size, count, seed):
    """A DatasetScorer of the first batches that a source gives for a seed, made once and kept."""
    batches = pipeline.training_batches(source, batch_size, seed)
    return DatasetScorer(trainer, pipeline.with_options(batches.take(count).cache()))
