"""Images of SIFT by pasted patches, and what features look like themselves."""

import cv2
import numpy as np
import pytest
from sklearn.datasets import load_sample_images

from tfgen.features.hog import hog
from tfgen.features.sift import from_grid, keypoints, sift
from tfgen.papers.inverting.glyphs import hog_glyphs, keypoint_circles
from tfgen.papers.inverting.patch_pasting import PastedPatches


@pytest.fixture(scope="module")
def photographs():
    """(images [2, 128, 128, 3] uint8, their SIFT)."""
    images = np.stack([image[100:356, 100:356][::2, ::2] for image in load_sample_images().images])
    return images, sift(np.stack([cv2.cvtColor(x, cv2.COLOR_RGB2GRAY) for x in images]))


def test_a_grid_holds_keypoints(photographs):
    images, grids = photographs
    gray = cv2.cvtColor(images[0], cv2.COLOR_RGB2GRAY)[np.newaxis]
    listed, held = keypoints(gray)[0], from_grid(grids[0])
    assert len(held) > 0.5 * len(listed)  # one a cell
    for row in held:
        assert np.abs(listed - row).max(axis=1).min() < 1e-3


def test_a_photograph_is_pasted_from_its_own_patches(photographs):
    images, grids = photographs
    for i in (0, 1):
        errors = [
            np.abs(
                PastedPatches(grids[j : j + 1], images[j : j + 1])(grids[i : i + 1], 128)
                - images[i : i + 1].astype(float)
            ).mean()
            for j in (i, 1 - i)
        ]
        assert errors[0] < 0.5 * errors[1]
        assert errors[0] < 20


def test_without_keypoints_nothing_is_pasted(photographs):
    images, grids = photographs
    drawn = PastedPatches(grids, images)(np.zeros_like(grids[:1]), 128)
    assert drawn.min() == drawn.max() == 128


def test_glyphs_run_along_edges():
    upright = np.zeros((1, 64, 64), np.float32)
    upright[:, :, 32:] = 255

    def beside_the_edge(image):
        glyphs = hog_glyphs(hog(image), cell=16)[0, ..., 0].astype(float)
        return glyphs[48:64, 48:64]

    there = beside_the_edge(upright)
    assert there[:, 6:10].mean() > 2 * there[6:10].mean()
    # Nine orientations have none that is upright in gradients: these edges are drawn askew.
    lying = beside_the_edge(upright.transpose(0, 2, 1))
    assert lying[6:10].mean() > 2 * lying[:, 6:10].mean()


def test_keypoints_are_circled(photographs):
    _, grids = photographs
    large = np.zeros((1, 512, 512, 3), np.uint8)
    circled = keypoint_circles(grids[:1], large)[0]
    x, y, scale = 4 * from_grid(grids[0])[0, :3]  # 128 pixels are shown as 512
    ring = [
        circled[round(y + scale * s), round(x + scale * c)] for s, c in ((1, 0), (0, 1), (-1, 0))
    ]
    assert np.max(ring, axis=1).min() > 60
    assert not large.any()
