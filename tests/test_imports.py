"""Imports inside tfgen point one way, and what must start fast does without TensorFlow."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "tfgen"
# Package or module -> what it may import of tfgen (itself always). Read from top to bottom: nothing
# imports what stands below it.
MAY_IMPORT = {
    "errors": set(),
    "config": {"errors"},
    "flags": {"config", "errors"},
    "command_line": {"errors", "flags"},
    "conditions": set(),
    "turntable_conditions": {"conditions"},
    "drawing_call": {"errors", "conditions"},
    "stack": set(),
    "pixels": set(),
    "architectures": {"errors"},
    "shapes": {"errors"},
    "rendering": {"errors", "shapes"},
    "analysis": {"errors", "conditions"},
    "features": {"errors"},
    "baselines": {"errors", "features"},
    "data": {
        *("errors", "conditions", "turntable_conditions", "stack", "config"),
        *("shapes", "rendering"),
    },
    "layers": {"stack"},
    "losses": set(),
    "metrics": set(),
    "models": {
        *("errors", "conditions", "turntable_conditions", "stack", "architectures", "data"),
        *("features", "layers", "metrics", "pixels"),
    },
    "weights": {"errors", "architectures"},
    "training": {
        *("errors", "conditions", "turntable_conditions", "stack", "config", "flags"),
        *("analysis", "data", "losses", "metrics", "models", "pixels"),
    },
    "export": {
        *("errors", "conditions", "turntable_conditions", "drawing_call", "stack"),
        *("architectures", "data", "models", "training", "pixels"),
    },
}
# A server knows SavedModels only, and what they are described by; its client how one is called.
MAY_IMPORT["serving"] = {"errors", "conditions", "turntable_conditions", "drawing_call"}
MAY_IMPORT["runs"] = set(MAY_IMPORT)
MAY_IMPORT["loading"] = {"errors", "export", "runs"}  # the front door
MAY_IMPORT["tasks"] = set(MAY_IMPORT)
MAY_IMPORT["experiments"] = set(MAY_IMPORT)
MAY_IMPORT["papers"] = set(MAY_IMPORT)
MAY_IMPORT["benchmark"] = set(MAY_IMPORT)
WITHOUT_TENSORFLOW = (
    "tfgen.flags",
    "tfgen.command_line",
    "tfgen.conditions",
    "tfgen.turntable_conditions",
    "tfgen.drawing_call",
    "tfgen.loading",
    "tfgen.architectures.chairs",
    "tfgen.shapes.catalog",
    "tfgen.rendering.turntable",
    "tfgen.rendering.renderer",
    "tfgen.rendering.mesh_files",
    "tfgen.analysis.drawings",
    "tfgen.analysis.polar_map",
    "tfgen.tasks.draw",
    "tfgen.tasks.settings.chairs",
    "tfgen.tasks.settings.comparators",
    "tfgen.tasks.settings.deepsim",
    "tfgen.tasks.settings.inverting",
    "tfgen.benchmark.cases",
    "tfgen.benchmark.batches",
)


def imported(tree):
    """Yields (line, part) for every tfgen.<part> that a module imports."""
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "tfgen" and len(parts) > 1:
                yield node.lineno, parts[1]


@pytest.mark.parametrize(
    "path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_imports_point_one_way(path):
    part = path.relative_to(ROOT).parts[0].removesuffix(".py")
    if part == "__init__":
        return
    for line, other in imported(ast.parse(path.read_text())):
        allowed = other == part or other in MAY_IMPORT[part]
        assert allowed, f"{path}:{line}: {part} must not import {other}"


def test_what_must_start_fast_does_without_tensorflow():
    imports = "\n".join(f"import {name}" for name in WITHOUT_TENSORFLOW)
    code = f"import sys\n{imports}\nassert 'tensorflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
