"""What the measured speeds say, as tables and as charts."""

import math

from tfgen.pictures.bars import bar_chart
from tfgen.pictures.curves import line_chart


def speeds(measured):
    """Each peer on each case: a list of dicts by column, of `rounds.Measured`s."""
    return [
        {
            "case": each.case,
            "peer": each.peer,
            "training images/s": each.median("train"),
            "drawn images/s": each.median("draw"),
            "one image ms": 1e3 * each.median("draw_one"),
            "peak memory GiB": each.memory,
            "first step s": each.first_step,
        }
        for each in measured
    ]


def ratios(measured):
    """How many times as fast as each other peer tfgen is: a list of dicts by column."""
    return [
        {
            "case": tfgen.case,
            "beside": other.peer,
            "training": tfgen.times(other, "train"),
            "drawing": tfgen.times(other, "draw"),
            "drawing one image": tfgen.times(other, "draw_one"),
        }
        for tfgen in measured
        if tfgen.peer == "tfgen"
        for other in measured
        if other.case == tfgen.case and other is not tfgen
    ]


def inside(measured):
    """Where tfgen's time goes: a list of dicts by column."""
    rows = []
    for each in measured:
        if each.peer != "tfgen":
            continue
        parts, rates = each.more["parts"], each.more["input"]
        step = parts["step"]
        rows.append(
            {
                "case": each.case,
                "step ms": 1e3 * step,
                "forward %": 100 * parts["forward"] / step,
                "backward %": 100 * (parts["backward"] - parts["forward"]) / step,
                "optimizer %": 100 * (step - parts["backward"]) / step,
                "input images/s": rates.get("plain", math.nan),
                "input, transformed": rates.get("transformed", math.nan),
                "% of peak in drawing": 100 * each.share_of_peak(),
            }
        )
    return rows


def ratio_chart(rows):
    """[h, w, 3] uint8: what `ratios` found, in bars."""
    groups = {
        f"{row['case']} / {row['beside']}": {
            name: row[name] for name in ("training", "drawing", "drawing one image")
        }
        for row in rows
    }
    return bar_chart(groups, "tfgen: times as fast as …", mark=1.0)


def scaling_chart(title, rows):
    """[h, w, 3] uint8: how the numbers of a table grow with its first column, as multiples."""
    axis, *names = rows[0]
    x = [float(row[axis]) for row in rows]
    series = {name: (x, [row[name] / rows[0][name] for row in rows]) for name in names}
    return line_chart(series, f"{title}: times as much as the first", axis)
