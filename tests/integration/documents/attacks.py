"""Ways to forge a sealed file: bytes in, bytes out."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

Attack = Callable[[bytes], bytes]
_CONTENTS = re.compile(rb"/Contents\s*<([0-9a-fA-F]+)>")


def flipped(content: bytes, position: int, bit: int = 0) -> bytes:
    """One bit turned."""
    forged = bytearray(content)
    forged[position] ^= 1 << bit
    return bytes(forged)


def signed_ranges(content: bytes) -> list[range]:
    """The bytes that the first two signatures cover."""
    first, second = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures
    spans = [list(map(int, one.sig_object["/ByteRange"])) for one in (first, second)]
    return [range(start, start + length) for a, b, c, d in spans for start, length in ((a, b), (c, d))]


def signature_bytes(content: bytes) -> list[range]:
    """Where the signatures themselves are written, as hexadecimal digits."""
    return [range(*found.span(1)) for found in _CONTENTS.finditer(content)]


def swapped(content: bytes) -> bytes:
    """The first two signatures, each in the place of the other."""
    first, second = signature_bytes(content)[:2]
    assert len(first) == len(second)
    forged = bytearray(content)
    forged[first.start : first.stop] = content[second.start : second.stop]
    forged[second.start : second.stop] = content[first.start : first.stop]
    return bytes(forged)


def transplanted(content: bytes, other: bytes) -> bytes:
    """The first signature of another file in this one."""
    here, there = signature_bytes(content)[0], signature_bytes(other)[0]
    assert len(here) == len(there)
    return content[: here.start] + other[there.start : there.stop] + content[here.stop :]


def _updated(content: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_page_content(content: bytes) -> bytes:
    """Something more drawn on the first page, as an update."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = writer.root["/Pages"]["/Kids"][0]
        drawn = writer.add_object(generic.StreamObject(stream_data=b"q 1 0 0 rg 50 700 200 40 re f Q"))
        page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), drawn])
        writer.update_container(page)

    return _updated(content, change)


def with_annotation(content: bytes) -> bytes:
    """A note laid over the amount, as an update."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = writer.root["/Pages"]["/Kids"][0]
        box = generic.ArrayObject(generic.NumberObject(n) for n in (50, 300, 250, 340))
        note = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/FreeText"),
                pdf_name("/Rect"): box,
                pdf_name("/Contents"): pdf_string("0,00 €"),
                pdf_name("/DA"): pdf_string("/Helv 12 Tf 0 g"),
            }
        )
        page.setdefault(pdf_name("/Annots"), generic.ArrayObject()).append(writer.add_object(note))
        writer.update_container(page)

    return _updated(content, change)


def with_attachment(content: bytes) -> bytes:
    """Another file attached, as an update."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        held = EmbeddedFileObject.from_file_data(writer, data=b"{}", mime_type="application/json")
        embed_file(writer, FileSpec("autre.json", embedded_data=held))

    return _updated(content, change)


def with_other_data(content: bytes) -> bytes:
    """The embedded JSON replaced, as an update."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
        stream = names[1]["/EF"]["/F"]
        stream._data = stream.data.replace(b"1050.00", b"9050.00")
        stream._encoded_data = None
        writer.update_container(stream)

    return _updated(content, change)


def with_other_data_rewritten(content: bytes) -> bytes:
    """The embedded JSON replaced in a file written anew."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        stream = pdf.Root.Names.EmbeddedFiles.Names[1].EF.F
        stream.write(stream.read_bytes().replace(b"1050.00", b"9050.00"))
        return _saved(pdf)


def with_page_of(content: bytes, other: bytes) -> bytes:
    """A page of another order put in front, as an update."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = PdfFileReader(io.BytesIO(other)).root["/Pages"]["/Kids"][0]
        taken = ("/Type", "/MediaBox", "/Resources", "/Contents")
        copied = generic.DictionaryObject({pdf_name(key): writer.import_object(page.raw_get(key)) for key in taken})
        pages = writer.root["/Pages"]
        copied["/Parent"] = writer.root.raw_get("/Pages")
        pages["/Kids"].insert(0, writer.add_object(copied))
        pages["/Count"] = generic.NumberObject(int(pages["/Count"]) + 1)
        writer.update_container(pages)
        writer.update_container(pages["/Kids"])

    return _updated(content, change)


def with_page_of_rewritten(content: bytes, other: bytes) -> bytes:
    """A page of another order put in front, in a file written anew."""
    with pikepdf.open(io.BytesIO(content)) as pdf, pikepdf.open(io.BytesIO(other)) as source:
        pdf.pages.insert(0, source.pages[0])
        del pdf.pages[0]["/Annots"]
        return _saved(pdf)


def rewritten(content: bytes) -> bytes:
    """The same document, written anew by another program."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return _saved(pdf)


def encrypted(content: bytes, password: str) -> bytes:
    """The same document, closed by a password (an empty one opens by itself)."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return _saved(pdf, encryption=pikepdf.Encryption(user=password, owner="owner"))


def without_signature(content: bytes, field: str) -> bytes:
    """The signature of a field removed, as an update."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        for held in writer.root["/AcroForm"]["/Fields"]:
            widget = held.get_object()
            if widget["/T"] == field:
                del widget["/V"]
                writer.update_container(widget)

    return _updated(content, change)


def _saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **options)  # type: ignore[arg-type]
    return out.getvalue()
