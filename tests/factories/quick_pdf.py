"""A stand-in for WeasyPrint, for the tests that are not about documents."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pikepdf

from portal.documents.render import Rendered


def stand_in(html: str, snapshot: dict[str, Any] | None = None) -> Rendered:
    """Bytes that are another file for another HTML, in microseconds (WeasyPrint takes 0.2 s)."""
    return Rendered(content=b"%PDF-stand-in " + hashlib.sha256(html.encode()).hexdigest().encode(), pages=1)


def page(words: str) -> bytes:
    """A real PDF of one blank page, another one for other words."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.docinfo["/Title"] = words
        made.save(out)
    return out.getvalue()
