"""What leaves a dossier besides its PDF: the answers as CSV, and everything in one archive that checks itself."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from homologation.domain.snapshot import exported
from portal.common.canonical import canonical
from portal.common.text import plain_cell
from portal.documents import storage

HEADS = ("cle", "partie", "question", "ligne", "reponse", "statut", "motif", "posee", "origine", "pieces")
MANIFEST, README = "MANIFEST.sha256", "LISEZMOI.txt"
_IN_MEMORY = 4_000_000
_FIXED = (1980, 1, 1, 0, 0, 0)
"""The date of every entry: the same dossier gives the same archive."""


def answers_csv(content: Mapping[str, Any]) -> bytes:
    """Every question of the form, answered or not; a table takes one line a row. UTF-8, for French spreadsheets."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADS)
    for section in content["sections"]:
        for question in section["questions"]:
            for line, said in _values(question):
                cells = (
                    question["key"],
                    f"{section['number']}. {section['title']}",
                    question["label"],
                    line,
                    said,
                    question["status_label"],
                    question["reason"],
                    "oui" if question["asked"] else "non",
                    question["origin"],
                    ", ".join(question["evidence"]),
                )
                writer.writerow([plain_cell(cell) for cell in cells])
    return f"\ufeff{text.getvalue()}".encode()


def _values(question: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not question["rows"]:
        yield "", question["text"]
    for number, row in enumerate(question["rows"], 1):
        yield str(number), " ; ".join(f"{label} : {text}" for label, text in row)


def archive(content: Mapping[str, Any], pdf: bytes, pdf_name: str) -> IO[bytes]:
    """The archive as an open file at its beginning: in memory while it is small, on disk beyond.

    ``pdf``: the sealed file, or a copy of a dossier without one. A piece whose file was altered raises
    ``DamagedDocument``: a proof is not handed out broken.
    """
    out: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (whoever reads it closes it)
    try:
        _write(out, _files(content, pdf, pdf_name))
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return out


def _write(out: IO[bytes], files: Iterator[tuple[str, bytes]]) -> None:
    sums: list[str] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files:
            sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")
            _put(made, name, data)
        _put(made, MANIFEST, "".join(sums).encode())


def _files(content: Mapping[str, Any], pdf: bytes, pdf_name: str) -> Iterator[tuple[str, bytes]]:
    """Each file one after the other, so that only one piece is in memory at a time."""
    yield README, _readme(content, pdf_name).encode()
    yield pdf_name, pdf
    yield "dossier.json", canonical(dict(content))
    yield "reponses.json", json.dumps(exported(content["answers"]), ensure_ascii=False, indent=2).encode()
    yield "reponses.csv", answers_csv(content)
    for piece in content["pieces"]:
        if piece["sha256"]:
            yield f"pieces/{piece['ref']}-{piece['file']}", storage.read(piece["sha256"])


def _put(made: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _FIXED)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    made.writestr(entry, data)


def _readme(content: Mapping[str, Any], pdf_name: str) -> str:
    decision, dossier = content["decision"], content["dossier"]
    lines = [
        f"{content['frame']['title']} n° {dossier['number']} – {content['pharmacy']['name']}",
        f"FINESS {content['pharmacy']['finess']}",
        "",
        "Ce que contient cette archive",
        f"- {pdf_name} : le dossier à lire"
        + (", scellé par le portail." if decision else ". BROUILLON – sans valeur : aucune décision n’est prise."),
        "- dossier.json : les mêmes données, pour un programme.",
        "- reponses.json : les réponses seules, avec leur empreinte ; le portail sait les reprendre.",
        "- reponses.csv : les réponses seules, pour un tableur.",
        "- pieces/ : les pièces citées, sous leur numéro.",
        f"- {MANIFEST} : l’empreinte de chaque fichier.",
        "",
        "Vérifier sans le portail",
        f"1. Dans ce dossier : sha256sum -c {MANIFEST}",
        "   (Windows : certutil -hashfile FICHIER SHA256, puis comparez.)",
        "2. Les empreintes des pièces sont aussi écrites dans le PDF, partie 9.",
    ]
    if decision:
        lines += [
            "3. Sceau de la décision : calculez le SHA-256 des dix lignes qui suivent (UTF-8, un saut de ligne entre",
            "   deux, aucun après la dernière) ; le résultat doit être celui de la dernière ligne de ce texte.",
            "4. Cachet du PDF : programme et certificats dans verifier-sans-le-portail.zip, à l’adresse",
            f"   {content['verification']['address'].rpartition('/')[0]}/certificats.zip",
            "",
            *decision["statement"],
            "",
            f"Sceau : {decision['seal']}",
        ]
    return "\n".join(lines) + "\n"
