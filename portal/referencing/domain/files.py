"""What a proof may be: kind by its first bytes, size, name."""

from __future__ import annotations

from pathlib import PurePosixPath

from portal.common.refusals import Refusal

MAX_BYTES = 20 * 1024 * 1024
MAX_MEGABYTES = MAX_BYTES // 1024 // 1024
NAME_LENGTH = 120
KINDS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/zip"),
)
"""First bytes and media type. Office files are ZIP archives and are served as such."""

SUFFIXES = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "application/zip": (".zip", ".docx", ".xlsx", ".odt", ".ods"),
}
ACCEPTED = "PDF, PNG, JPEG, ZIP ou document bureautique (DOCX, XLSX, ODT, ODS)"


def media_type(content: bytes) -> str:
    """The media type by the first bytes, or an empty text."""
    return next((kind for magic, kind in KINDS if content.startswith(magic)), "")


def check_file(name: str, content: bytes, field: str = "file") -> list[Refusal]:
    """Refuse an empty, too large or unexpected file, or one whose name says another kind than its bytes."""
    if not content:
        return [Refusal("empty", "Ce fichier est vide. Choisissez le fichier à déposer.", field)]
    if len(content) > MAX_BYTES:
        return [
            Refusal(
                "too_large", f"Ce fichier dépasse {MAX_MEGABYTES} Mo. Compressez-le, ou partagez-le en deux.", field
            )
        ]
    kind = media_type(content)
    if not kind:
        return [Refusal("bad_kind", f"Ce type de fichier n’est pas accepté. Attendu : {ACCEPTED}.", field)]
    if PurePosixPath(name.lower()).suffix not in SUFFIXES[kind]:
        expected = ", ".join(SUFFIXES[kind])
        return [
            Refusal(
                "bad_suffix",
                f"Le nom du fichier ne correspond pas à son contenu. Extension attendue : {expected}.",
                field,
            )
        ]
    return []


def safe_name(name: str) -> str:
    """The last part of a name, printable, cut at 120 characters with its suffix kept."""
    base = PurePosixPath(name.replace("\\", "/")).name
    base = "".join(c for c in base if c.isprintable()).strip() or "preuve"
    suffix = PurePosixPath(base).suffix[:10]
    return base if len(base) <= NAME_LENGTH else base[: NAME_LENGTH - len(suffix)] + suffix
