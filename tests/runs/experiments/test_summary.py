"""The report: every part of every claim has a row."""

import json

import numpy as np
import pytest

from tfgen.errors import InputError
from tfgen.runs.experiments.result import Result, write
from tfgen.runs.experiments.summary import write_report
from tfgen.runs.experiments.verdict import UNTOLD


def test_every_part_has_a_row_with_its_verdict(tmp_path):
    found = Result(
        title="Chairs, drawn",
        source="section 5",
        claim="They are sharp and brown.",
        finding="0.5.",
        parts={
            "sharp": True,
            "brown": UNTOLD,
            "four legs": "not judged, as a blank page would pass",
        },
        rows=[{"x": 1.0}],
        pictures={"figure": np.zeros((4, 4, 3), np.uint8)},
        scale="8 chairs.",
        minutes=12.3,
    )
    write(found, tmp_path, "chairs")
    earlier = json.loads((tmp_path / "chairs.json").read_text())
    earlier |= {"title": "Tables", "holds": "yes"}
    del earlier["parts"], earlier["minutes"]
    (tmp_path / "tables.json").write_text(json.dumps(earlier))
    text = write_report(tmp_path, ["chairs", "tables", "cars"]).read_text()
    start = "| [Chairs, drawn](#chairs-drawn) | section 5 | They are sharp and brown. |"
    assert f"{start} sharp | holds | 12 |\n" in text
    assert "\n|  |  |  | brown | not told apart | 12 |\n" in text
    assert "\n|  |  |  | four legs | not judged, as a blank page would pass | 12 |\n" in text
    assert "They are sharp and brown. | all of it | yes |  |\n" in text
    assert "**Our scale:** 8 chairs. Trained for 12 minutes." in text
    assert "Not done here: cars." in text
    assert "**At our scale:** partly" in text


def test_nothing_to_report_is_said(tmp_path):
    with pytest.raises(InputError, match="has no experiments: run some first"):
        write_report(tmp_path, ["chairs"])
