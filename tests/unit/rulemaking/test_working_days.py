"""The end of the next working day: weekends, public holidays, year ends, changes of hour, 29 February."""

from __future__ import annotations

from datetime import datetime

import pytest

from portal.common.clock import PARIS
from portal.rulemaking.services.working_days import end_of_next_working_day


@pytest.mark.parametrize(
    ("instant", "limit"),
    [
        ("2023-03-15T14:00", "2023-03-17"),  # Wednesday
        ("2023-03-16T23:59", "2023-03-18"),
        ("2023-03-17T00:00", "2023-03-21"),  # Friday: Monday counts
        ("2023-03-18T12:00", "2023-03-21"),
        ("2022-10-31T10:00", "2022-11-03"),  # All Saints
        ("2022-12-30T10:00", "2023-01-03"),  # New Year's Day is a Sunday
        ("2024-12-31T10:00", "2025-01-03"),
        ("2024-02-28T10:00", "2024-03-01"),  # 29 February is a Thursday
        ("2023-03-24T10:00", "2023-03-28"),  # the hour changes on Sunday
        ("2022-10-28T10:00", "2022-11-01"),
        ("2023-04-07T10:00", "2023-04-12"),  # Easter Monday
    ],
)
def test_the_end_of_the_next_working_day(instant: str, limit: str) -> None:
    found = end_of_next_working_day(datetime.fromisoformat(instant).replace(tzinfo=PARIS))
    assert found == datetime.fromisoformat(limit).replace(tzinfo=PARIS)
