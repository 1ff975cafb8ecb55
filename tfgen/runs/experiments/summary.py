"""All experiments done so far as one page."""

import json
import math
import re
from pathlib import Path

from tfgen.errors import InputError
from tfgen.files import write_text
from tfgen.runs.experiments.result import page, table


def write_report(folder, experiments):
    """Writes report.md: a table with a row for every part of every claim, then the pages.

    Args:
      folder: where `result.write` left its files.
      experiments: names of all, in the order of the report.

    Returns:
      Path of the report.

    Raises:
      InputError: nothing has been done there.
    """
    folder = Path(folder)
    done = {
        name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for name in experiments
        if (folder / f"{name}.json").is_file()
    }
    if not done:
        raise InputError(f"`out`={folder} has no experiments: run some first.")
    claims = [
        {
            # Once a claim, not in the row of each part.
            "experiment": "" if number else f"[{facts['title']}](#{_anchor(facts['title'])})",
            "of": "" if number else facts["source"],
            "claim": "" if number else facts["claim"],
            "part": part,
            "at our scale": held,
            "minutes trained": "" if math.isnan(minutes) else f"{minutes:.0f}",
        }
        for facts in done.values()
        for number, (part, held) in enumerate(_parts(facts))
        for minutes in [facts.get("minutes") or float("nan")]
    ]
    missing = [name for name in experiments if name not in done]
    parts = [
        "# What holds at our scale\n",
        table(claims),
        f"Not done here: {', '.join(missing)}.\n" if missing else "",
        *(page(facts, level=2) for facts in done.values()),
    ]
    write_text(folder / "report.md", "\n".join(part for part in parts if part))
    return folder / "report.md"


def _parts(facts):
    """(part of the claim, whether it holds): of reports of earlier versions the whole claim."""
    return (facts.get("parts") or {"all of it": facts["holds"]}).items()


def _anchor(title):
    """What Markdown's readers call a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
