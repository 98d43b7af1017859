"""How a breach is run by the one executor, and the rows that its acts leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from homologation.domain import breaches as rules
from homologation.domain.breach_lifecycle import BREACH
from homologation.domain.breaches import BreachFacts, Persons
from homologation.models import Breach, BreachEntry, BreachNotification
from homologation.services.machine import pharmacist_of
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.common.refusals import refuse
from portal.workflow.execute import Machine


def breach_parties(breach: Breach, actor: Actor, at: datetime) -> frozenset[Role]:
    """The part the actor really plays: of the pharmacy, with a membership in force."""
    return pharmacist_of(breach.pharmacy, actor, at)


def breach_facts(breach: Breach, actor: Actor, now: datetime) -> BreachFacts:
    """What is said of it, and what was sent last."""
    last = BreachNotification.objects.filter(breach=breach.pk).order_by("-number").first()
    sent = last.content["contents"] if last else None
    return BreachFacts(breach.contents, breach.kinds, Persons(breach.persons), sent)


BREACHES: Machine[Breach, BreachFacts] = Machine(
    model=Breach,
    lifecycle=BREACH,
    parties=breach_parties,
    facts=breach_facts,
    thread=lambda breach: str(breach.pk),
    related=("pharmacy",),
    guards={
        "notify": rules.guard_send,
        "complement": rules.guard_send,
        "complete": rules.guard_complete,
        "file_receipt": rules.guard_receipt,
        "settle_persons": rules.guard_settle,
        "inform_persons": rules.guard_inform,
        "close": rules.guard_close,
    },
    # no text of people's: the journal holds no personal data
    audited=(
        "drill",
        "detected_at",
        "aware_at",
        "deadline_at",
        "first_sent_at",
        "delay_category",
        "persons",
        "persons_informed_at",
        "certificate_exposed",
        "in_scope",
        "risk_row",
        "ended_at",
    ),
    announces=frozenset({"describe", "confirm", "close"}),
)


def write_entry(breach: Breach, kind: str, actor: Actor, at: datetime, **more: Any) -> BreachEntry:
    """Append one line to the journal of a breach that the caller has locked."""
    if actor.user_id is None:
        raise refuse("not_allowed", "Seule une personne de la pharmacie peut écrire dans ce registre.")
    return BreachEntry.objects.create(breach=breach, kind=kind, at=at, by_id=actor.user_id, **more)
