"""Wrong orders, typed in the real pages: said beside the field, kept on the screen, written nowhere."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from orders.domain.content import MANDATORY
from portal.registry.models import Pharmacy
from tests.integration.web.forms import assert_refused, order_form, order_url
from tests.integration.web.watch import written
from tests.integration.web.world import DRAFT, OTHER_SUPPLIER, SUPPLIER, World, as_, finess_of


def test_the_form_of_these_tests_is_complete(world: World) -> None:
    response = as_(SUPPLIER).post(order_url("edit", world, DRAFT), order_form(world, DRAFT))
    assert response.status_code == 302
    assert world.order(DRAFT).state == "issued"


@pytest.mark.parametrize("field", sorted(MANDATORY))
def test_each_mandatory_mention(field: str, world: World) -> None:
    data = order_form(world, DRAFT, **{field: ""})
    assert_refused(as_(SUPPLIER), order_url("edit", world, DRAFT), data, field, MANDATORY[field])


def test_everything_that_an_order_lacks_is_said_at_once(world: World) -> None:
    url = reverse("orders:new", args=[world.order(DRAFT).pharmacy_id])
    form = as_(SUPPLIER).post(url, {"issue": "1", "client_email": "pas une adresse"}).context["form"]
    assert set(form.errors) == {"version", *MANDATORY, "has_personal_mailbox", "has_organisation_mailbox"}
    assert len(form.errors["client_email"]) == 1
    assert set(as_(SUPPLIER).post(url, {"save": "1"}).context["form"].errors) == {"version"}


@pytest.mark.parametrize("field", sorted(MANDATORY))
def test_blanks_are_no_mention(field: str, world: World) -> None:
    data = order_form(world, DRAFT, **{field: " \u00a0 "})
    words = MANDATORY[field] if field != "administrator_status" else "choi"
    assert_refused(as_(SUPPLIER), order_url("edit", world, DRAFT), data, field, words)


WRONG = [
    ("amount_vat", "160,01", "amount_vat", "La TVA ne tombe pas juste"),
    ("amount_vat", "159,99", "amount_vat", "La TVA ne tombe pas juste"),
    ("amount_ttc", "960,01", "amount_ttc", "Le total ne tombe pas juste"),
    ("amount_ttc", "959.99", "amount_ttc", "Le total ne tombe pas juste"),
    ("state_amount", "960,01", "state_amount", "doit être le montant TTC"),
    ("state_amount", "0", "state_amount", "doit être le montant TTC"),
    ("vat_percent", "8,50", "vat_percent", "Le taux de TVA de ce département est de 20 %"),
    ("vat_percent", "-1", "vat_percent", "supérieure ou égale à 0"),
    ("vat_percent", "abc", "vat_percent", "Saisissez un nombre"),
    ("vat_percent", "NaN", "vat_percent", "Saisissez un nombre"),
    ("vat_percent", "1000,00", "vat_percent", "chiffres"),
    ("amount_ht", "0", "amount_ht", "supérieur à 0"),
    ("amount_ht", "", "amount_ht", "supérieur à 0"),
    ("amount_ht", "abc", "amount_ht", "Ce montant n’est pas lisible"),
    ("amount_ht", "1e9", "amount_ht", "Ce montant n’est pas lisible"),
    ("amount_ht", "NaN", "amount_ht", "Ce montant n’est pas lisible"),
    ("amount_ht", "∞", "amount_ht", "Ce montant n’est pas lisible"),
    ("amount_ht", "-1", "amount_ht", "ne peut pas être négatif"),
    ("amount_ht", "12,345", "amount_ht", "au plus deux chiffres"),
    ("amount_ht", "99999999999", "amount_ht", "trop grand"),
    ("has_personal_mailbox", "", "has_personal_mailbox", "Répondez par oui ou par non"),
    ("has_organisation_mailbox", "", "has_organisation_mailbox", "Répondez par oui ou par non"),
    ("organisation_operator", "", "organisation_operator", "Indiquez l’opérateur"),
    ("has_personal_mailbox", "yes", "personal_operator", "Indiquez l’opérateur"),
    ("client_email", "pas une adresse", "client_email", "adresse"),
    ("administrator_status", "pirate", "administrator_status", "choix"),
    ("client_name", "é" * 201, "client_name", "200"),
    ("installation_scenario", "é" * 2001, "installation_scenario", "2000"),
]


@pytest.mark.parametrize(("typed", "value", "field", "words"), WRONG)
def test_wrong_answers(typed: str, value: str, field: str, words: str, world: World) -> None:
    data = order_form(world, DRAFT, **{typed: value})
    assert_refused(as_(SUPPLIER), order_url("edit", world, DRAFT), data, field, words)


def test_above_the_ceiling(world: World) -> None:
    above = {"amount_ht": "5000,01", "amount_vat": "1000,00", "amount_ttc": "6000,01", "state_amount": "6000,01"}
    data = order_form(world, DRAFT, **above)
    assert_refused(as_(SUPPLIER), order_url("edit", world, DRAFT), data, "amount_ht", "dépasse le plafond")


@pytest.mark.parametrize("foreign", ["another", "unknown", "not a number", ""])
def test_a_software_that_is_not_theirs(foreign: str, world: World) -> None:
    version = {
        "another": str(world.order("fontaine").software_version_id),
        "unknown": str(uuid4()),
        "not a number": "zz",
        "": "",
    }[foreign]
    words = {"": "obligatoire", "not a number": "valide"}.get(foreign, "Ce logiciel n’est pas l’un des vôtres")
    before, url = written(), order_url("edit", world, DRAFT)
    response = as_(SUPPLIER).post(url, order_form(world, DRAFT, version=version))
    assert response.status_code == 200
    assert any(words in message for message in response.context["form"].errors["version"])
    assert "Dominique Technique" in response.content.decode()
    assert written() == before


def test_a_new_order_refused_at_its_issue_is_not_left_as_a_draft(world: World) -> None:
    pharmacy = Pharmacy.objects.get(finess=finess_of(DRAFT))
    data = order_form(world, DRAFT, amount_vat="160,01", version_seen="")
    assert_refused(as_(SUPPLIER), reverse("orders:new", args=[pharmacy.pk]), data, "amount_vat", "ne tombe pas juste")


def test_two_people_editing(world: World) -> None:
    url, first, second = order_url("edit", world, DRAFT), as_(SUPPLIER), as_(SUPPLIER)
    seen = first.get(url).context["form"]["version_seen"].value()
    data = order_form(world, DRAFT, version_seen=str(seen))
    del data["issue"]
    assert first.post(url, data | {"client_name": "Le premier"}).status_code == 302
    late = data | {"client_name": "Le second"}
    again = assert_refused(second, url, late, "", "modifiée entre-temps par une autre personne")
    assert world.order(DRAFT).client_name == "Le premier"
    # What was typed may not be sent once more over the other's work by a mere second click.
    assert again.context["form"]["version_seen"].value() == str(seen)


@pytest.mark.parametrize("seen", ["", "abc", "-1", "9" * 30])
def test_a_forged_version_seen_is_no_error_page(seen: str, world: World) -> None:
    response = as_(SUPPLIER).post(order_url("edit", world, DRAFT), order_form(world, DRAFT, version_seen=seen))
    assert response.status_code in (200, 302)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("350001011", "clé"),
        ("35000101", "Pharmacie du Marché"),
        ("350001012", "Pharmacie du Marché"),
        ("  350 001 012 ", "Pharmacie du Marché"),
        ("MARCHE saint malo", "Pharmacie du Marché"),
        ("rien de tel", "Aucune"),
        ("é" * 101, "100"),
        ("<script>alert(1)</script>", "&lt;script&gt;"),
    ],
)
def test_looking_for_a_pharmacy(query: str, words: str, world: World) -> None:
    response = as_(OTHER_SUPPLIER).get(reverse("orders:choose_pharmacy"), {"q": query})
    assert response.status_code == 200
    assert words in response.content.decode()
