"""Patches known again by their nearest neighbours, where the answer is known."""

import types

import numpy as np

from tfgen.papers.comparators.exemplars import Exemplars
from tfgen.papers.comparators.retrieval import RetrievalScorer, found_again


def test_all_are_found_or_as_many_as_by_chance():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(400, 30))
    assert found_again(rows, 3 * rows + 0.1 * rng.normal(size=rows.shape)) == 1
    assert found_again(rows, rng.normal(size=rows.shape)) < 0.02
    assert found_again(rows, rows[::-1]) == 0
    assert found_again(np.zeros((400, 30)), rows) < 0.02  # a network that tells nothing apart


def test_scores_are_of_the_embedding_and_the_same_each_time():
    rng = np.random.default_rng(0)
    photos = [{"image": rng.integers(0, 256, (60, 60, 3)).astype(np.uint8)} for _ in range(12)]
    patches, seen = Exemplars(photos, 16, 90), []

    class Numbered:
        """Knows each patch by the order in which it is asked: both draws are in the same order."""

        spec = types.SimpleNamespace(embedding="code")

        def layers(self, images, names):
            start = sum(seen) % 90
            seen.append(len(images))
            return {name: np.eye(90)[start : start + len(images)] for name in names}

    scorer = RetrievalScorer(Numbered(), patches, 1000, seed=0)
    scores = scorer.scores()
    assert sum(seen) == 180
    assert scores["retrieval"] == 1
    assert scores["retrieval_by_pixels"] < 0.5
    assert scorer.scores() == scores == RetrievalScorer(Numbered(), patches, 1000, 0).scores()
