"""Frozen facts to judge, complete and lawful unless changed."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from attestations.domain.rules import AttestationFacts
from orders.domain.course import Course
from orders.domain.facts import Content, HolderFacts, InstallationFacts, OrderFacts, PharmacyFacts
from portal.accounts.domain.roles import Role
from portal.common.clock import PARIS
from portal.common.money import Triple
from portal.programmes.domain.book import Book
from portal.programmes.domain.ruleset import RuleSet
from portal.registry.domain.referencing import Change, Status
from tests.unit.programmes.catalogue import rules

RULES: RuleSet = rules()
NOW = datetime(2022, 11, 15, 10, tzinfo=PARIS)
COURSE_FIELDS = {field.name for field in fields(Course)} - {"state"}
CONTENT = Content(
    client_name="Pharmacie du Marché",
    client_responsible="Anne Lefèvre",
    client_phone="02 99 00 00 02",
    client_email="titulaire@essai.example",
    administrator_name="Claire Morvan",
    administrator_status="supplier",
    administrator_card="2800123456",
    administrator_phone="02 99 00 00 01",
    administrator_email="certificats@essai.example",
    amounts=Triple(Decimal("800.00"), Decimal("160.00"), Decimal("960.00")),
    vat_percent=Decimal("20.00"),
    state_amount=Decimal("960.00"),
    installation_scenario="Mise à jour sur site",
    has_personal_mailbox=False,
    personal_operator="",
    has_organisation_mailbox=True,
    organisation_operator="Mailiz",
)
OFFICINE = PharmacyFacts("350001012", "620", "35", closed=False)
RIVAL = HolderFacts(is_this_order=False, supplier_name="Galène", signed_at=datetime(2022, 10, 5, 10, tzinfo=PARIS))
COMPLETE, REFERENCED = datetime(2022, 9, 12, 10, tzinfo=PARIS), datetime(2022, 10, 3, 10, tzinfo=PARIS)
HISTORY = (Change(Status.COMPLETE, COMPLETE, COMPLETE), Change(Status.REFERENCED, REFERENCED, REFERENCED))
ORDER = OrderFacts(
    now=NOW,
    state="issued",
    actor_role=Role.TITULAIRE,
    rules=RULES,
    content=CONTENT,
    pharmacy=OFFICINE,
    titulaire_known=True,
    holder=None,
    document_ready=True,
    cancel_asked_by="",
    course=Course(state="issued", issued_at=datetime(2022, 11, 1, 10, tzinfo=PARIS), changes=HISTORY),
    book=Book((RULES,)),
    counted_at=NOW,
    stored_limit=datetime(2022, 12, 2, tzinfo=PARIS),
)
INSTALLATION = InstallationFacts(
    now=NOW,
    rules=RULES,
    order_state="signed_firm",
    order_signed_at=datetime(2022, 10, 12, 14, tzinfo=PARIS),
    planned_for=None,
    installed_at=None,
    open_reserves=0,
    va_open=False,
)
VA = AttestationFacts(
    now=NOW,
    rules=RULES,
    order_state="signed_firm",
    installation_state="installed",
    installed_at=datetime(2022, 10, 24, 12, tzinfo=PARIS),
    open_installation_reserves=0,
    document_ready=True,
    reserves_open=0,
    reserves_lifted=0,
)


def paris(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=PARIS)


def order(**changes: Any) -> OrderFacts:
    """Facts with some of them changed: those of the course by their own names, ``rules`` for the whole book, and the
    instant of a signature with ``now``."""
    course = {name: changes.pop(name) for name in [*changes] if name in COURSE_FIELDS}
    if not changes.pop("referenced", True):
        course.setdefault("changes", HISTORY[:1])
    held = replace(ORDER.course, **course, state=changes.get("state", ORDER.state))
    if "rules" in changes:
        changes.setdefault("book", Book((changes["rules"],)))
    if "now" in changes:
        changes.setdefault("counted_at", changes["now"])
    return replace(ORDER, course=held, **changes)


def installation(**changes: Any) -> InstallationFacts:
    return replace(INSTALLATION, **changes)


def va(**changes: Any) -> AttestationFacts:
    return replace(VA, **changes)
