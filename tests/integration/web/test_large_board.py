"""The board of a supplier with nine thousand orders."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from orders.models import Order
from tests.conftest import clone_of_test_database
from tests.integration.web.clones import clone_order
from tests.integration.web.counting import BUDGET, asked, shown
from tests.integration.web.world import DISTRIBUTOR, INSTALLED, INSTRUCTOR, SUPPLIER, VA_TO_SIGN, World, as_
from tests.shared import pointed_at

ORDERS = 9_000
SORTS = ("pharmacie", "numero", "etape", "echeance")
ASKED: list[dict[str, str]] = [
    {},
    {"page": "2"},
    {"page": "last"},
    {"page": "99999"},
    *({"tri": sign + key} for key in SORTS for sign in ("", "-")),
    {"tri": "echeance", "page": "last"},
    {"etape": "reserve"},
    {"etape": "va_to_sign"},
    {"acteur": "supplier"},
    {"acteur": "pharmacy", "tri": "-numero"},
    {"q": "ville7"},
    {"q": "BC-2022-904321"},
    {"q": "700004321"},
    {"q": "73282932000074"},
    {"q": "rien de tel"},
]


@pytest.fixture(scope="module")
def played(played: World, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The world with nine thousand more orders of one supplier, in a database of its own."""
    with django_db_blocker.unblock(), clone_of_test_database() as database, pointed_at(database):
        order = played.order(INSTALLED)
        with transaction.atomic():
            clone_order(order.pk, order.pharmacy_id, ORDERS)
        assert Order.objects.filter(supplier=order.supplier_id).count() > ORDERS
        yield played


@pytest.mark.parametrize("login", [SUPPLIER, DISTRIBUTOR, INSTRUCTOR])
def test_every_way_to_look_at_it(login: str, world: World) -> None:
    client, url = as_(login), reverse("home:board")
    counts: dict[str, int] = {}
    for wanted in ASKED:
        queries = asked(client, f"{url}?{urlencode(wanted)}")
        assert len(queries) <= BUDGET, f"{wanted}\n{shown(queries)}"
        counts[urlencode(wanted)] = len(queries)
    # A board without any row spares the query of its rows.
    assert {count for wanted, count in counts.items() if "rien" not in wanted} == {counts[""]}, counts


def test_homes(world: World) -> None:
    for login in (SUPPLIER, INSTRUCTOR):
        queries = asked(as_(login), "/")
        assert len(queries) <= BUDGET, shown(queries)


def test_a_page_shows_fifty_rows_and_none_twice(world: World) -> None:
    client, seen = as_(SUPPLIER), []
    for page in ("1", "2", "last"):
        seen.append(_numbers(client, {"tri": "echeance", "page": page}))
    assert [len(page) for page in seen[:2]] == [50, 50]
    assert 0 < len(seen[2]) <= 50
    assert not set(seen[0]) & set(seen[1]) and not set(seen[1]) & set(seen[2])


@pytest.mark.parametrize("key", SORTS)
def test_a_sort_and_its_reverse(key: str, world: World) -> None:
    client = as_(SUPPLIER)
    up = client.get(reverse("home:board"), {"tri": key}).context["page"].object_list
    down = client.get(reverse("home:board"), {"tri": f"-{key}"}).context["page"].object_list
    column = {"pharmacie": "pharmacy", "numero": "number", "etape": "stage", "echeance": "due_at"}[key]
    values = [_value(order, column) for order in up]
    assert values == sorted(values)
    assert [_value(order, column) for order in down] == sorted((_value(o, column) for o in down), reverse=True)


def test_filters_and_search_find_the_rows(world: World) -> None:
    client = as_(SUPPLIER)
    assert _numbers(client, {"q": "BC-2022-904321"}) == ["BC-2022-904321"]
    assert _numbers(client, {"q": "bc-2022-904321"}) == ["BC-2022-904321"]
    assert _numbers(client, {"q": "700004321"}) == ["BC-2022-904321"]
    assert len(_numbers(client, {"q": "pharmacie ville7"})) == 50
    assert _numbers(client, {"q": "rien de tel"}) == []
    waiting = _numbers(client, {"etape": "va_to_sign"})
    assert world.order(VA_TO_SIGN).number in waiting and len(waiting) == 2


def _numbers(client: Client, wanted: dict[str, str]) -> list[str]:
    page = client.get(reverse("home:board"), wanted).context["page"]
    return [order.number for order in page.object_list]


def _value(order: Order, column: str) -> str:
    if column == "pharmacy":
        return str(order.pharmacy.sort_key)
    value = getattr(order, column)
    return "~" if value is None else str(value)
