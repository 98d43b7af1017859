"""Working days in metropolitan France: Monday to Friday, public holidays apart."""

from __future__ import annotations

from datetime import datetime, timedelta

import holidays

from portal.common.clock import end_of_paris_day, paris_date


def end_of_next_working_day(instant: datetime) -> datetime:
    """The first instant after the first working day that follows the day of ``instant`` (Paris)."""
    day = paris_date(instant) + timedelta(days=1)
    off = holidays.country_holidays("FR", years=(day.year, day.year + 1))
    while day.weekday() >= 5 or day in off:
        day += timedelta(days=1)
    return end_of_paris_day(day)
