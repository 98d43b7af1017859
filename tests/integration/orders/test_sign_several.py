"""Several orders signed at one go, by a titulaire of two pharmacies: one identity confirmed, each order on its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.http import HttpResponse
from pytest_django import Settings

from orders.services.issue import issue_order, withdraw_order
from portal.accounts.actors import Actor
from portal.accounts.domain.intents import commits_to
from portal.accounts.domain.roles import Role
from portal.accounts.models import StepUp, User
from portal.accounts.services.identities import record_identity
from portal.accounts.services.person_keys import unseal
from portal.accounts.services.step_up import binding_of
from portal.common import clock
from portal.demo.identity.people import PEOPLE
from portal.demo.identity.provider import IdentityProvider
from portal.documents.models import Document, Signature
from portal.outbox.services.deliver import deliver_pending
from portal.registry.services.people import attach_to_pharmacy
from tests.factories import people
from tests.factories.dossier import SIGNED, Dossier, dossier
from tests.integration.accounts.providers import Browser, configuration, serving
from tests.integration.web.counting import BUDGET, asked, shown
from tests.integration.web.world import as_

pytestmark = pytest.mark.django_db
URL = "/commandes/a-signer/"


@pytest.fixture(scope="module")
def demo_server() -> Iterator[IdentityProvider]:
    """The demonstration's provider, really listening."""
    with serving() as provider:
        yield provider


@dataclass
class Desk:
    """A titulaire of two pharmacies at her browser; a firm order waits in one, a conditional one in the other."""

    user: User
    browser: Browser
    firm: Dossier
    conditional: Dossier

    def choose(self, *orders: Dossier) -> HttpResponse:
        """Tick them, and off to confirm."""
        data = {"order": [str(one.pk) for one in orders], "identify": "1"}
        return self.browser.portal.post(URL, data)  # type: ignore[return-value]

    def confirm(self, *orders: Dossier) -> str:
        """Tick them, confirm one's identity, and back: the page that signs."""
        away = self.choose(*orders)
        assert away.status_code == 302, away.content.decode()
        back = self.browser.portal.get(self.browser.confirm(away["Location"], "canal"))
        assert back["Location"] == f"{URL}#signer"
        return self.page()

    def page(self) -> str:
        """The list."""
        return str(self.browser.portal.get(URL).content.decode())

    def sign(self, page: str, **given: Any) -> str:
        """Fill that page and send it; what one then sees."""
        lines = re.findall(r'name="line" value="([^"]+)"', page)
        agreed = {name: "on" for name in ("firm", "conditional") if f'name="{name}"' in page}
        data = {"line": lines, **agreed} | given
        return str(self.browser.portal.post(URL, data, follow=True).content.decode())


def issued(one: Dossier) -> Dossier:
    """An order that waits, with its document."""
    one.draft()
    one.issue()
    deliver_pending()
    return one


@pytest.fixture
def desk(strict_templates: None, demo_server: IdentityProvider, settings: Settings) -> Iterator[Desk]:
    cache.clear()
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing folder
    settings.PSC = configuration(demo_server.issuer)
    firm = issued(dossier())
    user = User.objects.get(pk=firm.titulaire.user_id or 0)
    place = people.pharmacy()
    second = attach_to_pharmacy(user=user, pharmacy_id=place.pk, role=Role.TITULAIRE, since=people.SINCE)
    conditional = issued(dossier(referenced=False, place=place, titulaire=Actor.of(second)))
    record_identity(user=user, national_id=PEOPLE["canal"].national_id, recorded_by=None)
    with clock.frozen(business=SIGNED):
        yield Desk(user, Browser(as_(user.email)), firm, conditional)


def test_one_identity_confirmed_signs_both_each_with_its_own_evidence(desk: Desk) -> None:
    page = desk.confirm(desk.firm, desk.conditional)
    assert "Votre identité est confirmée pour 2 bons de commande." in page
    done = desk.sign(page)
    assert "2 bons de commande signés sur 2" in done
    assert (desk.firm.order.state, desk.conditional.order.state) == ("signed_firm", "signed_conditional")
    step_up = StepUp.objects.get()
    for one in (desk.firm, desk.conditional):
        signature = Signature.objects.get(document__thread=str(one.pk))
        assert (signature.step_up, signature.signer) == (step_up, desk.user)
        assert signature.organisation_id == one.titulaire.organisation_id
        assert ("caduque" in signature.consent_text) is (one is desk.conditional)
        context = json.loads(unseal(signature.signer_id, signature.context))
        assert context["address"] == "127.0.0.1" and signature.request_id
        bound = binding_of(step_up, signature.document_sha256)
        assert commits_to(bound["intent"], signature.document_sha256, bound["proof"], bound["position"])


def test_the_list_names_each_order_and_its_document_is_read_whatever_the_pharmacy(desk: Desk) -> None:
    page = desk.page()
    for one in (desk.firm, desk.conditional):
        for words in (one.order.number, one.company.name, one.order.client_name, f"{URL}{one.pk}.pdf"):
            assert words in page
        assert desk.browser.portal.get(f"{URL}{one.pk}.pdf")["Content-Type"] == "application/pdf"
    assert "sous condition de référencement" in page and "ferme" in page
    assert "Signer ces" not in page
    desk.confirm(desk.firm)
    others = desk.browser.portal.get(f"{URL}?liste").content.decode()
    assert f'value="{desk.conditional.pk}"' in others


