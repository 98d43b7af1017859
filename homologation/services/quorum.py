"""« Chaque co-titulaire décide »: a titulaire chooses it for the pharmacy; each agreement is kept, or voided."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from homologation.domain.lifecycle import OPEN, TO_DECIDE
from homologation.models import InsiDossier, QuorumSetting, TitulaireAgreement
from homologation.services.titulaires import locked_for_titulaire
from portal.accounts.actors import Actor
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.refusals import refuse
from portal.outbox.services.publish import publish

CHANGED = "insi_quorum.changed"


def quorum_of(pharmacy_id: UUID) -> QuorumSetting | None:
    """What the pharmacy chose last; None where it never chose: one titulaire decides."""
    return QuorumSetting.objects.filter(pharmacy=pharmacy_id).select_related("by").order_by("-number").first()


def everyone_decides(pharmacy_id: UUID) -> bool:
    """Whether each titulaire decides."""
    setting = quorum_of(pharmacy_id)
    return setting is not None and setting.everyone


@transaction.atomic
def set_quorum(*, actor: Actor, everyone: bool) -> QuorumSetting:
    """Choose who decides, and have every titulaire told. Raises ``Refused``.

    Not while a decision is awaited: what is being decided is decided under the rule that held when it was submitted.
    """
    now = clock.business_now()
    pharmacy, by = locked_for_titulaire(actor, "Seul un titulaire de la pharmacie choisit qui décide.")
    running = InsiDossier.objects.select_for_update().filter(pharmacy=pharmacy, state__in=OPEN).order_by("pk")
    if any(dossier.state == TO_DECIDE for dossier in running):
        raise refuse(
            "being_decided",
            "Un dossier attend sa décision : ce choix ne change pas pendant ce temps. Décidez, ou rendez le dossier à "
            "remplir, puis recommencez.",
        )
    if everyone_decides(pharmacy.pk) == everyone:
        raise refuse("unchanged", "C’est déjà le choix de votre pharmacie.", "everyone")
    last = QuorumSetting.objects.filter(pharmacy=pharmacy).aggregate(last=Max("number"))["last"] or 0
    setting = QuorumSetting.objects.create(pharmacy=pharmacy, number=last + 1, everyone=everyone, at=now, by_id=by)
    data = {"everyone": everyone, "number": setting.number}
    record(Entry(QuorumSetting._meta.db_table, str(setting.pk), "set", now, thread=str(pharmacy.pk), data=data), actor)
    publish(CHANGED, {"id": setting.pk}, dedup=f"{CHANGED}:{setting.pk}")
    return setting


def write_agreement(dossier: InsiDossier, actor: Actor, terms: dict[str, Any], at: datetime) -> None:
    """Keep one titulaire's decision, once; the caller has locked the dossier and checked the terms."""
    given = TitulaireAgreement.objects.filter(dossier=dossier, by=actor.user_id, voided_at=None)
    if actor.user_id is None or given.exists():
        return
    TitulaireAgreement.objects.create(
        dossier=dossier,
        by_id=actor.user_id,
        at=at,
        snapshot_sha256=dossier.snapshot_sha256,
        months=terms["months"],
        reserves=terms["reserves"],
        consent=terms["consent"],
        step_up_id=terms["step_up_id"],
    )


def void_agreements(dossier_id: UUID, reason: str) -> int:
    """What was agreed to counts no more; how many. The caller has locked the dossier."""
    standing = TitulaireAgreement.objects.filter(dossier=dossier_id, voided_at=None)
    return standing.update(voided_at=clock.business_now(), void_reason=reason)
