"""Scores of a trainer on fixed examples, and where on the turntable the errors are."""

import numpy as np
import tensorflow as tf

from tfgen.data import pipeline
from tfgen.metrics import images


class Scorer:
    """Scores one fixed set of examples with the trainer's test step.

    Args:
      trainer: compiled.
      examples: `data.examples.Examples`.
      num_styles: length of the style vector.
      batch_size: of the global batch; examples beyond a whole number of batches are left out.
    """

    def __init__(self, trainer, examples, num_styles, batch_size):
        self.trainer = trainer
        size = min(batch_size, len(examples))
        self.examples = examples[: len(examples) // size * size]
        self._dataset = pipeline.evaluation_batches(self.examples, num_styles, size)

    def scores(self):
        """Mean of each of the trainer's scores: name -> float."""
        logs = self.trainer.evaluate(self._dataset, return_dict=True, verbose=0)
        return {name: float(logs[name]) for name in self.trainer.score_names}


def errors_by_view(generator, examples, num_styles, batch_size=128):
    """Mean squared error over white of each view, averaged over styles.

    Returns:
      (errors [elevations, azimuths] float with NaN for views not among the examples,
      azimuths [a] degrees, elevations [e] degrees)
    """
    draw = tf.function(lambda inputs: generator(inputs, training=False), reduce_retracing=True)
    errors = []
    for inputs, targets in pipeline.evaluation_batches(examples, num_styles, batch_size):
        outputs = draw(inputs)
        white = images.over_white(targets["image"], targets["mask"])
        drawn = images.over_white(outputs["image"], outputs["mask"])
        errors.append(images.mean_squared_error(white, drawn).numpy())
    errors = np.concatenate(errors)
    azimuths, column = np.unique(examples.azimuths.round(3), return_inverse=True)
    elevations, row = np.unique(examples.elevations.round(3), return_inverse=True)
    total = np.zeros((len(elevations), len(azimuths)))
    count = np.zeros_like(total)
    np.add.at(total, (row, column), errors)
    np.add.at(count, (row, column), 1)
    with np.errstate(invalid="ignore"):
        return total / np.where(count, count, np.nan), azimuths, elevations
