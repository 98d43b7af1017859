"""Which parts a person fills in on a day, and what the refusal says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from homologation.domain.mandates import Mandate, Mandates, NewMandate, check_mandate, check_revocation

TODAY = date(2022, 11, 15)
ONE = Mandate(2, date(2022, 11, 1), date(2022, 11, 16), "Anne Lefèvre")


def held(*rows: Mandate, today: date = TODAY) -> Mandates:
    return Mandates(today, "Léa Nicolas", rows)


def test_without_any_mandate_nothing_is_limited() -> None:
    assert not held().limited and held().check(range(1, 6)) == []


@pytest.mark.parametrize(
    ("today", "runs"),
    [
        (date(2022, 10, 31), False),
        (date(2022, 11, 1), True),
        (date(2022, 11, 15), True),
        (date(2022, 11, 16), False),
    ],
)
def test_its_days_are_half_open(today: date, runs: bool) -> None:
    assert held(ONE, today=today).covers(2) is runs
    assert not held(ONE, today=today).covers(3), "one mandate limits to its parts, before and after its days too"


def test_a_revoked_one_gives_nothing_and_still_limits() -> None:
    gone = held(replace(ONE, revoked_on=TODAY, reason="Congé"))
    assert gone.limited and not gone.covers(1) and not gone.covers(2)
    assert "donné par Anne Lefèvre, a été retiré le 15/11/2022 (Congé)" in gone.why_not(2)


def test_the_refusal_says_which_whose_until_when_and_what_to_do() -> None:
    rows = held(ONE, Mandate(4, date(2022, 12, 1), date(2023, 1, 1), "Anne Lefèvre"))
    [refusal] = rows.check([2, 3])
    assert refusal.code == "no_mandate"
    assert refusal.message == (
        "La partie 3 n’est pas à remplir par Léa Nicolas aujourd’hui : aucun mandat ne lui a été donné sur cette partie. "
        "Mandats en cours : partie 2 jusqu’au 15/11/2022 inclus. Pour la remplir, demandez à un titulaire de votre "
        "pharmacie un mandat sur cette partie."
    )
    assert "commence le 01/12/2022" in rows.why_not(4)
    over = held(ONE, today=date(2022, 11, 16))
    assert "a pris fin le 15/11/2022 au soir" in over.why_not(2) and "en cours" not in over.why_not(2)
    assert [len(rows.check(parts)) for parts in ([2], [2, 2], [3, 4, 4])] == [0, 0, 2]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (NewMandate((), TODAY, TODAY), "bad_sections"),
        (NewMandate((6,), TODAY, TODAY), "bad_sections"),
        (NewMandate((1,), TODAY - timedelta(days=1), TODAY), "past_date"),
        (NewMandate((1,), TODAY, TODAY - timedelta(days=1)), "bad_dates"),
        (NewMandate((1,), TODAY, date(2025, 11, 15)), "too_long"),
    ],
)
def test_what_cannot_be_given(given: NewMandate, code: str) -> None:
    assert [refusal.code for refusal in check_mandate(given, range(1, 6), TODAY)] == [code]


def test_what_can() -> None:
    for last in (TODAY, date(2025, 11, 14)):
        assert check_mandate(NewMandate((1, 5), TODAY, last), range(1, 6), TODAY) == []


def test_a_revocation_says_why() -> None:
    assert [refusal.code for refusal in check_revocation(" ")] == ["missing_field"]
    assert check_revocation("Congé") == []
