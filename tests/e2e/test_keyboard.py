"""Without a mouse: the skip link comes first, the main action is close, and the focus is seen."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e import steps
from tests.e2e.conftest import Visit
from tests.e2e.visitor import Visitor

_FOCUSED = "() => (document.activeElement.innerText || document.activeElement.value || '').trim()"
_SEEN = """() => {
    const shown = (element, pseudo) => {
        const style = getComputedStyle(element, pseudo);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    };
    const active = document.activeElement, label = active.labels && active.labels[0];
    return shown(active) || Boolean(label && (shown(label, '::before') || shown(label)));
}"""


def skip_to_the_content(visitor: Visitor) -> None:
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate(_FOCUSED) == "Aller au contenu"
    expect(visitor.page.get_by_role("link", name="Aller au contenu")).to_be_in_viewport()
    visitor.page.keyboard.press("Enter")
    assert visitor.page.evaluate("document.activeElement.id") == "contenu"


def tab_until(visitor: Visitor, words: str, most: int) -> None:
    """Reach the link or button of these words in at most so many stops, each of them visibly focused."""
    stops = []
    for _ in range(most):
        visitor.page.keyboard.press("Tab")
        stops.append(visitor.page.evaluate(_FOCUSED))
        assert visitor.page.evaluate(_SEEN), f"the focus is not seen on « {stops[-1]} »"
        if stops[-1] == words:
            return
    raise AssertionError(f"« {words} » is not among the stops {stops}")


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
