"""Reading documents. The caller has already checked that the actor may see their subject."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from portal.documents import sealing, storage
from portal.documents.kinds import to_be_signed
from portal.documents.models import Document, Evidence, Signature
from portal.documents.scan_models import ScannedPage, ScanStack


class DocumentNotReady(Exception):
    """The PDF of a document is asked for before it was rendered."""


def documents_of(thread: str) -> QuerySet[Document]:
    """Every document of one order's life, voided ones included, oldest first, but those on their way to a signature.

    ``signed_by``: of a signed copy, the key of its signature.
    """
    signatures = Signature.objects.filter(document=OuterRef("base")).order_by("recorded_at")
    documents = Document.objects.filter(thread=thread).exclude(kind__in=to_be_signed())
    return documents.annotate(signed_by=Subquery(signatures.values("pk")[:1])).order_by(
        "requested_at", "kind", "revision"
    )


def readable(thread: str, document_id: UUID, *, signatory: bool) -> Document | None:
    """One document of an order's life; one that is to be signed is for who signs alone."""
    documents = Document.objects.filter(thread=thread, pk=document_id)
    return (documents if signatory else documents.exclude(kind__in=to_be_signed())).first()


def latest(kind: str, subject_type: str, subject_id: str) -> Document | None:
    """The last revision of a kind for a subject that is not voided, rendered or not."""
    documents = Document.objects.filter(kind=kind, subject_type=subject_type, subject_id=subject_id, voided_at=None)
    return documents.order_by("-revision").first()


def has_signed(user_id: int, sha256: str) -> bool:
    """Whether this person signed the file of this hash."""
    return Signature.objects.filter(signer=user_id, document_sha256=sha256).exists()


def served_hash(document: Document) -> str:
    """The hash of the file to hand out: that of the last renewal of its time-stamps, which holds the first file whole.

    Raises ``DocumentNotReady``.
    """
    if document.sha256 is None:
        raise DocumentNotReady(f"{document.kind} {document.number} is not rendered yet")
    renewed = document.renewals.order_by("-id").values_list("sha256", flat=True).first()
    return renewed or document.sha256


def open_file(document: Document) -> BinaryIO:
    """The PDF as a file. Raises ``DocumentNotReady``, or ``DamagedDocument`` when its bytes lost their hash."""
    return io.BytesIO(storage.read(served_hash(document)))


def document_of_code(code: str) -> Document | None:
    """The document that bears a code; the last signed copy of it where there is one."""
    found = Document.objects.filter(code=code).exclude(sha256=None).first()
    if found is None:
        return None
    return found.signed_copies.exclude(sha256=None).select_related("base").order_by("-requested_at").first() or found


def document_of_hash(sha256: str) -> Document | None:
    """The document whose file, the first or a renewed one, has this hash."""
    if not sha256:
        return None
    documents = Document.objects.select_related("base")
    return documents.filter(sha256=sha256).first() or documents.filter(renewals__sha256=sha256).first()


def signature_of(thread: str, key: UUID) -> Signature | None:
    """One signature in an order's life, with its document, signatory and organisation."""
    signatures = Signature.objects.select_related("document", "signer", "organisation")
    return signatures.filter(pk=key, document__thread=thread).first()


def last_evidence(signature: Signature) -> Evidence | None:
    """The last evidence of a signature that was made."""
    return signature.evidence.exclude(sha256=None).order_by("-revision").first()


def evidence_of_hash(sha256: str) -> Evidence | None:
    """The evidence whose file has this hash."""
    return Evidence.objects.select_related("signature__document__base").filter(sha256=sha256 or None).first()


def issued_of(kind: str, subject_type: str) -> QuerySet[Document]:
    """The last document of a kind for each subject, where it is rendered, not withdrawn and not signed.

    ``holder``: the pharmacy's name printed on it. Without its snapshot, which is long.
    """
    newer = Document.objects.filter(
        kind=kind, subject_type=subject_type, subject_id=OuterRef("subject_id"), revision__gt=OuterRef("revision")
    )
    found = Document.objects.filter(kind=kind, subject_type=subject_type, voided_at=None).exclude(sha256=None)
    unsigned = found.exclude(Exists(newer)).exclude(Exists(Signature.objects.filter(document=OuterRef("pk"))))
    holder = Coalesce(KT("snapshot__client__name"), KT("snapshot__pharmacy__name"), Value(""), output_field=TextField())
    return unsigned.annotate(holder=holder).defer("snapshot")


