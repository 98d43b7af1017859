"""How a dossier is run by the one executor."""

from __future__ import annotations

from datetime import datetime

from homologation.domain import decision
from homologation.domain.decision import DossierFacts
from homologation.domain.lifecycle import HOMOLOGATION
from homologation.models import InsiDossier
from homologation.services.facts import Reading
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE, Role
from portal.accounts.selectors import holds_role
from portal.registry.models import Pharmacy
from portal.workflow.execute import Machine


def pharmacist_of(pharmacy: Pharmacy, actor: Actor, at: datetime) -> frozenset[Role]:
    """The part that the actor really plays in a pharmacy, with a membership in force; nothing for all others."""
    mine = actor.role in PHARMACY_SIDE and pharmacy.organisation_id == actor.organisation_id
    return frozenset({actor.role}) if mine and holds_role(actor, actor.organisation_id, at) else frozenset()


def dossier_parties(dossier: InsiDossier, actor: Actor, at: datetime) -> frozenset[Role]:
    """The part the actor really plays: of the pharmacy, with a membership in force."""
    return pharmacist_of(dossier.pharmacy, actor, at)


def dossier_facts(dossier: InsiDossier, actor: Actor, now: datetime) -> DossierFacts:
    """Scores, findings, hashes of the answers as they stand, and whose agreement is missing."""
    return Reading(dossier, now).facts(actor)


HOMOLOGATIONS: Machine[InsiDossier, DossierFacts] = Machine(
    model=InsiDossier,
    lifecycle=HOMOLOGATION,
    parties=dossier_parties,
    facts=dossier_facts,
    thread=lambda dossier: str(dossier.pk),
    related=("pharmacy", "questionnaire", "software_version__software"),
    guards={
        "submit": decision.guard_submit,
        "approve": decision.guard_approve,
        "agree": decision.guard_agree,
        "approve_with_reserves": decision.guard_approve_with_reserves,
    },
    audited=(
        "number",
        "snapshot_sha256",
        "submitted_at",
        "decided_at",
        "months",
        "valid_from",
        "valid_until",
        "ended_at",
    ),
    announces=frozenset({"submit", "send_back", "agree"}),
)
