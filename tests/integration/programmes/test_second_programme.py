"""Another corridor, another wave: a folder of the catalogue and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orders.models import Order
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import User
from portal.common.refusals import Refused
from portal.documents.models import Document
from portal.programmes.selectors import default_rules, open_rules
from portal.programmes.services.load import load_catalogue
from portal.registry.models import Pharmacy
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.content import content
from tests.factories.dossiers import Dossier, paris

FOLDER = Path(__file__).resolve().parents[2] / "data/catalogue"
WAVE_1, WAVE_2 = "BIO-LABO-Va1", "BIO-LABO-Va2"
REQUIRED_SINCE = paris("2022-12-12", 14)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loaded() -> None:
    assert [str(version) for version in load_catalogue(FOLDER)] == [f"{WAVE_1} v1", f"{WAVE_2} v1"]


def _client(finess: str) -> tuple[Pharmacy, Actor]:
    place = people.pharmacy(finess=finess)
    return place, people.attach(place, Role.TITULAIRE)


def _order(client: tuple[Pharmacy, Actor], programme: str, **typed: Any) -> Dossier:
    company = people.supplier()
    version = people.software(company, programme=programme)
    supplier = people.member(company.organisation, Role.SUPPLIER)
    return Dossier(company, client[0], version, supplier, client[1], typed=content(**typed), programme=programme)


def _drafted(client: tuple[Pharmacy, Actor], **typed: Any) -> Dossier:
    one = _order(client, WAVE_2, **typed)
    one.draft(at=TODAY)
    return one


def _wave_1_done(client: tuple[Pharmacy, Actor]) -> None:
    one = _order(client, WAVE_1)
    for step in (one.draft, one.issue, one.sign, one.plan, one.declare, one.prepare, one.answer):
        step()
    assert one.order.state == "realised"


def _label(order: Order) -> str:
    document = Document.objects.filter(thread=str(order.pk), kind="order_signed").get()
    label: str = document.snapshot["line"]["label"]
    return label


@pytest.mark.parametrize(
    ("finess", "had_wave_1", "ceiling", "prestation"),
    [
        ("350009991", False, "1230.00", "vague 1 + vague 2"),
        ("350009991", True, "410.00", "vague 2"),
        ("350009992", False, "1540.00", "vague 1 + vague 2"),
        ("350009992", True, "520.00", "vague 2"),
    ],
)
def test_the_prestation_follows_the_client(finess: str, had_wave_1: bool, ceiling: str, prestation: str) -> None:
    client, most = _client(finess), Decimal(ceiling)
    if had_wave_1:
        _wave_1_done(client)
    with pytest.raises(Refused) as refused:
        _drafted(client, ht=most + Decimal("0.01")).issue(at=TODAY)
    assert refused.value.codes == ("above_ceiling",)
    one = _drafted(client, ht=most)
    one.issue(at=TODAY)
    order = one.sign(at=TODAY)
    assert (order.state, str(order.rule_set)) == ("signed_firm", f"{WAVE_2} v1")
    assert _label(order) == f"Prestation Ségur BIO-LABO {prestation}"


def test_a_client_that_the_table_does_not_know() -> None:
    with pytest.raises(Refused) as refused:
        _drafted(_client("350009993")).issue(at=TODAY)
    assert refused.value.codes == ("not_in_table",)


@pytest.mark.parametrize(("shift", "codes"), [(-1, None), (0, ("missing_field",)), (1, ("missing_field",))])
def test_a_field_required_from_an_instant_on(shift: int, codes: tuple[str, ...] | None) -> None:
    at = REQUIRED_SINCE + timedelta(seconds=shift)
    one = _drafted(_client("350009991"), installation_scenario="", client_phone="")
    if codes is None:
        assert one.issue(at=at).state == "issued"
        return
    with pytest.raises(Refused) as refused:
        one.issue(at=at)
    assert refused.value.codes == codes
    assert [(r.field, r.legal_ref) for r in refused.value.refusals] == [
        ("installation_scenario", "Texte inventé, article 5")
    ]


def test_the_history_counts_as_it_stood_at_the_issue() -> None:
    """Wave 1 done after the order was issued does not change what the order is."""
    client = _client("350009991")
    one = _order(client, WAVE_2, ht=Decimal("1230.00"))
    one.draft()
    one.issue()
    _wave_1_done(client)
    assert _label(one.sign(at=paris("2022-11-08"))) == "Prestation Ségur BIO-LABO vague 1 + vague 2"


def _browser(actor: Actor) -> Client:
    browser = Client()
    browser.force_login(User.objects.get(pk=actor.user_id or 0))
    return browser


def test_the_screens_offer_every_open_programme() -> None:
    place, _ = _client("350009991")
    company = people.supplier()
    browser = _browser(people.member(company.organisation, Role.SUPPLIER))
    assert [rules.programme for rules in open_rules(TODAY)] == [WAVE_1, WAVE_2, people.PROGRAMME]
    page = browser.get(reverse("orders:choose_pharmacy"), {"q": place.finess}).content.decode()
    address = reverse("orders:new", args=[place.pk])
    for programme in (WAVE_1, WAVE_2, people.PROGRAMME):
        assert f"{address}?programme={programme}" in page
    draft = browser.get(address, {"programme": WAVE_2}).content.decode()
    assert "vague 1 + vague 2" in draft and "1\u202f230,00" in draft
    assert browser.get(address, {"programme": "INCONNU"}).status_code == 404
    assert browser.get(address, {"programme": "\x00"}).status_code == 404


def _after(closing: datetime) -> datetime:
    return closing + timedelta(seconds=1)


def test_the_default_programme_is_the_first_open_one() -> None:
    assert default_rules(TODAY).programme == WAVE_1
    closed = default_rules(_after(paris("2023-03-15", 14)))
    assert closed.programme == WAVE_1, "none is open: the first of the catalogue"
