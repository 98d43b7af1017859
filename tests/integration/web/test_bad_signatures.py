"""Signatures of an order that must not count, at the borders of the calendar and in the page."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from orders.models import Installation
from orders.services.facts import OBJECT as ORDER_OBJECT
from portal.accounts.domain.roles import Role
from portal.accounts.models import StepUpDocument, User
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.clock import PARIS
from portal.demo import cast
from portal.documents.models import Signature
from portal.documents.selectors import latest
from portal.outbox.services.deliver import deliver_pending
from portal.registry.services.people import attach_to_pharmacy
from tests.integration.web.forms import assert_not_possible, assert_refused, confirm, order_url, signature_form
from tests.integration.web.world import ISSUED, SINCE, SUPPLIER, World, adjoint, as_, titulaire

OPENING = datetime(2022, 2, 2, tzinfo=PARIS)
CLOSING = datetime(2023, 3, 15, 14, tzinfo=PARIS)
SECOND = timedelta(seconds=1)


def test_the_page_of_these_tests_signs(world: World) -> None:
    response = as_(titulaire(ISSUED)).post(order_url("sign", world, ISSUED), signature_form(world, ISSUED))
    assert response.status_code == 302
    assert world.order(ISSUED).state == "signed_firm"


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"consent": ""}, "consent", "Cochez la case"),
        ({"shown": "0" * 64}, "", "Le document a changé"),
        ({"shown": "<b>"}, "", "Le document a changé"),
        ({"shown": ""}, "shown", "obligatoire"),
    ],
)
def test_a_signature_that_does_not_count(changed: dict[str, str], field: str, words: str, world: World) -> None:
    form = signature_form(world, ISSUED, **changed)
    assert_refused(as_(titulaire(ISSUED)), order_url("sign", world, ISSUED), form, field, words)


def test_a_password_is_not_enough(world: World) -> None:
    """Nobody's identity was confirmed for the document: the page leads to Pro Santé Connect, nothing is signed."""
    document = latest("order", ORDER_OBJECT, str(world.order(ISSUED).pk))
    assert document is not None
    client, url = as_(titulaire(ISSUED)), order_url("sign", world, ISSUED)
    answer = client.post(url, {"consent": "on", "shown": document.sha256})
    assert "Votre identité n’a pas été confirmée pour ce document" in answer.content.decode()
    assert world.order(ISSUED).state == "issued"


def test_an_identity_confirmed_for_another_document_signs_nothing(world: World) -> None:
    form = signature_form(world, ISSUED)
    StepUpDocument.objects.filter(sha256=form["shown"]).update(used_at=clock.machine_now())
    confirm(titulaire(ISSUED), "f" * 64, "order")
    answer = as_(titulaire(ISSUED)).post(order_url("sign", world, ISSUED), form)
    assert answer.status_code == 200 and world.order(ISSUED).state == "issued"


def test_an_identity_confirmed_a_quarter_of_an_hour_ago_is_asked_again(world: World) -> None:
    form = signature_form(world, ISSUED)
    with clock.frozen(business=clock.business_now(), machine=clock.machine_now() + timedelta(minutes=15)):
        answer = as_(titulaire(ISSUED)).post(order_url("sign", world, ISSUED), form)
    assert "plus de quinze minutes" in answer.content.decode() and world.order(ISSUED).state == "issued"


def test_who_is_not_known_to_pro_sante_connect_is_told_the_way_out(world: World) -> None:
    page = as_(titulaire(ISSUED)).get(order_url("sign", world, ISSUED)).content.decode()
    assert "n’accepte pas une signature par mot de passe" in page and 'name="consent"' not in page


@pytest.mark.parametrize("login", [adjoint(ISSUED), SUPPLIER])
def test_only_the_titulaire_signs(login: str, world: World) -> None:
    url = order_url("sign", world, ISSUED)
    assert_not_possible(as_(login), url, signature_form(world, ISSUED), "ne vous revient pas")


def test_a_double_post_signs_once(world: World) -> None:
    client, url, form = as_(titulaire(ISSUED)), order_url("sign", world, ISSUED), signature_form(world, ISSUED)
    first, second = client.post(url, form), client.post(url, form)
    order = world.order(ISSUED)
    assert [answer["Location"] for answer in (first, second)] == [order.get_absolute_url()] * 2
    assert "C’est déjà signé" in client.get(order.get_absolute_url()).content.decode()
    assert client.get(url)["Location"] == order.get_absolute_url()
    assert Signature.objects.filter(document__thread=str(order.pk)).count() == 1
    assert Installation.objects.filter(order=order).count() == 1
    assert AuditEvent.objects.filter(thread=str(order.pk), verb="sign_firm").count() == 1


