"""Breaches, brought to a state by the services alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from homologation.domain.breaches import CONTENTS
from homologation.models import Breach
from homologation.services import breach_answer as answer
from homologation.services import breach_declare as declare
from homologation.services.breach_answer import Sending
from homologation.services.breach_declare import Delay, Description, Signs
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.registry.models import Pharmacy
from tests.factories import people

WHOLE: dict[str, str | None] = {key: f"Dit pour {key}" for key in CONTENTS}
PARTIAL: dict[str, str | None] = {**WHOLE, "persons_number": None}
ON_TIME = Delay()
LATE = Delay("progressive", "Découverte peu à peu")


@dataclass(frozen=True)
class Case:
    """A breach with the people of its pharmacy."""

    pk: UUID
    place: Pharmacy
    titulaire: Actor
    adjoint: Actor

    @property
    def breach(self) -> Breach:
        return Breach.objects.get(pk=self.pk)

    def describe(self, contents: dict[str, str | None] | None = None, **more: Any) -> Case:
        said = Description(contents=WHOLE if contents is None else contents, kinds=("confidentiality",), **more)
        declare.describe_breach(breach_id=self.pk, actor=self.adjoint, said=said)
        return self

    def confirm(self, aware_at: datetime | None = None) -> Case:
        at = aware_at or clock.business_now()
        declare.confirm_breach(breach_id=self.pk, actor=self.adjoint, aware_at=at, note="Les journaux le montrent")
        return self

    def to_notify(self) -> Case:
        answer.decide_to_notify(breach_id=self.pk, actor=self.adjoint)
        return self

    def notify(self, sent_at: datetime | None = None, delay: Delay = ON_TIME) -> Case:
        sending = Sending(sent_at or clock.business_now(), "teleservice", "N-1")
        answer.notify_breach(breach_id=self.pk, actor=self.adjoint, sending=sending, delay=delay)
        return self

    def complement(self) -> Case:
        sending = Sending(clock.business_now(), "teleservice", "N-2")
        answer.complement_breach(breach_id=self.pk, actor=self.adjoint, sending=sending)
        return self

    def complete(self) -> Case:
        answer.complete_breach(breach_id=self.pk, actor=self.adjoint)
        return self

    def persons(self, persons: str, reason: str = "Pourquoi") -> Case:
        answer.settle_persons(breach_id=self.pk, actor=self.adjoint, persons=persons, reason=reason)
        return self

    def close(self, actor: Actor | None = None, *, in_scope: bool = False, **said: str) -> Case:
        texts = {"facts": "Les faits", "effects": "Les effets", "remedial": "Les mesures"} | said
        closure = answer.Closure(in_scope=in_scope, **texts)
        answer.close_breach(breach_id=self.pk, actor=actor or self.titulaire, closure=closure)
        return self


def case(*, detected_at: datetime | None = None, drill: bool = False, place: Pharmacy | None = None) -> Case:
    """A suspicion just declared by an adjoint, an hour after the first signs."""
    pharmacy = place or people.pharmacy()
    titulaire, adjoint = people.attach(pharmacy, Role.TITULAIRE), people.attach(pharmacy, Role.ADJOINT)
    return again(pharmacy, titulaire, adjoint, detected_at=detected_at, drill=drill)


def again(
    place: Pharmacy, titulaire: Actor, adjoint: Actor, *, detected_at: datetime | None = None, drill: bool = False
) -> Case:
    """Another one of the same pharmacy."""
    at = detected_at or clock.business_now() - timedelta(hours=1)
    signs = Signs(at, "person", "Un courriel est parti au mauvais destinataire", drill)
    return Case(declare.declare_breach(actor=adjoint, signs=signs).pk, place, titulaire, adjoint)


def case_in(state: str) -> Case:
    """A breach in a state of its lifecycle."""
    one = case().describe()
    if state == "not_a_breach":
        declare.dismiss_breach(breach_id=one.pk, actor=one.titulaire, reason="Fausse alerte")
    if state in ("suspicion", "not_a_breach"):
        return one
    one.confirm()
    if state == "documented":
        answer.document_no_risk(breach_id=one.pk, actor=one.titulaire, reason="Données chiffrées")
    if state in ("confirmed", "documented"):
        return one
    one.to_notify()
    if state == "to_notify":
        return one
    one.notify()
    if state in ("completed", "closed"):
        one.complete()
    if state == "closed":
        one.persons("not_required").close()
    return one
