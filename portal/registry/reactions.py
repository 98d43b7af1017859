"""What this application does when told; bound by ``portal.config.reactions``."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from portal.accounts.domain.endings import END_REASONS
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership
from portal.common.clock import last_day_before
from portal.outbox.services.notices import Letter, notify


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
