"""What is due in each state, when to the second, and why; clock changes, leap days and year ends included."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from orders.domain.course import Course
from orders.domain.deadlines import (
    PHARMACY,
    SUPPLIER,
    WORDS,
    Deadline,
    Kind,
    OrderDates,
    ReserveDates,
    SupplierDates,
    last_day,
    order_deadlines,
    supplier_deadlines,
    task_of,
)
from orders.domain.limits import conditional_limit
from portal.programmes.domain.book import Book
from portal.programmes.domain.ruleset import Milestone
from portal.registry.domain.referencing import Change, Status
from tests.unit.orders.facts import RULES, paris

SECOND = timedelta(seconds=1)
BOOK, NOW = Book((RULES,)), paris(2022, 11, 15, 10)
CLOSING = paris(2023, 4, 28, 14)
SIGNED = paris(2022, 10, 12, 14)
INSTALLED = paris(2022, 10, 24, 12)


def facts(state: str, **known: Any) -> OrderDates:
    course = {name: known.pop(name) for name in ("issued_at", "changes", "installed_at") if name in known}
    signed = known.get("signed_at")
    return OrderDates(
        subject="commande",
        course=Course(state=state, counts_from=signed, conditional=state == "signed_conditional", **course),
        **known,
    )


def issued(at: datetime) -> OrderDates:
    return facts("issued", issued_at=at)


def conditional(signed: datetime, **known: Any) -> OrderDates:
    return facts("signed_conditional", signed_at=signed, **known)


def completed(at: datetime) -> Change:
    return Change(Status.COMPLETE, at, at)


def firm(works: str, **known: Any) -> OrderDates:
    return facts("signed_firm", signed_at=SIGNED, installation_state=works, **known)


def one(found: OrderDates, kind: Kind) -> Deadline:
    (deadline,) = [d for d in order_deadlines(found, BOOK, NOW) if d.kind is kind]
    return deadline


# state, installation, VA, reserves → what is due, and who acts
OPEN = ReserveDates("installation:1", INSTALLED, date(2022, 12, 1))
REFUSED, LIFTED = (
    ReserveDates("va:1", INSTALLED, date(2022, 12, 1)),
    ReserveDates("va:2", INSTALLED, date(2022, 12, 1), True),
)
WORKS = {"installation_state": "planned", "planned_for": paris(2022, 12, 5, 9)}
DONE = {"installation_state": "installed", "installed_at": INSTALLED}
TABLE: list[tuple[OrderDates, list[tuple[Kind, str]]]] = [
    (facts("draft"), []),
    (issued(paris(2022, 10, 10, 10)), [(Kind.SIGNATURE, PHARMACY)]),
    (conditional(SIGNED, installation_state="to_plan"), [(Kind.REFERENCING, SUPPLIER), (Kind.INSTALLATION, SUPPLIER)]),
    (firm("to_plan"), [(Kind.INSTALLATION, SUPPLIER)]),
    (firm("failed"), [(Kind.INSTALLATION, SUPPLIER)]),
    (facts("affirmed", signed_at=SIGNED, **WORKS), [(Kind.PLANNED, SUPPLIER), (Kind.INSTALLATION, SUPPLIER)]),
    (facts("affirmed", signed_at=SIGNED, **WORKS | {"installation_state": "in_progress"}), [(Kind.PLANNED, SUPPLIER), (Kind.INSTALLATION, SUPPLIER)]),
    (facts("signed_firm", signed_at=SIGNED, **DONE), [(Kind.VA, SUPPLIER)]),
    (facts("signed_firm", signed_at=SIGNED, **DONE, va_state="to_sign"), [(Kind.VA, PHARMACY)]),
    (facts("signed_firm", signed_at=SIGNED, **DONE, va_state="refused"), [(Kind.VA, SUPPLIER)]),
    (facts("signed_firm", signed_at=SIGNED, **DONE, va_state="signed"), []),
    (facts("signed_firm", signed_at=SIGNED, **DONE, reserves=(OPEN,)), [(Kind.INSTALLATION_RESERVE, SUPPLIER), (Kind.VA, SUPPLIER)]),
    (facts("signed_firm", signed_at=SIGNED, **DONE, va_state="signed_with_reserves", va_reserves=(REFUSED,)), [(Kind.VA_RESERVE, SUPPLIER), (Kind.VA, SUPPLIER)]),
    (facts("signed_firm", signed_at=SIGNED, **DONE, va_state="signed_with_reserves", va_reserves=(LIFTED,)), [(Kind.VA_RESERVE, PHARMACY), (Kind.VA, PHARMACY)]),
    (
        facts("signed_firm", signed_at=SIGNED, **DONE, va_state="signed_with_reserves", va_reserves=(REFUSED, LIFTED)),
        [(Kind.VA_RESERVE, SUPPLIER), (Kind.VA_RESERVE, PHARMACY), (Kind.VA, SUPPLIER)],
    ),
    *((facts(state, issued_at=SIGNED, signed_at=SIGNED, **DONE), []) for state in ("realised", "declined", "expired", "lapsed", "cancelled", "replaced", "transferred")),
]  # fmt: skip


@pytest.mark.parametrize(("found", "expected"), TABLE)
def test_what_is_due_and_who_acts(found: OrderDates, expected: list[tuple[Kind, str]]) -> None:
    deadlines = order_deadlines(found, BOOK, NOW)
    assert [(d.kind, d.owner) for d in deadlines] == expected
    assert all(d.task == task_of(d.kind, d.owner) != "" and d.label == WORDS[d.kind].label for d in deadlines)
    assert all(d.why.endswith(".") and "source : " in d.why for d in deadlines)


@pytest.mark.parametrize(
    ("at", "due", "last"),
    [
        (paris(2022, 10, 10, 10), paris(2022, 11, 10), date(2022, 11, 9)),  # over the end of summer time
        (paris(2022, 12, 15, 23, 59, 59), paris(2023, 1, 15), date(2023, 1, 14)),  # over the end of the year
        (paris(2022, 12, 16), paris(2023, 1, 16), date(2023, 1, 15)),  # a second later
        (paris(2023, 1, 30, 9), paris(2023, 3, 2), date(2023, 3, 1)),  # over a February of 28 days
        (paris(2023, 2, 12, 9), paris(2023, 3, 15), date(2023, 3, 14)),  # the last whole 30 days
        (paris(2023, 2, 13), paris(2023, 3, 15, 14), date(2023, 3, 15)),  # the closing comes first
        (paris(2023, 3, 15, 13, 59, 59), paris(2023, 3, 15, 14), date(2023, 3, 15)),
    ],
)
def test_signature(at: datetime, due: datetime, last: date) -> None:
    deadline = one(issued(at), Kind.SIGNATURE)
    assert (deadline.due_at, deadline.since, last_day(deadline)) == (due, at, last)


def test_why_a_signature() -> None:
    counted = one(issued(paris(2022, 10, 10, 10)), Kind.SIGNATURE)
    assert counted.why == (
        "30 jours calendaires à compter de l’émission du 10/10/2022, jour 30 inclus ; source : règle de gestion du "
        "portail ; à confirmer."
    )
    closing = one(issued(paris(2023, 3, 1)), Kind.SIGNATURE)
    assert closing.why.startswith("Clôture des signatures le 15/03/2023 à 14 h 00 ; source : S – « avant le 15 mars")
    assert [fact.label for fact in closing.computed_from] == ["Émission de la commande", "Clôture des signatures"]


@pytest.mark.parametrize(
    ("signed", "due"),
    [
        (paris(2022, 6, 18, 23, 59, 59), paris(2022, 10, 17)),
        (paris(2022, 6, 19), paris(2022, 10, 18)),
        (paris(2022, 6, 19, 0, 0, 1), paris(2022, 10, 18)),
        (paris(2022, 11, 26, 12), paris(2023, 3, 27)),  # the 23-hour day is counted
        (paris(2022, 7, 2, 12), paris(2022, 10, 31)),  # the 25-hour day is counted
        (paris(2023, 11, 1, 9), paris(2024, 3, 1)),  # day 120 is 29/02/2024
        (paris(2022, 9, 2, 9), paris(2023, 1, 1)),  # day 120 is 31/12/2022
    ],
)
def test_referencing(signed: datetime, due: datetime) -> None:
    deadline = one(conditional(signed), Kind.REFERENCING)
    assert (deadline.due_at, deadline.since, deadline.owner) == (due, signed, SUPPLIER)


def test_why_the_120_days() -> None:
    why = one(conditional(paris(2022, 6, 19, 10)), Kind.REFERENCING).why
    assert why == (
        "120 jours calendaires à compter de la signature du 19/06/2022, jour 120 inclus ; source : S, mention « Bon de "
        "commande conditionné » ; à confirmer."
    )


@pytest.mark.parametrize(
    ("complete", "due"), [(-SECOND, False), (timedelta(), True), (SECOND, True), (timedelta(days=-200), False)]
)
def test_a_dossier_complete_in_time_has_no_deadline(complete: timedelta, due: bool) -> None:
    limit = conditional_limit(SIGNED, RULES)
    found = order_deadlines(conditional(SIGNED, changes=(completed(limit + complete),)), BOOK, paris(2023, 6, 1))
    assert (Kind.REFERENCING in {d.kind for d in found}) is due


@pytest.mark.parametrize(("moved", "named"), [(-SECOND, True), (timedelta(), True), (SECOND, False)])
def test_the_desk_is_named_where_it_comes_first(moved: timedelta, named: bool) -> None:
    limit = conditional_limit(SIGNED, RULES)
    desk = Milestone("desk", "deposit_proofs", "closes", limit + moved, "QP-MARCHE – guichet", "C", "")
    rules = replace(RULES, calendar=(*RULES.calendar, desk))
    (found,) = [d for d in order_deadlines(conditional(SIGNED), Book((rules,)), NOW) if d.kind is Kind.REFERENCING]
    assert found.why.startswith("Clôture du guichet des preuves") is named
    assert ("QP-MARCHE" in found.why) is named and ("à confirmer" not in found.why) is named


def test_closings_and_reserves() -> None:
    assert one(firm("to_plan"), Kind.INSTALLATION).due_at == CLOSING
    va = one(facts("signed_firm", signed_at=SIGNED, **DONE), Kind.VA)
    assert (va.due_at, va.since) == (CLOSING, INSTALLED)
    reserve = one(facts("signed_firm", signed_at=SIGNED, **DONE, reserves=(OPEN,)), Kind.INSTALLATION_RESERVE)
    assert (reserve.due_at, reserve.subject) == (paris(2022, 12, 2), "installation:1")
    assert last_day(reserve) == date(2022, 12, 1)
    planned = one(firm("planned", planned_for=paris(2022, 12, 5)), Kind.PLANNED)
    assert (planned.due_at, last_day(planned)) == (paris(2022, 12, 5), date(2022, 12, 5))
    assert "à confirmer" not in planned.why


def test_without_a_closing_there_is_no_deadline() -> None:
    rules = replace(RULES, calendar=())
    assert order_deadlines(firm("to_plan"), Book((rules,)), NOW) == []
    assert order_deadlines(facts("signed_firm", signed_at=SIGNED, **DONE), Book((rules,)), NOW) == []
    assert supplier_deadlines(SupplierDates("f", SIGNED, SIGNED), rules, SIGNED) == []


@pytest.mark.parametrize(
    ("now", "firm_since", "realised_since", "expected"),
    [
        (paris(2023, 1, 1), None, None, []),
        (paris(2023, 1, 1), SIGNED, None, [Kind.DEPOSIT_ADVANCE]),
        (paris(2023, 1, 1), SIGNED, INSTALLED, [Kind.DEPOSIT_ADVANCE, Kind.DEPOSIT_BALANCE]),
        (paris(2023, 3, 15, 14) - SECOND, SIGNED, INSTALLED, [Kind.DEPOSIT_ADVANCE, Kind.DEPOSIT_BALANCE]),
        (paris(2023, 3, 15, 14), SIGNED, INSTALLED, [Kind.DEPOSIT_BALANCE]),
        (paris(2023, 3, 15, 14) + SECOND, SIGNED, INSTALLED, [Kind.DEPOSIT_BALANCE]),
        (CLOSING - SECOND, SIGNED, INSTALLED, [Kind.DEPOSIT_BALANCE]),
        (CLOSING, SIGNED, INSTALLED, []),
    ],
)
def test_deposits(
    now: datetime, firm_since: datetime | None, realised_since: datetime | None, expected: list[Kind]
) -> None:
    found = supplier_deadlines(SupplierDates("fournisseur", firm_since, realised_since), RULES, now)
    assert [d.kind for d in found] == expected
    assert all(d.owner == SUPPLIER for d in found)


def test_a_new_version_moves_the_closing_and_says_its_source() -> None:
    later = Milestone("va_closes", "va", "closes", paris(2023, 9, 20, 14), "Arrêté modificatif", "C", "")
    kept = tuple(m for m in RULES.calendar if (m.nature, m.bound) != ("va", "closes"))
    book = BOOK.with_next(replace(RULES, version=2, calendar=(*kept, later)))
    (va,) = order_deadlines(facts("signed_firm", signed_at=SIGNED, **DONE), book, NOW)
    assert (va.due_at, va.why) == (
        paris(2023, 9, 20, 14),
        "Clôture des signatures de VA le 20/09/2023 à 14 h 00 ; source : Arrêté modificatif.",
    )


def test_an_order_taken_over_counts_from_the_first_signature() -> None:
    taken = conditional(paris(2022, 10, 20))
    found = replace(taken, course=replace(taken.course, counts_from=paris(2022, 6, 19)))
    deadline = one(found, Kind.REFERENCING)
    assert (deadline.due_at, deadline.since) == (paris(2022, 10, 18), paris(2022, 10, 20))
    assert "à compter de la signature du 19/06/2022" in deadline.why