def test_who_did_not_sign_is_told_why_it_cannot_be_signed(world: World) -> None:
    url, form = order_url("sign", world, ISSUED), signature_form(world, ISSUED)
    other = User.objects.create_user("co-titulaire@canal.example", cast.PASSWORD, first_name="Alix", last_name="Essai")
    pharmacy = world.order(ISSUED).pharmacy_id
    attach_to_pharmacy(user=other, pharmacy_id=pharmacy, role=Role.TITULAIRE, since=SINCE)
    assert as_(titulaire(ISSUED)).post(url, form).status_code == 302
    assert_not_possible(as_(other.email), url, form, "n’est pas possible dans l’état « Signée »")


def test_an_order_signed_then_cancelled_is_not_said_to_be_signed(world: World) -> None:
    client, url, form = as_(titulaire(ISSUED)), order_url("sign", world, ISSUED), signature_form(world, ISSUED)
    assert client.post(url, form).status_code == 302
    assert as_(SUPPLIER).post(order_url("ask_cancel", world, ISSUED), {"reason": "Erreur"}).status_code == 302
    assert client.post(order_url("cancel", world, ISSUED)).status_code == 302
    assert_not_possible(client, url, form, "n’est pas possible dans l’état « Annulée »")


def test_an_order_signed_in_another_tab_meanwhile_taken_back(world: World) -> None:
    client, url, form = as_(titulaire(ISSUED)), order_url("sign", world, ISSUED), signature_form(world, ISSUED)
    assert as_(SUPPLIER).post(order_url("withdraw", world, ISSUED)).status_code == 302
    assert client.post(url, form).status_code == 404
    assert as_(SUPPLIER).post(order_url("issue", world, ISSUED)).status_code == 302
    deliver_pending()
    assert_refused(client, url, form, "", "Le document a changé")


@pytest.mark.parametrize("late", [timedelta(0), SECOND, timedelta(days=30)])
def test_from_the_closing_instant_on_nobody_signs(late: timedelta, world: World) -> None:
    _issue_again_before_the_closing(world)
    with clock.frozen(business=CLOSING + late):
        url, form = order_url("sign", world, ISSUED), signature_form(world, ISSUED)
        assert_not_possible(as_(titulaire(ISSUED)), url, form, "avant le 15/03/2023 à 14 h 00")
        assert as_(titulaire(ISSUED)).get(url).status_code == 409


def test_one_second_before_the_closing_one_still_signs(world: World) -> None:
    _issue_again_before_the_closing(world)
    with clock.frozen(business=CLOSING - SECOND):
        url, form = order_url("sign", world, ISSUED), signature_form(world, ISSUED)
        assert as_(titulaire(ISSUED)).post(url, form).status_code == 302
    assert world.order(ISSUED).signed_at == CLOSING - SECOND


def _issue_again_before_the_closing(world: World) -> None:
    with clock.frozen(business=CLOSING - timedelta(days=1)):
        for name in ("withdraw", "issue"):
            assert as_(SUPPLIER).post(order_url(name, world, ISSUED)).status_code == 302
        deliver_pending()


def test_one_second_before_the_opening_nobody_signs(world: World) -> None:
    with clock.frozen(business=OPENING - SECOND):
        url, form = order_url("sign", world, ISSUED), signature_form(world, ISSUED)
        assert_not_possible(as_(titulaire(ISSUED)), url, form, "Le dispositif n’est pas encore ouvert")


def test_one_second_before_the_opening_nothing_is_issued(world: World) -> None:
    with clock.frozen(business=OPENING - SECOND):
        url = order_url("issue", world, "phare")
        assert_not_possible(as_(SUPPLIER), url, {}, "à partir du 02/02/2022")


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({}, "reason", "obligatoire"),
        ({"reason": ""}, "reason", "obligatoire"),
        ({"reason": "pirate", "comment": "Mes mots"}, "reason", "choix"),
        ({"reason": "other", "comment": ""}, "comment", "Précisez le motif"),
        ({"reason": "other", "comment": " \u00a0 "}, "comment", "Précisez le motif"),
        ({"reason": "other", "comment": "é" * 2001}, "comment", "2000"),
    ],
)
def test_an_order_refused_without_a_reason(data: dict[str, str], field: str, words: str, world: World) -> None:
    shown = {name: value for name, value in data.items() if value != "pirate"}
    url, client = order_url("decline", world, ISSUED), as_(titulaire(ISSUED))
    if shown == data:
        assert_refused(client, url, data, field, words)
    assert words in str(client.post(url, data).context["form"].errors[field])
    assert world.order(ISSUED).state == "issued"


@pytest.mark.parametrize("reason", ["", "   ", "é" * 2001])
def test_a_cancellation_without_a_reason(reason: str, world: World) -> None:
    words = "2000" if reason.strip() else "obligatoire"
    assert_refused(
        as_(titulaire("eglise")), order_url("ask_cancel", world, "eglise"), {"reason": reason}, "reason", words
    )
