"""The errors of Tables 1 and 2, of each style: of equation (1)'s image, and of what a reader sees.

Equation (1)'s image is the object over black, as the network draws it; over white the mask decides
where the object ends, and its errors count too.
"""

import numpy as np
import tensorflow as tf

from tfgen.conditions.description import value_arrays
from tfgen.metrics.images import over_white
from tfgen.metrics.objects import squared_errors
from tfgen.papers.chairs.drawing import draw_over_black

IMAGE, WHITE = "MSE x 1000", "MSE x 1000, over white"
_BATCH = 128


def of_network(trained, views):
    """A network's errors.

    Args:
      trained: `trained.Trained`, a run.
      views: `data.drawings.examples.Examples`, of some of its styles.

    Returns:
      dict: IMAGE and WHITE -> [styles] float, the mean squared error of each style's views.
    """
    values = value_arrays(trained.description, views.values(trained.description))
    images, whites = [], []
    for i in range(0, len(views), _BATCH):
        batch = {name: tf.constant(array[i : i + _BATCH]) for name, array in values.items()}
        image, mask = draw_over_black(trained.generator, batch)
        images.append(255 * image.numpy())
        whites.append(255 * over_white(image, mask).numpy())
    return _of_styles(np.concatenate(images), np.concatenate(whites), views)


def of_controls(views):
    """The same of guesses that know of no style: name -> dict."""
    mean, mean_white = (x.mean(axis=0) for x in (views.images, views.over_white()))
    nothing = np.zeros((1, 1, 1, 1))
    return {
        "control: mean object": _of_styles(mean[None], mean_white[None], views),
        "control: blank page": _of_styles(nothing, nothing + 255, views),
    }


def _of_styles(images, whites, views):
    each = {
        IMAGE: 1000 * squared_errors(images, views.images),
        WHITE: 1000 * squared_errors(whites, views.over_white()),
    }
    styles = np.unique(views.styles)
    return {
        kind: np.array([errors[views.styles == style].mean() for style in styles])
        for kind, errors in each.items()
    }
