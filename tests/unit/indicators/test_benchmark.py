"""What the benchmark of imports says of its own figures."""

from __future__ import annotations

import pytest

from benchmarks.activity import LARGE, SMALL, Measure, judge, judge_growth


def measure(wall: float, *, gigabytes: float = 1, core: float = 0) -> Measure:
    return Measure(wall=wall, cpu=wall, gigabytes=gigabytes, claims=1, core=core)


def verdicts(lines: int, **found: Measure) -> list[bool | None]:
    return [held for held, _ in judge(found, lines)]


def test_each_target_is_judged_at_its_bound() -> None:
    scan, pandas, bulk = measure(1), measure(30), measure(150)
    assert verdicts(SMALL, scan=scan, ours=measure(10, core=5), bulk=bulk) == [True, True, True]
    assert verdicts(SMALL, scan=scan, ours=measure(10.1, core=5.1, gigabytes=2.5), bulk=bulk) == [False, False, False]
    assert verdicts(10 * SMALL, scan=scan, ours=measure(10), pandas=pandas) == [True, True, True]
    assert verdicts(10 * SMALL, scan=scan, ours=measure(10.1), pandas=pandas) == [True, True, False]


def test_an_absent_library_is_not_judged() -> None:
    assert verdicts(10 * SMALL, scan=measure(1), ours=measure(1)) == [True, True, None]


@pytest.mark.parametrize(
    ("cores", "held"),
    [
        ({SMALL: 1.0, LARGE: 55.0}, True),
        ({SMALL: 1.0, LARGE: 55.1}, False),
        ({SMALL: 1.0, 10 * SMALL: 99.0}, None),
        ({LARGE: 50.0}, None),
    ],
)
def test_growth_is_judged_once_both_lengths_are_run(cores: dict[int, float], held: bool | None) -> None:
    assert judge_growth(cores)[0] is held