def test_one_that_was_taken_back_says_why_and_stops_no_other(desk: Desk) -> None:
    page = desk.confirm(desk.firm, desk.conditional)
    withdraw_order(order_id=desk.firm.pk, actor=desk.firm.supplier)
    done = desk.sign(page)
    assert "1 bon de commande signé sur 2" in done and "attend plus votre signature" in done
    assert desk.firm.order.number in done
    assert (desk.firm.order.state, desk.conditional.order.state) == ("draft", "signed_conditional")


def test_a_document_swapped_meanwhile_is_not_signed(desk: Desk) -> None:
    page = desk.confirm(desk.firm, desk.conditional)
    withdraw_order(order_id=desk.firm.pk, actor=desk.firm.supplier)
    issue_order(order_id=desk.firm.pk, actor=desk.firm.supplier)
    deliver_pending()
    done = desk.sign(page)
    assert "1 bon de commande signé sur 2" in done and "Le document a changé" in done
    assert (desk.firm.order.state, desk.conditional.order.state) == ("issued", "signed_conditional")
    latest = Document.objects.filter(thread=str(desk.firm.pk), voided_at=None).latest("revision")
    forged = [f"{desk.firm.pk} {latest.sha256} firm"]
    desk.sign(page, line=forged)
    assert desk.firm.order.state == "issued"


def test_what_was_not_ticked_cannot_be_signed(desk: Desk) -> None:
    page = desk.confirm(desk.conditional)
    document = Document.objects.get(thread=str(desk.firm.pk), kind="order")
    line = re.findall(r'name="line" value="([^"]+)"', page)
    done = desk.sign(page, line=[*line, f"{desk.firm.pk} {document.sha256} firm"])
    assert "1 bon de commande signé sur 2" in done and "plus de quinze minutes" in done
    assert (desk.firm.order.state, desk.conditional.order.state) == ("issued", "signed_conditional")


def test_another_tenants_order_does_not_exist(desk: Desk) -> None:
    stranger = issued(dossier())
    assert stranger.order.number not in desk.page()
    assert desk.browser.portal.get(f"{URL}{stranger.pk}.pdf").status_code == 404
    refused = desk.choose(desk.firm, stranger)
    assert refused.status_code == 200 and "attend plus votre signature" in refused.content.decode()
    page = desk.confirm(desk.firm)
    document = Document.objects.get(thread=str(stranger.pk), kind="order")
    done = desk.sign(page, line=[f"{stranger.pk} {document.sha256} firm"])
    assert stranger.order.number not in done and stranger.order.state == "issued"


def test_nothing_is_signed_without_the_box_or_a_confirmed_identity(desk: Desk) -> None:
    lines = [f"{desk.firm.pk} {Document.objects.get(thread=str(desk.firm.pk)).sha256} firm"]
    assert "confirmée pour aucun de ces bons" in desk.sign("", line=lines, firm="on")
    page = desk.confirm(desk.firm)
    again = desk.sign(page, firm="")
    assert "Cochez la case" in again and desk.firm.order.state == "issued"
    assert not Signature.objects.exists()


def test_a_second_click_signs_nothing_twice_and_says_that_it_is_done(desk: Desk) -> None:
    page = desk.confirm(desk.firm, desk.conditional)
    desk.sign(page)
    assert "2 bons de commande signés sur 2" in desk.sign(page)
    assert Signature.objects.count() == 2


def test_of_two_orders_for_one_right_only_one_is_chosen(desk: Desk) -> None:
    rival = issued(dossier(place=desk.firm.place, titulaire=desk.firm.titulaire))
    answer = desk.choose(desk.firm, rival).content.decode()
    assert "gardez-en un" in answer
    assert len(re.findall(r'name="order" value="[^"]+" checked', answer)) == 2


def test_an_order_that_replaces_another_is_signed_alone(desk: Desk) -> None:
    rival = issued(dossier(place=desk.firm.place, titulaire=desk.firm.titulaire))
    desk.sign(desk.confirm(desk.firm))
    page = desk.page()
    assert "signez-le seul" in page and f'value="{rival.pk}"' not in page


def test_nobody_without_an_identity_can_begin(desk: Desk, settings: Settings) -> None:
    settings.PSC = None
    page = desk.choose(desk.firm).content.decode()
    assert "Le programme n’accepte pas une signature par mot de passe" in page


def test_more_orders_take_no_more_queries(desk: Desk) -> None:
    few = asked(desk.browser.portal, URL)
    for _ in range(3):
        place = people.pharmacy()
        held = attach_to_pharmacy(user=desk.user, pharmacy_id=place.pk, role=Role.TITULAIRE, since=people.SINCE)
        issued(dossier(place=place, titulaire=Actor.of(held)))
    many = asked(desk.browser.portal, URL)
    assert len(many) == len(few) <= BUDGET, shown(many)
