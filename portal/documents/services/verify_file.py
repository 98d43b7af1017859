"""Is this file a document of the portal? Its seals, the signatures expected, and the register, none without the others.

What each alone misses: the seals do not see a byte changed where no signature looks; a file cut back to its first
signature has good seals; the register alone proves nothing to whoever does not trust it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from portal.audit.models import AuditRoot
from portal.common.canonical import sha256_of
from portal.documents import sealing, storage
from portal.documents.domain.methods import BY_CERTIFICATE
from portal.documents.models import Document, Signature
from portal.documents.selectors import document_of_hash, evidence_of_hash, served_hash

UNREGISTERED = "Ce fichier n’est pas, à l’octet près, un document enregistré par le portail."


@dataclass
class Verdict:
    """What a file is. ``document``: the one that it is or claims to be, or with ``evidence`` the one whose signature it
    proves; ``reasons``: against it, in French. ``scan``: the image of a paper signed by hand, which bears no seal."""

    sha256: str
    genuine: bool
    document: Document | None = None
    signers: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    evidence: bool = False
    scan: bool = False

    def as_json(self) -> dict[str, Any]:
        """The plain values, for a program."""
        return {
            "verdict": "genuine" if self.genuine else "not_genuine",
            "sha256": self.sha256,
            "document": str(self.document.pk) if self.document else None,
            "signers": self.signers,
            "reasons": self.reasons,
        }


def verify_file(content: bytes) -> Verdict:
    """Check the bytes of a PDF, a document or the evidence of a signature, against its seals and the register."""
    sha256 = hashlib.sha256(content).hexdigest()
    if evidence := evidence_of_hash(sha256):
        finding = sealing.examined(content)
        finding.expect(signed=False)
        return _verdict(sha256, finding, evidence.signature.document, [], evidence=True)
    document = document_of_hash(sha256)
    own = _own_signature(document) if document else None
    if document is not None and document.given_sha256 and own is None:
        return Verdict(sha256, True, document, scan=True)
    given = (own.field, own.method, own.recorded_at) if own else None
    finding = sealing.examined(_as_kept(document, content) if document else content, given)
    claimed = document or _claimed(finding.data)
    finding.expect(signed=claimed is not None and _is_signed(claimed), **({"client": own.field} if own else {}))
    reasons = []
    if document is None:
        reasons.append(_unregistered(claimed))
    elif not _says_what_was_asked(document, finding.data):
        reasons.append("Les données contenues dans le fichier ne sont pas celles du document enregistré.")
    return _verdict(sha256, finding, claimed, reasons)


def verify_evidence(document: bytes, content: bytes) -> Verdict:
    """Check the evidence of the signature of ``document`` against its seal, that file, and the register."""
    sha256 = hashlib.sha256(content).hexdigest()
    evidence = evidence_of_hash(sha256)
    root = AuditRoot.objects.filter(day=evidence.proved_on).first() if evidence and evidence.proved_on else None
    finding = sealing.examined_evidence(document, content, root.hash if root else "")
    reasons = [] if evidence else ["Cette preuve n’est pas, à l’octet près, une de celles que le portail a faites."]
    return _verdict(sha256, finding, evidence.signature.document if evidence else None, reasons, evidence=True)


def _verdict(
    sha256: str, finding: Any, document: Document | None, more: list[str], *, evidence: bool = False
) -> Verdict:
    reasons = list(finding.reasons)
    reasons += [f"{signer.field} : {problem}" for signer in finding.signers for problem in signer.problems]
    reasons += more
    signers = [
        {"field": s.field, "name": s.name, "at": s.at.isoformat() if s.at else None, "timestamped": s.timestamped}
        for s in finding.signers
    ]
    return Verdict(sha256, not reasons, document, signers, reasons, evidence)


def _own_signature(document: Document) -> Signature | None:
    """The signature by a certificate of the person's own that this file bears."""
    found = Signature.objects.filter(document=document.base_id, method__in=BY_CERTIFICATE)
    return found.filter(proof_sha256=document.given_sha256).first() if document.given_sha256 else None


def _as_kept(document: Document, content: bytes) -> bytes:
    """The file as the portal keeps it: one handed out before a renewal is its beginning, and holds as long."""
    try:
        kept = storage.read(served_hash(document))
    except storage.DamagedDocument:
        return content
    return kept if kept.startswith(content) else content


def _is_signed(document: Document) -> bool:
    return bool(document.snapshot.get("signature"))


def _claimed(data: dict[str, Any] | None) -> Document | None:
    """The document that the file says it is, by the code inside it; the signed copy where there is one."""
    code = (data or {}).get("verification", {}).get("code")
    found = Document.objects.filter(code=code).first() if code else None
    return (found.signed_copies.exclude(sha256=None).first() or found) if found else None


def _unregistered(claimed: Document | None) -> str:
    if claimed is None:
        return UNREGISTERED
    return f"{UNREGISTERED} Il se donne pour le n° {claimed.number}, dont le portail conserve un autre fichier."


def _says_what_was_asked(document: Document, data: dict[str, Any] | None) -> bool:
    held = document.base or document
    return data is not None and sha256_of(data) == held.snapshot_sha256
