"""A titulaire of two pharmacies signs both orders at one go, on a phone, having confirmed who they are once."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.steps import INSTRUCTOR, OFFICIA
from tests.e2e.visitor import PHONE, Visitor

LOGIN, FIRST, LAST = "titulaire@phare.example", "Gilles", "Bonnet"


def given_a_second_pharmacy(instructor: Visitor) -> None:
    """The order of the Fontaine waits already, under condition."""
    instructor.open("/registre/pharmacies/?q=130001225")
    instructor.follow("Pharmacie de la Fontaine")
    instructor.fill("Adresse électronique", LOGIN)
    instructor.fill("Prénom", FIRST)
    instructor.fill("Nom", LAST)
    instructor.answer("Fonction", "Titulaire")
    instructor.press("Rattacher")
    instructor.sees(f"{FIRST} {LAST}")


def given_a_firm_order(supplier: Visitor) -> None:
    """The draft of the Phare, issued."""
    supplier.home()
    supplier.follow("Pharmacie du Phare")
    supplier.open(f"{supplier.path}emettre/")
    supplier.press("Émettre la commande")
    supplier.sees("Commande émise : le titulaire est prévenu.")


def when_both_documents_are_ready(titulaire: Visitor) -> None:
    """Made by the worker after the issue."""
    for _ in range(30):
        if titulaire.main.get_by_role("checkbox").count() == 2:
            return
        titulaire.page.wait_for_timeout(500)
        titulaire.page.reload()
    expect(titulaire.main.get_by_role("checkbox")).to_have_count(2)


def test_both_orders_are_signed_by_one_confirmed_identity(visit: Visit) -> None:
    given_a_second_pharmacy(visit(INSTRUCTOR))
    given_a_firm_order(visit(OFFICIA))
    titulaire = visit(LOGIN, width=PHONE)
    titulaire.follow("Signer plusieurs bons à la fois")
    titulaire.is_at("Signer plusieurs bons de commande")
    when_both_documents_are_ready(titulaire)
    titulaire.press("Confirmer mon identité")
    titulaire.sees("Cochez au moins un bon de commande.")
    for box in titulaire.main.get_by_role("checkbox").all():
        assert not box.is_checked()
        box.check()
    for link in titulaire.main.get_by_role("link").filter(has_text="(PDF)").all():
        assert titulaire.fetch(link).body().startswith(b"%PDF-")
    titulaire.press("Confirmer mon identité")
    titulaire.is_at("Qui êtes-vous ?")
    titulaire.follow(f"{FIRST} {LAST}")
    titulaire.press("Confirmer")
    titulaire.sees("Votre identité est confirmée pour 2 bons de commande.")
    for box in titulaire.main.get_by_role("checkbox").all():
        assert not box.is_checked()
        box.check()
    titulaire.press("Signer ces 2 bons de commande")
    titulaire.is_at("Résultat de vos signatures")
    titulaire.sees("2 bons de commande signés sur 2")
