"""Beside the access matrix: forged tokens, drafts, borrowed identifiers, mandates that ended, the demonstration's date."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse
from pytest_django import Settings

from orders.models import Order
from portal.accounts.models import Membership
from portal.demo.clock import start_clock
from portal.documents.models import Document
from portal.registry.models import Pharmacy
from tests.integration.web.access import address
from tests.integration.web.watch import written
from tests.integration.web.world import (
    DISTRIBUTOR,
    DRAFT,
    ENDED,
    INSTALLED,
    INSTRUCTOR,
    ISSUED,
    OTHER_SUPPLIER,
    SUPPLIER,
    TODAY,
    VA_RESERVE,
    VA_TO_SIGN,
    World,
    adjoint,
    as_,
    end_mandates,
    finess_of,
    titulaire,
)

WRITES = [
    ("orders:issue", DRAFT, SUPPLIER),
    ("orders:edit", DRAFT, SUPPLIER),
    ("orders:new", DRAFT, SUPPLIER),
    ("orders:withdraw", ISSUED, SUPPLIER),
    ("orders:sign", ISSUED, titulaire(ISSUED)),
    ("attestations:sign", VA_TO_SIGN, titulaire(VA_TO_SIGN)),
    ("attestations:retract", VA_TO_SIGN, SUPPLIER),
    ("home:switch", "", SUPPLIER),
    ("registry:people", DRAFT, INSTRUCTOR),
    ("registry:referencing", DRAFT, INSTRUCTOR),
    ("account_logout", "", SUPPLIER),
]


@pytest.mark.parametrize(("name", "key", "login"), WRITES)
def test_a_post_without_its_token_is_refused(name: str, key: str, login: str, world: World) -> None:
    before = written()
    response = as_(login, checks_csrf=True).post(address(name, key, world))
    assert response.status_code == 403
    assert written() == before


@pytest.mark.parametrize("login", [titulaire(DRAFT), adjoint(DRAFT)])
def test_a_pharmacy_does_not_see_drafts(login: str, world: World) -> None:
    draft = world.order(DRAFT)
    client = as_(login)
    for url in ("/", reverse("home:board"), reverse("home:notices")):
        page = client.get(url).content.decode()
        assert draft.number not in page and str(draft.pk) not in page
    for name in ("home:dossier", "home:documents", "orders:sign", "orders:edit", "orders:preview"):
        assert client.get(reverse(name, args=[draft.pk])).status_code == 404


def test_an_order_taken_back_is_hidden_again(world: World) -> None:
    order, client = world.order(ISSUED), as_(titulaire(ISSUED))
    paper = Document.objects.filter(thread=str(order.pk)).latest("pk")
    assert client.get(reverse("home:dossier", args=[order.pk])).status_code == 200
    assert as_(SUPPLIER).post(reverse("orders:withdraw", args=[order.pk])).status_code == 302
    assert client.get(reverse("home:dossier", args=[order.pk])).status_code == 404
    assert client.get(reverse("home:document", args=[order.pk, paper.pk])).status_code == 404
    assert client.post(reverse("orders:sign", args=[order.pk])).status_code == 404


def test_a_pharmacy_does_not_read_the_drafting_in_the_timeline(world: World) -> None:
    dossier = reverse("home:dossier", args=[world.order(ISSUED).pk])
    assert "Brouillon créé" in as_(SUPPLIER).get(dossier).content.decode()
    assert "Brouillon créé" not in as_(titulaire(ISSUED)).get(dossier).content.decode()


@pytest.mark.parametrize("login", [SUPPLIER, OTHER_SUPPLIER, DISTRIBUTOR, titulaire(ISSUED), INSTRUCTOR])
def test_boards_list_exactly_the_visible_orders(login: str, world: World) -> None:
    page = as_(login).get(reverse("home:board")).content.decode()
    listed = {number for number in Order.objects.values_list("number", flat=True) if number in page}
    organisation = Membership.objects.get(user__email=login).organisation
    mine = {
        SUPPLIER: Order.objects.filter(supplier__organisation=organisation),
        OTHER_SUPPLIER: Order.objects.filter(supplier__organisation=organisation),
        DISTRIBUTOR: Order.objects.filter(distributor__organisation=organisation),
        titulaire(ISSUED): Order.objects.filter(pharmacy__organisation=organisation, issued_at__isnull=False),
        INSTRUCTOR: Order.objects.all(),
    }[login]
    assert listed == set(mine.values_list("number", flat=True))


def test_identifiers_borrowed_from_another_dossier(world: World) -> None:
    own, other = world.order(INSTALLED), world.order(VA_RESERVE)
    paper = Document.objects.filter(thread=str(other.pk)).latest("pk")
    client, before = as_(SUPPLIER), written()
    assert client.get(reverse("home:document", args=[own.pk, paper.pk])).status_code == 404
    lift = reverse("attestations:lift", args=[world.attestation(VA_TO_SIGN).pk, world.va_reserve(VA_RESERVE).pk])
    assert client.post(lift, {"note": "fait"}).status_code == 409
    gone = reverse("orders:installation_lift", args=[own.pk, world.reserve(INSTALLED).pk + 1_000])
    assert client.post(gone, {"note": "fait"}).status_code == 200  # refused in the form: « déjà levée »
    assert written() == before


@pytest.mark.parametrize("name", ["home:dossier", "home:documents", "orders:edit", "orders:sign", "attestations:sign"])
def test_what_does_not_exist_looks_like_what_belongs_to_another(name: str, world: World) -> None:
    assert as_(SUPPLIER).get(reverse(name, args=[uuid4()])).status_code == 404


def test_a_distributor_drafts_only_for_whom_it_represents(world: World) -> None:
    pharmacy = Pharmacy.objects.get(finess=finess_of(DRAFT))
    version, before = world.order(DRAFT).software_version_id, written()
    for login in (ENDED, OTHER_SUPPLIER):
        response = as_(login).post(reverse("orders:new", args=[pharmacy.pk]), {"version": version})
        assert "Ce logiciel n’est pas l’un des vôtres" in response.content.decode()
    assert written() == before


@pytest.mark.parametrize("name", ["orders:issue", "orders:discard", "orders:edit", "orders:preview", "home:dossier"])
def test_from_the_end_of_its_mandate_a_distributor_s_orders_do_not_exist(name: str, world: World) -> None:
    client, before = as_(ENDED), written()
    assert client.get(reverse(name, args=[world.past])).status_code == 404
    if name.startswith("orders") and name != "orders:preview":
        assert client.post(reverse(name, args=[world.past])).status_code == 404
    assert written() == before


def test_from_the_end_of_its_mandate_a_distributor_reads_of_no_order(world: World) -> None:
    drafted = Order.objects.filter(
        distributor__organisation=Membership.objects.get(user__email=DISTRIBUTOR).organisation
    )
    numbers = set(drafted.values_list("number", flat=True))
    pages = ("/", reverse("home:board"), reverse("home:notices"))
    shown = {number for number in numbers for page in pages if number in as_(DISTRIBUTOR).get(page).content.decode()}
    assert shown == numbers
    end_mandates()
    assert not [number for number in numbers for page in pages if number in as_(DISTRIBUTOR).get(page).content.decode()]


def test_a_membership_that_ended_gives_nothing(world: World) -> None:
    client, dossier = as_(SUPPLIER), reverse("home:dossier", args=[world.order(DRAFT).pk])
    Membership.objects.filter(user__email=SUPPLIER).update(until=TODAY)
    assert client.get(dossier).status_code == 404
    assert client.post(reverse("orders:discard", args=[world.order(DRAFT).pk])).status_code == 404


def test_nobody_acts_for_an_organisation_of_another(world: World) -> None:
    foreign = Membership.objects.get(user__email=OTHER_SUPPLIER)
    client = as_(SUPPLIER)
    assert client.post(reverse("home:switch"), {"membership": foreign.pk}).status_code == 404
    session = client.session
    session["membership"] = foreign.pk
    session.save()
    assert client.get(reverse("home:dossier", args=[world.order("fontaine").pk])).status_code == 404


@pytest.mark.parametrize(("login", "status"), [("", 302), (SUPPLIER, 404), (titulaire(ISSUED), 404), (INSTRUCTOR, 200)])
def test_only_the_administration_moves_the_demonstration(
    login: str, status: int, world: World, settings: Settings
) -> None:
    settings.PORTAL_DEMO = True
    start_clock()
    client, url = as_(login), reverse("home:advance")
    assert client.get(url).status_code == status
    for day in ("", "abc", "32/13/2022", "\x00"):
        moved = start_clock().moved_seconds
        assert client.post(url, {"day": day}).status_code == status
        assert start_clock().moved_seconds == moved


@pytest.mark.parametrize(("day", "status"), [("16/11/2022", 302), ("14/11/2022", 200), ("02/01/2027", 200)])
def test_the_demonstration_only_moves_forward(day: str, status: int, world: World, settings: Settings) -> None:
    settings.PORTAL_DEMO = True
    moved = start_clock().moved_seconds
    response = as_(INSTRUCTOR).post(reverse("home:advance"), {"day": day})
    assert response.status_code == status
    assert (start_clock().moved_seconds > moved) == (status == 302)
    assert status == 302 or f'value="{day}"' in response.content.decode()
