"""In the rooms that others call, every public name says what it is for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture import sources

ROOMS = ("domain", "services", "selectors", "common", "workflow")


def _undocumented(path: Path) -> Iterator[str]:
    module = sources.tree(path)
    if path.name == "__init__.py" or path.name == "apps.py":
        return
    if not ast.get_docstring(module):
        yield f"{sources.named(path)}: the module"
    for node in module.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield f"{sources.named(path)}:{node.lineno} {node.name}"


def test_public_names_have_a_docstring() -> None:
    files = [path for path in sources.python_files() if sources.in_room(path, *ROOMS)]
    assert [name for path in files for name in _undocumented(path)] == []
