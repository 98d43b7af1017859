"""How a dossier of référencement is run by the one executor."""

from __future__ import annotations

from datetime import datetime

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.accounts.selectors import holds_role
from portal.referencing.domain import rules
from portal.referencing.domain.lifecycle import REFERENCING
from portal.referencing.domain.rules import DossierFacts
from portal.referencing.models import ReferencingDossier
from portal.referencing.services.facts import dossier_facts
from portal.workflow.execute import Machine

OBJECT = "referencing_referencingdossier"


def dossier_relation(dossier: ReferencingDossier, actor: Actor) -> frozenset[Role]:
    """The part of the actor's organisation: the supplier of the software, or the administration.

    Enough for a page, whose actor's membership was read at the start of the request; acts use ``dossier_parties``.
    """
    if actor.role in ADMINISTRATION:
        return frozenset({actor.role})
    owner = dossier.software_version.software.supplier.organisation_id
    return frozenset({Role.SUPPLIER}) if actor.role is Role.SUPPLIER and actor.tenant == owner else frozenset()


def dossier_parties(dossier: ReferencingDossier, actor: Actor, at: datetime) -> frozenset[Role]:
    """The part the actor really plays at ``at``: the relation, and the membership in force."""
    relation = dossier_relation(dossier, actor)
    return relation if relation and holds_role(actor, actor.organisation_id, at) else frozenset()


REFERENCINGS: Machine[ReferencingDossier, DossierFacts] = Machine(
    model=ReferencingDossier,
    lifecycle=REFERENCING,
    parties=dossier_parties,
    facts=dossier_facts,
    thread=lambda dossier: str(dossier.pk),
    guards={
        "submit": rules.guard_submit,
        "answer": rules.guard_answer,
        "correct": rules.guard_answer,
        "confirm_complete": rules.guard_confirm,
        "judge": rules.guard_judge,
        "ask_corrections": rules.guard_ask_corrections,
        "propose": rules.guard_propose,
        "send_back": rules.guard_send_back,
        "reference": rules.guard_reference,
        "refuse": rules.guard_refuse,
        "suspend": rules.guard_suspend,
        "withdraw": rules.guard_withdraw,
        "replace": rules.guard_replace,
        "lapse": rules.guard_lapse,
    },
    rule_set=lambda dossier: str(dossier.rule_set),
    audited=(
        "nie",
        "nil",
        "charter_at",
        "submitted_at",
        "complete_at",
        "answer_due_at",
        "iterations",
        "referenced_at",
        "suspended_at",
        "successor_id",
        "ended_at",
        "end_effect_at",
        "end_ground",
        "retroactive",
    ),
    announces=frozenset(
        {
            "submit",
            "answer",
            "correct",
            "abandon",
            "ask_pieces",
            "confirm_complete",
            "ask_corrections",
            "extend",
            "propose",
            "send_back",
            "reference",
            "refuse",
            "suspend",
            "resume",
            "withdraw",
            "replace",
            "lapse",
        }
    ),
)
