"""A document signed outside the portal with a certificate of the person's own: CPx card, RGS or eIDAS.

``SIGNATURE_ROOTS`` is a folder as ``portal.documents.personal`` reads it; a kind without a root there is not accepted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import x509
from django.conf import settings
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from portal.common.refusals import Refusal, Refused, refuse
from portal.documents import personal, verify
from portal.documents.reader import StrictReader
from portal.documents.seal import trust
from portal.documents.verify import ISSUER_FIELD, Finding, Signer, Trusted

_NATIONAL_ID = re.compile(r"(?<!\d)8?(\d{11})(?!\d)")
_FIELD = "file"
_AGAIN = (
    " Téléchargez à nouveau le document, signez ce fichier avec votre logiciel sans l’imprimer ni l’enregistrer "
    "autrement, puis renvoyez-le."
)


@dataclass(frozen=True)
class Returned:
    """The one signature added to an issued file: its kind, field, and the certificate used; ``rpps`` may be empty."""

    method: str
    field: str
    subject: str
    issuer: str
    serial: str
    rpps: str


def accepted() -> tuple[str, ...]:
    """The kinds of certificate accepted here."""
    return tuple(_kinds())


def examined(content: bytes, issued: bytes, now: datetime) -> Returned:
    """The signature that a person added to the ``issued`` file, by a certificate of theirs good at ``now``.

    Raises ``Refused``: another file, none or several signatures, something else added, a certificate of no accepted
    kind, expired or revoked.
    """
    seal, own, shared = _the_two(content, issued)
    sealed = verify.signer_of(seal, trust.known(), now)
    if sealed.problems:
        raise _refused("altered", f"Ce fichier a été modifié après son émission : {' '.join(sealed.problems)}")
    method, judged = _judged(own, now)
    if judged.problems:
        raise Refused(
            [Refusal("bad_signature", f"Votre signature n’est pas valable. {p}", _FIELD) for p in judged.problems]
        )
    if own.signed_revision != shared or not _ends_there(own) or not content.rstrip(b"\r\n").endswith(b"%%EOF"):
        raise _refused("more_added", "Ce fichier a été complété par autre chose que votre signature.")
    certificate = own.signer_cert
    return Returned(
        method=method,
        field=own.field_name,
        subject=certificate.subject.human_friendly,
        issuer=certificate.issuer.human_friendly,
        serial=f"{certificate.serial_number:X}",
        rpps=rpps_of(certificate),
    )


def rejudged(finding: Finding, content: bytes, *, field: str, method: str, at: datetime) -> None:
    """Judge the client's signature of a registered file by the roots of its kind, when the register received it."""
    if roots := _kinds().get(method):
        personal.rejudged(finding, content, field=field, roots=roots, at=at, proven=True)


def rpps_of(certificate: x509.Certificate) -> str:
    """The 11 digits of the RPPS number that a subject bears (after the 8 of the national identifier); or empty."""
    values = certificate.subject.native.values()
    texts = [text for value in values for text in (value if isinstance(value, list) else [value])]
    return next((found[1] for text in texts if (found := _NATIONAL_ID.search(str(text)))), "")


def _the_two(content: bytes, issued: bytes) -> tuple[EmbeddedPdfSignature, EmbeddedPdfSignature, int]:
    """The portal's seal, the one signature more, and how many revisions the issued file has."""
    if not content.startswith(issued):
        raise _refused("other_file", "Ce fichier n’est pas le document émis par le portail, signé tel quel.")
    try:
        signatures = StrictReader(content).embedded_regular_signatures
        shared = StrictReader(issued).total_revisions
    except Exception as error:
        raise _refused("damaged", "Ce fichier est abîmé : ses signatures ne se lisent pas.") from error
    if not signatures or signatures[0].field_name != ISSUER_FIELD:
        raise _refused("not_sealed", "Ce fichier ne porte pas le cachet du portail.")
    if len(signatures) == 1:
        raise _refused("not_signed", "Ce fichier n’est pas signé : c’est le document tel qu’il a été émis.")
    if len(signatures) > 2:
        raise _refused("several", "Ce fichier porte plusieurs signatures : une seule est attendue, la vôtre.")
    return signatures[0], signatures[1], shared


def _judged(own: EmbeddedPdfSignature, now: datetime) -> tuple[str, Signer]:
    """The kind whose roots the certificate leads to; where it leads to none, every kind says so in the same words."""
    found = [(method, verify.signer_of(own, roots, now)) for method, roots in _kinds().items()]
    if not found:
        raise refuse(
            "no_kind", "La signature par certificat n’est pas ouverte sur ce portail. Signez autrement.", _FIELD
        )
    known = [one for one in found if verify.STRANGER not in one[1].problems]
    if not known:
        raise refuse(
            "stranger",
            "Votre certificat ne vient pas d’une autorité acceptée. Le programme accepte une carte CPx, ou un "
            "certificat RGS ou eIDAS : choisissez-le dans votre logiciel, puis signez à nouveau le PDF téléchargé.",
            _FIELD,
        )
    return known[0]


def _ends_there(own: EmbeddedPdfSignature) -> bool:
    """Whether nothing follows but what makes the signature last (certificates, time-stamps)."""
    own.compute_integrity_info()
    coverage = own.evaluate_signature_coverage()
    later: Any = own.diff_result
    if coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return True
    only_lasting = isinstance(later, DiffResult) and later.modification_level <= ModificationLevel.LTA_UPDATES
    return only_lasting and coverage == SignatureCoverageLevel.ENTIRE_REVISION


def _kinds() -> dict[str, Trusted]:
    return personal.trusted_kinds(Path(settings.SIGNATURE_ROOTS), trust.known()) if settings.SIGNATURE_ROOTS else {}


def _refused(code: str, words: str) -> Refused:
    return refuse(code, words + _AGAIN, _FIELD)
