"""Pharmacists come by Pro Santé Connect: the demonstration's provider, run by « make run », in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Visit
from tests.e2e.portal import Portal
from tests.e2e.steps import INSTRUCTOR
from tests.e2e.visitor import PHONE, Visitor

BUTTON = "Se connecter avec Pro Santé Connect de démonstration"
Arrive = Callable[..., Visitor]


@pytest.fixture
def arrive(browser: Browser, portal: Portal) -> Iterator[Arrive]:
    """Opens a window for somebody who has no password: ``arrive(name, width=…, scripts=…)``."""
    visitors: list[Visitor] = []

    def opened(name: str, *, width: int = PHONE, scripts: bool = True) -> Visitor:
        context = browser.new_context(locale="fr-FR", java_script_enabled=scripts)
        visitors.append(Visitor(name, context, portal.address, width=width, scripts=scripts))
        return visitors[-1]

    yield opened
    for visitor in visitors:
        visitor.context.close()


def when_they_confirm(visitor: Visitor, *, status: int = 200) -> None:
    """From the portal's log-in page to the provider, and back."""
    visitor.open("/compte/login/")
    visitor.follow(BUTTON)
    visitor.is_at("Qui êtes-vous ?")
    visitor.sees("Ce n’est pas Pro Santé Connect")
    visitor.follow(visitor.name)
    visitor.is_at("Confirmez sur votre e-CPS")
    visitor.press("Confirmer", status=status)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_titulaire_comes_in_and_goes_out_of_both(arrive: Arrive, scripts: bool) -> None:
    titulaire = arrive("Élise Fabre", scripts=scripts)
    when_they_confirm(titulaire)
    titulaire.is_at("Votre équipement Ségur")
    expect(titulaire.page.get_by_text("Élise Fabre, Titulaire")).to_be_visible()

    titulaire.go_by(titulaire.page.get_by_role("button", name="Se déconnecter"))
    titulaire.is_at("Se connecter")
    titulaire.open("/commandes/")
    titulaire.is_at("Se connecter")
    titulaire.follow(BUTTON)
    titulaire.is_at("Qui êtes-vous ?")  # the provider has forgotten this browser too


def test_one_log_out_ends_the_sessions_of_the_same_browser_elsewhere(arrive: Arrive) -> None:
    """The provider tells the portal from server to server: a second session of the same sign-on ends as well."""
    titulaire = arrive("Karim Messaoudi")
    when_they_confirm(titulaire)
    first = next(c["value"] for c in titulaire.context.cookies() if c.get("name") == "sessionid" and "value" in c)
    titulaire.context.clear_cookies(name="sessionid")
    titulaire.open("/compte/login/")
    titulaire.follow(BUTTON)  # known by the provider: in at once, in a second session
    titulaire.is_at("Votre équipement Ségur")
    titulaire.go_by(titulaire.page.get_by_role("button", name="Se déconnecter"))
    titulaire.is_at("Se connecter")
    titulaire.context.add_cookies([{"name": "sessionid", "value": first, "url": titulaire.address}])
    titulaire.open("/commandes/")
    titulaire.is_at("Se connecter")


def test_a_newcomer_is_attached_by_the_administration(arrive: Arrive, visit: Visit) -> None:
    newcomer = arrive("Camille Rivoal")
    when_they_confirm(newcomer)
    newcomer.is_at("Pour quelle pharmacie agissez-vous ?")
    newcomer.press("Envoyer la demande")
    newcomer.sees("Choisissez votre pharmacie, ou donnez son numéro FINESS géographique.")
    newcomer.answer("Votre pharmacie", "Pharmacie des Tilleuls, 31300 Toulouse")
    newcomer.answer("Votre fonction", "Pharmacien adjoint")
    newcomer.press("Envoyer la demande")
    newcomer.sees("en attente de réponse")

    instructor = visit(INSTRUCTOR)
    instructor.open("/registre/rattachements/")
    instructor.follow("Camille RIVOAL")
    instructor.sees("section de l’Ordre D")
    instructor.press("Accorder")

    newcomer.home()
    newcomer.is_at("Votre équipement Ségur")


def test_a_physician_is_told_why_not(arrive: Arrive) -> None:
    physician = arrive("Denis Aubry")
    when_they_confirm(physician, status=403)
    physician.is_at("Cet accès est réservé aux pharmaciens")
    physician.follow("Revenir à la connexion")
