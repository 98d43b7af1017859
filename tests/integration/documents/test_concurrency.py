"""Several workers on one document, really committed, in a database of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

import pytest
from django.db import connection

from portal.documents import render
from portal.documents.models import Document
from portal.documents.services.render import render_document

Ask = Callable[..., Document]
Result = TypeVar("Result")
WORKERS = 4


def elsewhere(works: list[Callable[[], Result]]) -> list[Result]:
    """Run each work in a thread, so on a connection of its own: it commits, outside the transaction of the test."""

    def closing(work: Callable[[], Result]) -> Result:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(closing, works))


@pytest.fixture
def committed(committed_db: str, ask: Ask) -> Document:
    """A requested document that every connection sees."""
    return ask()


def test_workers_at_once_make_one_file_and_render_once(
    committed: Document, documents_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renderings: list[str] = []
    whole = render.rendered

    def counted(html: str, snapshot: dict[str, Any]) -> render.Rendered:
        renderings.append(html)
        return whole(html, snapshot)

    monkeypatch.setattr(render, "rendered", counted)
    ready = Barrier(WORKERS)

    def work() -> str | None:
        ready.wait()
        return render_document(committed.pk).sha256

    hashes = elsewhere([work] * WORKERS)
    assert len(renderings) == 1
    assert len(hashes) == WORKERS
    stored = Document.objects.get(pk=committed.pk).sha256
    assert {path.stem for path in documents_folder.iterdir()} == set(hashes) == {stored}
