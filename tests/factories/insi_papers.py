"""The exports of a dossier as a reader sees them: text of the PDF, lines of the CSV, files of the archive."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from typing import IO

import pypdf
from django.http.response import HttpResponseBase

_BLANKS = re.compile(r"\s+")


def squeezed(text: str) -> str:
    """Without blanks: where a line is broken does not matter."""
    return _BLANKS.sub("", text)


def pdf_text(content: bytes) -> str:
    """Every word of a PDF, without blanks, the running lines of its pages left out."""
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    kept = [line for page in pages for line in page.splitlines() if not _running(line)]
    return squeezed("".join(kept))


def _running(line: str) -> bool:
    return bool(
        re.search(r"page \d+ sur \d+|Empreinte des données \(SHA-256\) : .*…|AF-PHA-LGO|^n° INSI-|^BROUILLON", line)
    )


def csv_lines(content: bytes) -> list[dict[str, str]]:
    """The lines of the answers, by the names of the columns."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def body(response: HttpResponseBase) -> bytes:
    """What a response sends, in pieces or not."""
    content: bytes = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    return content


def unzipped(file: IO[bytes]) -> dict[str, bytes]:
    """The files of an archive, each proved to have the hash that its manifest says."""
    with file, zipfile.ZipFile(file) as made:
        files = {name: made.read(name) for name in made.namelist()}
    lines = (line.split("  ", 1) for line in files["MANIFEST.sha256"].decode().splitlines())
    sums = {name: digest for digest, name in lines}
    assert sums == {n: hashlib.sha256(c).hexdigest() for n, c in files.items() if n != "MANIFEST.sha256"}
    return files
