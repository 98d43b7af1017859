"""Who is told what after an act on a dossier: one literal table, one handler."""

from __future__ import annotations

from typing import Any

from homologation.life_messages import on_pack
from homologation.models import InsiDossier
from homologation.services.prefill import PUBLISHED, spread
from portal.accounts.domain.roles import PHARMACY_SIDE, Role
from portal.accounts.selectors import people_with_role
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.outbox.registry import Handler
from portal.outbox.services.notices import Template, notify

MESSAGES: dict[str, Template[frozenset[Role]]] = {
    "submit": Template(
        frozenset({Role.TITULAIRE}),
        "Homologation INSi : une décision vous attend",
        "Le dossier d’auto-homologation n° {number} est rempli et soumis à votre décision. Relisez-le, puis décidez.",
    ),
    "agree": Template(
        frozenset({Role.TITULAIRE}),
        "Homologation INSi : accord d’un titulaire",
        "Un titulaire a donné son accord au dossier n° {number}. Il sera homologué quand chacun aura donné le sien : "
        "relisez-le, puis décidez à votre tour.",
    ),
    "send_back": Template(
        PHARMACY_SIDE,
        "Homologation INSi : dossier à revoir",
        "Le titulaire a rendu le dossier n° {number} à remplir : « {reason} ».",
    ),
}
"""By verb."""


def tell(payload: dict[str, Any]) -> None:
    """Write to everyone concerned but who acted; a repeated delivery writes nothing twice."""
    event = AuditEvent.objects.get(pk=payload["event"])
    dossier = InsiDossier.objects.select_related("pharmacy").get(pk=payload["id"])
    template, organisation = MESSAGES[event.verb], dossier.pharmacy.organisation_id
    if organisation is None:
        return
    facts = {"number": dossier.number, "reason": event.data.get("reason", "")}
    letter = template.letter(facts, link=dossier.get_absolute_url(), dedup=f"act:{event.pk}")
    for membership in people_with_role(organisation, template.to, clock.business_now()):
        if membership.user_id != event.actor_id:
            notify(membership.user, organisation, letter)


def on_pack_published(payload: dict[str, Any]) -> None:
    """A supplier's new proposals reach the dossiers being filled in; repeated, it changes nothing more."""
    spread(payload["id"])


REACTIONS: dict[str, list[Handler]] = {
    **{f"homologation.{verb}": [tell] for verb in MESSAGES},
    PUBLISHED: [on_pack_published, on_pack],
}
"""By topic, for the table of ``portal.config.reactions``."""
