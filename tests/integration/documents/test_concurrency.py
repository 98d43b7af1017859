"""Two workers on one document, really committed; what they wrote is removed with the triggers put aside."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
from django.db import connection

from portal.documents import render
from portal.documents.models import Document
from portal.documents.services.render import render_document
from portal.outbox.models import OutboxMessage

Ask = Callable[..., Document]
WORKERS = 4


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Real commits. A transactional test would flush by TRUNCATE, which the proofs refuse."""
    with django_db_blocker.unblock():
        yield
        with pgtrigger.ignore("documents.Document:never_deleted"):
            Document.objects.all().delete()
        OutboxMessage.objects.all().delete()


def test_workers_at_once_make_one_file_and_render_once(
    committed: None, ask: Ask, documents_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = ask()
    renderings: list[str] = []
    whole = render.rendered
    monkeypatch.setattr(render, "rendered", lambda html: renderings.append(html) or whole(html))  # type: ignore[func-returns-value]
    ready = threading.Barrier(WORKERS)
    hashes: list[str | None] = []

    def work() -> None:
        try:
            ready.wait()
            hashes.append(render_document(document.pk).sha256)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(renderings) == 1
    assert len(hashes) == WORKERS
    assert {path.stem for path in documents_folder.iterdir()} == set(hashes) == {Document.objects.get().sha256}
