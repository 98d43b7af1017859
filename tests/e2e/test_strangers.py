"""What belongs to another organisation does not exist; each role's other pages hold up."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.steps import GALENE
from tests.e2e.visitor import PHONE


def test_another_pharmacys_order_is_not_found(visit: Visit) -> None:
    owner = visit("titulaire@marche.example")
    owner.follow("Continuer")
    stranger = visit("titulaire@thermes.example", width=PHONE)
    for address in (owner.path, f"{owner.path}signer/"):
        stranger.open(address, status=404)
        stranger.is_at("Page introuvable")
        assert "Marché" not in stranger.page.content()
    stranger.follow("Revenir à l’accueil")
    stranger.is_at("Votre équipement Ségur")
    visit(GALENE).open(owner.path, status=404)


def test_an_adjoint_reads_but_is_not_asked_to_sign(visit: Visit) -> None:
    adjoint = visit("adjoint@halles.example", width=PHONE)
    adjoint.is_at("Votre équipement Ségur")
    assert adjoint.main.get_by_role("link", name="Continuer").count() == 0
    adjoint.go_by(adjoint.main.get_by_role("link").first)
    assert adjoint.main.get_by_role("link", name="Lire et signer").count() == 0


def test_messages_lead_to_their_dossier(visit: Visit) -> None:
    titulaire = visit("titulaire@thermes.example", width=PHONE)
    titulaire.open("/messages/")
    titulaire.go_by(titulaire.main.get_by_role("link").first)
    titulaire.is_at("Pharmacie des Thermes")
    titulaire.open("/messages/")
    expect(titulaire.main.get_by_text("Nouveau")).to_have_count(0)


def test_logging_out_closes_the_door(visit: Visit) -> None:
    titulaire = visit("titulaire@halles.example")
    titulaire.go_by(titulaire.page.get_by_role("button", name="Se déconnecter"))
    titulaire.is_at("Se connecter")
    titulaire.open("/commandes/")
    titulaire.is_at("Se connecter")
