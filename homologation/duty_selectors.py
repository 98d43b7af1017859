"""What a préparateur reads of the INSi dossier: his own duties and the reminders that name him, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404

from homologation.breach_selectors import step_events
from homologation.catalogue import checklist
from homologation.domain.duties import is_named, rows_of_person
from homologation.domain.lifecycle import APPROVED
from homologation.domain.questions import Questionnaire
from homologation.domain.steps import Step
from homologation.models import DutyReading, InsiDossier, PracticeReminder, StepEvent
from homologation.supervision_selectors import PEOPLE
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_STAFF, Role
from portal.accounts.models import Membership
from portal.accounts.selectors import people_with_role
from portal.common.clock import paris_date
from portal.registry.models import Pharmacy

_ECPS = "e-cps"
"""The step of the checklist that is about préparateurs themselves."""


def workplace_of(actor: Actor) -> Pharmacy:
    """The pharmacy where the actor works, a préparateur too. Raises Http404 for whoever has none."""
    place = Pharmacy.objects.filter(organisation=actor.tenant).first() if actor.role in PHARMACY_STAFF else None
    if place is None:
        raise Http404
    return place


@dataclass(frozen=True)
class Entitlement:
    """What section 2.2 of the decided dossier says of one person: its form and the rows that name them."""

    form: Questionnaire
    decided_at: datetime
    rows: list[Any]


def entitlement_of(place: Pharmacy, full_name: str, now: datetime) -> Entitlement | None:
    """What the last approved dossier says of a person; None where no dossier is approved."""
    dossiers = InsiDossier.objects.filter(pharmacy=place, state=APPROVED).select_related("questionnaire")
    dossier = dossiers.order_by("-number").first()
    if dossier is None or dossier.snapshot is None or dossier.decided_at is None:
        return None
    said = dossier.snapshot["answers"].get(PEOPLE)
    rows = rows_of_person((said["value"] if said else None) or (), full_name, paris_date(now))
    return Entitlement(dossier.questionnaire.form, dossier.decided_at, rows)


def registration_of(place: Pharmacy, programme: str) -> tuple[Step, StepEvent | None] | None:
    """The step by which préparateurs get an e-CPS, and what the pharmacy last said of it; None where there is none."""
    step = checklist(programme).step(_ECPS)
    return (step, next(iter(step_events(place).get(_ECPS, ())), None)) if step else None


def reminders_to(place: Pharmacy, full_name: str) -> list[PracticeReminder]:
    """The reminders of good practice that name a person, the last given first."""
    found = PracticeReminder.objects.filter(case__pharmacy=place).select_related("noted_by", "case")
    return [one for one in found.order_by("-given_at", "pk") if is_named(full_name, one.recipient)]


def reading_of(place: Pharmacy, user_id: int | None, sha256: str) -> DutyReading | None:
    """When a person said that they had read the duties in these words."""
    return DutyReading.objects.filter(pharmacy=place, by=user_id, sha256=sha256).first()


def readers_of(place: Pharmacy, sha256: str, now: datetime) -> list[tuple[Membership, DutyReading | None]]:
    """Each préparateur of a pharmacy, with when they read the duties in these words."""
    if place.organisation_id is None:
        return []
    read = {one.by_id: one for one in DutyReading.objects.filter(pharmacy=place, sha256=sha256)}
    staff = people_with_role(place.organisation_id, frozenset({Role.PREPARATEUR}), now)
    return [(one, read.get(one.user_id)) for one in staff]
