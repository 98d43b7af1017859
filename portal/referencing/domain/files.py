"""What the name of a proof may end with, by its content."""

from __future__ import annotations

from pathlib import PurePosixPath

from portal.common.refusals import Refusal

_OF_KIND = {"application/pdf": (".pdf",), "image/png": (".png",), "image/jpeg": (".jpg", ".jpeg")}
ACCEPTED = "PDF, PNG, JPEG, ZIP ou document bureautique sans macro (DOCX, XLSX, ODT, ODS) ; 20 Mo au plus"


def check_name(name: str, media_type: str, archive: str = "", field: str = "file") -> list[Refusal]:
    """Refuse a file whose name says another kind than its content: it would not open at who instructs.

    ``archive``: what the name of an archive of this content ends with.
    """
    expected = _OF_KIND.get(media_type, (archive,))
    if PurePosixPath(name.lower()).suffix in expected:
        return []
    words = f"Le nom du fichier ne correspond pas à son contenu. Extension attendue : {', '.join(expected)}."
    return [Refusal("bad_suffix", words, field)]
