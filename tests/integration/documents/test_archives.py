"""Archives and office documents that people send: sound ones enter, each kind that must not is really made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from portal.common.refusals import Refused
from portal.documents.domain.incoming import LISTS, PROOFS, SCANS, ZIP, Incoming
from portal.documents.intake.archives import archive_suffix
from portal.documents.intake.receive import received
from tests.integration.documents.sent_files import BAD, SOUND, image

_TYPES = '<Types><Override PartName="/{}" ContentType="application/vnd.openxmlformats{}+xml"/></Types>'
_LINK = '<Relationships><Relationship Id="r" Type="http://x/{}" Target="https://a.example/" TargetMode="External"/></Relationships>'


def packed(**files: str | bytes) -> bytes:
    """An archive of these files; « __ » in a name stands for a slash, and « _ » for a dot."""
    return archive({name.replace("__", "/").replace("_", "."): content for name, content in files.items()})


def archive(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def word(**more: str | bytes) -> dict[str, str | bytes]:
    files: dict[str, str | bytes] = {"[Content_Types].xml": _TYPES.format("word/document.xml", "")}
    return {**files, "word/document.xml": "<document/>", **{n.replace("__", "/"): c for n, c in more.items()}}


def encrypted() -> bytes:
    """Its one entry says that it is encrypted, in both places."""
    content = bytearray(packed(a_txt="secret"))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def nested(times: int) -> bytes:
    content = packed(a_txt="a")
    for _ in range(times):
        content = packed(a_zip=content)
    return content


SHEET = {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}
TEXT = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<text/>"}
GOOD = {
    ".docx": archive(word()),
    ".xlsx": archive({**SHEET, "xl/_rels/workbook.xml.rels": _LINK.format("hyperlink")}),
    ".odt": archive(TEXT),
    ".ods": archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
    ".zip": archive({"captures/une.png": image("PNG"), "lettre.pdf": SOUND["plain"], "lettre.docx": archive(word())}),
}
REFUSED = {
    "cut": (GOOD[".zip"][:-30], "damaged"),
    "changed": (GOOD[".zip"].replace(b"IDAT", b"IDAX", 1), "damaged"),
    "encrypted": (encrypted(), "encrypted"),
    "encrypted text": (archive({**TEXT, "META-INF/manifest.xml": "<encryption-data/>"}), "encrypted"),
    "macro": (archive({**word(), "word/vbaProject.bin": b"\x01"}), "scripted"),
    "macro of a text": (archive({**TEXT, "Basic/Standard/a.xml": "<x/>"}), "scripted"),
    "macro by type": (archive({"[Content_Types].xml": "application/vnd.ms-word.macroEnabled.main"}), "scripted"),
    "program by name": (packed(facture_pdf_exe="x"), "scripted"),
    "program by content": (packed(facture_txt=b"MZ\x90\x00"), "scripted"),
    "old office file": (packed(note_doc=b"\xd0\xcf\x11\xe0\xa1\xb1"), "scripted"),
    "template elsewhere": (archive({**word(), "word/_rels/a.rels": _LINK.format("attachedTemplate")}), "fetches"),
    "bad PDF inside": (packed(a_pdf=BAD["opens a script"][0]), BAD["opens a script"][1]),
    "too deep": (nested(3), "too_complex"),
    "bomb": (packed(a_txt=bytes(201 * 1024 * 1024)), "too_complex"),
    "many": (archive({str(number): "" for number in range(3_001)}), "too_complex"),
}


@pytest.mark.parametrize("suffix", GOOD)
def test_a_sound_archive_enters_and_is_what_it_holds(suffix: str) -> None:
    entered = received(GOOD[suffix], f"preuve{suffix}", PROOFS)
    assert (entered.media_type, entered.label, archive_suffix(entered.content)) == (ZIP, f"preuve{suffix}", suffix)
    with pytest.raises(Refused) as refused:
        received(GOOD[suffix], "pile.pdf", SCANS)
    assert refused.value.codes == ("bad_kind",)


@pytest.mark.parametrize("which", REFUSED)
def test_what_must_not_enter_says_why(which: str) -> None:
    content, code = REFUSED[which]
    with pytest.raises(Refused) as refused:
        received(content, "preuve.zip", PROOFS)
    assert refused.value.codes == (code,) and refused.value.refusals[0].field == "file"


def test_two_levels_are_looked_at() -> None:
    assert isinstance(received(nested(2), "a.zip", PROOFS), Incoming)


def test_a_list_is_text() -> None:
    lines = "numéro;logiciel\nA;B\n"
    for content in (lines.encode(), lines.encode("cp1252")):
        assert received(content, "liste.csv", LISTS).content == content
    for content in (b"MZ;a", b"a;b\x00", SOUND["plain"], GOOD[".xlsx"]):
        with pytest.raises(Refused) as refused:
            received(content, "liste.csv", LISTS)
        assert refused.value.codes == ("bad_kind",)
