"""The batch that all peers train on, as NumPy arrays. Imports no TensorFlow."""

import numpy as np

from tfgen.benchmark.cases import INPUT_SIZES


def random_batch(case, count=None):
    """A batch of noise for a case: what it holds does not change how long it takes.

    Args:
      case: `cases.Case`.
      count: images; the case's batch if it is not given.

    Returns:
      Of a generator (inputs, targets) as `papers.chairs.generator.UpConvGenerator` has them; of an
      autoencoder images [b, s, s, 3] float32 in [0, 1].
    """
    rng = np.random.default_rng(0)
    count, size = count or case.batch_size, case.image_size
    images = rng.random((count, size, size, 3), np.float32)
    if case.task != "generator":
        return images
    inputs = {
        "style": np.eye(case.styles, dtype=np.float32)[rng.integers(case.styles, size=count)],
    } | {
        name: rng.normal(size=(count, length)).astype(np.float32)
        for name, length in INPUT_SIZES.items()
    }
    return inputs, {"image": images, "mask": images[..., :1].copy()}
