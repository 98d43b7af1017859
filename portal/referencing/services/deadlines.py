"""What time does to dossiers: an answer that did not come. Safe to run any number of times."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.clock import last_day_before
from portal.common.refusals import Refused
from portal.referencing.domain.lifecycle import ANSWERING, REFERENCING
from portal.referencing.domain.rules import DossierFacts
from portal.referencing.models import ReferencingDossier
from portal.referencing.services.machine import REFERENCINGS
from portal.referencing.services.status import note_status
from portal.registry.domain.referencing import Status
from portal.workflow.execute import Act, lock, run


@transaction.atomic
def lapse_dossier(dossier_id: UUID) -> ReferencingDossier:
    """Note that the answer awaited did not come in time; the reason says what was awaited. Raises ``Refused``."""
    waiting = lock(REFERENCINGS, dossier_id)
    limit = f"{last_day_before(waiting.answer_due_at):%d/%m/%Y}" if waiting.answer_due_at else ""
    reason = f"{REFERENCING.labels[str(waiting.state)]} : aucune réponse reçue au plus tard le {limit}"
    act: Act[DossierFacts] = Act("lapse", {"reason": reason}, data={"from": str(waiting.state), "limit": limit})
    dossier = run(REFERENCINGS, dossier_id, Actor.system(), act)
    note_status(dossier, Status.LAPSED, clock.business_now(), reason=reason)
    return dossier


def apply_deadlines() -> int:
    """Let every overdue dossier lapse, one transaction each; return how many did."""
    now, moved = clock.business_now(), 0
    overdue = ReferencingDossier.objects.filter(state__in=ANSWERING, answer_due_at__lte=now).order_by("pk")
    for dossier_id in list(overdue.values_list("pk", flat=True)):
        try:
            lapse_dossier(dossier_id)
        except Refused:
            continue
        moved += 1
    return moved
