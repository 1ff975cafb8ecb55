"""Patches known again by their nearest neighbours, where the answer is known."""

import types

import cv2
import numpy as np

from tfgen.config import flags
from tfgen.papers.comparators.exemplars import Exemplars
from tfgen.papers.comparators.retrieval import RetrievalScorer, found_again
from tfgen.runs.train import train


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


def test_what_is_learned_is_known_again_and_held_out_scores_are_of_other_photographs(tmp_path):
    """Textures are learned; the held-out photographs are blank, and nothing in them is known."""
    rng = np.random.default_rng(0)
    for folder in ("textures", "blank"):
        (tmp_path / folder).mkdir()
        for i in range(40):
            noise = cv2.GaussianBlur(rng.normal(size=(64, 64, 3)), (0, 0), rng.uniform(1, 6))
            photo = 128 + (60 if folder == "textures" else 0) * (noise - noise.mean()) / noise.std()
            cv2.imwrite(str(tmp_path / folder / f"{i}.png"), photo.clip(0, 255).astype(np.uint8))
    lines = ["--task=comparator", "--architecture=exemplar_cnn", "--width=0.15", "--image_size=32"]
    lines += ["--learn_by=exemplars", "--exemplars=100", "--batch_size=32", "--learning_rate=2e-3"]
    lines += ["--steps=300", "--steps_per_epoch=300", "--evaluation_images=100", "--export_dir="]
    lines += [f"--photos={tmp_path / 'textures'}", f"--photos_test={tmp_path / 'blank'}"]
    lines += [f"--run_dir={tmp_path / 'run'}", "--precision=float32"]
    scores = train(flags.from_text("\n".join(lines))).scores
    assert scores["training/retrieval"] > 1.4 * scores["training/retrieval_by_pixels"]
    assert scores["held_out/retrieval"] < 0.05  # by chance 0.01
