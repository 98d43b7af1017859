"""Receiving scanned stacks, and saying by hand to which document a page belongs."""

from __future__ import annotations

from collections.abc import Set
from typing import Any
from uuid import UUID

from django.db import transaction

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import SUPPLIER_SIDE, Role
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.refusals import refuse
from portal.documents import storage
from portal.documents.domain.incoming import Incoming
from portal.documents.domain.methods import HANDWRITTEN
from portal.documents.intake.scans import joined, pages
from portal.documents.models import Document
from portal.documents.papers import papers
from portal.documents.scan_models import ScannedPage, ScanStack
from portal.documents.selectors import Scan, scan_of
from portal.documents.services.sign import Given
from portal.outbox.services.publish import publish

TOPIC, OBJECT = "documents.scanned", "documents_scanstack"
SENDERS = SUPPLIER_SIDE | {Role.TITULAIRE}
"""Who may send scans: the two sides of a paper; only the titulaire confirms them."""


@transaction.atomic
def deposit_stack(*, stack: Incoming, actor: Actor) -> ScanStack:
    """Keep a stack's pages, each with the document that its code names, where it waits for a signature and is theirs.

    A page whose code names none of them is somebody else's, or waits for no signature: it is not kept. One without a
    code is kept for a person to attach. Raises ``Refused`` for who is on neither side, and for a stack too long.
    """
    organisation, sender = _sides(actor)
    found = pages(stack)
    known = _waiting({page.code for page in found if page.code}, actor)
    row = ScanStack.objects.create(
        organisation_id=organisation,
        sender_id=sender,
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
    kept = sorted(str(document.pk) for document in known.values())
    _journal(row, actor, "deposit", {"sha256": stack.sha256, "pages": len(found), "documents": kept})
    for document in known.values():
        _announce(document, actor)
    return row


@transaction.atomic
def attach_by_hand(*, page_id: int, document_id: UUID, actor: Actor) -> ScannedPage:
    """Say that an unread page of one's own stack is of a document that waits for a signature.

    Raises ``Refused`` for a document that waits no more, a page that is attached, or that was not kept.
    """
    _sides(actor)
    document = next((d for one in papers() for d in one.documents(actor).filter(pk=document_id)), None)
    if document is None:
        raise refuse("not_waiting", "Ce document n’attend plus de signature. Choisissez-en un autre.", "document")
    page = (
        ScannedPage.objects.select_for_update(of=("self",))
        .select_related("stack")
        .get(pk=page_id, stack__organisation=actor.tenant)
    )
    if not page.is_waiting:
        raise refuse("page_attached", "Cette page est déjà rattachée à un document. Rechargez la page.", "document")
    page.document, page.attached_by_id = document, actor.user_id
    page.save(update_fields=["document", "attached_by"])
    _journal(page.stack, actor, "attach", {"page": page.number, "document": str(document.pk)})
    _announce(document, actor)
    return page


def _journal(stack: ScanStack, actor: Actor, verb: str, data: dict[str, Any]) -> None:
    record(Entry(OBJECT, str(stack.pk), verb, clock.business_now(), data=data), actor)


def _announce(document: Document, actor: Actor) -> None:
    """A scan that is whole waits for its signatory, who is told; one that lacks a page is not worth a message."""
    scan = scan_of(document)
    if scan is not None and not scan.problem:
        payload = {"document": str(document.pk), "scan": scan.mark, "sender": actor.user_id}
        publish(TOPIC, payload, dedup=f"{TOPIC}:{document.pk}:{scan.mark}")


def _sides(actor: Actor) -> tuple[UUID, int]:
    """The organisation and the person who send. Raises ``Refused``."""
    if actor.role not in SENDERS or actor.organisation_id is None or actor.user_id is None:
        raise refuse("not_allowed", "L’envoi de documents numérisés revient au fournisseur ou au titulaire.")
    return actor.organisation_id, actor.user_id


def _waiting(codes: Set[str], actor: Actor) -> dict[str, Document]:
    """Of these codes those of documents that wait for a signature, as far as the actor may see them."""
    return {d.code or "": d for one in papers() for d in one.documents(actor).filter(code__in=codes)}


def given_by_hand(scan: Scan | None, *, seen: str) -> Given:
    """The scan that the signatory confirms, as their signature. Nothing is kept of it yet.

    ``seen``: the mark of the scan shown (``Scan.mark``). Raises ``Refused``: no scan, not whole, another one
    than shown.
    """
    if scan is None:
        raise refuse("no_scan", "Aucune numérisation de ce document n’a été reçue. Envoyez-la d’abord.")
    if scan.problem:
        raise refuse("scan_incomplete", scan.problem)
    if scan.mark != seen:
        raise refuse("other_scan", "Une autre numérisation a été reçue depuis. Regardez-la avant de confirmer.")
    content = joined([storage.read(page.sha256) for page in scan.pages])
    return Given(HANDWRITTEN, content, scan.document.sha256 or "")
