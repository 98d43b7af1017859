"""What suppliers read of the format is what the engine takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicators.domain.log_format import COLUMNS, FIELDS, HEADER
from indicators.domain.specification import VALUE_WORDS, bounds, columns, example_lines
from tests.unit.indicators.logs import Shelf, event, log


def test_every_column_is_said_once_in_the_order_of_the_file() -> None:
    found = columns()
    assert [one.name for one in found] == list(COLUMNS)
    assert all(one.meaning.endswith(".") and bool(one.values) != bool(one.pattern) for one in found)
    required = {(kind, one.name) for one in found for kind in one.types}
    assert required == {(kind, name) for kind, own in FIELDS.items() for name in own}


def test_every_word_is_of_a_value_of_the_format() -> None:
    assert {value for one in columns() for value, _ in one.values} == set(VALUE_WORDS)


def test_the_examples_are_taken(tmp_path: Path) -> None:
    lines = [line for _, line in example_lines()]
    found = Shelf(tmp_path).take("\n".join([HEADER, *lines, ""]).encode())
    assert (found.accepted, found.rejected, len(lines)) == (len(FIELDS), {}, len(FIELDS))


@pytest.mark.parametrize("at", range(len(COLUMNS)), ids=COLUMNS)
def test_what_the_page_does_not_allow_is_refused(tmp_path: Path, at: int) -> None:
    """A value of no list and no pattern, in each column, of a line that requires it."""
    one = columns()[at]
    kind = one.types[0] if one.types else "claim"
    line = next(line for _, line in example_lines() if f";{kind};" in line).split(";")
    line[at] = "?"
    found = Shelf(tmp_path).take(log(event(1), ";".join(line)))
    assert (found.accepted, sum(found.rejected.values())) == (1, 1)


def test_the_bounds_are_those_of_the_engine() -> None:
    assert [most.split(" au plus")[0] for _, most in bounds()[:1]] == ["20 Gio"]
    assert dict(bounds())["Ligne"] == "64 Kio au plus"
