"""Services on a real PostgreSQL; the PDFs by a quick stand-in unless the test is about them."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from portal.documents import render
from portal.documents.render import Rendered


def _stand_in(html: str, snapshot: dict[str, Any] | None = None) -> Rendered:
    """Bytes that are another file for another HTML, in microseconds (WeasyPrint takes 0.2 s)."""
    return Rendered(content=b"%PDF-stand-in " + hashlib.sha256(html.encode()).hexdigest().encode(), pages=1)


@pytest.fixture(autouse=True)
def quick_pdf(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real template is filled, only the drawing of the PDF is skipped."""
    about_documents = "integration/documents" in request.path.as_posix()
    if not about_documents and request.node.get_closest_marker("real_pdf") is None:
        monkeypatch.setattr(render, "rendered", _stand_in)
