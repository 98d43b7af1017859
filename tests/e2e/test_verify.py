"""Is this document genuine? Asked without an account, by its code and by its file, which stays in the browser."""

from __future__ import annotations

import base64
import io
import re

import pytest
from playwright.sync_api import FilePayload, Request, expect
from pypdf import PdfReader

from tests.e2e.conftest import Visit
from tests.e2e.visitor import DESK, PHONE, Visitor

CODE = re.compile(r"code\s+([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5})")
DROPPED = """content => {
    const dropped = new DataTransfer();
    const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
    dropped.items.add(new File([bytes], "bon.pdf", {type: "application/pdf"}));
    return dropped;
}"""


def an_order(visitor: Visitor) -> bytes:
    """The file of an order of the demonstration; then nobody is logged in any more."""
    visitor.follow("Continuer")
    link = visitor.main.get_by_role("link", name=re.compile("^Bon de commande")).first
    answer = visitor.fetch(link)
    assert answer.status == 200
    content = bytes(answer.body())
    visitor.context.clear_cookies()
    return content


def choose(visitor: Visitor, content: bytes) -> None:
    """The file, by the field; the browser hashes it."""
    payload: FilePayload = {"name": "bon.pdf", "mimeType": "application/pdf", "buffer": content}
    visitor.main.get_by_label(re.compile("^Fichier PDF")).set_input_files(payload)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_file_is_recognised_without_leaving_the_browser(visit: Visit, width: int) -> None:
    stranger = visit("titulaire@marche.example", width=width)
    content, sent = an_order(stranger), list[Request]()
    stranger.open("/verifier/")
    stranger.page.on("request", lambda request: sent.append(request))
    dropped = stranger.page.evaluate_handle(DROPPED, base64.b64encode(content).decode())
    stranger.page.locator("[data-verify-drop]").dispatch_event("drop", {"dataTransfer": dropped})
    stranger.sees("Ce fichier est, à l’octet près, celui que le portail a enregistré")
    stranger.inspect()
    choose(stranger, content + b"\n")
    stranger.sees("Ce fichier n’est pas enregistré tel quel.")
    stranger.inspect()
    assert {request.method for request in sent} == {"GET"}
    asked = [request.url for request in sent if request.resource_type == "fetch"]
    assert len(asked) == 2 and all("/verifier/empreinte/" in url for url in asked)


def test_by_its_code_and_whole_with_what_is_wrong(visit: Visit) -> None:
    stranger = visit("titulaire@marche.example", width=PHONE)
    content = an_order(stranger)
    printed = CODE.search("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))
    assert printed
    stranger.open("/verifier/")
    stranger.fill("Code du document", printed[1].lower())
    stranger.press("Chercher ce document")
    stranger.is_at("Le portail a émis ce document")
    stranger.open("/verifier/")
    choose(stranger, content)
    stranger.press("Vérifier ce fichier")
    stranger.is_at("Ce fichier est authentique")
    stranger.open("/verifier/")
    choose(stranger, content.replace(b"%PDF-1.7", b"%PDF-1.6", 1))
    stranger.press("Vérifier ce fichier")
    stranger.is_at("Ce fichier n’est pas authentique")
    stranger.open("/verifier/0000000000000", status=404)
    expect(stranger.main.get_by_role("alert")).to_contain_text("Aucun document ne porte le code")
