"""Judges on disk: a folder with what they read, their held-out scores, and their weights."""

import dataclasses
import json
import zipfile
from pathlib import Path

import numpy as np

from tfgen.conditions.description import Condition
from tfgen.errors import InputError, one_line
from tfgen.files import unwritable
from tfgen.folders import unfinished
from tfgen.metrics.judges.judge import Judge

FACTS_FILE, WEIGHTS_FILE = "judge.json", "weights.npz"


def save_judge(judge, folder):
    """Writes a Judge into a folder that appears only when it is complete.

    Raises:
      InputError: the folder is there already, or cannot be written.
    """
    folder = Path(folder)
    if folder.exists():
        raise InputError(f"`folder`={folder} is there already: choose another, or remove it.")
    facts = {
        "factors": [dataclasses.asdict(factor) for factor in judge.factors],
        "image_size": judge.image_size,
        "scores": judge.scores,
        "constant_scores": judge.constant_scores,
    }
    weights = {str(i): weight.numpy() for i, weight in enumerate(judge.network.weights)}
    try:
        with unfinished(folder.parent, ".judge-") as temporary:
            written = temporary / "judge"
            written.mkdir()
            (written / FACTS_FILE).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
            np.savez(written / WEIGHTS_FILE, **weights)
            written.rename(folder)
    except OSError as error:
        raise unwritable(f"`folder`={folder}", error) from None


def load_judge(folder):
    """The Judge that `save_judge` wrote; InputError if there is none, or it is damaged."""
    folder = Path(folder)
    try:
        facts = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
        factors = tuple(Condition(**factor) for factor in facts["factors"])
        judge = Judge.untrained(factors, facts["image_size"])
        with np.load(folder / WEIGHTS_FILE, allow_pickle=False) as weights:
            judge.network.set_weights([weights[str(i)] for i in range(len(weights.files))])
        return dataclasses.replace(
            judge, scores=facts["scores"], constant_scores=facts["constant_scores"]
        )
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(
            f"`folder`={folder} holds no judge that can be read ({one_line(error)}): train it "
            "again."
        ) from None
