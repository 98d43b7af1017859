"""pyHanko's strict reader, told where the objects of a stream lie.

Published beside the script ``alone``, as the modules that use it.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader

_Places = dict[int, tuple[int, int]]


class StrictReader(PdfFileReader):
    """Reads the table of an object stream once: pyHanko reads all of it again for each object (half of a check, where
    a stream holds hundreds). What it refuses is refused here."""

    def __init__(self, content: bytes) -> None:
        self._tables: dict[int, tuple[Any, BytesIO, _Places]] = {}
        super().__init__(BytesIO(content), strict=True)

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:
        stream: Any = generic.Reference(stmnum, 0, self).get_object()
        known = self._tables.get(stmnum)
        if known is None or known[0] is not stream:
            known = self._tables[stmnum] = (stream, *_opened(stream))
        _, data, places = known
        if (place := places.get(idnum)) is None or place[0] != idx:
            raise misc.PdfStrictReadError("Object is not where the table of its stream says.")
        data.seek(place[1])
        found = generic.read_object(data, generic.Reference(idnum, 0, self))
        if isinstance(found, generic.StreamObject | generic.IndirectObject):
            raise misc.PdfStrictReadError("Encountered forbidden object type in object stream")
        return found


def _opened(stream: Any) -> tuple[BytesIO, _Places]:
    """The objects of a stream: by number, the first place it is named at in the table, and where it begins."""
    if not isinstance(stream, generic.StreamObject) or stream["/Type"] != "/ObjStm":
        raise misc.PdfStrictReadError("Not an object stream.")
    data, places = BytesIO(stream.read_data(DecodePurpose.OBJECT_STREAM)), _Places()
    try:
        for index in range(stream["/N"]):
            number, offset = _number(data), _number(data)
            places.setdefault(number, (index, stream["/First"] + offset))
    except ValueError as error:
        raise misc.PdfStrictReadError("Object stream header possibly corrupted") from error
    return data, places


def _number(data: BytesIO) -> int:
    misc.read_non_whitespace(data, seek_back=True)
    return int(generic.NumberObject.read_from_stream(data))
