"""Who is told what between a pharmacy and its supplier: help, the form handed over; and of who decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from homologation.domain.help_lifecycle import WAITING
from homologation.models import FormHandover, HelpRequest, QuorumSetting
from homologation.services.handovers import HANDED
from homologation.services.quorum import CHANGED
from portal.accounts.domain.roles import PHARMACY_SIDE, Role
from portal.accounts.selectors import people_with_role
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.outbox.registry import Handler
from portal.outbox.services.notices import Letter, notify
from portal.ui.formats import day


@dataclass(frozen=True)
class Words:
    """A message: its subject and its first sentence; what was written is read in the portal alone."""

    subject: str
    body: str


TO_SUPPLIER: dict[str, Words] = {
    "create": Words("Aide INSi demandée", "{pharmacy} vous demande de l’aide pour son questionnaire INSi{due}."),
    "write": Words("Aide INSi : nouveau message", "{pharmacy} vous a écrit au sujet de sa demande d’aide{due}."),
    "ask_again": Words("Aide INSi : précision demandée", "{pharmacy} demande une précision{due}."),
    "close": Words("Aide INSi : demande close", "{pharmacy} a clos sa demande d’aide."),
}
"""By verb of the pharmacy."""
TO_PHARMACY: dict[str, Words] = {
    "take": Words("Aide INSi : prise en charge", "{supplier} s’occupe de votre demande d’aide{due}."),
    "write": Words("Aide INSi : nouveau message", "{supplier} vous a écrit au sujet de votre demande d’aide."),
    "answer": Words(
        "Aide INSi : réponse",
        "{supplier} a répondu à votre demande d’aide. Si la réponse vous convient, vous pouvez clore la demande.",
    ),
}
"""By verb of the supplier."""


def tell_help(payload: dict[str, Any]) -> None:
    """Topics ``help.<verb>``: the other side knows; safe to repeat."""
    event = AuditEvent.objects.get(pk=payload["event"])
    request = HelpRequest.objects.select_related("dossier__pharmacy", "supplier").get(pk=payload["id"])
    place, supplier = request.dossier.pharmacy, request.supplier
    by_supplier = event.role == Role.SUPPLIER.value
    words = (TO_PHARMACY if by_supplier else TO_SUPPLIER)[event.verb]
    due = f", pour le {day(request.due_on)} (délai à confirmer)" if request.state in WAITING else ""
    said = {"pharmacy": f"{place.name} (FINESS {place.finess})", "supplier": supplier.name, "due": due}
    body = f"{words.body.format(**said)} L’aide de l’éditeur est sans surcoût."
    letter = Letter(words.subject, body, request.get_absolute_url(), dedup=f"help:{event.pk}")
    organisation = place.organisation_id if by_supplier else supplier.organisation_id
    roles = PHARMACY_SIDE if by_supplier else frozenset({Role.SUPPLIER})
    if organisation is not None:
        for membership in people_with_role(organisation, roles, clock.business_now()):
            notify(membership.user, organisation, letter)


def tell_handover(payload: dict[str, Any]) -> None:
    """Topic ``insi_form.handed``, ``{"id": handover}``: the pharmacy knows that it has the form."""
    row = FormHandover.objects.select_related("pharmacy", "supplier").get(pk=payload["id"])
    letter = Letter(
        subject="Homologation INSi : formulaire remis",
        body=f"{row.supplier.name} note vous avoir remis le formulaire d’auto-homologation le {day(row.handed_on)}, à "
        "l’installation du certificat. Remplissez-le dans le portail : l’aide de votre éditeur est sans surcoût.",
        link=reverse("homologation:index"),
        dedup=f"{HANDED}:{row.pk}",
    )
    if row.pharmacy.organisation_id is not None:
        for membership in people_with_role(row.pharmacy.organisation_id, PHARMACY_SIDE, clock.business_now()):
            notify(membership.user, row.pharmacy.organisation_id, letter)


def tell_quorum(payload: dict[str, Any]) -> None:
    """Topic ``insi_quorum.changed``, ``{"id": setting}``: the other titulaires know who decides from now on."""
    row = QuorumSetting.objects.select_related("pharmacy", "by").get(pk=payload["id"])
    rule = "chaque co-titulaire décide" if row.everyone else "un titulaire suffit"
    letter = Letter(
        subject="Homologation INSi : qui décide",
        body=f"{row.by.full_name} a choisi pour la pharmacie : {rule}. Cela vaut pour les dossiers soumis désormais.",
        link=reverse("homologation:quorum"),
        dedup=f"{CHANGED}:{row.pk}",
    )
    organisation = row.pharmacy.organisation_id
    if organisation is not None:
        for membership in people_with_role(organisation, frozenset({Role.TITULAIRE}), clock.business_now()):
            if membership.user_id != row.by_id:
                notify(membership.user, organisation, letter)


REACTIONS: dict[str, list[Handler]] = {
    **{f"help.{verb}": [tell_help] for verb in TO_SUPPLIER | TO_PHARMACY},
    HANDED: [tell_handover],
    CHANGED: [tell_quorum],
}
"""By topic, for the table of ``portal.config.reactions``."""
