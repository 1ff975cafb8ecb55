"""Where on the turntable the errors are."""

import numpy as np


def errors_by_view(draw, examples, description):
    """Mean squared error over white of each view, averaged over all else.

    Args:
      draw: function of the conditions' values, a dict of arrays, to (images, masks), uint8; a
        `drawing.BatchedDrawing`.
      examples: `data.drawings.examples.Examples`, with azimuth and elevation.
      description: `conditions.description.Description`.

    Returns:
      (errors [elevations, azimuths] float with NaN for views not among the examples,
      azimuths [a] degrees, elevations [e] degrees)
    """
    drawn, _ = draw(examples.values(description))
    difference = (examples.over_white().astype(np.float32) - drawn) / 255.0
    errors = np.square(difference).mean(axis=(1, 2, 3))
    azimuths, column = np.unique(examples.azimuths.round(3), return_inverse=True)
    elevations, row = np.unique(examples.elevations.round(3), return_inverse=True)
    total = np.zeros((len(elevations), len(azimuths)))
    count = np.zeros_like(total)
    np.add.at(total, (row, column), errors)
    np.add.at(count, (row, column), 1)
    return total / np.where(count, count, np.nan), azimuths, elevations
