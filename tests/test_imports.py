"""Imports inside tfgen point one way, and what must start fast does without TensorFlow."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "tfgen"
# Package, module or paper -> what it may import of tfgen (itself always). Read from top to bottom:
# nothing imports what stands below it, and nothing above `papers` knows any paper.
MAY_IMPORT = {
    "errors": set(),
    "stack": set(),
    "pixels": set(),
    "checksums": set(),
    "files": {"errors"},
    "locks": {"errors"},
    "folders": {"files", "locks"},
    "conditions": {"errors"},
    "config": {"errors"},
    "command_line": {"errors", "files", "config"},
    "shapes": {"errors"},
    "image_files": {"errors", "files"},
    "pictures": {"errors", "pixels", "files", "conditions"},
    "rendering": {
        "errors",
        "pixels",
        "files",
        "folders",
        "shapes",
        "pictures",
        "image_files",
    },
    "features": {"errors"},
    "data": {
        "errors",
        "files",
        "folders",
        "locks",
        "image_files",
        "conditions",
        "stack",
        "pixels",
        "config",
        "shapes",
        "pictures",
        "rendering",
    },
    "layers": {"stack"},
    "networks": {"stack", "layers"},
    "weights": {"errors", "files", "networks"},
    "losses": set(),
    "metrics": {"errors", "files", "folders", "conditions", "networks"},
    "training": {
        "errors",
        "stack",
        "pixels",
        "files",
        "folders",
        "locks",
        "config",
        "pictures",
        "data",
    },
    "export": {"errors", "checksums", "stack", "pixels", "files", "folders", "conditions"},
    # A server knows SavedModels only, and what they are described by; its client how one is called.
    "serving": {"errors", "checksums", "files", "conditions", "image_files"},
    "runs": {
        "errors",
        "checksums",
        "stack",
        "files",
        "folders",
        "locks",
        "config",
        "pictures",
        "data",
        "training",
        "export",
    },
    "loading": {"errors", "export", "runs"},  # the front door
}
LIBRARY = set(MAY_IMPORT) - {"serving", "loading"}
MAY_IMPORT |= {
    "papers.chairs": LIBRARY | {"loading"},
    "papers.comparators": LIBRARY,
    "papers.deepsim": LIBRARY | {"papers.comparators"},
    "papers.inverting": LIBRARY | {"papers.comparators", "papers.deepsim"},
}
PAPERS = {part for part in MAY_IMPORT if part.startswith("papers.")}
# Settings and tables of experiments, neither of which imports TensorFlow.
MAY_IMPORT["papers"] = {"config", "errors"} | PAPERS
MAY_IMPORT["benchmark"] = LIBRARY | PAPERS | {"serving"}
# Besides the settings of every paper.
WITHOUT_TENSORFLOW = (
    "tfgen.config.flags",
    "tfgen.command_line",
    "tfgen.conditions.description",
    "tfgen.conditions.turntable",
    "tfgen.conditions.call",
    "tfgen.loading",
    "tfgen.papers.chairs.tables",
    "tfgen.shapes.classes",
    "tfgen.rendering.turntable",
    "tfgen.rendering.renderer",
    "tfgen.rendering.mesh_files",
    "tfgen.pictures.drawings",
    "tfgen.pictures.polar_map",
    "tfgen.pictures.draw",
    "tfgen.papers.catalog",
    "tfgen.serving.command",
    "tfgen.rendering.folder",
    "tfgen.pixels",
    "tfgen.checksums",
    "tfgen.files",
    "tfgen.folders",
    "tfgen.locks",
    "tfgen.benchmark.cases",
    "tfgen.benchmark.run",
    "tfgen.benchmark.serving",
    "tfgen.benchmark.batches",
)


def part_of(name):
    """The part of tfgen, "data" or "papers.chairs", that a module's dotted name belongs to."""
    _, part, *inner = name.split(".")
    in_paper = part == "papers" and inner and (ROOT / "papers" / inner[0]).is_dir()
    return f"papers.{inner[0]}" if in_paper else part


def imported(tree):
    """Yields (line, part) for every tfgen.<part> that a module imports."""
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            if name.startswith("tfgen."):
                yield node.lineno, part_of(name)


@pytest.mark.parametrize(
    "path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_imports_point_one_way(path):
    name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
    if name == "tfgen.__init__":
        return
    part = part_of(name)
    assert part in MAY_IMPORT, f"{path}: add {part} to MAY_IMPORT"
    for line, other in imported(ast.parse(path.read_text())):
        allowed = other == part or other in MAY_IMPORT[part]
        assert allowed, f"{path}:{line}: {part} must not import {other}"


def test_every_paper_stands_in_the_table():
    folders = {f"papers.{path.parent.name}" for path in ROOT.glob("papers/*/__init__.py")}
    assert folders == PAPERS, "MAY_IMPORT and the folders of tfgen/papers differ: add the paper"


def test_what_must_start_fast_does_without_tensorflow():
    settings = [f"tfgen.{paper}.settings" for paper in sorted(PAPERS)]
    imports = "\n".join(f"import {name}" for name in (*WITHOUT_TENSORFLOW, *settings))
    code = f"import sys\n{imports}\nassert 'tensorflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
