"""Scores of a trainer on fixed examples, and where on the turntable the errors are."""

import numpy as np

from tfgen.data import pipeline


class DatasetScorer:
    """Scores a fixed data set with the trainer's test step.

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


class Scorer(DatasetScorer):
    """Scores one fixed set of views.

    Args:
      trainer: compiled.
      examples: `data.examples.Examples`.
      num_styles: length of the style vector.
      batch_size: of the global batch; examples beyond a whole number of batches are left out.
    """

    def __init__(self, trainer, examples, num_styles, batch_size):
        size = min(batch_size, len(examples))
        self.examples = examples[: len(examples) // size * size]
        super().__init__(trainer, pipeline.evaluation_batches(self.examples, num_styles, size))


def errors_by_view(draw, examples, num_styles):
    """Mean squared error over white of each view, averaged over styles.

    Args:
      draw: `models.drawing.BatchedDrawing`.
      examples: `data.examples.Examples`.
      num_styles: length of the style vector.

    Returns:
      (errors [elevations, azimuths] float with NaN for views not among the examples,
      azimuths [a] degrees, elevations [e] degrees)
    """
    weights = np.eye(num_styles, dtype=np.float32)[examples.styles]
    views = {"azimuth": examples.azimuths, "elevation": examples.elevations}
    drawn, _ = draw({"style": weights, **views})
    difference = (examples.over_white().astype(np.float32) - drawn) / 255.0
    errors = np.square(difference).mean(axis=(1, 2, 3))
    azimuths, column = np.unique(examples.azimuths.round(3), return_inverse=True)
    elevations, row = np.unique(examples.elevations.round(3), return_inverse=True)
    total = np.zeros((len(elevations), len(azimuths)))
    count = np.zeros_like(total)
    np.add.at(total, (row, column), errors)
    np.add.at(count, (row, column), 1)
    return total / np.where(count, count, np.nan), azimuths, elevations
