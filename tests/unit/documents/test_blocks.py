"""The plain values that a snapshot is made of."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from portal.documents.domain.blocks import amount, day, instant
from portal.documents.domain.methods import METHODS, method_label


def test_an_instant_is_written_in_utc() -> None:
    paris = timezone(timedelta(hours=1))
    assert instant(datetime(2022, 11, 15, 10, 32, tzinfo=paris)) == "2022-11-15T09:32:00+00:00"


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        instant(datetime(2022, 11, 15, 10, 32, tzinfo=UTC).replace(tzinfo=None))


@pytest.mark.parametrize(
    ("value", "printed"),
    [(Decimal("1050"), "1050.00"), (Decimal("0"), "0.00"), (Decimal("0.1"), "0.10"), (None, "")],
)
def test_an_amount_has_two_decimals(value: Decimal | None, printed: str) -> None:
    assert amount(value) == printed


def test_a_fraction_of_a_cent_is_refused_rather_than_rounded() -> None:
    with pytest.raises(ValueError, match="to the cent"):
        amount(Decimal("10.005"))


def test_unknown_days_and_instants_are_empty() -> None:
    assert (day(None), instant(None)) == ("", "")
    assert day(date(2023, 3, 16)) == "2023-03-16"


def test_the_demonstration_says_that_it_proves_nothing() -> None:
    assert "sans valeur juridique" in METHODS["demonstration"]
    with pytest.raises(LookupError):
        method_label("unknown")
