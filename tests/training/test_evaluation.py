"""Where on the turntable the errors are."""

import numpy as np

from tfgen.conditions.turntable import numbered_turntable
from tfgen.papers.chairs.errors_by_view import errors_by_view
from tfgen.training.evaluation import JointScorer


def test_errors_are_averaged_over_styles_by_view(examples):
    few = examples[examples.azimuths != 90]
    errors, azimuths, elevations = errors_by_view(
        lambda values: (draw_of(few, values["azimuth"]), few.masks), few, numbered_turntable(5)
    )
    assert azimuths.tolist() == [a for a in range(0, 360, 30) if a != 90]
    assert elevations.tolist() == [20]
    np.testing.assert_allclose(errors[0, azimuths == 60], 0.04, rtol=1e-5)
    np.testing.assert_allclose(errors[0, azimuths != 60], 0)


def draw_of(examples, azimuths):
    """The examples' own images, a fifth of the range off at azimuth 60."""
    images = examples.over_white().astype(int)
    off = np.where(azimuths == 60, 51, 0)[:, None, None, None]
    return np.where(images < 128, images + off, images - off).astype(np.uint8)


def test_scores_of_images_and_of_sets_stand_side_by_side():
    class Scorer:
        def __init__(self, **scores):
            self.scores = lambda: scores

    assert JointScorer(Scorer(psnr=20.0), Scorer(fid=3.0)).scores() == {"psnr": 20.0, "fid": 3.0}
