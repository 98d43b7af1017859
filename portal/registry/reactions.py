"""What this application does when told; bound by ``portal.config.reactions``."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from portal.accounts.domain.endings import END_REASONS
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership
from portal.common import clock
from portal.common.clock import last_day_before
from portal.outbox.services.notices import Letter, notify
from portal.registry.models import AttachmentRequest
from portal.registry.selectors import titulaires_of
from portal.registry.services.enrolments import ASKED


def tell_ending(payload: dict[str, Any]) -> None:
    """Topic ``membership.ended``, payload ``{"id", "event"}``: the person is told, once an act."""
    found = Membership.objects.select_related("user", "organisation").get(pk=payload["id"])
    if found.until is None or not found.user.is_active:
        return
    letter = Letter(
        subject=f"Fin de votre fonction – {found.organisation.name}",
        body=f"L’administration du programme a mis fin à votre fonction de {Role(found.role).label.lower()} pour "
        f"{found.organisation.name} sur le portail Ségur. Dernier jour : {last_day_before(found.until):%d/%m/%Y}. "
        f"Motif : {END_REASONS[found.end_reason].lower()}. Ce que vous avez signé reste valable. Si c’est une erreur, "
        "dites-le à l’administration du programme.",
        link=reverse("home"),
        dedup=f"ended:{payload['event']}",
    )
    notify(found.user, found.organisation_id, letter)


def tell_asked(payload: dict[str, Any]) -> None:
    """Topic ``attachment.asked``, ``{"id": request}``: the titulaires of a préparateur's pharmacy are told."""
    asked = AttachmentRequest.objects.select_related("pharmacy", "user").get(pk=payload["id"])
    place = asked.pharmacy
    letter = Letter(
        subject="Un préparateur demande son rattachement",
        body=f"{asked.user.full_name} demande à être rattaché à {place.name} comme préparateur, pour lire ses "
        "consignes INSi. Acceptez ou refusez ; sans votre réponse, cette personne ne voit rien de la pharmacie.",
        link=reverse("registry:enrolment", args=[asked.pk]),
        dedup=f"{ASKED}:{asked.pk}",
    )
    if place.organisation_id is not None and not asked.decision:
        for membership in titulaires_of(place, clock.business_now()):
            notify(membership.user, place.organisation_id, letter)
