"""The supplier hands the dossier in, answers what is asked, or gives up."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import Refusal
from portal.referencing.domain.rules import DossierFacts, check_answer, check_typed
from portal.referencing.models import PointRequest, Proposal, ReferencingDossier
from portal.referencing.services.machine import REFERENCINGS
from portal.referencing.services.status import note_status
from portal.registry.domain.referencing import Status
from portal.workflow.execute import Act, run


@transaction.atomic
def submit_dossier(*, dossier_id: UUID, actor: Actor) -> ReferencingDossier:
    """Hand the dossier in. Raises ``Refused``."""
    dossier = run(REFERENCINGS, dossier_id, actor, Act("submit"))
    note_status(dossier, Status.SUBMITTED, dossier.submitted_at or clock.business_now())
    return dossier


def answer_dossier(*, dossier_id: UUID, actor: Actor, reply: str) -> ReferencingDossier:
    """Send the completed dossier back. Raises ``Refused``."""
    return _answer("answer", Status.SUBMITTED, dossier_id, actor, reply)


def correct_dossier(*, dossier_id: UUID, actor: Actor, reply: str) -> ReferencingDossier:
    """Send the corrections back to instruction. Raises ``Refused``."""
    return _answer("correct", Status.COMPLETE, dossier_id, actor, reply)


@transaction.atomic
def _answer(verb: str, status: Status, dossier_id: UUID, actor: Actor, reply: str) -> ReferencingDossier:
    def check(facts: DossierFacts) -> list[Refusal]:
        return check_answer(facts, reply)

    dossier = run(REFERENCINGS, dossier_id, actor, Act(verb, check=check))
    now = clock.business_now()
    PointRequest.objects.filter(dossier=dossier, answered_at=None).update(
        answered_at=now, answered_by=actor.user_id, reply=reply.strip()
    )
    note_status(dossier, status, now)
    return dossier


@transaction.atomic
def abandon_dossier(*, dossier_id: UUID, actor: Actor, typed: str, reason: str) -> ReferencingDossier:
    """Give the dossier up, the version's name typed out. Raises ``Refused``."""
    expected = str(ReferencingDossier.objects.get(pk=dossier_id).software_version)

    def check(facts: DossierFacts) -> list[Refusal]:
        return check_typed(typed, expected)

    words = reason.strip() or "Abandon par le fournisseur"
    dossier = run(REFERENCINGS, dossier_id, actor, Act("abandon", {"reason": words}, check=check))
    now = clock.business_now()
    Proposal.objects.filter(dossier=dossier, closed_at=None).update(
        closed_at=now, closed_by=actor.user_id, outcome=Proposal.MOOT, answer="Dossier abandonné par le fournisseur"
    )
    if dossier.charter_at is not None:  # before the charter nothing was public
        note_status(dossier, Status.ABANDONED, now, reason=words)
    return dossier
