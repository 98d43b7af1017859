"""Verifying the store: every file against its hash, every snapshot against its own."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from portal.common.canonical import sha256_of
from portal.documents import storage
from portal.documents.kept import kept_files
from portal.documents.models import Document, Evidence
from portal.documents.scan_models import ScannedPage


@dataclass(frozen=True)
class Fault:
    """One document, or a file that was sent, that is no longer what it was; ``problem`` says why, in French."""

    document_id: str
    number: str
    kind: str
    problem: str


@dataclass
class Report:
    """``waiting``: documents not rendered yet. ``unknown_files``: hashes in the folder that no document bears
    (a crash between file and commit leaves one; it harms nothing)."""

    checked: int = 0
    waiting: int = 0
    faults: list[Fault] = field(default_factory=list)
    unknown_files: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {**asdict(self), "ok": not self.faults}


def verify_all() -> Report:
    """Read every stored document again and compare. Reads only."""
    report = Report()
    known = set[str]()
    for document in Document.objects.order_by("id").prefetch_related("renewals").iterator(chunk_size=200):
        problems = _problems(document)
        report.faults.extend(Fault(str(document.pk), document.number, document.kind, problem) for problem in problems)
        if document.sha256 is None:
            report.waiting += 1
        else:
            report.checked += 1
            known |= {document.sha256, *(renewal.sha256 for renewal in document.renewals.all())}
    for evidence in Evidence.objects.exclude(sha256=None).select_related("signature__document"):
        known.add(evidence.kept_sha256)
        of = evidence.signature.document
        problems = _damage(evidence.kept_sha256, None, "preuve de signature")
        report.faults.extend(Fault(str(of.pk), of.number, of.kind, problem) for problem in problems)
    for file in kept_files():
        known.add(file.sha256)
        problems = _damage(file.sha256, file.size, "fichier")
        report.faults.extend(Fault(file.owner_id, file.number, file.kind, problem) for problem in problems)
    known |= set(ScannedPage.objects.exclude(sha256="").values_list("sha256", flat=True))
    report.unknown_files = [sha256 for sha256 in storage.stored_hashes() if sha256 not in known]
    return report


def _problems(document: Document) -> list[str]:
    problems = []
    if sha256_of(document.snapshot) != document.snapshot_sha256:
        problems.append("les données ne correspondent plus à leur empreinte")
    if document.sha256 is None:
        return problems
    problems += _damage(document.sha256, document.size, "fichier")
    for renewal in document.renewals.all():
        problems += _damage(renewal.sha256, renewal.size, f"fichier du {renewal.made_at:%d/%m/%Y}")
    return problems


def _damage(sha256: str, size: int | None, name: str) -> list[str]:
    try:
        content = storage.read(sha256)
    except storage.DamagedDocument as damage:
        return [f"{name} absent" if damage.missing else f"{name} modifié"]
    return [] if size in (None, len(content)) else [f"{name} : taille différente de celle enregistrée"]
