"""Without a mouse: the skip link comes first, the main action is close, and the focus is seen."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e import steps
from tests.e2e.conftest import Visit
from tests.e2e.keyboard import skip_to_the_content, tab_until


def test_the_pharmacists_main_action_is_at_hand(visit: Visit) -> None:
    titulaire = visit("titulaire@marche.example")
    titulaire.home()
    skip_to_the_content(titulaire)
    tab_until(titulaire, "Continuer", most=1)
    titulaire.page.keyboard.press("Enter")
    titulaire.page.wait_for_url("**/commandes/*/")
    titulaire.inspect()
    skip_to_the_content(titulaire)
    tab_until(titulaire, "Lire et signer", most=2)


def test_the_signing_page_is_filled_from_the_keyboard(visit: Visit) -> None:
    titulaire = visit("titulaire@marche.example")
    titulaire.follow("Continuer")
    titulaire.follow("Lire et signer")
    steps.when_they_confirm_who_they_are(titulaire)
    consent = titulaire.main.get_by_role("checkbox")
    titulaire.page.keyboard.press("Tab")  # on the way back one lands where one signs
    expect(consent).to_be_focused()
    titulaire.page.keyboard.press("Space")
    expect(consent).to_be_checked()
    tab_until(titulaire, "Signer le bon de commande", most=1)
    tab_until(titulaire, "Revenir au dossier", most=1)
