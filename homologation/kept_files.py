"""The files that people sent and that lie in the folder of documents, so that its check knows and reads them."""

from __future__ import annotations

from collections.abc import Iterator

from homologation.models import BreachReceipt, EvidenceRevision
from portal.documents.kept import KeptFile

_AT_ONCE = 500


def evidence_files() -> Iterator[KeptFile]:
    """Every version of every piece, of withdrawn ones too."""
    found = EvidenceRevision.objects.select_related("evidence").order_by("pk")
    for one in found.iterator(chunk_size=_AT_ONCE):
        number = f"{one.evidence.ref} version {one.number}"
        yield KeptFile(str(one.evidence_id), number, "evidence", one.sha256, one.size)


def receipt_files() -> Iterator[KeptFile]:
    """Every receipt of the CNIL."""
    found = BreachReceipt.objects.select_related("notification__breach").order_by("pk")
    for one in found.iterator(chunk_size=_AT_ONCE):
        breach = one.notification.breach
        yield KeptFile(str(breach.pk), breach.reference, "breach_receipt", one.sha256, one.size)
