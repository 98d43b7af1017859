"""The engine and the plain reader of the contract agree, whatever the split, the order and the repetitions."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.domain.codes import LINE_CODES
from indicators.domain.log_format import HEADER
from indicators.kit.sample import sample_lines
from tests.unit.indicators.logs import FOREIGN, HERE, LATER, THERE, Shelf, reference

PLACES = [HERE, THERE, LATER, FOREIGN]
MONTHS = [date(2022, 12, 1), date(2023, 3, 1), date(2023, 4, 1)]


def sample(seed: int, *, faults: bool = True, events: int = 25) -> list[str]:
    return list(sample_lines(seed=seed, pharmacies=PLACES, months=MONTHS, events=events, faults=faults))


def as_file(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


@pytest.mark.parametrize("seed", range(4))
def test_one_file_with_faults(tmp_path: Path, seed: int) -> None:
    lines, plain, shelf = sample(seed), reference(), Shelf(tmp_path)
    expected = plain.read(lines)
    found = shelf.take(as_file(lines))
    assert [row[:3] for row in shelf.rejects()] == expected.rejects
    assert len({code for _, code, _ in expected.rejects}) >= 10
    for name in ("lines", "accepted", "duplicates", "superseded", "cancelled"):
        assert getattr(found, name) == getattr(expected, name), name
    assert sum(found.rejected.values()) == len(expected.rejects)
    assert shelf.daily == plain.daily()
    assert shelf.users == plain.users()


def test_the_sample_is_the_same_for_a_seed_and_meets_the_codes_of_a_line() -> None:
    assert sample(7) == sample(7) != sample(8)
    met = {code for seed in range(8) for _, code, _ in reference().read(sample(seed)).rejects}
    assert met == set(LINE_CODES)


@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_any_split_order_and_repetition_gives_the_same_figures(data: st.DataObject) -> None:
    header, *events = sample(3, faults=False, events=6)
    plain = reference()
    plain.read([header, *events])
    draw = random.Random(data.draw(st.integers(0, 10**6)))
    said = [*events, *draw.sample(events, 10)]
    draw.shuffle(said)
    cuts = sorted(draw.sample(range(1, len(said)), data.draw(st.integers(0, 4))))
    files = [said[a:b] for a, b in zip([0, *cuts], [*cuts, len(said)], strict=True)]
    with TemporaryDirectory() as name:
        shelf = Shelf(
            Path(name),
            slice_lines=data.draw(st.sampled_from([40, 10_000])),
            pass_lines=data.draw(st.sampled_from([30, 10_000])),
        )
        found = [shelf.take(as_file([HEADER, *file])) for file in files]
    assert sum(one.accepted for one in found) == sum(len(held) for held in plain.events.values())
    assert shelf.daily == plain.daily()
    assert shelf.users == plain.users()


def test_conflicts_and_order_across_files_follow_the_order_of_acceptance(tmp_path: Path) -> None:
    draw, plain, shelf = random.Random(5), reference(), Shelf(tmp_path)
    lines = sample(5, events=12)[1:]
    clashing = [line.replace(";op1;", ";op2;") for line in draw.sample(lines, 60)]
    said = [*lines, *clashing]
    draw.shuffle(said)
    rejected = 0
    for start in range(0, len(said), 80):
        file = [HEADER, *said[start : start + 80]]
        expected, found = plain.read(file), shelf.take(as_file(file))
        assert [row[:3] for row in shelf.rejects()] == expected.rejects
        assert (found.accepted, found.duplicates, found.superseded) == (
            expected.accepted,
            expected.duplicates,
            expected.superseded,
        )
        rejected += sum(code == "conflicting_revision" for _, code, _ in expected.rejects)
    assert rejected > 0
    assert shelf.daily == plain.daily()
    assert shelf.users == plain.users()
