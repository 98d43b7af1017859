"""What the tests of the house read: its files, their syntax trees, its templates."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("portal", "orders", "attestations", "indicators", "homologation")
CODE = (*PACKAGES, "benchmarks", "tests", "manage.py")
_SKIPPED = {"migrations", "__pycache__"}


@cache
def python_files(*tops: str) -> tuple[Path, ...]:
    """The Python files under these folders of the repository, without migrations."""
    found: list[Path] = []
    for top in tops or PACKAGES:
        path = ROOT / top
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return tuple(path for path in found if not _SKIPPED.intersection(path.parts))


@cache
def templates() -> tuple[Path, ...]:
    """Every HTML template of the portal."""
    tops = [ROOT / "templates", *(ROOT / package for package in PACKAGES)]
    return tuple(path for top in tops for path in sorted(top.rglob("*.html")))


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text())


def named(path: Path) -> str:
    """The path inside the repository, as shown in a failure."""
    return path.relative_to(ROOT).as_posix()


def functions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method under a node, nested ones too."""
    for child in ast.walk(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child


def in_room(path: Path, *rooms: str) -> bool:
    """Whether a file stands in one of these rooms (``views`` is ``views/…`` or ``views.py``)."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return bool(set(rooms).intersection(parts))
