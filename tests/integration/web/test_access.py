"""Every address × every role, GET and POST: what another tenant asks for does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from orders.models import Order
from tests.integration.web import world as cast
from tests.integration.web.access import ROLES, address, every_name, login_of
from tests.integration.web.watch import undone, writes_tried, written
from tests.integration.web.world import World, end_mandates

# One line an address and method; « in » leads to the log-in page. The object named is the last order of a pharmacy of
# the world, drafted by the distributor. The columns are ROLES: anonymous, supplier, other supplier, titulaire, other
# titulaire, adjoint, mandated distributor, distributor whose mandate ended, instructor, validator, person without role.
# Where POST changes something it is sent empty: 302 is an act done, 200 a form with its errors, 409 an act refused.
MATRIX = (Path(__file__).parent / "matrix.txt").read_text()

OBJECTS = {
    "-": "",
    "draft": cast.DRAFT,
    "issued": cast.ISSUED,
    "installed": cast.INSTALLED,
    "va_to_sign": cast.VA_TO_SIGN,
    "va_reserve": cast.VA_RESERVE,
    "written": cast.WRITTEN,
    "to_approve": cast.SUBMITTED,
    "unopened": "unopened",
    **{state: state for state in ("submitted", "complete", "referenced", "suspended")},
    "to_judge": "to_judge",
    "answering": "to_complete",
    "correcting": "to_correct",
    "review": "under_review",
    "ref_draft": "draft",
    **{key: key for key in (cast.PROPOSED, cast.REFUSAL, cast.WITHDRAWAL, cast.SUCCEEDED, "alarm")},
}

ORDERS_OF = {cast.DRAFT, cast.ISSUED, cast.INSTALLED, cast.VA_TO_SIGN, cast.VA_RESERVE}
"""Keys that name a pharmacy, whose people ask."""


@dataclass(frozen=True)
class Row:
    """One line of the matrix."""

    name: str
    key: str
    method: str
    expected: tuple[str, ...]


def _rows() -> list[Row]:
    lines = [line.split() for line in MATRIX.strip().splitlines() if not line.startswith("#")]
    return [Row(name, OBJECTS[thing], method, tuple(cells)) for name, thing, method, *cells in lines]


def test_every_address_has_its_two_rows() -> None:
    listed = sorted((row.name, row.method) for row in _rows())
    assert listed == sorted((name, method) for name in every_name() for method in ("get", "post"))
    assert all(len(row.expected) == len(ROLES) for row in _rows())


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.method} {row.name}") for row in _rows()])
def test_access(row: Row, world: World) -> None:
    url, found, before = address(row.name, row.key, world), {}, written()
    for role in ROLES:
        with undone():
            client = world.browser(login_of(role, row.key if row.key in ORDERS_OF else cast.INSTALLED))
            if role == "ended distributor":
                end_mandates()
            tried = writes_tried()
            answer = _outcome(client, row.method, url)
            if answer in ("404", "405", "409", "in") and writes_tried() != tried:
                assert written() == before, f"{role} wrote something and got {answer}"
        found[role] = answer
    assert found == dict(zip(ROLES, row.expected, strict=True))


def _outcome(client: Client, method: str, url: str) -> str:
    response: HttpResponse = getattr(client, method)(url)
    if response.streaming:
        b"".join(response.streaming_content)  # type: ignore[attr-defined]
    to_log_in = response.get("Location", "").partition("?")[0] == reverse("account_login")
    return "in" if response.status_code == 302 and to_log_in else str(response.status_code)


def test_the_watch_sees_a_write_that_was_taken_back(world: World) -> None:
    tried = writes_tried()
    with undone():
        Order.objects.filter(pk=world.order(cast.ISSUED).pk).update(version=99)
    assert writes_tried() == tried + 1
