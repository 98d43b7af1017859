"""A ZIP archive or an office document that somebody sends: everything in it is looked at, those inside it too."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from portal.common.refusals import Refusal
from portal.documents.domain import archives
from portal.documents.domain.archives import Budget, Problem
from portal.documents.domain.incoming import PDF, ZIP, media_type
from portal.documents.intake.pdf import check_pdf

_DAMAGED = (
    "damaged",
    "Ce fichier est incomplet ou abîmé : il ne s’ouvre pas. Enregistrez-le à nouveau, puis renvoyez-le.",
)


def check_archive(content: bytes, field: str = "file") -> list[Refusal]:
    """Refuse one that is damaged, encrypted, too large once open, or that holds something to be run or fetched."""
    try:
        found = list(dict.fromkeys(_found(content, Budget(), 1)))
    except Exception:  # noqa: BLE001  (bytes that anybody may have written: whatever the parser trips over)
        found = [_DAMAGED]
    return [Refusal(code, words, field) for code, words in found]


def archive_suffix(content: bytes) -> str:
    """What the name of an archive found safe should end with, by its content."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archives.suffix_of(archive)


def _found(content: bytes, budget: Budget, depth: int) -> Iterator[Problem]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if wrong := list(archives.problems(archive, budget)):
            yield from wrong
            return
        for inside in archives.held(archive):
            yield from _inside(inside, budget, depth)


def _inside(content: bytes, budget: Budget, depth: int) -> Iterator[Problem]:
    kind = media_type(content)
    if archives.is_program(content):
        yield archives.SCRIPTED
    elif kind == PDF:
        yield from ((refusal.code, refusal.message) for refusal in check_pdf(content))
    elif kind == ZIP:
        yield from _found(content, budget, depth + 1) if depth < archives.DEEPEST else [archives.TOO_COMPLEX]
