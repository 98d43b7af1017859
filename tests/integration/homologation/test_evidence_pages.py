"""Pieces as people meet them: the pages of the pharmacy, the dossier that leaves it, the inspector's link."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from homologation.dossier import documents
from homologation.dossier.content import content_of
from homologation.dossier.exports import answers_csv
from homologation.dossier.files import archive_of
from homologation.models import InsiEvidence, InspectionOpening
from homologation.services.evidence import join_to_breach, join_to_case, replace_evidence, withdraw_evidence
from homologation.services.inspect import make_link
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import User
from portal.audit.models import AuditEvent
from portal.demo.services.paper import one_page
from portal.outbox.services.deliver import deliver_pending
from tests.conftest import TODAY
from tests.factories import breaches, people
from tests.factories.evidence_pieces import QUESTION, given, incoming, joined
from tests.factories.insi import case
from tests.factories.insi_papers import csv_lines, pdf_text, squeezed, unzipped
from tests.factories.supervision import alerted
from tests.integration.documents.sent_files import BAD
from tests.integration.homologation.test_duties import preparateur
from tests.integration.web.counting import BUDGET, asked, shown
from tests.unit.homologation.forms import risk

pytestmark = pytest.mark.django_db
PDF = one_page("procedure")


def logged(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id or 0))
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"homologation:{name}", args=args)


def test_pieces_stand_in_the_dossier_its_csv_and_its_archive() -> None:
    one = case().fill(s3__risques=[risk("x"), risk("y"), risk("z")])
    joined(one, given(valid_until=date(2023, 1, 1)))
    joined(one, given("Schéma du réseau", "schéma"), key="s3.risques", row="y")
    joined(one, given("Brouillon", "retiré"))
    withdraw_evidence(evidence_id=InsiEvidence.objects.get(number=3).pk, actor=one.titulaire, reason="Motif")
    said = content_of(one.dossier, TODAY)
    first, second = said["pieces"]
    assert (first["ref"], first["keys"], first["valid_until"]) == ("PJ1", [QUESTION], "2023-01-01")
    assert (first["file"], second["ref"], second["keys"]) == ("procedure-de-revue.pdf", "PJ2", ["s3.risques"])
    told = {q["key"]: q for section in said["sections"] for q in section["questions"]}
    assert (told[QUESTION]["evidence"], told["s3.risques"]["evidence"]) == (["PJ1"], ["PJ2"])
    lines = {line["cle"]: line["pieces"] for line in csv_lines(answers_csv(documents.snapshot_of(one.dossier, TODAY)))}
    assert (lines[QUESTION], lines["s3.risques"], lines["s2.3.mode"]) == ("PJ1", "PJ2", "")
    files = unzipped(archive_of(one.dossier, TODAY))
    assert files["pieces/PJ1-procedure-de-revue.pdf"] == incoming().content
    assert hashlib.sha256(files["pieces/PJ2-schema-du-reseau.pdf"]).hexdigest() == second["sha256"]
    assert "PJ3" not in str(sorted(files))


@pytest.mark.real_pdf
def test_the_pdf_lists_them_with_their_hash_and_names_them_under_each_answer() -> None:
    one = case().fill()
    piece = joined(one, given(valid_until=date(2023, 1, 1)))
    text = pdf_text(documents.draft_copy(one.dossier, TODAY))
    assert squeezed("Pièces : PJ1.") in text and squeezed("PJ1 – Procédure de revue, 15/11/2022") in text
    assert piece.revisions.get().sha256 in text and squeezed("valable jusqu’au 01/01/2023") in text


def test_an_inspector_reads_the_pieces_that_were_decided_and_each_reading_is_noted() -> None:
    one = case().fill()
    piece = joined(one)
    one.submit().approve()
    replace_evidence(evidence_id=piece.pk, actor=one.titulaire, given=given("Après", "après"))
    joined(one, given("Plus tard", "plus tard"))
    deliver_pending()
    link, token = make_link(dossier_id=one.pk, actor=one.titulaire, recipient="A", reason="B", days=1)
    client = Client()
    page = client.get(url("inspection", token)).content.decode()
    assert "PJ1 – Procédure de revue" in page and "Plus tard" not in page and "Après" not in page
    response = client.get(url("inspection_piece", token, "PJ1"))
    assert response.content == incoming().content and response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Content-Disposition"] == 'attachment; filename="PJ1-procedure-de-revue.pdf"'
    openings = InspectionOpening.objects.filter(link=link).order_by("pk").values_list("what", flat=True)
    assert list(openings) == ["page", "piece"]
    assert AuditEvent.objects.filter(thread=str(one.pk), verb="open").latest("pk").data["piece"] == "PJ1"
    links = logged(one.titulaire).get(url("links", one.pk)).content.decode()
    assert "Une pièce, depuis l’adresse 127.0.0.1" in links
    for ref in ("PJ2", "PJ9", "P1", "autre"):
        assert client.get(url("inspection_piece", token, ref)).status_code == 404
    assert client.get(url("inspection_piece", "faux", "PJ1")).status_code == 404


def test_nobody_but_the_pharmacists_reads_a_piece() -> None:
    one = case()
    piece = joined(one)
    addresses = [
        url("evidence", one.pk),
        url("evidence_join", one.pk),
        url("evidence_file", piece.pk, 1),
        url("evidence_replace", piece.pk),
        url("evidence_withdraw", piece.pk),
    ]
    for stranger in (
        people.member(people.supplier().organisation, Role.SUPPLIER),
        preparateur(one.place),
        case().titulaire,
    ):
        assert {logged(stranger).get(address).status_code for address in addresses} == {404}
    for mine in (one.titulaire, one.adjoint):
        assert {logged(mine).get(address).status_code for address in addresses} == {200}
    assert logged(one.titulaire).get(url("evidence_file", piece.pk, 2)).status_code == 404


def test_from_a_question_to_its_pieces_and_back_with_a_new_one() -> None:
    one = case()
    client = logged(one.adjoint)
    section = client.get(url("section", one.pk, 2)).content.decode()
    assert f'{url("evidence", one.pk)}?question={QUESTION}">Pièces (0)' in section
    empty = client.get(url("evidence", one.pk), {"question": QUESTION}).content.decode()
    assert "Aucune pièce n’est jointe à cette question." in empty and f"?sur={QUESTION}" in empty
    page = client.get(url("evidence_join", one.pk), {"sur": QUESTION})
    assert page.context["form"]["about"].value() == QUESTION
    file = SimpleUploadedFile("Ma procédure.pdf", PDF)
    sent = {"about": QUESTION, "title": "Procédure", "file": file, "valid_until": "31/12/2022"}
    answer = client.post(url("evidence_join", one.pk), sent, follow=True)
    words = answer.content.decode()
    assert "Pièce jointe." in words and "PJ1 – Procédure" in words and "Ma procédure.pdf" in words
    assert "Bientôt périmée : valable jusqu’au 31/12/2022" in words and hashlib.sha256(PDF).hexdigest() in words
    assert (
        f'{url("evidence", one.pk)}?question={QUESTION}">Pièces (1)'
        in client.get(url("section", one.pk, 2)).content.decode()
    )
    assert "1 pièce, dont 1 bientôt périmée." in client.get(url("dossier", one.pk)).content.decode().replace(
        "\xa0", " "
    )
    other = client.get(url("evidence", one.pk), {"question": "s2.3.mode"}).content.decode()
    assert "PJ1" not in other
    assert "PJ1" in client.get(url("evidence", one.pk), {"question": "inconnue"}).content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ\x90\x00" * 9, "Ce type de fichier n’est pas accepté"),
        (b"", "Ce fichier est vide"),
        (b"%PDF-1.4 tronqu\xc3\xa9", "incomplet ou abîmé"),
        (b"PK\x03\x04 rien", "incomplet ou abîmé"),
        (BAD["closed by a password"][0], "protégé par un mot de passe"),
        (BAD["opens a script"][0], "contient un programme"),
    ],
)
def test_a_refused_file_keeps_what_was_typed_and_nothing_else(content: bytes, words: str) -> None:
    one = case()
    sent = {"about": QUESTION, "title": "Mon titre", "file": SimpleUploadedFile("a.pdf", content), "valid_until": ""}
    answer = logged(one.titulaire).post(url("evidence_join", one.pk), sent)
    page = answer.content.decode()
    assert answer.status_code == 200 and words in page and 'value="Mon titre"' in page
    assert not InsiEvidence.objects.exists()


def test_another_error_says_that_the_file_is_to_be_chosen_again() -> None:
    one = case()
    client, address = logged(one.titulaire), url("evidence_join", one.pk)
    for changed in (
        {"title": ""},
        {"about": "inconnue"},
        {"valid_until": "demain"},
        {"title": "1 85 05 78 006 084 36"},
    ):
        file = SimpleUploadedFile("a.pdf", PDF)
        sent = {"about": QUESTION, "title": "Titre", "file": file, "valid_until": "", **changed}
        page = client.post(address, sent).content.decode()
        assert "Choisissez de nouveau le fichier" in page, changed
    assert not InsiEvidence.objects.exists()


def test_replacing_and_withdrawing_from_the_list() -> None:
    one = case()
    piece = joined(one, given(valid_until=date(2022, 11, 14)))
    client, listed = logged(one.adjoint), url("evidence", one.pk)
    assert "Périmée depuis le 14/11/2022" in client.get(listed).content.decode()
    assert "1 pièce, dont 1 périmée" in client.get(url("dossier", one.pk)).content.decode()
    form = client.get(url("evidence_replace", piece.pk))
    assert form.context["form"]["title"].value() == "Procédure de revue"
    sent = {"title": "Procédure 2", "file": SimpleUploadedFile("b.pdf", PDF), "valid_until": ""}
    page = client.post(url("evidence_replace", piece.pk), sent, follow=True).content.decode()
    assert "Versions précédentes (1)" in page and "PJ1 – Procédure 2" in page
    former = client.get(url("evidence_file", piece.pk, 1))
    assert former.content == incoming().content and former["X-Content-Type-Options"] == "nosniff"
    assert former["Content-Disposition"] == 'attachment; filename="PJ1-r1-procedure-de-revue.pdf"'
    page = client.post(url("evidence_withdraw", piece.pk), {"reason": ""}).content.decode()
    assert InsiEvidence.objects.get().state == "held" and "obligatoire" in page
    page = client.post(url("evidence_withdraw", piece.pk), {"reason": "Doublon"}, follow=True).content.decode()
    assert "Pièces retirées (1)" in page and "Doublon" in page and url("evidence_replace", piece.pk) not in page
    assert client.get(url("evidence_replace", piece.pk)).status_code == 409
    assert client.get(url("evidence_file", piece.pk, 2)).content == PDF


def test_no_button_would_fail_while_a_decision_is_awaited() -> None:
    one = case()
    piece = joined(one)
    one.fill().submit()
    client = logged(one.titulaire)
    page = client.get(url("evidence", one.pk)).content.decode()
    assert "attend sa décision" in page and url("evidence_join", one.pk) not in page
    assert url("evidence_replace", piece.pk) not in page and url("evidence_file", piece.pk, 1) in page
    for address in (url("evidence_join", one.pk), url("evidence_withdraw", piece.pk)):
        assert client.get(address).status_code == 409 and client.post(address).status_code == 409


def test_a_breach_and_an_alert_show_and_take_their_pieces() -> None:
    one = case()
    breach, alert = breaches.again(one.place, one.titulaire, one.adjoint), alerted(one.place, people.supplier())
    client = logged(one.adjoint)
    for name, pk, join in (
        ("breach", breach.pk, lambda said: join_to_breach(breach_id=breach.pk, actor=one.adjoint, given=said)),
        ("case", alert.pk, lambda said: join_to_case(case_id=alert.pk, actor=one.adjoint, given=said)),
    ):
        assert "Aucune pièce n’est jointe." in client.get(url(name, pk)).content.decode()
        sent = {"title": "Plainte", "file": SimpleUploadedFile("a.pdf", PDF), "valid_until": ""}
        page = client.post(url(f"{name}_evidence", pk), sent, follow=True).content.decode()
        assert "– Plainte" in page
        _few_queries(client, url(name, pk), join)
        last = InsiEvidence.objects.latest("number")
        answer = client.post(url("evidence_withdraw", last.pk), {"reason": "Doublon"}, follow=True)
        assert answer.redirect_chain == [(url(name, pk), 302)]


def _few_queries(client: Client, address: str, join: Callable[[Any], Any]) -> None:
    few = asked(client, address)
    for number in range(5):
        join(given(f"Pièce {number}", f"pièce {number}"))
    many = asked(client, address)
    assert len(many) == len(few) and len(many) <= BUDGET, shown(many)


def test_a_long_list_asks_no_more_of_the_database() -> None:
    one = case()
    joined(one)
    _few_queries(logged(one.adjoint), url("evidence", one.pk), lambda said: joined(one, said))
