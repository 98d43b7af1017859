"""Serving files and proving the store."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.http import FileResponse

from portal.documents import storage
from portal.documents.models import Document
from portal.documents.responses import file_name, pdf_response
from portal.documents.selectors import DocumentNotReady, open_file
from portal.documents.services.render import render_document

pytestmark = pytest.mark.django_db
Ask = Callable[..., Document]


def check() -> tuple[int, dict[str, Any]]:
    """Exit code and report of ``check_documents --json``."""
    out = StringIO()
    try:
        call_command("check_documents", "--json", stdout=out)
    except CommandError as error:
        return error.returncode, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def file_of(document: Document) -> Any:
    assert document.sha256 is not None
    return storage.path_of(document.sha256)


def test_a_sound_store_is_said_to_be() -> None:
    assert check() == (0, {"checked": 0, "waiting": 0, "faults": [], "unknown_files": [], "ok": True})


def test_check_documents_counts_and_finds_every_kind_of_damage(ask: Ask, snapshot: dict[str, Any]) -> None:
    sound, altered, missing = (
        render_document(ask(number=f"BC-{n}", snapshot={**snapshot, "scenario": n}).pk) for n in "123"
    )
    ask(number="BC-4")
    content = bytearray(file_of(altered).read_bytes())
    content[len(content) // 2] ^= 1
    file_of(altered).write_bytes(content)
    file_of(missing).unlink()
    (storage.folder() / f"{'0' * 64}.pdf").write_bytes(b"unknown")
    code, report = check()
    assert (code, report["checked"], report["waiting"], report["ok"]) == (1, 3, 1, False)
    assert {f["document_id"]: f["problem"] for f in report["faults"]} == {
        str(altered.pk): "fichier modifié",
        str(missing.pk): "fichier absent",
    }
    assert report["unknown_files"] == ["0" * 64]
    assert str(sound.pk) not in str(report["faults"])


def test_the_plain_report_names_the_document(ask: Ask) -> None:
    file_of(render_document(ask().pk)).write_bytes(b"%PDF-forged")
    out = StringIO()
    with pytest.raises(CommandError, match="1 écart"):
        call_command("check_documents", stdout=out)
    assert "BC-2022-000123 : fichier modifié" in out.getvalue()


def test_a_file_is_served_inline_named_and_private(ask: Ask) -> None:
    document = render_document(ask().pk)
    response = pdf_response(document)
    assert isinstance(response, FileResponse)
    assert response.getvalue()[:5] == b"%PDF-"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="bon-de-commande-BC-2022-000123.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"].startswith("private")


def test_a_revision_and_odd_characters_in_the_file_name(ask: Ask) -> None:
    ask()
    assert file_name(ask(number='BC/é "1"')) == "bon-de-commande-BCE-1-r2.pdf"


def test_a_document_in_preparation_says_to_come_back(ask: Ask) -> None:
    document = ask()
    response = pdf_response(document)
    assert (response.status_code, response["Retry-After"]) == (503, "3")
    with pytest.raises(DocumentNotReady):
        open_file(document)


def test_an_altered_file_is_never_served(ask: Ask) -> None:
    document = render_document(ask().pk)
    file_of(document).write_bytes(b"%PDF-forged")
    with pytest.raises(storage.DamagedDocument):
        pdf_response(document)
