"""The result of an experiment, and how it is kept: a table, a figure, a judgement."""

import csv
import dataclasses
import io
import json
import math
from pathlib import Path

import numpy as np

from tfgen.files import unwritable, write_text
from tfgen.folders import make
from tfgen.pictures.image_grid import write_png
from tfgen.runs.experiments.verdict import in_words, judged


@dataclasses.dataclass(frozen=True)
class Result:
    """Findings of one experiment.

    Attributes:
      title: what was done.
      source: section, table or figure of the paper.
      claim: what the paper says, in our words.
      finding: what was measured here, in a sentence or two.
      parts: part of the claim -> whether it holds at our scale, as `verdict.judged` takes them.
      rows: list of dicts with the same keys: the table.
      pictures: name -> [h, w, 3] uint8; the first one is the figure.
      scale: what "our scale" was: data, network, training.
      minutes: of training, of all that was trained for it; nan where that is not known.
    """

    title: str
    source: str
    claim: str
    finding: str
    parts: dict
    rows: list
    pictures: dict
    scale: str = ""
    minutes: float = float("nan")

    @property
    def holds(self):
        """The verdict on the whole claim, one of `verdict.HOLDS`."""
        return judged(self.parts)[0]

    @property
    def verdict(self):
        """That, and of what parts: "partly (sharper: holds, brighter: does not hold)"."""
        return "{} ({})".format(*judged(self.parts))


def table(rows):
    """Rows as a Markdown table."""
    if not rows:
        return ""
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(_text(row[name]) for name in names) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def write(result, folder, name):
    """Writes NAME.md, NAME.csv, NAME.json and a PNG a picture.

    Args:
      result: Result.
      folder: where to; made if it is not there.
      name: of the experiment.

    Returns:
      Path of the Markdown page.

    Raises:
      InputError: the folder cannot be written.
    """
    folder = make(folder, "out")
    try:
        files = []
        for picture, image in result.pictures.items():
            files.append(f"{name}_{picture}.png")
            write_png(folder / files[-1], np.asarray(image))
        facts = dataclasses.asdict(dataclasses.replace(result, pictures={}))
        facts |= {
            "pictures": files,
            "holds": result.holds,
            "parts": {part: in_words(held) for part, held in result.parts.items()},
        }
        write_text(folder / f"{name}.json", json.dumps(facts, indent=1, default=float) + "\n")
        write_text(folder / f"{name}.csv", csv_text(result.rows))
        write_text(folder / f"{name}.md", page(facts))
    except OSError as error:
        raise unwritable(f"`out`={folder}", error) from None
    return folder / f"{name}.md"


def page(facts, level=1):
    """The Markdown of what `write` keeps as JSON; pictures by their file names."""
    parts = [
        f"{'#' * level} {facts['title']}",
        f"*{facts['source']}*",
        f"**Claim:** {facts['claim']}",
        f"**Measured:** {facts['finding']}",
        f"**At our scale:** {facts['holds']}",
        "\n".join(f"- {part}: {held}" for part, held in facts.get("parts", {}).items()),
        f"**Our scale:** {facts['scale']}{_trained(facts)}" if facts["scale"] else "",
        table(facts["rows"]).rstrip(),
        *(f"![{Path(file).stem}]({file})" for file in facts["pictures"]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _trained(facts):
    """Of pages of earlier versions, which have no minutes, nothing."""
    minutes = facts.get("minutes") or float("nan")
    return "" if math.isnan(minutes) else f" Trained for {minutes:.0f} minutes."


def csv_text(rows):
    """Rows as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _text(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)
