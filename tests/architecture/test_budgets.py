"""A file fits in a head, a function on a screen."""

from __future__ import annotations

from tests.architecture import sources

FILE_LINES = 300
FUNCTION_LINES = 40
DATA = {"tests/ui/sample.py"}
"""Literal data of tests, however long."""
LONGER_FILES: dict[str, int] = {}
"""Files allowed up to 400 lines, each with its length: to stay empty."""


def test_files_are_short() -> None:
    lengths = {sources.named(p): len(p.read_text().splitlines()) for p in sources.python_files(*sources.CODE)}
    assert {name: length for name, length in lengths.items() if length > FILE_LINES} == LONGER_FILES
    assert all(length <= 400 for length in LONGER_FILES.values())


def test_functions_are_short() -> None:
    long = [
        f"{sources.named(path)}:{function.lineno} {function.name} ({lines} lines)"
        for path in sources.python_files(*sources.CODE)
        if sources.named(path) not in DATA
        for function in sources.functions(sources.tree(path))
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES
    ]
    assert not long, "\n".join(long)
