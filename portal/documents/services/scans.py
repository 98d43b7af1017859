"""Receiving scanned stacks, and saying by hand to which document a page belongs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set

from django.db import transaction

from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import refuse
from portal.documents import storage
from portal.documents.domain.incoming import Incoming
from portal.documents.domain.methods import HANDWRITTEN
from portal.documents.intake.scans import joined, pages
from portal.documents.models import Document
from portal.documents.scan_models import ScannedPage, ScanStack
from portal.documents.selectors import Scan
from portal.documents.services.sign import Given


@transaction.atomic
def receive_stack(*, stack: Incoming, actor: Actor, mine: Callable[[Set[str]], Mapping[str, Document]]) -> ScanStack:
    """Keep a stack's pages, each with the document that its code names; ``mine``: those of the sender's, by code.

    A page whose code names none of them is somebody else's, or waits for no signature: it is not kept. One without a
    code is kept for a person to attach. Raises ``Refused``; ValueError when no person acts.
    """
    if actor.user_id is None or actor.organisation_id is None:
        raise ValueError("only a person acting for an organisation sends a stack")
    found = pages(stack)
    known = mine({page.code for page in found if page.code})
    row = ScanStack.objects.create(
        organisation_id=actor.organisation_id,
        sender_id=actor.user_id,
        label=stack.label,
        sha256=stack.sha256,
        received_at=clock.machine_now(),
    )
    ScannedPage.objects.bulk_create(
        ScannedPage(
            stack=row,
            number=number,
            sha256="" if page.code and page.code not in known else storage.store(page.content),
            code=page.code if page.code in known else "",
            document=known.get(page.code),
        )
        for number, page in enumerate(found, start=1)
    )
    return row


@transaction.atomic
def attach_page(*, page_id: int, document: Document, actor: Actor) -> ScannedPage:
    """Say that an unread page is of this document. The caller has checked that both are the actor's.

    Raises ``Refused`` for a page that is attached, or that was not kept.
    """
    page = ScannedPage.objects.select_for_update().get(pk=page_id, stack__organisation=actor.tenant)
    if not page.is_waiting:
        raise refuse("page_attached", "Cette page est déjà rattachée à un bon. Rechargez la page.", "document")
    page.document, page.attached_by_id = document, actor.user_id
    page.save(update_fields=["document", "attached_by"])
    return page


def given_by_hand(scan: Scan | None, *, seen: str) -> Given:
    """The scan that the signatory confirms, as their signature. Nothing is kept of it yet.

    ``seen``: the mark of the scan shown (``Scan.mark``). Raises ``Refused``: no scan, not whole, another one
    than shown.
    """
    if scan is None:
        raise refuse("no_scan", "Aucune numérisation de ce bon n’a été reçue. Envoyez-la d’abord.")
    if scan.problem:
        raise refuse("scan_incomplete", scan.problem)
    if scan.mark != seen:
        raise refuse("other_scan", "Une autre numérisation a été reçue depuis. Regardez-la avant de confirmer.")
    content = joined([storage.read(page.sha256) for page in scan.pages])
    return Given(HANDWRITTEN, content, scan.document.sha256 or "")
