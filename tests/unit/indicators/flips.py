"""A module with one comparison turned, to see that some case notices."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

Place = tuple[int, int, int]
"""Line, column, and which of a chain such as ``0 <= a <= b``."""

_FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.GtE: ast.Gt,
    ast.Gt: ast.GtE,
    ast.LtE: ast.Lt,
    ast.Lt: ast.LtE,
    ast.Eq: ast.NotEq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.NotIn: ast.In,
    ast.In: ast.NotIn,
}
_NAME = "mutant"


def comparisons(of: ModuleType, without: Collection[str] = ()) -> list[Place]:
    """Those of its functions and of the methods of its classes, but of those named."""
    found = set()
    for node in ast.parse(_source(of)).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name not in without:
            for each in ast.walk(node):
                if isinstance(each, ast.Compare):
                    found |= {(each.lineno, each.col_offset, at) for at in range(len(each.ops))}
    return sorted(found)


@contextmanager
def flipped(of: ModuleType, place: Place) -> Iterator[ModuleType]:
    """The module with the comparison of this place turned."""
    tree = ast.parse(_source(of))
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and (node.lineno, node.col_offset) == place[:2]:
            node.ops[place[2]] = _FLIPPED[type(node.ops[place[2]])]()
    mutant = ModuleType(_NAME)
    sys.modules[_NAME] = mutant  # dataclasses look their module up
    try:
        exec(compile(tree, _NAME, "exec"), mutant.__dict__)  # noqa: S102  (our own source, one operator turned)
        yield mutant
    finally:
        del sys.modules[_NAME]


def _source(of: ModuleType) -> str:
    assert of.__file__
    return Path(of.__file__).read_text()
