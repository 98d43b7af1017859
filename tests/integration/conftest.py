"""Services on a real PostgreSQL; the PDFs by a quick stand-in unless the test is about them."""

from __future__ import annotations

import pytest

from portal.documents import render
from tests.factories.quick_pdf import stand_in


@pytest.fixture(autouse=True)
def quick_pdf(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real template is filled, only the drawing of the PDF is skipped."""
    about_documents = "integration/documents" in request.path.as_posix()
    if not about_documents and request.node.get_closest_marker("real_pdf") is None:
        monkeypatch.setattr(render, "rendered", stand_in)
