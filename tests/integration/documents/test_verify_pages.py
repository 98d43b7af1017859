"""The public page of verification: by code, by hash, by file; what it says to whom, and to whoever asks too often."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal.documents import storage
from portal.documents.models import Document
from portal.documents.services.render import render_document
from tests.integration.documents.conftest import Ask

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_asked_yet() -> None:
    cache.clear()


@pytest.fixture
def issued(ask: Ask) -> Document:
    return render_document(ask().pk)


def sent(content: bytes, name: str = "bon.pdf") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content, "application/pdf")}


def test_the_code_leads_to_the_facts_and_to_no_name_of_a_person(client: Client, issued: Document) -> None:
    spaced = f"{(issued.code or '')[:4].lower()} {(issued.code or '')[4:]}"
    page = client.get(reverse("documents:verify"), {"code": spaced}, follow=True)
    said = page.content.decode()
    assert page.status_code == 200 and issued.number in said and (issued.sha256 or "")[:8] in said
    snapshot = issued.snapshot
    persons = [snapshot["client"]["responsible"], snapshot["supplier"]["responsible"], snapshot["client"]["email"]]
    assert persons[0] and not any(person in said for person in persons)


@pytest.mark.parametrize("text", ["", "ABC", "VW8M-B41F-W9R8", "U" * 13, "é" * 13, "\x00" * 13])
def test_what_is_no_code_is_said_so(client: Client, text: str) -> None:
    page = client.get(reverse("documents:verify"), {"code": text})
    assert page.status_code == 400 and "fr-error-text" in page.content.decode()


def test_an_unknown_code_is_a_404_that_says_what_to_think(client: Client, issued: Document) -> None:
    page = client.get(reverse("documents:by_code", args=["0000000000000"]))
    assert page.status_code == 404 and "ce papier ne vient pas du portail" in page.content.decode()


def test_a_document_in_preparation_is_not_found_yet(client: Client, ask: Ask) -> None:
    assert client.get(reverse("documents:by_code", args=[ask().code])).status_code == 404


def test_the_hash_is_known_or_not(client: Client, issued: Document) -> None:
    known = client.get(reverse("documents:fingerprint", args=[issued.sha256])).json()
    assert known == {"known": True, "title": "Bon de commande", "number": issued.number}
    assert client.get(reverse("documents:fingerprint", args=["0" * 64])).json() == {"known": False}


def test_a_changed_file_is_told_and_not_kept(client: Client, issued: Document) -> None:
    content = storage.read(issued.sha256 or "") + b"\n%"
    page = client.post(reverse("documents:verify_upload"), sent(content))
    said = page.content.decode()
    assert page.status_code == 200 and "n’est pas authentique" in said
    assert hashlib.sha256(content).hexdigest()[:8] in said and list(storage.stored_hashes()) == [issued.sha256]


@pytest.mark.parametrize(
    ("content", "told"), [(b"", "vide"), (b"PK\x03\x04", "n’est pas un PDF"), (b"%PDF-" + bytes(20 * 2**20), "20 Mo")]
)
def test_a_bad_upload_says_why(client: Client, content: bytes, told: str) -> None:
    page = client.post(reverse("documents:verify_upload"), sent(content, "../../etc/passwd"))
    assert page.status_code == 400 and told in page.content.decode()


def test_whoever_asks_too_often_waits_a_minute(client: Client) -> None:
    address = reverse("documents:fingerprint", args=["0" * 64])
    answers = [client.get(address).status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]
    assert client.get(address, REMOTE_ADDR="192.0.2.8").status_code == 200


def test_the_archive_holds_the_very_script_of_the_portal(client: Client) -> None:
    answer = client.get(reverse("documents:published"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "verify.py" in archive.namelist()
        assert b"def main" in archive.read("verify.py")
        assert b"def examine" in archive.read("portal/documents/verify.py")
