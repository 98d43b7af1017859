"""What happens below that bears on a decision, and who is told of its life; each is safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from homologation.catalogue import reviews
from homologation.domain.lifecycle import APPROVED, OPEN
from homologation.domain.reviews import last_valid_day
from homologation.models import Breach, EarlyReview, InsiDossier, PrefillPack, SupervisionCase, ValidityReminder
from homologation.services.reviews import OPENED, approved, examine_all
from homologation.services.validity_reminders import TOPIC
from homologation.supervision_messages import tell_titulaires
from orders.models import Installation
from portal.accounts.models import Membership
from portal.common import clock
from portal.common.clock import paris_date
from portal.outbox.registry import Handler
from portal.outbox.services.jobs import Progress, enqueue
from portal.outbox.services.notices import Letter
from portal.registry.models import Pharmacy
from portal.ui.formats import day

EXAMINE = "homologation.examine"


def examine_of(pharmacy: Pharmacy | UUID) -> None:
    """Read again the decision of one pharmacy, if it has any."""
    examine_all(approved().filter(pharmacy=pharmacy).values_list("pk", flat=True))


def on_version_changed(payload: dict[str, Any]) -> None:
    """Topic ``referencing.changed``: the decisions for this version are read again, in a job: they may be thousands."""
    if approved().filter(software_version=payload["version"]).exists():
        enqueue(EXAMINE, {"version": payload["version"]}, dedup=f"{EXAMINE}:{payload['version']}:{payload['event']}")


def on_pack(payload: dict[str, Any]) -> None:
    """Topic ``insi_pack.published``: the decisions for this version are read again beside what the editor now says."""
    version = PrefillPack.objects.get(pk=payload["id"]).software_version_id
    if approved().filter(software_version=version).exists():
        enqueue(EXAMINE, {"version": str(version)}, dedup=f"{EXAMINE}:pack:{payload['id']}")


def on_questionnaire(payload: dict[str, Any]) -> None:
    """Topic ``insi_questionnaire.loaded``: a major version came, every decision of its programme is read again."""
    enqueue(EXAMINE, {"programme": payload["programme"]}, dedup=f"{EXAMINE}:questionnaire:{payload['id']}")


def examine_wanted(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The work of that job, for a ``version`` or a whole ``programme``."""
    wanted = approved().filter(
        **({"software_version": params["version"]} if "version" in params else {"programme": params["programme"]})
    )
    keys = list(wanted.order_by("pk").values_list("pk", flat=True))
    progress.expect(len(keys))
    opened = 0
    for pk in keys:
        opened += examine_all([pk])
        progress.step()
    return {"examined": len(keys), "opened": opened}


def on_installed(payload: dict[str, Any]) -> None:
    """Topic ``installation.declare``: another software may be in service."""
    examine_of(Installation.objects.select_related("order").get(pk=payload["id"]).order.pharmacy_id)


def on_membership_ended(payload: dict[str, Any]) -> None:
    """Topic ``membership.ended``: a titulaire may have left; the daily task sees one who came."""
    for pharmacy in Pharmacy.objects.filter(organisation=Membership.objects.get(pk=payload["id"]).organisation_id):
        examine_of(pharmacy)


def on_breach(payload: dict[str, Any]) -> None:
    """A breach was described, confirmed or closed: its cause may be in scope, a certificate exposed."""
    examine_of(Breach.objects.get(pk=payload["id"]).pharmacy_id)


def on_case_analysed(payload: dict[str, Any]) -> None:
    """An alert of supervision has its cause."""
    examine_of(SupervisionCase.objects.get(pk=payload["id"]).pharmacy_id)


def tell_reviews(payload: dict[str, Any]) -> None:
    """Topic ``insi_review.opened``, ``{"dossier", "reviews"}``: the titulaires read the facts and what they may do."""
    dossier = InsiDossier.objects.select_related("pharmacy").get(pk=payload["dossier"])
    rows = list(EarlyReview.objects.filter(pk__in=payload["reviews"]).order_by("rule", "object"))
    facts = "\n".join(f"– {row.fact} ({_title(dossier, row)})" for row in rows)
    letter = Letter(
        subject=f"Homologation INSi : dossier n° {dossier.number} à revoir",
        body=f"Un changement peut toucher votre décision :\n{facts}\n\nRelisez le dossier, puis choisissez : rien ne "
        "change (dites pourquoi), renouveler le dossier, ou retirer l’homologation. Ce n’est pas un constat de faute.",
        link=f"{dossier.get_absolute_url()}#revues",
        dedup=f"{OPENED}:{payload['reviews'][0]}",
    )
    tell_titulaires(dossier.pharmacy, letter)


def _title(dossier: InsiDossier, row: EarlyReview) -> str:
    rule = reviews(dossier.programme_id).rule(row.rule)
    return f"règle {row.rule}, {rule.title.lower()}" if rule else f"règle {row.rule}"


def tell_end(payload: dict[str, Any]) -> None:
    """Topic ``insi_validity.reminder``: the end of a decision comes, or has come; nothing once it was replaced."""
    row = ValidityReminder.objects.select_related("dossier__pharmacy").get(pk=payload["id"])
    dossier = row.dossier
    if dossier.state != APPROVED or dossier.valid_until is None:
        return
    last, today = last_valid_day(dossier.valid_until), paris_date(clock.business_now())
    over = today > last
    when = f"a pris fin le {day(last)}" if over else f"vaut jusqu’au {day(last)} inclus"
    letter = Letter(
        subject=f"Homologation INSi {'expirée' if over else 'à renouveler'} : dossier n° {dossier.number}",
        body=f"L’homologation de l’usage d’INSi (dossier n° {dossier.number}) {when}. {_next_step(dossier)}",
        link=dossier.get_absolute_url(),
        dedup=f"{TOPIC}:{row.pk}",
    )
    tell_titulaires(dossier.pharmacy, letter)


def _next_step(dossier: InsiDossier) -> str:
    following = dossier.renewals.filter(state__in=OPEN).first()
    if following is not None:
        return f"Le dossier n° {following.number}, qui la remplacera, est commencé : achevez-le, puis décidez."
    return "Renouvelez-la : vos réponses sont reprises, il reste à les confirmer."


def _bound(topics: Iterable[str], handler: Handler) -> dict[str, list[Handler]]:
    return {topic: [handler] for topic in topics}


REACTIONS: dict[str, list[Handler]] = {
    **_bound(("breach.describe", "breach.confirm", "breach.close"), on_breach),
    "supervision.analyse": [on_case_analysed],
    "insi_questionnaire.loaded": [on_questionnaire],
    OPENED: [tell_reviews],
    TOPIC: [tell_end],
}
"""By topic, for the table of ``portal.config.reactions``; what comes from below is bound there."""
