"""Each dated border at one second before, on it, one second after."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from attestations.domain import rules as va_rules
from orders.domain import installation as installation_rules
from orders.domain import rules
from portal.registry.domain.referencing import Change, Status
from tests.unit.orders import facts
from tests.unit.orders.facts import paris

SECOND = timedelta(seconds=1)
OPENS = paris(2022, 2, 2)
CLOSES = paris(2023, 3, 15, 14)
LAST = paris(2023, 4, 28, 14)


@pytest.mark.parametrize(
    ("now", "codes"),
    [
        (OPENS - SECOND, ["too_early"]),
        (OPENS, []),
        (OPENS + SECOND, []),
        (CLOSES - SECOND, []),
        (CLOSES, ["closed"]),
        (CLOSES + SECOND, ["closed"]),
    ],
)
def test_signature_window(now: datetime, codes: list[str]) -> None:
    assert [r.code for r in rules.check_window(facts.order(now=now))] == codes
    always = (Change(Status.REFERENCED, OPENS - timedelta(days=9), OPENS - timedelta(days=9)),)
    opened = facts.order(now=now, issued_at=None, changes=always)
    assert [r.code for r in rules.guard_sign_firm(opened)] == codes
    assert [r.code for r in rules.guard_sign_conditional(facts.order(now=now, issued_at=None, changes=()))] == codes
    assert [r.code for r in rules.guard_issue(opened)] == codes


def test_the_closing_says_its_day_and_hour() -> None:
    (refusal,) = rules.check_window(facts.order(now=CLOSES))
    assert "15/03/2023 à 14 h 00" in refusal.message
    assert refusal.legal_ref
    (early,) = rules.check_window(facts.order(now=OPENS - SECOND))
    assert "02/02/2022" in early.message


@pytest.mark.parametrize(("now", "codes"), [(LAST - SECOND, []), (LAST, ["va_closed"]), (LAST + SECOND, ["va_closed"])])
def test_va_window(now: datetime, codes: list[str]) -> None:
    judged = facts.va(now=now, reserves_lifted=1)
    assert [r.code for r in va_rules.check_window(judged)] == codes
    assert [r.code for r in va_rules.guard_sign(judged)] == codes
    assert [r.code for r in va_rules.guard_prepare(judged)] == codes
    late = [] if codes else ["not_late"]
    assert [r.code for r in va_rules.guard_sign_late(judged)] == late
    assert va_rules.guard_refuse(judged) == []
    # The VA was signed in time: its reserves may be mended afterwards.
    assert va_rules.guard_answer_lifted(judged) == []
    assert va_rules.guard_complete(judged) == []


@pytest.mark.parametrize(("signed", "counts"), [(LAST - SECOND, True), (LAST, False), (LAST + SECOND, False)])
def test_a_late_va_counts_once_the_closing_is_after_it(signed: datetime, counts: bool) -> None:
    judged = facts.va(now=paris(2023, 6, 1), signed_at=signed)
    assert [r.code for r in va_rules.guard_accept_late(judged)] == ([] if counts else ["still_late"])
    assert [r.code for r in va_rules.guard_accept_late(facts.va(signed_at=None))] == ["still_late"]


def test_a_late_va_is_signed_whole() -> None:
    whole, refused = {"mss": va_rules.Decision(True)}, {"mss": va_rules.Decision(False, "Non")}
    assert va_rules.check_late(whole, late=True) == va_rules.check_late(refused, late=False) == []
    assert [r.code for r in va_rules.check_late(refused, late=True)] == ["late_with_reserves"]
    assert va_rules.signature_verb(whole, late=True) == "sign_late"


@pytest.mark.parametrize(
    ("state", "reason", "codes"),
    [
        ("signed_firm", "", []),
        ("lapsed", "closing", []),
        ("lapsed", "withdrawn", ["order_not_firm"]),
        ("cancelled", "by_consent", ["order_not_firm"]),
    ],
)
def test_a_late_va_is_for_an_order_that_the_closing_alone_ended(state: str, reason: str, codes: list[str]) -> None:
    judged = facts.va(now=LAST + SECOND, order_state=state, order_end_reason=reason)
    assert [r.code for r in va_rules.guard_sign_late(judged)] == codes
    assert [r.code for r in va_rules.guard_refuse(judged)] == codes


@pytest.mark.parametrize(
    ("planned", "codes"),
    [
        (facts.NOW - SECOND, ["past_date"]),
        (facts.NOW, []),
        (LAST - SECOND, []),
        (LAST, ["after_closing"]),
        (LAST + SECOND, ["after_closing"]),
    ],
)
def test_planned_date(planned: datetime, codes: list[str]) -> None:
    refusals = installation_rules.check_planned_date(planned, facts.installation())
    assert [r.code for r in refusals] == codes
    assert {r.field for r in refusals} <= {"planned_for"}


SIGNED = facts.INSTALLATION.order_signed_at
assert SIGNED is not None
LATER = LAST + timedelta(days=30)


@pytest.mark.parametrize(
    ("now", "installed", "codes"),
    [
        (facts.NOW, SIGNED - SECOND, ["before_order"]),
        (facts.NOW, SIGNED, []),
        (facts.NOW, facts.NOW, []),
        (facts.NOW, facts.NOW + SECOND, ["future_date"]),
        (LATER, LAST - SECOND, []),
        (LATER, LAST, ["after_closing"]),
        (LATER, LAST + SECOND, ["after_closing"]),
    ],
)
def test_installed_date(now: datetime, installed: datetime, codes: list[str]) -> None:
    refusals = installation_rules.check_installed_date(installed, facts.installation(now=now))
    assert [r.code for r in refusals] == codes


@pytest.mark.parametrize(("late", "codes"), [(-SECOND, ["before_installation"]), (timedelta(0), []), (SECOND, [])])
def test_a_va_is_not_signed_before_the_installation(late: timedelta, codes: list[str]) -> None:
    installed = facts.VA.installed_at
    assert installed is not None
    assert [r.code for r in va_rules.guard_sign(facts.va(now=installed + late))] == codes


EXPIRES = facts.ORDER.stored_limit
assert EXPIRES is not None


@pytest.mark.parametrize(("now", "expired"), [(EXPIRES - SECOND, False), (EXPIRES, True), (EXPIRES + SECOND, True)])
def test_the_link_expires_at_its_instant(now: datetime, expired: bool) -> None:
    assert [r.code for r in rules.guard_sign_firm(facts.order(now=now))] == (["link_expired"] if expired else [])
    assert [r.code for r in rules.guard_expire(facts.order(now=now))] == ([] if expired else ["not_due"])


def test_without_an_expiry_nothing_expires() -> None:
    assert rules.guard_expire(facts.order(issued_at=None))


def test_a_closed_window_is_not_told_twice() -> None:
    codes = [r.code for r in rules.guard_sign_firm(facts.order(now=CLOSES))]
    assert codes == ["closed"]
