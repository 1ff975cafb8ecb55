"""What docstrings refer to, `module.Name` in backquotes, is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "tfgen"
_REFERENCE = re.compile(r"`([a-z_]\w*(?:\.[a-z_]\w*)*\.[A-Za-z_]\w*)`")


def names_of(path):
    """Top-level names of a module; of a class's members `Class.member` is not asked."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {
                name.id for t in targets for name in ast.walk(t) if isinstance(name, ast.Name)
            }
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name for alias in node.names}
    return names


MODULES = {
    path.relative_to(ROOT).with_suffix("").parts: names_of(path)
    for path in ROOT.rglob("*.py")
    if path.name != "__init__.py"
}
FIRST = {part for parts in MODULES for part in parts}


def is_there(reference):
    """Whether a reference, which may leave out the first packages, leads somewhere."""
    *inner, name = reference.removeprefix("tfgen.").split(".")
    if (inner or [name])[0] not in FIRST:
        return True  # of another library, or a value's attribute
    found = [module for module in MODULES if inner and module[-len(inner) :] == tuple(inner)]
    return any(name in MODULES[module] for module in found) or (*inner, name) in MODULES


@pytest.mark.parametrize(
    "path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_references_lead_somewhere(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for node in ast.walk(tree):
        text = ast.get_docstring(node) if isinstance(node, kinds) else None
        for reference in _REFERENCE.findall(text or ""):
            assert is_there(reference), f"{path}: `{reference}` is not there"
