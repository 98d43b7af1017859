"""What time and référencement make of an order: decision tables at one second before, on, and after each border."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from orders.domain.course import Course, due, settled
from orders.domain.effects import EFFECTS, LAPSE_REASONS, Signing, Waiting
from orders.domain.reasons import BY_DATE, END_REASONS
from portal.registry.domain.referencing import Status
from tests.unit.orders.courses import (
    AFTER_CLOSING,
    BOOK,
    CLOSING,
    LIMIT,
    SECOND,
    SIGNED,
    at,
    conditional,
    firm,
    step,
)
from tests.unit.orders.facts import paris


def test_every_status_has_its_effect_and_every_end_its_words() -> None:
    assert set(EFFECTS) == set(Status)
    ends = {status for status, effect in EFFECTS.items() if effect.waiting is Waiting.LAPSES or not effect.works}
    assert ends == set(LAPSE_REASONS)
    assert set(LAPSE_REASONS.values()) | BY_DATE <= set(END_REASONS)
    assert not set(LAPSE_REASONS.values()) & BY_DATE


@pytest.mark.parametrize(
    ("status", "signing", "waiting", "works"),
    [
        (Status.ANNOUNCED, "conditional", None, None),
        (Status.COMPLETE, "conditional", None, None),
        (Status.TO_CORRECT, "conditional", None, None),
        (Status.REFERENCED, "firm", "affirm", None),
        (Status.REPLACED, "firm", "affirm", None),
        (Status.SUSPENDED, "blocked", None, None),
        (Status.REFUSED, "blocked", "lapse", None),
        (Status.ABANDONED, "blocked", "lapse", None),
        (Status.LAPSED, "blocked", "lapse", None),
        (Status.WITHDRAWN, "blocked", "lapse", "lapse"),
    ],
)
def test_the_table_of_effects(status: Status, signing: str, waiting: str | None, works: str | None) -> None:
    assert EFFECTS[status].signing is Signing(signing)
    decided = paris(2022, 12, 1)
    changes = (at(Status.COMPLETE, paris(2022, 11, 1)), at(status, decided))
    for course, verb in ((conditional(*changes), waiting), (firm(*changes), works)):
        found = due(course, BOOK, decided)
        assert (found.verb if found else None) == verb
        if found:
            assert found.since == decided
        assert due(course, BOOK, decided - SECOND) is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [(LIMIT - SECOND, None), (LIMIT, ("lapse", "conditional_limit")), (LIMIT + SECOND, ("lapse", "conditional_limit"))],
)
def test_a_conditional_order_lapses_at_its_limit(now: datetime, expected: tuple[str, str] | None) -> None:
    assert step(conditional(), now) == expected
    assert step(conditional(at(Status.COMPLETE, LIMIT)), now) == expected
    in_time = conditional(at(Status.COMPLETE, LIMIT - SECOND))
    assert step(in_time, now) is None
    assert step(conditional(at(Status.COMPLETE, SIGNED - timedelta(days=30))), now) is None


@pytest.mark.parametrize(
    ("complete", "verb"), [(LIMIT - SECOND, "affirm"), (LIMIT, "lapse"), (LIMIT + SECOND, "lapse")]
)
def test_the_dossier_decides_not_the_date_of_the_referencing(complete: datetime, verb: str) -> None:
    late = paris(2023, 3, 20)
    found = due(conditional(at(Status.COMPLETE, complete), at(Status.REFERENCED, late)), BOOK, late)
    assert found is not None and found.verb == verb


def test_a_later_dossier_does_not_affirm_what_an_earlier_one_was_refused_for() -> None:
    """Référencé, refused, then another dossier complete in time: the refusal had ended the order."""
    referenced, refused, again = paris(2022, 11, 1), paris(2022, 11, 2), paris(2022, 12, 1)
    late = at(Status.COMPLETE, LIMIT + SECOND), at(Status.REFERENCED, LIMIT + 2 * SECOND)
    changes = at(Status.REFUSED, refused), at(Status.COMPLETE, again)
    assert step(conditional(*changes), again) == ("lapse", "refused")
    assert step(conditional(at(Status.REFERENCED, referenced), *changes), again) == ("affirm", "referenced")
    assert step(conditional(*changes, *late), LIMIT + 2 * SECOND) == ("lapse", "refused")


def test_a_refusal_after_the_limit_ends_what_had_been_complete_in_time() -> None:
    refused = LIMIT + timedelta(days=9)
    course = conditional(at(Status.COMPLETE, LIMIT - SECOND), at(Status.REFUSED, refused))
    assert step(course, refused - SECOND) is None
    assert step(course, refused) == ("lapse", "refused")


def test_what_was_recorded_late_counts_from_its_own_date() -> None:
    told = LIMIT + timedelta(days=3)
    course = conditional(at(Status.COMPLETE, LIMIT - SECOND, recorded=told))
    assert step(course, told - SECOND) == ("lapse", "conditional_limit")
    assert step(course, told) is None


def test_a_correction_of_the_same_instant_wins() -> None:
    day = paris(2022, 12, 1)
    wrong = (at(Status.COMPLETE, paris(2022, 11, 1)), at(Status.REFUSED, day), at(Status.REFERENCED, day, day + SECOND))
    assert step(conditional(*wrong), day + SECOND) == ("affirm", "referenced")


def test_the_path_does_not_depend_on_when_it_is_walked() -> None:
    """Référencé, then withdrawn, seen only afterwards: affirmed, then lapsed, as if seen each day."""
    changes = (
        at(Status.COMPLETE, paris(2022, 11, 1)),
        at(Status.REFERENCED, paris(2022, 12, 1)),
        at(Status.WITHDRAWN, paris(2023, 1, 10)),
    )
    steps = settled(conditional(*changes), BOOK, paris(2023, 2, 1))
    assert [(s.verb, s.reason) for s in steps] == [("affirm", "referenced"), ("lapse", "withdrawn")]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (CLOSING - SECOND, None),
        (CLOSING, None),
        (AFTER_CLOSING - SECOND, None),
        (AFTER_CLOSING, ("lapse", "closing")),
        (AFTER_CLOSING + SECOND, ("lapse", "closing")),
    ],
)
def test_without_a_va_a_firm_order_lapses_the_day_after_the_closing(
    now: datetime, expected: tuple[str, str] | None
) -> None:
    referenced = at(Status.REFERENCED, paris(2022, 10, 3))
    assert step(firm(referenced), now) == expected
    assert step(replace(firm(referenced), state="affirmed", conditional=True, affirmed=True), now) == expected
    assert step(firm(referenced, va_signed_at=CLOSING - SECOND), now) is None
    assert step(firm(referenced, va_signed_at=CLOSING), now) == expected
    # In time, but never decided by the ANS: nothing can be realised any more.
    assert step(conditional(at(Status.COMPLETE, SIGNED)), now) == expected


WITHDRAWN = paris(2023, 1, 10)


@pytest.mark.parametrize(("installed", "ends"), [(None, True), (WITHDRAWN - SECOND, False), (WITHDRAWN, True)])
def test_a_withdrawal_spares_what_was_installed_before(installed: datetime | None, ends: bool) -> None:
    course = firm(at(Status.REFERENCED, paris(2022, 10, 3)), at(Status.WITHDRAWN, WITHDRAWN), installed_at=installed)
    assert step(course, WITHDRAWN) == (("lapse", "withdrawn") if ends else None)


EXPIRY = paris(2022, 11, 12)  # 30 days after the issue
SIGNATURES = paris(2023, 3, 15, 14)


@pytest.mark.parametrize(
    ("issued", "now", "expected"),
    [
        (SIGNED, EXPIRY - SECOND, None),
        (SIGNED, EXPIRY, ("expire", "link_expired")),
        (paris(2023, 3, 10), SIGNATURES, None),
        (paris(2023, 3, 10), paris(2023, 3, 16) - SECOND, None),
        (paris(2023, 3, 10), paris(2023, 3, 16), ("expire", "signature_closing")),
    ],
)
def test_an_unsigned_order_expires(issued: datetime, now: datetime, expected: tuple[str, str] | None) -> None:
    assert step(Course("issued", issued_at=issued), now) == expected
