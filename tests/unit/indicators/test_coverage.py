"""Which months are received, missing or not awaited, at each border."""

from __future__ import annotations

from datetime import date

import pytest

from indicators.domain.coverage import missing_of, year_seen

JUNE = date(2023, 6, 15)


def months(*numbers: int, year: int = 2023) -> dict[date, int]:
    return {date(year, number, 1): 5 for number in numbers}


@pytest.mark.parametrize(
    ("received", "ready_on", "ended_on", "today", "missing"),
    [
        ({}, None, None, JUNE, []),
        ({}, date(2023, 3, 31), None, JUNE, [3, 4, 5]),
        ({}, date(2022, 3, 31), None, JUNE, [1, 2, 3, 4, 5]),
        (months(2, 4), None, None, JUNE, [3, 5]),
        (months(4), date(2023, 2, 1), None, JUNE, [2, 3, 5]),
        (months(2), date(2023, 4, 1), None, JUNE, [3, 4, 5]),
        (months(12, year=2022), None, None, JUNE, [1, 2, 3, 4, 5]),
        (months(1), None, None, date(2023, 5, 31), [2, 3, 4]),
        (months(1), None, None, date(2023, 6, 1), [2, 3, 4, 5]),
        (months(1), None, date(2023, 3, 1), JUNE, [2, 3]),
        (months(1), None, date(2023, 6, 10), JUNE, [2, 3, 4, 5]),
        (months(1, 5), None, date(2023, 3, 1), JUNE, [2, 3]),
        (months(1), None, None, date(2024, 1, 1), list(range(2, 13))),
        ({}, date(2023, 6, 1), None, JUNE, []),
    ],
)
def test_missing_months(
    received: dict[date, int], ready_on: date | None, ended_on: date | None, today: date, missing: list[int]
) -> None:
    seen = year_seen(2023, received, ready_on=ready_on, ended_on=ended_on, today=today)
    assert [one.first.month for one in seen if one.seen == "missing"] == missing
    assert [one.first for one in seen if one.seen == "received"] == [day for day in received if day.year == 2023]


def test_words() -> None:
    seen = year_seen(2023, months(1, 3), ready_on=None, ended_on=None, today=date(2023, 5, 2))
    assert [one.words for one in seen[:5]] == [
        "janvier 2023 : 5 lignes",
        "février 2023 manquant",
        "mars 2023 : 5 lignes",
        "avril 2023 manquant",
        "mai 2023 non attendu",
    ]
    assert missing_of(seen) == ["février 2023", "avril 2023"]
