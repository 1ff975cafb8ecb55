"""The code stays small: short files, short scripts, and nothing said twice."""

import ast
import collections
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted(ROOT.glob("scripts/*.py"))
FILES = [*sorted(ROOT.glob("tfgen/**/*.py")), *SCRIPTS]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_short(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines < (80 if path in SCRIPTS else 350)


def statements(path):
    """(number, text) of the lines of a file that are no import, docstring, comment or blank."""
    source = path.read_text(encoding="utf-8")
    left_out = set()
    for node in ast.walk(ast.parse(source)):
        words = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if words or isinstance(node, (ast.Import, ast.ImportFrom)):
            left_out |= set(range(node.lineno, node.end_lineno + 1))
    lines = enumerate((line.strip() for line in source.splitlines()), 1)
    return [(i, x) for i, x in lines if x and i not in left_out and not x.startswith("#")]


def repeated(paths, count):
    """Places, (file, line), of every `count` lines that stand in more than one."""
    places = collections.defaultdict(list)
    for path in paths:
        lines = statements(path)
        for first in range(len(lines) - count + 1):
            text = tuple(line for _, line in lines[first : first + count])
            places[text].append((str(path), lines[first][0]))
    return [where for where in places.values() if len(where) > 1]


def test_nothing_of_six_lines_stands_twice():
    assert repeated(FILES, 6) == []


def test_repetitions_are_seen(tmp_path):
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("".join(f"x{i} = {i}\n" for i in range(6)))
    assert len(repeated(sorted(tmp_path.glob("*.py")), 6)) == 1
