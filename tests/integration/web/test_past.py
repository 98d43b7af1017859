"""A dossier as it was at the end of a day: from the journal alone, for whoever may see it, with nothing to act on."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from orders.domain.lifecycle import ORDER
from orders.models import Order
from tests.integration.web.counting import BUDGET, asked, shown
from tests.integration.web.watch import undone
from tests.integration.web.world import (
    DRAFT,
    INSTALLED,
    INSTRUCTOR,
    ISSUED,
    OTHER_SUPPLIER,
    SUPPLIER,
    VA_RESERVE,
    World,
    as_,
    titulaire,
)


def page(login: str, order: Order, day: str) -> str:
    response = as_(login).get(reverse("home:dossier", args=[order.pk]), {"au": day})
    assert response.status_code == 200
    return response.content.decode()


def cards(text: str) -> dict[str, str]:
    """The state of each object of the page, by its title."""
    found = re.findall(r'<h2 id="objet-\d+">(.*?)</h2>.*?<dt>État</dt><dd>(.*?)</dd>', text, re.DOTALL)
    return dict(found)


# The dossier of VA_RESERVE: issued on 2 November 2022, signed on the 3rd, planned for and installed on the 4th, its VA
# signed with a reserve on the 7th. Each day shows the evening; today, the dossier as it is.
DAYS = [
    ("2022-11-01", {}),
    ("2022-11-02", {"Commande": "À signer"}),
    ("2022-11-03", {"Commande": "Signée", "Installation": "Planifiée"}),
    ("2022-11-04", {"Commande": "Signée", "Installation": "Installée"}),
    ("2022-11-06", {"Commande": "Signée", "Installation": "Installée"}),
    (
        "2022-11-07",
        {"Commande": "Signée", "Installation": "Installée", "Vérification d’aptitude (VA)": "Signée avec réserves"},
    ),
]


@pytest.mark.parametrize(("day", "states"), DAYS)
def test_each_evening_is_shown_as_it_was(day: str, states: dict[str, str], world: World) -> None:
    text = page(SUPPLIER, world.order(VA_RESERVE), day)
    assert cards(text) == states
    assert ("Rien à cette date" in text) == (not states)


def test_nothing_later_is_told_and_nothing_can_be_done(world: World) -> None:
    order = world.order(VA_RESERVE)
    text = page(titulaire(VA_RESERVE), order, "2022-11-03")
    assert "tel qu’il était le 03/11/2022 au soir" in text and "Rien ne peut être fait ici" in text
    told = ("Commande signée", "Installation déclarée faite", "Brouillon créé")
    assert [words in text for words in told] == [True, False, False]
    assert "Installation déclarée faite" in page(titulaire(VA_RESERVE), order, "2022-11-04")
    main = text[text.index("<main") : text.index("</main>")]
    links = set(re.findall(r'href="([^"#]*)"', main))
    own = reverse("home:dossier", args=[order.pk])
    assert all(link == own or link.startswith(f"{own}documents/") for link in links), links
    assert re.findall(r'<form[^>]*method="(\w+)"', main) == ["get"]


def test_what_is_shown_today_is_what_is(world: World) -> None:
    for key in (INSTALLED, VA_RESERVE, "citadelle", "halles", "mine", "moulin"):
        order = world.order(key)
        found = cards(page(INSTRUCTOR, order, "2022-11-15"))
        assert found["Commande"] == order_label(order), key


def order_label(order: Order) -> str:
    return ORDER.labels[order.state]


def test_a_pharmacy_sees_no_draft_of_the_past(world: World) -> None:
    order = world.order(ISSUED)
    assert cards(page(SUPPLIER, order, "2022-11-15")) == {"Commande": "À signer"}
    assert as_(SUPPLIER).post(reverse("orders:withdraw", args=[order.pk])).status_code == 302
    assert as_(SUPPLIER).post(reverse("orders:issue", args=[order.pk])).status_code == 302
    before = page(titulaire(ISSUED), order, "2022-11-09")
    assert cards(before) == {} and "Brouillon" not in before and "ne vous était pas présenté" in before


def test_strangers_see_no_past_either(world: World) -> None:
    for login, key in ((OTHER_SUPPLIER, INSTALLED), (titulaire("port"), INSTALLED), (titulaire(DRAFT), DRAFT)):
        url = reverse("home:dossier", args=[world.order(key).pk])
        assert as_(login).get(url, {"au": "2022-11-15"}).status_code == 404


@pytest.mark.parametrize(
    ("day", "words"),
    [("zz", "jj/mm/aaaa"), ("2022-13-01", "jj/mm/aaaa"), ("2022-11-16", "Cette date est à venir"), ("", "")],
)
def test_what_is_no_past_day_is_refused_in_words(day: str, words: str, world: World) -> None:
    text = page(SUPPLIER, world.order(INSTALLED), day)
    assert "fr-alert--error" in text and words in text and cards(text) == {}


def test_the_form_of_the_dossier_leads_there(world: World) -> None:
    order = world.order(INSTALLED)
    assert 'name="au"' in as_(SUPPLIER).get(reverse("home:dossier", args=[order.pk])).content.decode()
    assert cards(page(SUPPLIER, order, "14/11/2022")) == cards(page(SUPPLIER, order, "2022-11-14")) != {}


@pytest.mark.parametrize("login", [SUPPLIER, INSTRUCTOR, titulaire(VA_RESERVE)])
def test_it_asks_little_of_the_database(login: str, world: World) -> None:
    with undone():
        queries = asked(as_(login), f"{reverse('home:dossier', args=[world.order(VA_RESERVE).pk])}?au=2022-11-07")
    assert len(queries) <= BUDGET, shown(queries)
