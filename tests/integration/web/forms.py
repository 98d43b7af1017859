"""Filling pages as people do, and what a refused one must show."""

from __future__ import annotations

from html import escape
from typing import Any

from django.test import Client
from django.urls import reverse

from attestations.domain.rules import Decision
from attestations.selectors import boxes_to_answer, filled_document, papers_to_sign
from attestations.services.fill import fill_va
from orders.services.facts import OBJECT as ORDER_OBJECT
from portal.demo.services.play import actor_of
from portal.documents.selectors import latest
from portal.outbox.services.deliver import deliver_pending
from tests.factories.confirmed import confirmed
from tests.integration.web.watch import written
from tests.integration.web.world import World, titulaire

# Nothing but blanks is typed in these: they are not looked for in the page shown again.
NOT_SHOWN = {"fill", "issue", "save", "shown", "version_seen"}


def order_form(world: World, key: str, **changed: str) -> dict[str, str]:
    """The complete form of a draft, as the page shows it, with some answers changed."""
    order = world.order(key)
    complete = {
        "version": str(order.software_version_id),
        "client_name": "Pharmacie d’à côté",
        "client_responsible": "Camille Essai",
        "client_phone": "02 99 11 22 33",
        "client_email": "client@essai.example",
        "administrator_name": "Dominique Technique",
        "administrator_status": "supplier",
        "administrator_card": "2800123456",
        "administrator_phone": "02 99 44 55 66",
        "administrator_email": "certificats@essai.example",
        "amount_ht": "800,00",
        "vat_percent": "20,00",
        "amount_vat": "160,00",
        "amount_ttc": "960,00",
        "state_amount": "960,00",
        "installation_scenario": "Mise à jour sur site, trois postes",
        "has_personal_mailbox": "no",
        "personal_operator": "",
        "has_organisation_mailbox": "yes",
        "organisation_operator": "Mailiz",
        "version_seen": str(order.version),
        "issue": "1",
    }
    return complete | changed


def signature_form(world: World, key: str, **changed: str) -> dict[str, str]:
    """The page of signature of an order, filled to sign."""
    document = latest("order", ORDER_OBJECT, str(world.order(key).pk))
    assert document is not None and document.sha256
    confirm(titulaire(key), document.sha256, "order")
    return {"consent": "on", "shown": document.sha256} | changed


def confirm(login: str, sha256: str, kind: str) -> None:
    """The identity of a person confirmed for a document, as after the way to Pro Santé Connect and back."""
    confirmed(actor_of(login), sha256, kind)


def va_form(world: World, key: str, **changed: str) -> dict[str, str]:
    """The page of a VA, every box attested."""
    boxes = {statement.code: "yes" for statement in world.attestation(key).statements.order_by("position")}
    return boxes | {"place": "Rennes", "fill": "1"} | changed


def va_signature_form(world: World, key: str, **changed: str) -> dict[str, str]:
    """The page of a VA that was filled in, every box attested, to sign."""
    attestation = world.attestation(key)
    decisions = {statement.code: Decision(True) for statement in boxes_to_answer(attestation)}
    fill_va(attestation_id=attestation.pk, actor=actor_of(titulaire(key)), decisions=decisions, place="Rennes")
    deliver_pending()
    document = filled_document(papers_to_sign(attestation))
    assert document is not None and document.sha256
    confirm(titulaire(key), document.sha256, "va")
    return {"consent": "on", "shown": document.sha256} | changed


def order_url(name: str, world: World, key: str) -> str:
    """An address about the order of a pharmacy."""
    return reverse(f"orders:{name}", args=[world.order(key).pk])


def va_url(name: str, world: World, key: str) -> str:
    """An address about the VA of a pharmacy."""
    return reverse(f"attestations:{name}", args=[world.attestation(key).pk])


def assert_refused(client: Client, url: str, data: dict[str, Any], field: str, words: str) -> Any:
    """Refused in the page: the words beside the field, everything typed still there, nothing written."""
    before = written()
    response = client.post(url, data)
    assert response.status_code == 200, response.status_code
    form = response.context["form"]
    found = form.errors.get(field or "__all__", [])
    assert any(words in message for message in found), (field, words, dict(form.errors))
    page = response.content.decode()
    assert escape(words) in page or words in page
    if field and not form[field].is_hidden:
        assert 'aria-describedby="' in page and form[field].auto_id in page
    for name, value in data.items():
        if name not in NOT_SHOWN and isinstance(value, str) and value not in ("", "on"):
            assert escape(value) in page, f"{name}: {value!r} is lost"
    assert written() == before, "something was half written"
    return response


def assert_not_possible(client: Client, url: str, data: dict[str, Any], words: str) -> None:
    """The act is not possible at all: a page that says why, nothing written."""
    before = written()
    response = client.post(url, data)
    assert response.status_code == 409, response.status_code
    assert words in response.content.decode()
    assert written() == before
