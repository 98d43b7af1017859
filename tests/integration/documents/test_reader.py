"""The strict reader reads what pyHanko's own reads, and refuses what that refuses."""

from __future__ import annotations

from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.reader import PdfFileReader

from portal.documents.reader import StrictReader
from tests.factories.sealing import Sealed


def objects(reader: PdfFileReader) -> list[bytes]:
    """Every object of a file, revision by revision, as it would be written."""
    written = []
    for revision in range(reader.xrefs.total_revisions):
        for reference in sorted(reader.xrefs.explicit_refs_in_revision(revision), key=lambda ref: int(ref.idnum)):
            out = BytesIO()
            reader.get_object(generic.Reference(reference.idnum, 0, reader), revision).write_to_stream(out, None)
            written.append(out.getvalue())
    assert len(written) > 100
    return written


@pytest.mark.parametrize("name", ["issued", "signed"])
def test_the_objects_of_our_files(sealed: Sealed, name: str) -> None:
    content = sealed.files[name]
    assert objects(StrictReader(content)) == objects(PdfFileReader(BytesIO(content), strict=True))


def test_the_table_of_a_stream_is_read_once(sealed: Sealed, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a pyHanko that asks in another way is seen here, not by who waits for a check."""
    read, real = [], generic.NumberObject.read_from_stream

    def counted(stream: BytesIO) -> generic.NumberObject:
        read.append(stream)
        return real(stream)

    monkeypatch.setattr(generic.NumberObject, "read_from_stream", staticmethod(counted))
    own, ours = PdfFileReader(BytesIO(sealed.files["issued"]), strict=True), StrictReader(sealed.files["issued"])
    objects(own)
    by_pyhanko = len(read)
    objects(ours)
    assert len(read) - by_pyhanko < by_pyhanko / 10


def file_with(table: bytes, body: bytes, *, index: int = 1, count: int = 2, kind: bytes = b"/ObjStm") -> bytes:
    """A file whose object 4 is said to be the one of this ``index`` in the object stream 3."""
    content = b"%PDF-1.7\n"
    places = {}
    data = table + body
    stream = b"<</Type %s/N %d/First %d/Length %d>>stream\n%s\nendstream" % (kind, count, len(table), len(data), data)
    for number, written in ((1, b"<</Type/Catalog/Pages 2 0 R/Four 4 0 R>>"), (2, b"<</Type/Pages>>"), (3, stream)):
        places[number] = len(content)
        content += b"%d 0 obj\n%s\nendobj\n" % (number, written)
    start = len(content)
    rows = [(0, 0, 0), *((1, places[n], 0) for n in (1, 2, 3)), (2, 3, index), (2, 3, 0), (1, start, 0)]
    xref = b"".join(bytes([way]) + place.to_bytes(2, "big") + bytes([last]) for way, place, last in rows)
    content += b"6 0 obj\n<</Type/XRef/Size 7/W[1 2 1]/Root 1 0 R/Length %d>>stream\n%s\nendstream\nendobj\n" % (
        len(xref),
        xref,
    )
    return content + b"startxref\n%d\n%%%%EOF\n" % start


WRONG = {
    "another index": (b"5 0 4 5 ", b"(a) (b)", {"index": 0}),
    "beyond the last": (b"5 0 4 5 ", b"(a) (b)", {"index": 2}),
    "not in the table": (b"5 0 7 4 ", b"(a) (b)", {}),
    "named twice": (b"4 0 4 4 ", b"(a) (b)", {}),
    "a table of words": (b"5 0 x y ", b"(a) (b)", {}),
    "a reference": (b"5 0 4 4 ", b"(a) 1 0 R ", {}),
    "not a stream of objects": (b"5 0 4 4 ", b"(a) (b)", {"kind": b"/Metadata"}),
}


def test_one_object() -> None:
    content = file_with(b"5 0 4 4 ", b"(a) (b)")
    assert StrictReader(content).root["/Four"] == PdfFileReader(BytesIO(content), strict=True).root["/Four"] == "b"


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_is_refused(wrong: tuple[bytes, bytes, dict[str, object]]) -> None:
    table, body, more = wrong
    content = file_with(table, body, **more)  # type: ignore[arg-type]
    with pytest.raises((misc.PdfReadError, AssertionError)):
        PdfFileReader(BytesIO(content), strict=True).root["/Four"]
    with pytest.raises(misc.PdfReadError):
        StrictReader(content).root["/Four"]
