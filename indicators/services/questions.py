"""Asking about what looks odd, and taking the answer: nothing here changes a result."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from indicators import storage
from indicators.catalogue import measures_at
from indicators.domain.anomalies import DECEMBER, OUTSIDE, TWINS, Burst, Oddity, one_second
from indicators.domain.lifecycle import OPEN, QUESTION
from indicators.engine.bursts import busiest_seconds
from indicators.models import Deposit, UsageQuestion
from indicators.services.oddities import oddities_of
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.accounts.selectors import holds_role
from portal.common import clock
from portal.common.clock import paris_date
from portal.registry.selectors import registered_places
from portal.workflow.execute import Act, Machine, create, run

_LOCK = 0x1D1CB
"""Advisory lock: one round of questions at a time."""
_OF_COUNTERS = TWINS, OUTSIDE, DECEMBER
"""Asked again each night; what a deposit shows of itself is asked once."""


def parties(question: UsageQuestion, actor: Actor, at: datetime) -> frozenset[Role]:
    """The supplier whose software counted, and the administration; roles are read at the instant of the act."""
    mine = actor.role is Role.SUPPLIER and question.supplier.organisation_id == actor.organisation_id
    if (mine or actor.role in ADMINISTRATION) and holds_role(actor, actor.organisation_id, at):
        return frozenset({actor.role})
    return frozenset()


QUESTIONS: Machine[UsageQuestion, None] = Machine(
    model=UsageQuestion,
    lifecycle=QUESTION,
    parties=parties,
    facts=lambda question, actor, now: None,
    thread=lambda question: str(question.pk),
    related=("supplier",),
    audited=("kind", "year", "pharmacy_id", "other_id", "supplier_id", "digest", "answered_by_id"),
)


@transaction.atomic
def ask_about_year(year: int) -> int:
    """Ask what the counters of a year call for, and close the open questions that they no longer do; how many new."""
    now = clock.business_now()
    _alone()
    odd = oddities_of(year, measures_at(now, year), paris_date(now))
    asked = UsageQuestion.objects.filter(year=year, kind__in=_OF_COUNTERS)
    still = {(one.place, one.kind, one.digest, one.supplier) for one in odd}
    for question in asked.filter(state=OPEN):
        if _key(question) not in still:
            run(QUESTIONS, question.pk, Actor.system(), Act[None]("drop"))
    return _ask(odd, {_key(question) for question in asked}, now)


def ask_about_deposit(deposit_id: UUID) -> int:
    """Ask about pharmacies whose lines of a deposit nearly all bear one second; how many new questions."""
    deposit = Deposit.objects.get(pk=deposit_id)
    parts = storage.parts(deposit.supplier_id, deposit.pk)
    with tempfile.TemporaryDirectory(dir=storage.folder("seconds")) as place:
        memory = f"{settings.ACTIVITY_MEMORY_MB}MB"
        found = busiest_seconds(parts, Path(place), memory=memory, threads=settings.ACTIVITY_THREADS)
    ids = registered_places([finess for finess, *_ in found])
    supplier = str(deposit.supplier_id)
    odd = one_second(
        Burst(str(ids[finess]), supplier, date.fromisoformat(month), events, total)
        for finess, month, events, total in found
        if finess in ids
    )
    with transaction.atomic():
        _alone()
        asked = UsageQuestion.objects.filter(pharmacy__in=[one.place for one in odd])
        return _ask(odd, {_key(question) for question in asked}, clock.business_now())


@transaction.atomic
def explain(*, question_id: UUID, actor: Actor, answer: str) -> UsageQuestion:
    """Answer an open question. Raises ``Refused``."""
    return run(QUESTIONS, question_id, actor, Act[None]("explain", {"answer": answer}))


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _key(question: UsageQuestion) -> tuple[str, str, str, str]:
    return str(question.pharmacy_id), question.kind, question.digest, str(question.supplier_id)


def _ask(odd: Iterable[Oddity], asked: set[tuple[str, str, str, str]], now: datetime) -> int:
    new = {(one.place, one.kind, one.digest, one.supplier): one for one in odd}
    for key in new.keys() - asked:
        one = new[key]
        question = UsageQuestion(
            kind=one.kind,
            year=one.year,
            pharmacy_id=UUID(one.place),
            other_id=UUID(one.other) if one.other else None,
            supplier_id=UUID(one.supplier),
            facts=dict(one.facts),
            digest=one.digest,
            raised_at=now,
        )
        create(QUESTIONS, question, Actor.system())
    return len(new.keys() - asked)
