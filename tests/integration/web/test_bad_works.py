"""Installations and VA wrongly declared: said beside the field, kept on the screen, written nowhere."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from portal.common import clock
from portal.common.clock import PARIS
from portal.documents.models import Document, Signature
from tests.integration.web.forms import (
    assert_not_possible,
    assert_refused,
    order_url,
    va_form,
    va_signature_form,
    va_url,
)
from tests.integration.web.world import (
    INSTALLED,
    SUPPLIER,
    VA_RESERVE,
    VA_TO_SIGN,
    World,
    adjoint,
    as_,
    titulaire,
)

RUNNING = "lices"
BOXES = ("general", "dossier_pharmaceutique", "e_prescription", "certificates", "mss")
CHECKLIST = ["licence", "installation", "maintenance", "certificates", "documentation", "training"]
WORKS = {
    "installed_at": "14/11/2022 17:30",
    "checklist": CHECKLIST,
    "final_scenario": "Trois postes à jour",
    "mss_kind": "ORG",
    "mss_address": "officine@essai.mssante.fr",
    "trained": "Titulaire et deux préparateurs",
    "certificate_ids": "AUTH 0001",
}


def test_the_page_of_these_tests_declares(world: World) -> None:
    assert as_(SUPPLIER).post(order_url("installation_declare", world, RUNNING), WORKS).status_code == 302
    assert world.installation(RUNNING).state == "installed"


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"installed_at": "12/10/2022 10:00"}, "installed_at", "ne peut pas précéder la commande"),
        ({"installed_at": "15/11/2022 10:01"}, "installed_at", "Cette date est à venir"),
        ({"installed_at": "01/01/2150"}, "installed_at", "Cette date est à venir"),
        ({"installed_at": ""}, "installed_at", "obligatoire"),
        ({"installed_at": "31/02/2022"}, "installed_at", "n’existe pas"),
        ({"installed_at": "30/10/2022 02:30"}, "installed_at", "existe deux fois"),
        ({"installed_at": "hier"}, "installed_at", "n’est pas lisible"),
        ({"checklist": []}, "checklist", "Il reste à faire"),
        ({"checklist": CHECKLIST[:-1]}, "checklist", "Il reste à faire"),
        ({"checklist": [*CHECKLIST, "pirate"]}, "checklist", "choix"),
        ({"final_scenario": ""}, "final_scenario", "obligatoire"),
        ({"mss_kind": ""}, "mss_kind", "obligatoire"),
        ({"mss_address": ""}, "mss_address", "adresse MSSanté effective"),
        ({"mss_address": "pas une adresse"}, "mss_address", "adresse"),
        ({"trained": "  "}, "trained", "obligatoire"),
        ({"trained": "é" * 501}, "trained", "500"),
    ],
)
def test_an_installation_wrongly_declared(changed: dict[str, object], field: str, words: str, world: World) -> None:
    url = order_url("installation_declare", world, RUNNING)
    assert_refused(as_(SUPPLIER), url, WORKS | changed, field, words)


def test_an_installation_done_after_the_closing(world: World) -> None:
    late = WORKS | {"installed_at": "28/04/2023 14:00"}
    with clock.frozen(business=datetime(2023, 4, 28, 15, tzinfo=PARIS)):
        url, client = order_url("installation_declare", world, RUNNING), as_(SUPPLIER)
        assert_refused(client, url, late, "installed_at", "devaient être faites avant le")
        assert client.post(url, late | {"installed_at": "28/04/2023 13:59"}).status_code == 302


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("28/04/2023 14:00", "doivent être faites avant le"),
        ("15/11/2022 09:59", "Cette date est passée"),
        ("29/04/2100 10:00", "doivent être faites avant le"),
        ("", "obligatoire"),
        ("demain", "n’est pas lisible"),
        ("26/03/2023 02:30", "n’existe pas ce jour-là"),
        ("01/12/22", "quatre chiffres"),
    ],
)
def test_an_installation_wrongly_planned(typed: str, words: str, world: World) -> None:
    for name, key in (("installation_plan", "eglise"), ("installation_replan", "gare")):
        assert_refused(as_(SUPPLIER), order_url(name, world, key), {"planned_for": typed}, "planned_for", words)


def test_a_failure_without_its_cause(world: World) -> None:
    client, url = as_(SUPPLIER), order_url("installation_fail", world, RUNNING)
    assert_refused(client, url, {"detail": "Mes mots"}, "cause", "obligatoire")
    assert_refused(client, url, {"cause": "other", "detail": " "}, "detail", "Précisez la cause")


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"point": "training", "reason": "Encore", "due_on": "30/11/2022"}, "point", "déjà ouverte sur ce point"),
        ({"point": "pirate", "reason": "Encore", "due_on": "30/11/2022"}, "point", "choix"),
        ({"point": "licence", "reason": "", "due_on": "30/11/2022"}, "reason", "obligatoire"),
        ({"point": "licence", "reason": "Encore", "due_on": ""}, "due_on", "obligatoire"),
        ({"point": "licence", "reason": "Encore", "due_on": "31/11/2022"}, "due_on", "n’existe pas"),
    ],
)
def test_a_reserve_wrongly_set(data: dict[str, str], field: str, words: str, world: World) -> None:
    kept = {name: value for name, value in data.items() if value != "pirate"}
    client, url = as_(titulaire(INSTALLED)), order_url("installation_reserve", world, INSTALLED)
    if kept == data:
        assert_refused(client, url, data, field, words)
    assert words in str(client.post(url, data).context["form"].errors[field])


def test_a_reserve_due_in_the_past(world: World) -> None:
    data = {"point": "licence", "reason": "Encore", "due_on": "14/11/2022"}
    assert_refused(
        as_(titulaire(INSTALLED)), order_url("installation_reserve", world, INSTALLED), data, "due_on", "passée"
    )


def test_the_va_page_of_these_tests_fills_then_signs(world: World) -> None:
    client, url = as_(titulaire(VA_TO_SIGN)), va_url("sign", world, VA_TO_SIGN)
    assert client.post(url, va_form(world, VA_TO_SIGN))["Location"] == url
    waiting = client.get(url).content.decode()
    assert "La VA remplie se prépare" in waiting and 'type="radio"' not in waiting
    form = va_signature_form(world, VA_TO_SIGN)
    assert "Lire la VA que vous allez signer" in client.get(url).content.decode()
    assert 'type="radio"' in client.get(url, {"modifier": 1}).content.decode()
    assert client.post(url, form).status_code == 302
    assert world.order(VA_TO_SIGN).state == "realised"


def test_a_va_filled_yesterday_is_filled_anew(world: World) -> None:
    client, url = as_(titulaire(VA_TO_SIGN)), va_url("sign", world, VA_TO_SIGN)
    form = va_signature_form(world, VA_TO_SIGN)
    with clock.frozen(business=clock.business_now() + timedelta(days=1), machine=clock.machine_now()):
        assert client.post(url, form)["Location"] == url
        page = client.get(url).content.decode()
    assert "a été remplie un autre jour" in page and page.count("checked") == len(BOXES)
    assert world.order(VA_TO_SIGN).state == "signed_firm"


def test_a_va_on_its_way_to_the_signature_is_for_its_signatory_alone(world: World) -> None:
    va_signature_form(world, VA_TO_SIGN)
    document = Document.objects.get(kind="va_filled", subject_id=str(world.attestation(VA_TO_SIGN).pk))
    url = reverse("home:document", args=[world.order(VA_TO_SIGN).pk, document.pk])
    assert as_(titulaire(VA_TO_SIGN)).get(url).status_code == 200
    for stranger in (SUPPLIER, adjoint(VA_TO_SIGN), titulaire(VA_RESERVE)):
        assert as_(stranger).get(url).status_code == 404
    assert (
        str(document.pk)
        not in as_(titulaire(VA_TO_SIGN)).get(world.order(VA_TO_SIGN).get_absolute_url()).content.decode()
    )


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize(
    ("answer", "suffix", "words"), [("", "", "Répondez à ce point"), ("no", "_reason", "Dites en quelques mots")]
)
def test_each_box_of_the_va(box: str, answer: str, suffix: str, words: str, world: World) -> None:
    form = va_form(world, VA_TO_SIGN, **{box: answer, f"{box}_reason": ""})
    assert_refused(as_(titulaire(VA_TO_SIGN)), va_url("sign", world, VA_TO_SIGN), form, f"{box}{suffix}", words)


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"place": ""}, "place", "obligatoire"),
        ({"place": "  "}, "place", "obligatoire"),
        ({"place": "é" * 81}, "place", "80"),
        ({"general": "pirate"}, "general", "choix"),
        ({"mss": "no", "mss_reason": "é" * 2001}, "mss_reason", "2000"),
        (dict.fromkeys(BOXES, "no") | {f"{box}_reason": "Non" for box in BOXES}, "", "Vous refusez tous les points"),
    ],
)
def test_a_va_wrongly_filled(changed: dict[str, str], field: str, words: str, world: World) -> None:
    client, url, form = as_(titulaire(VA_TO_SIGN)), va_url("sign", world, VA_TO_SIGN), va_form(world, VA_TO_SIGN)
    if "pirate" in changed.values():
        assert words in str(client.post(url, form | changed).context["form"].errors[field])
        return
    assert_refused(client, url, form | changed, field, words)


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [({"consent": ""}, "consent", "Cochez la case"), ({"shown": "0" * 64}, "", "Le document n’est plus celui")],
)
def test_a_va_wrongly_signed(changed: dict[str, str], field: str, words: str, world: World) -> None:
    client, url, form = (
        as_(titulaire(VA_TO_SIGN)),
        va_url("sign", world, VA_TO_SIGN),
        va_signature_form(world, VA_TO_SIGN),
    )
    assert_refused(client, url, form | changed, field, words)


def test_no_box_is_ticked_beforehand(world: World) -> None:
    page = as_(titulaire(VA_TO_SIGN)).get(va_url("sign", world, VA_TO_SIGN))
    assert page.content.decode().count('type="radio"') == 2 * len(BOXES)
    assert b"checked" not in page.content


def test_a_va_signed_twice_counts_once(world: World) -> None:
    client, url = as_(titulaire(VA_TO_SIGN)), va_url("sign", world, VA_TO_SIGN)
    form = va_signature_form(world, VA_TO_SIGN)
    dossier = world.order(VA_TO_SIGN).get_absolute_url()
    assert [client.post(url, form)["Location"] for _ in range(2)] == [dossier] * 2
    assert "C’est déjà signé" in client.get(dossier).content.decode()
    assert client.get(url)["Location"] == dossier
    signed = Signature.objects.filter(document__subject_id=str(world.attestation(VA_TO_SIGN).pk))
    assert signed.count() == 1


@pytest.mark.parametrize("reason", ["", "  ", "é" * 2001])
def test_a_va_refused_without_a_reason(reason: str, world: World) -> None:
    words = "2000" if reason.strip() else "obligatoire"
    url = va_url("refuse", world, VA_TO_SIGN)
    assert_refused(as_(titulaire(VA_TO_SIGN)), url, {"reason": reason}, "reason", words)


def test_nothing_to_answer_before_the_reserve_is_lifted(world: World) -> None:
    form = {"place": "Rennes", "consent": "on", "shown": "0" * 64}
    assert_not_possible(
        as_(titulaire(VA_RESERVE)), va_url("confirm", world, VA_RESERVE), form, "pas encore déclaré de réserve levée"
    )


def test_lifted_reserves_wrongly_answered(world: World) -> None:
    client, url = as_(titulaire("citadelle")), va_url("confirm", world, "citadelle")
    box = "dossier_pharmaceutique"
    form = {"place": "Ajaccio", "fill": "1"}
    assert_refused(client, url, form, box, "Répondez à ce point")
    assert_refused(client, url, form | {box: "no"}, f"{box}_reason", "Dites en quelques mots")
    signed = va_signature_form(world, "citadelle")
    assert_refused(client, url, signed | {"consent": ""}, "consent", "Cochez la case")
    for _ in range(2):
        assert client.post(url, signed)["Location"] == world.order("citadelle").get_absolute_url()
        assert world.order("citadelle").state == "realised"
    assert Signature.objects.filter(document_sha256=signed["shown"]).count() == 1


def test_everything_that_a_va_lacks_is_said_at_once(world: World) -> None:
    client, url = as_(titulaire(VA_TO_SIGN)), va_url("sign", world, VA_TO_SIGN)
    assert set(client.post(url, {"place": "", "fill": "1"}).context["form"].errors) == {*BOXES, "place"}
