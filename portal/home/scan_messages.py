"""The titulaire is told that a paper signed by hand was scanned, and waits for their confirmation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from orders.models import Order
from portal.accounts.domain.roles import Role
from portal.accounts.selectors import people_with_role
from portal.common import clock
from portal.documents.models import Document
from portal.documents.papers import confirm_page
from portal.outbox.services.notices import Letter, notify


def tell_scan(payload: dict[str, Any]) -> None:
    """Topic ``documents.scanned``: payload ``{"document", "scan", "sender"}``; who sent it knows already."""
    document = Document.objects.get(pk=UUID(payload["document"]))
    organisation = Order.objects.values_list("pharmacy__organisation", flat=True).get(pk=document.thread)
    if organisation is None or document.signatures.exists() or document.is_voided:
        return
    what = f"{document.title} n° {document.number}"
    letter = Letter(
        subject=f"Votre confirmation est attendue – {what}",
        body=f"La numérisation du document {what}, signé à la main, a été reçue. Regardez-la : si c’est bien ce que "
        "vous avez signé, confirmez-le. Votre signature compte à partir de cette confirmation.",
        link=reverse(confirm_page(document), args=[document.subject_id]),
        dedup=f"scan:{document.pk}:{payload['scan']}",
    )
    for membership in people_with_role(organisation, frozenset({Role.TITULAIRE}), clock.business_now()):
        if membership.user_id != payload["sender"]:
            notify(membership.user, organisation, letter)
