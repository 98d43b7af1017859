"""What a file that somebody sends may be: its kind by its first bytes, its size, the label made of its name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from portal.common.refusals import Refusal

MAX_BYTES = 20 * 1024 * 1024
PDF, JPEG, PNG, TIFF = "application/pdf", "image/jpeg", "image/png", "image/tiff"
ZIP, CSV = "application/zip", "text/csv"
IMAGES = frozenset({JPEG, PNG, TIFF})
PDFS, SCANS, LISTS = frozenset({PDF}), frozenset({PDF}) | IMAGES, frozenset({CSV})
PROOFS = frozenset({PDF, PNG, JPEG, ZIP})
"""Office documents (DOCX, XLSX, ODT, ODS) are ZIP archives."""
_LABEL_LENGTH = 120
_FIRST_BYTES = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"PK\x03\x04", ZIP),
)
_UNEXPECTED = {
    PDFS: "Ce fichier n’est pas un PDF. Choisissez le PDF reçu ou téléchargé.",
    SCANS: "Ce fichier n’est ni un PDF, ni une image JPEG, PNG ou TIFF. Choisissez la numérisation elle-même.",
    PROOFS: "Ce type de fichier n’est pas accepté. Attendu : PDF, PNG, JPEG, ZIP ou document bureautique sans macro "
    "(DOCX, XLSX, ODT, ODS).",
    LISTS: "Ce fichier n’est pas un texte CSV. Enregistrez la liste au format CSV, puis choisissez ce fichier.",
}
"""What is said of a file of another kind than those expected."""
_PDF_WITHIN = 1024
"""Readers look for « %PDF- » in the first kilobyte (ISO 32000-1, annex H)."""
PROGRAMS = (b"MZ", b"\x7fELF", b"PK\x03\x04", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xd0\xcf\x11\xe0")
_DATA_NAME = re.compile(r"[^/\\]+\.(json|xml|txt|csv)")


@dataclass(frozen=True)
class Incoming:
    """A file received and found safe. ``label``: what its sender called it, to be shown and never used as a path."""

    content: bytes
    media_type: str
    label: str
    sha256: str


def media_type(content: bytes) -> str:
    """The kind by the first bytes, whatever the name says; empty for any other."""
    if b"%PDF-" in content[:_PDF_WITHIN]:
        return PDF
    kind = next((kind for magic, kind in _FIRST_BYTES if content.startswith(magic)), "")
    return kind or (CSV if _is_text(content) else "")


def check_incoming(content: bytes, kinds: frozenset[str], field: str = "file") -> list[Refusal]:
    """Refuse an empty file, one of more than 20 MiB, and one of another kind than ``kinds``."""
    if not content:
        return [Refusal("empty_file", "Ce fichier est vide. Choisissez-en un autre.", field)]
    if len(content) > MAX_BYTES:
        words = "Ce fichier dépasse 20 Mo, la limite. Réduisez-le ou partagez-le en deux, puis envoyez-le de nouveau."
        return [Refusal("too_large", words, field)]
    if media_type(content) in kinds:
        return []
    return [Refusal("bad_kind", _UNEXPECTED[kinds], field)]


def label_of(name: str) -> str:
    """The last part of a name, printable, at most 120 characters; « fichier » where nothing is left of it."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")
    if len(kept) > _LABEL_LENGTH:
        stem, dot, suffix = kept.rpartition(".")
        tail = f"{dot}{suffix}" if stem and len(suffix) <= 5 else ""
        kept = kept[: _LABEL_LENGTH - len(tail)] + tail
    return kept or "fichier"


def _is_text(content: bytes) -> bool:
    """Lines of characters, in whatever encoding of one byte or UTF-8, that start no program."""
    return not content.startswith(PROGRAMS) and not re.search(rb"[\x00-\x08\x0e-\x1f]", content)


def is_plain_data(name: str, content: bytes) -> bool:
    """Whether a file held by a PDF is data to be read, not something to be run (the portal's own hold ``.json``)."""
    return _DATA_NAME.fullmatch(name.lower()) is not None and not content.startswith(PROGRAMS)
