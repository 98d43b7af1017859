"""What a ZIP archive that somebody sends may hold, office documents too, which are archives themselves.

It is looked at in memory, and never unpacked to a folder: the names in it are no paths.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from portal.documents.domain.incoming import PROGRAMS

MOST_ENTRIES = 3_000
MOST_BYTES = 200 * 1024 * 1024
DEEPEST = 3
"""A ZIP of office documents, which may hold office documents."""

ENCRYPTED = (
    "encrypted",
    "Ce fichier est protégé par un mot de passe ou un chiffrement : il ne peut pas être contrôlé. Enregistrez-le sans "
    "protection, puis envoyez-le de nouveau.",
)
SCRIPTED = (
    "scripted",
    "Ce fichier contient une macro ou un programme : il n’est pas accepté. Enregistrez le document sans macro, ou en "
    "PDF, puis envoyez cette copie.",
)
FETCHES = (
    "fetches",
    "Ce document va chercher un modèle ou un contenu ailleurs quand on l’ouvre : il n’est pas accepté. Enregistrez-le "
    "en PDF, puis envoyez cette copie.",
)
TOO_COMPLEX = (
    "too_complex",
    "Ce fichier est trop gros une fois ouvert (200 Mo et 3 000 fichiers au plus) : il ne peut pas être contrôlé. "
    "Partagez-le en plusieurs.",
)
_RUN = re.compile(
    r"\.(exe|com|bat|cmd|ps1|vb[se]|jse?|ws[fh]|jar|ms[ip]|scr|pif|cpl|hta|lnk|dll|sh|py|reg|chm"
    r"|do[ct]m|xl[st]m|xlam|pptm|iso|img|html?|mht)$"
)
"""Ends of names of what a workstation would run when it is opened."""
_MACRO = re.compile(r"(^|/)(vbaproject\.bin|activex/.+|basic/.+|scripts/.+)$")
_ENCRYPTED_ODF = b"encryption-data"
_MACRO_TYPE = b"macroEnabled"
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_ODF = {b"application/vnd.oasis.opendocument.text": ".odt", b"application/vnd.oasis.opendocument.spreadsheet": ".ods"}
_OOXML = {"word/document.xml": ".docx", "xl/workbook.xml": ".xlsx"}

Problem = tuple[str, str]
"""A code and its words in French."""


@dataclass
class Budget:
    """What is left to look at, over an archive and those inside it."""

    entries: int = MOST_ENTRIES
    size: int = MOST_BYTES

    def spent(self, archive: zipfile.ZipFile) -> bool:
        """Take what this archive holds; whether that is too much."""
        entries = archive.infolist()
        self.entries -= len(entries)
        self.size -= sum(entry.file_size for entry in entries)
        return self.entries < 0 or self.size < 0


def suffix_of(archive: zipfile.ZipFile) -> str:
    """What the name of an archive of this content ends with: ``.docx .xlsx .odt .ods``, or ``.zip`` for any other."""
    names = set(archive.namelist())
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
        return _ODF.get(archive.read("mimetype").strip(), ".zip")
    if "[Content_Types].xml" in names:
        return next((suffix for part, suffix in _OOXML.items() if part in names), ".zip")
    return ".zip"


def problems(archive: zipfile.ZipFile, budget: Budget) -> Iterator[Problem]:
    """What is wrong with an archive but for the archives and PDFs inside it (``held``).

    Raises what ``zipfile`` does for a damaged one.
    """
    if budget.spent(archive):
        yield TOO_COMPLEX
        return
    for entry in archive.infolist():
        name = entry.filename.lower()
        if entry.flag_bits & 0x1:
            yield ENCRYPTED
            return
        if _MACRO.search(name) or _RUN.search(name):
            yield SCRIPTED
        elif name.endswith(".rels") and any(_fetched(tag) for tag in _RELATION.findall(archive.read(entry))):
            yield FETCHES
        elif name == "[content_types].xml" and _MACRO_TYPE in archive.read(entry):
            yield SCRIPTED
        elif name == "meta-inf/manifest.xml" and _ENCRYPTED_ODF in archive.read(entry):
            yield ENCRYPTED


def held(archive: zipfile.ZipFile) -> Iterator[bytes]:
    """The contents of each file inside, one by one: each is read whole, so that a damaged one is found."""
    for entry in archive.infolist():
        if not entry.is_dir():
            yield archive.read(entry)


def is_program(content: bytes) -> bool:
    """Whether these first bytes are those of a program, or of an old office file, which may hide one."""
    return content.startswith(tuple(mark for mark in PROGRAMS if mark != b"PK\x03\x04"))


def _fetched(relation: bytes) -> bool:
    """A relation to something outside, but for a link that a person follows."""
    return b'"External"' in relation.replace(b"'", b'"') and b"/hyperlink" not in relation
