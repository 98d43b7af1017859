"""Garbage at every door: a refusal, a page not found, a redirection, never an error page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.test import client as django_client
from django.urls import reverse

from orders.models import Order
from tests.integration.web.access import address, every_name
from tests.integration.web.possible import POSSIBLE
from tests.integration.web.watch import undone
from tests.integration.web.world import (
    DISTRIBUTOR,
    DRAFT,
    INSTALLED,
    INSTRUCTOR,
    SUPPLIER,
    VA_TO_SIGN,
    World,
    as_,
    titulaire,
)

FIELDS = (
    "q",
    "day",
    "membership",
    "login",
    "password",
    "email",
    "reason",
    "note",
    "code",
    "siret",
    "status",
    "role",
    "issue",
    "next",
)
GARBAGE = {
    "nothing": "",
    "NUL": "a\x00b",
    "long": "é" * 3_000,
    "markup": "<script>alert('é')</script>{{ x }}{% y %}%s%(a)s",
    "number": "9" * 400,
    "negative": "-1",
    "infinite": "1e999999",
    "NaN": "NaN",
    "date": "99/99/9999 99:99",
    "early": "01/01/1900 00:00",
    "late": "31/12/2199 23:59",
    "surrogates": "\U0001f4a9\u202e\u0000\ufffe",
    "lines": "a\r\nBcc: b@c.example\r\n\r\n",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "quotes": "'\"; DROP TABLE orders_order; --",
    "yes": "yes",
}
BODIES = [
    ("application/x-www-form-urlencoded", b"%ff%fe=%80&a=\xff\xfe"),
    ("application/x-www-form-urlencoded", b"\x00" * 64),
    ("application/json", b'{"consent": true'),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\x00'),
    ("text/plain; charset=utf-99", b"\xff"),
]


CLOSED = 3
"""After so many « not found » a door is not opened by the next garbage either."""

OF_DOSSIERS = {f"referencing:{name}" for name in ("dossier", "proof", "public_version", "quarantined_row", "alarm")}
OF_DEPOSITS = tuple(f"indicators:{name}" for name in ("deposit", "rejects"))


def _people(name: str) -> list[tuple[str, str]]:
    of_installed = ("orders:", "attestations:", "home:do", "home:evidence", "documents:scan_", *OF_DEPOSITS)
    key = INSTALLED if name.startswith(of_installed) else ""
    key = (
        DRAFT
        if name
        in (
            "registry:people",
            "registry:end_role",
            "registry:enrolment",
            "registry:referencing",
            "registry:supplier",
            "orders:preview",
        )
        else key
    )
    if name.startswith("attestations:sign_"):
        key = VA_TO_SIGN
    if name in OF_DOSSIERS:
        key = "referenced"
    return [POSSIBLE[name]] if name in POSSIBLE else [(key, SUPPLIER), (key, INSTRUCTOR)]


@pytest.mark.parametrize("name", sorted(every_name()))
def test_garbage_posted(name: str, world: World) -> None:
    broken = []
    for key, login in _people(name):
        url = address(name, key, world)
        browser, fields, closed = _Browser(world, login), _fields(world, login, url), 0
        for kind, value in GARBAGE.items():
            response = browser.post(url, dict.fromkeys(fields, value))
            broken += _failure(response, f"{login} {kind}")
            closed += response.status_code in (404, 405)
            if closed == CLOSED:
                break
        for content_type, body in BODIES:
            response = browser.generic("POST", url, body, content_type=content_type)
            broken += _failure(response, f"{login} {content_type} {body!r}")
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("name", sorted(set(POSSIBLE) - {"orders:new"}))
def test_one_field_of_garbage_among_right_ones(name: str, world: World) -> None:
    key, login = POSSIBLE[name]
    url, broken = address(name, key, world), []
    right, browser = _shown_values(world, login, url), _Browser(world, login)
    for field in right:
        for kind in ("NUL", "number", "lines"):
            response = browser.post(url, right | {field: GARBAGE[kind], "issue": "1"})
            broken += _failure(response, f"{field} {kind}")
    assert not broken, "\n".join(broken)


QUERIES = [
    "q=%00",
    "q=a%00b",
    "q=%ff%fe",
    "q=" + "x" * 5_000,
    "q=%25%5F%5C",
    "page=abc",
    "page=-1",
    "page=0",
    "page=1e9",
    "page=" + "9" * 50,
    "page=%00",
    "tri=xx",
    "tri=%00",
    "tri=-",
    "tri=--numero",
    "tri=stage",
    "etape=zz",
    "etape=%00",
    "acteur=zz",
    "acteur=%00",
    "logiciel=zz",
    "logiciel=%00",
    "logiciel=00000000-0000-0000-0000-000000000000",
    "nature=zz",
    "nature=%00",
    "nature=va&acteur=zz&page=99",
    "statut=zz",
    "statut=%00",
    "fournisseur=zz",
    "fournisseur=%00",
    "etape=draft&etape=issued&acteur=&q=&tri=&page=",
    "membership=%00",
    "next=%00",
    "next=https://evil.example/",
    "le=%00",
    "le=99/99/9999",
    "programme=%00",
    "programme=zz",
    "au=%00",
    "au=zz",
    "au=0001-01-01",
    "au=9999-12-31",
    "au=",
]


# fmt: off
READ_THEIR_QUERY = {
    "audit:roots", "home:dossier", "home", "home:board", "home:notices", "home:at_stake", "orders:objections",
    "orders:plans", "orders:choose_pharmacy", "registry:pharmacies", "registry:suppliers", "reminders:deadlines", "referencing:public",
    "indicators:deposit", "indicators:deposits", "indicators:coverage", "referencing:public_csv", "referencing:public_json", "account_login", "rulemaking:calendar", "rulemaking:incidents", "rulemaking:amendments", "rulemaking:effects",
    "homologation:breaches", "homologation:clients", "homologation:helps", "homologation:help_ask", "homologation:pack", "homologation:evidence", "homologation:evidence_join",
}
# fmt: on


@pytest.mark.parametrize("name", sorted(every_name()))
def test_garbage_in_the_address(name: str, world: World) -> None:
    broken = []
    for key, login in _people(name):
        url, browser = address(name, key, world), _Browser(world, login)
        for query in QUERIES if name in READ_THEIR_QUERY else QUERIES[:2] + QUERIES[-2:]:
            broken += _failure(browser.get(f"{url}?{query}"), f"{login} ?{query}")
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("login", [SUPPLIER, DISTRIBUTOR, INSTRUCTOR, titulaire(INSTALLED)])
@pytest.mark.parametrize("query", [query for query in QUERIES[:27] if not query.startswith("q=")])
def test_an_unknown_filter_counts_as_none(login: str, query: str, world: World) -> None:
    page = as_(login).get(f"{reverse('home:board')}?{query}")
    assert page.status_code == 200
    expected = as_(login).get(reverse("home:board")).context["page"].paginator.count
    assert page.context["page"].paginator.count == expected


def test_a_foreign_software_is_no_filter(world: World) -> None:
    foreign = Order.objects.get(pk=world.order("fontaine").pk).software_version_id
    page = as_(SUPPLIER).get(reverse("home:board"), {"logiciel": str(foreign)})
    assert page.context["page"].paginator.count == as_(SUPPLIER).get("/").context["page"].paginator.count


class _Browser:
    """Somebody logged in; each of their requests is taken back. What templates were given is not kept: no answer is
    asked for it, and copying it is a tenth of the work."""

    def __init__(self, world: World, login: str) -> None:
        self._client = world.browser(login, strict=False)
        self._cookies = self._client.cookies.output(header="", sep=";")

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def asked(*given: Any, **named: Any) -> Any:
            self._client.cookies.clear()
            self._client.cookies.load(self._cookies)
            with undone(), pytest.MonkeyPatch.context() as patch:
                patch.setattr(django_client, "store_rendered_templates", lambda *args, **kwargs: None)
                return _read(getattr(self._client, method)(*given, **named))

        return asked


def _read(response: Any) -> Any:
    """What is sent in pieces, read to its end: its file is then closed."""
    if response.streaming:
        b"".join(response.streaming_content)
    return response


def _fields(world: World, login: str, url: str) -> list[str]:
    return sorted({*FIELDS, *_shown_values(world, login, url)})


def _shown_values(world: World, login: str, url: str) -> dict[str, str]:
    with undone():
        response = _read(world.browser(login, strict=False).get(url))
        form = (response.context or {}).get("form") if response.status_code < 300 else None
        if form is None:
            return {}
        values = {name: form[name].value() for name in form.fields}
        return {name: "" if value is None else str(value) for name, value in values.items()}


def _failure(response: Any, what: str) -> list[str]:
    if response.status_code < 500:
        return []
    error = getattr(response, "exc_info", None)
    return [f"{what}: {response.status_code} {error[1]!r:.300}" if error else f"{what}: {response.status_code}"]


def test_the_watch_sees_an_error_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("portal.home.views.boards.narrowed", broken)
    client: Client = as_(SUPPLIER, strict=False)
    assert "on purpose" in _failure(client.get("/"), "home")[0]