@dataclass(frozen=True)
class PublicFacts:
    """What anybody who holds a document may read of it: no name of a person. ``signed_at``: None while unsigned."""

    title: str
    number: str
    code: str
    programme: str
    rules: str
    issuer: str
    finess: str
    issued_at: datetime
    signed_at: datetime | None
    method: str
    voided_at: datetime | None
    superseded: bool
    sha256: str
    pages: int
    level: str
    demo: bool


def finess_in(snapshot: Mapping[str, Any]) -> str:
    """The FINESS of the pharmacy that a document's snapshot names, an order's client or a VA's; empty for none."""
    client = snapshot.get("client") or snapshot.get("pharmacy") or {}
    return str(client.get("identifier") or client.get("finess") or "")


def public_facts(document: Document) -> PublicFacts:
    """The public facts of a rendered document."""
    said, held = document.snapshot, document.base or document
    signature = said.get("signature") or said.get("decision")
    newer = Document.objects.filter(
        kind=document.kind,
        subject_type=document.subject_type,
        subject_id=document.subject_id,
        revision__gt=document.revision,
    )
    return PublicFacts(
        title=document.title,
        number=document.number,
        code=held.code or "",
        programme=said["frame"]["context"],
        rules=said["frame"]["rules_reference"],
        issuer=sealing.issuer_of(said),
        finess=finess_in(said),
        issued_at=document.requested_at,
        signed_at=datetime.fromisoformat(signature["signed_at"]) if signature else None,
        method=signature["method"] if signature else "",
        voided_at=document.voided_at or held.voided_at,
        superseded=newer.exists(),
        sha256=document.sha256 or "",
        pages=document.pages or 0,
        level=document.seal_level,
        demo=said["frame"]["demo"],
    )


@dataclass(frozen=True)
class Scan:
    """The pages of the last stack that holds any of a document."""

    document: Document
    pages: tuple[ScannedPage, ...]

    @property
    def mark(self) -> str:
        """What tells this scan from any other one."""
        return hashlib.sha256("".join(page.sha256 for page in self.pages).encode()).hexdigest()

    @property
    def problem(self) -> str:
        """Why it cannot be confirmed, in French: a page is missing, too many, or twice the same; or empty."""
        expected, there = self.document.pages or 0, len(self.pages)
        if len({page.sha256 for page in self.pages}) < there:
            return (
                f"La même page a été numérisée deux fois. Numérisez une fois chacune des {expected} pages du document."
            )
        if there == expected:
            return ""
        return (
            f"La numérisation reçue a {there} page{'s' if there > 1 else ''}, le document en a {expected}. Numérisez "
            "toutes ses pages, puis envoyez-les ensemble."
        )


def scans_of(documents: Iterable[Document]) -> dict[UUID, Scan]:
    """The last scan received of each of these documents, by key; none where none was."""
    known, found = {document.pk: document for document in documents}, dict[UUID, list[ScannedPage]]()
    pages = ScannedPage.objects.filter(document__in=known).select_related("stack")
    for page in pages.order_by("-stack__received_at", "-stack__pk", "number"):
        kept = found.setdefault(page.document_id or UUID(int=0), [])
        if not kept or kept[0].stack_id == page.stack_id:
            kept.append(page)
    return {key: Scan(known[key], tuple(kept)) for key, kept in found.items()}


def scan_of(document: Document | None) -> Scan | None:
    """The last scan received of a document, if any."""
    return scans_of([document]).get(document.pk) if document is not None else None


def stacks_of(organisation_id: UUID) -> QuerySet[ScanStack]:
    """The stacks that an organisation sent, the last one first."""
    return ScanStack.objects.filter(organisation=organisation_id).prefetch_related("pages__document")


def scanned_page(document: Document | None, number: int) -> ScannedPage | None:
    """One page of the last scan of a document, from 1."""
    scan = scan_of(document)
    return scan.pages[number - 1] if scan and 1 <= number <= len(scan.pages) else None
