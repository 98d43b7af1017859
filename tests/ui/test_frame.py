"""The frame of every page: header, banner, menu, messages, footer; errors and account pages."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from pytest_django import Settings

from tests.ui.markup import INLINE, squash, tag
from tests.ui.sample import NOW, ROOT, SampleForm, sample_context

ACCOUNT_PAGES = sorted(
    str(path.relative_to(ROOT / "templates"))
    for folder in ("account", "mfa")
    for path in (ROOT / "templates" / folder).rglob("*.html")
    if "snippets" not in path.parts
)


def frame(template: str = "404.html", request: HttpRequest | None = None, **values: Any) -> str:
    html = render_to_string(template, values, request or RequestFactory().get("/"))
    assert "UNDEFINED" not in html, html
    assert not INLINE.search(html.replace('<script type="module"', "<script"))
    return squash(html)


def test_frame_of_somebody_logged_in() -> None:
    html = frame(**sample_context())
    assert html.startswith("<!doctype html>") and '<html lang="fr"' in html
    assert "<title>Page introuvable – Portail Ségur Officine</title>" in html
    assert '<a class="fr-link" href="#contenu">Aller au contenu</a>' in html
    assert "<strong>Pharmacie des Tilleuls</strong>" in html
    assert "Claire Martin, pharmacienne titulaire" in html
    tag(html, "a", href="/organisations/")
    tag(html, "form", method="post", action="/compte/logout/")
    tag(html, "a", href="/", aria_current="page")
    assert '"allowEval":false' in html and '"selfRequestsOnly":true' in html


def test_frame_of_a_visitor_needs_no_context() -> None:
    html = frame()
    for absent in ("Se déconnecter", "Démonstration", "Menu principal", "#menu", "portal-identity"):
        assert absent not in html


def test_demo_banner() -> None:
    html = frame(demo_banner={"business_now": NOW, "advance_url": None})
    assert "<strong>Démonstration</strong> – données fictives. Date du portail : " in html
    assert ">15/11/2022</time>" in html
    assert "Avancer la date" not in html
    assert "Avancer la date" in frame(demo_banner={"business_now": NOW, "advance_url": "/a/"})


def test_neutral_by_default_branded_on_demand(settings: Settings) -> None:
    html = frame()
    assert "Ce site n’est pas un site officiel de l’État." in html
    assert "fr-logo" not in html and "portal-branded" not in html
    settings.PORTAL_STATE_BRAND = True
    branded = frame()
    assert "République<br>française" in branded and 'class="portal-branded"' in branded
    assert "pas un site officiel" not in branded


def test_footer_links_only_if_given() -> None:
    assert "conformité non encore évaluée" in frame()
    assert '<a href="/a11y/">Accessibilité</a>' in frame(footer_links=[{"label": "Accessibilité", "url": "/a11y/"}])


def test_messages_are_announced(client: Client) -> None:
    html = squash(client.get("/?messages=1").content.decode())
    assert '<div class="fr-alert fr-alert--sm fr-alert--success" role="status"><p>Le bon' in html
    assert '<div class="fr-alert fr-alert--sm fr-alert--error" role="alert"><p>Le document' in html


def test_sample_page_has_no_undefined_variable_nor_inline_code(client: Client) -> None:
    for response in (client.get("/"), client.post("/", {})):
        html = response.content.decode()
        assert "UNDEFINED" not in html
        assert not INLINE.search(html)
        assert html.count("<h1") == 1


def test_static_files_exist(client: Client) -> None:
    html = client.get("/").content.decode()
    paths = [part.split('"')[0] for part in html.split("/static/")[1:]]
    assert len(paths) >= 5
    for path in paths:
        assert finders.find(path), path
    for css in ("portal.css", "components.css"):
        found = finders.find(f"ui/{css}")
        assert isinstance(found, str)
        for part in Path(found).read_text().split('url("')[1:]:
            url = part.split('"')[0].removeprefix("../")
            assert finders.find(url) or finders.find(f"ui/{url}"), url


@pytest.mark.parametrize("template", ["400.html", "403.html", "403_csrf.html", "404.html"])
def test_error_pages(template: str) -> None:
    html = frame(template)
    assert html.count("<h1>") == 1 and "Revenir à l’accueil" in html


def test_server_error_page_stands_alone() -> None:
    html = render_to_string("500.html")  # Django gives it neither request nor context
    assert "UNDEFINED" not in html and "<h1>Le portail a rencontré une erreur</h1>" in html


@pytest.mark.parametrize("template", ACCOUNT_PAGES)
def test_account_pages(template: str) -> None:
    form = SampleForm({})
    form.secret = "ABCD"  # type: ignore[attr-defined]
    html = frame(
        template,
        form=form,
        user=SimpleNamespace(is_authenticated=True, email="anne@exemple.example"),
        redirect_field="",
        action_url="/",
        MFA_SUPPORTED_TYPES=["totp", "recovery_codes"],
        is_mfa_enabled=True,
        unused_codes=["1234", "5678"],
        total_count=10,
        title="Accès impossible",
        message="Voici pourquoi.",
        stepping_up=False,
        can_view_codes=True,
        can_add_email=True,
        totp_svg='<svg width="1mm"><path d=""/></svg>',
    )
    assert html.count("<h1>") == 1
    title = html.split("<title>")[1].split(" – Portail")[0]
    assert f"<h1>{title}</h1>" in html
    if "{{ form }}" in (ROOT / "templates" / template).read_text():
        assert "portal-summary" in html
