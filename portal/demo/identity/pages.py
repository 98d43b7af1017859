"""The three pages of « Pro Santé Connect de démonstration »: choose a person, confirm, be told."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from portal.demo.identity.http import Response
from portal.demo.identity.people import Person

STYLE = Path(__file__).with_name("style.css")
NAME = "Pro Santé Connect de démonstration"
_WARNING = (
    "Ce n’est pas Pro Santé Connect : ce fournisseur d’identité fictif ne vérifie rien et n’existe que dans la "
    "démonstration. Toutes les personnes sont inventées."
)


def choose(people: Iterable[Person], query: dict[str, str], *, signing: bool) -> Response:
    """Who are you?"""
    rows = "".join(
        f'<li><a href="/authorize?{escape(urlencode({**query, "person": person.key}))}">'
        f"{escape(person.first_name)} {escape(person.last_name)}</a> <span>{escape(person.label)}</span></li>"
        for person in people
    )
    why = (
        "Le portail demande de confirmer votre identité, pour une signature."
        if signing
        else "Le portail demande à vous identifier."
    )
    return page("Qui êtes-vous ?", f"<p>{why}</p><ul>{rows}</ul>")


def confirm(person: Person, query: dict[str, str], number: int) -> Response:
    """The gesture on the telephone, in one click."""
    action = escape(f"/authorize?{urlencode(query)}")
    return page(
        "Confirmez sur votre e-CPS",
        f"<p>{escape(person.first_name)} {escape(person.last_name)} – {escape(person.label)}</p>"
        f"<p>Le nombre affiché sur votre application e-CPS serait <strong>{number}</strong>.</p>"
        f'<form method="post" action="{action}"><input type="hidden" name="person" value="{escape(person.key)}">'
        '<button type="submit">Confirmer</button></form>',
    )


def tell(title: str, text: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Something to be read."""
    return page(title, f"<p>{escape(text)}</p>", status)


def page(title: str, content: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """The frame; ``content`` is HTML whose words are escaped already."""
    return Response(
        (
            '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{escape(title)} – {NAME}</title>"
            '<link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"></head><body>'
            f"<header><p>{NAME}</p></header>"
            f'<main><h1>{escape(title)}</h1><p class="warning">{_WARNING}</p>{content}</main></body></html>'
        ).encode(),
        status,
    )
