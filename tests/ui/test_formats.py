"""Dates, deadlines, amounts and identifiers as people in France read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import engines

from portal.common.clock import PARIS, frozen
from portal.ui import formats
from portal.ui.templatetags import portal_ui

NOON = datetime(2022, 11, 15, 11, 0, tzinfo=UTC)


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (date(2022, 11, 15), "15/11/2022"),
        (datetime(2022, 11, 14, 23, 30, tzinfo=UTC), "15/11/2022"),  # half past midnight in Paris
        (datetime(2022, 7, 14, 22, 0, tzinfo=UTC), "15/07/2022"),  # summer: two hours ahead
        (datetime(2022, 7, 14, 21, 59, 59, tzinfo=UTC), "14/07/2022"),
        (datetime(2022, 12, 31, 23, 0, tzinfo=UTC), "01/01/2023"),
    ],
)
def test_day_is_the_paris_day(moment: formats.Moment, expected: str) -> None:
    assert portal_ui.jour(moment) == expected


def test_long_day() -> None:
    assert portal_ui.jour_long(NOON) == "15\xa0novembre\xa02022"
    assert portal_ui.jour_long(date(2022, 8, 1)) == "1er\xa0août\xa02022"


@pytest.mark.parametrize(
    ("moment", "hour"),
    [
        (datetime(2022, 3, 27, 0, 59, tzinfo=UTC), "1\xa0h\xa059"),  # last minute of winter time
        (datetime(2022, 3, 27, 1, 0, tzinfo=UTC), "3\xa0h\xa000"),  # first minute of summer time
        (datetime(2022, 10, 30, 0, 30, tzinfo=UTC), "2\xa0h\xa030"),  # the two half past two
        (datetime(2022, 10, 30, 1, 30, tzinfo=UTC), "2\xa0h\xa030"),
    ],
)
def test_hour_on_the_days_the_clocks_change(moment: datetime, hour: str) -> None:
    assert portal_ui.instant(moment).endswith(f"à\xa0{hour}")


def test_instant() -> None:
    assert portal_ui.instant(datetime(2022, 11, 15, 13, 0, tzinfo=UTC)) == "15/11/2022 à\xa014\xa0h\xa000"
    assert portal_ui.instant(date(2022, 11, 15)) == "15/11/2022"


def test_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        portal_ui.jour(datetime(2022, 11, 15))


@pytest.mark.parametrize(
    ("due", "limit", "last_day"),
    [
        (paris(2022, 12, 10, 0, 0), "jusqu’au 09/12/2022 inclus", "09/12/2022"),
        (paris(2023, 3, 15, 14, 0), "avant le 15/03/2023 à\xa014\xa0h\xa000", "15/03/2023"),
        (date(2022, 11, 27), "jusqu’au 27/11/2022 inclus", "27/11/2022"),
        (paris(2023, 3, 27, 0, 0), "jusqu’au 26/03/2023 inclus", "26/03/2023"),  # a day of 23 hours
    ],
)
def test_a_limit_is_said_by_its_last_day(due: formats.Moment, limit: str, last_day: str) -> None:
    assert portal_ui.limite(due) == limit
    assert portal_ui.dernier_jour(due) == last_day


@pytest.mark.parametrize("shown", [portal_ui.jour, portal_ui.jour_long, portal_ui.instant, portal_ui.echeance])
def test_absent_moment_gives_nothing(shown: object) -> None:
    assert shown(None) == ""  # type: ignore[operator]


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (date(2022, 11, 27), "dans 12\xa0jours"),
        (date(2022, 11, 17), "dans 2\xa0jours"),
        (date(2022, 11, 16), "demain"),
        (date(2022, 11, 15), "aujourd’hui"),
        (date(2022, 11, 14), "dépassée de 1\xa0jour"),
        (date(2022, 11, 12), "dépassée de 3\xa0jours"),
        (paris(2022, 11, 15, 14, 0), "aujourd’hui à\xa014\xa0h\xa000"),
        (paris(2022, 11, 15, 12, 0), "dépassée depuis 12\xa0h\xa000"),  # now, to the second: too late
        (paris(2022, 11, 15, 12, 0, 1), "aujourd’hui à\xa012\xa0h\xa000"),
        (paris(2022, 11, 16, 0, 0), "aujourd’hui"),  # the midnight that ends the 15th
        (paris(2022, 11, 17, 0, 0), "demain"),
        (paris(2022, 11, 14, 23, 59), "dépassée de 1\xa0jour"),
    ],
)
def test_deadline(due: formats.Moment, expected: str) -> None:
    assert portal_ui.echeance(due, NOON) == expected


def test_deadline_counts_calendar_days_across_the_change_of_hour() -> None:
    now = paris(2022, 3, 26, 23, 30)
    assert portal_ui.echeance(paris(2022, 3, 28, 0, 30), now) == "dans 2\xa0jours"  # only 24 hours later


def test_deadline_goes_by_the_business_clock_by_default() -> None:
    with frozen(business=NOON, machine=NOON + timedelta(days=900)):
        assert portal_ui.echeance(date(2022, 11, 16)) == "demain"


def test_overdue_at_the_border() -> None:
    assert not formats.is_overdue(NOON + timedelta(seconds=1), NOON)
    assert formats.is_overdue(NOON, NOON)
    assert not formats.is_overdue(date(2022, 11, 15), NOON)
    assert formats.is_overdue(date(2022, 11, 14), NOON)


def test_euros() -> None:
    assert portal_ui.euros(Decimal("1050")) == "1\u202f050,00\xa0€"
    assert portal_ui.euros(0) == "0,00\xa0€"
    assert portal_ui.euros(None) == "non précisé"


@pytest.mark.parametrize("typed", ["010002301", "01 000 230 1"])
def test_finess(typed: str) -> None:
    assert portal_ui.finess(typed) == "01\xa0000\xa0230\xa01"


def test_identifiers_of_another_length_are_shown_as_they_are() -> None:
    assert portal_ui.finess("0100") == "0100"
    assert portal_ui.finess(None) == ""
    assert portal_ui.siret("73282932000074") == "732\xa0829\xa0320\xa000074"
    assert portal_ui.siret("") == ""


@pytest.mark.parametrize(
    ("count", "expected"), [(0, ""), (1, ""), (Decimal("1.9"), ""), (2, "s"), (-1, ""), ([], ""), ([1, 2], "s")]
)
def test_nought_is_singular_in_french(count: object, expected: str) -> None:
    """In any template, without ``load``."""
    assert engines["django"].from_string("dépôt{{ n|pluralize }}").render({"n": count}) == f"dépôt{expected}"
    verb = engines["django"].from_string("{{ n|pluralize:'reste,restent' }}").render({"n": count})
    assert verb == ("restent" if expected else "reste")
