"""The administrator moves the demonstration's date; runs last, since every other journey lives at that date."""

from __future__ import annotations

from tests.e2e.conftest import Visit
from tests.e2e.steps import INSTRUCTOR, OFFICIA, days_later

EXPIRY = "10/12/2022"  # the Pharmacie du Marché's order was issued on 09/11/2022, for thirty days


def test_moving_the_date_carries_out_what_falls_due(visit: Visit) -> None:
    titulaire = visit("titulaire@marche.example")
    assert titulaire.next_steps() == ["Lire et signer le bon de commande"]
    titulaire.follow("Continuer")
    dossier = titulaire.path

    instructor = visit(INSTRUCTOR)
    today = instructor.today()
    instructor.go_by(instructor.page.get_by_role("link", name="Avancer la date").first)
    instructor.fill("Nouvelle date du portail", EXPIRY)
    instructor.press("Avancer la date")
    instructor.sees(f"Nous sommes le {EXPIRY}.", "Échéances appliquées")
    assert instructor.today() == EXPIRY != today
    instructor.sees("En retard")
    instructor.sees("Pharmacie de la Gare")  # its installation was planned for 05/12/2022

    titulaire.open(dossier)
    titulaire.is_at("Expirée")
    assert titulaire.today() == EXPIRY
    assert visit(OFFICIA).today() == EXPIRY


def test_the_date_never_goes_back(visit: Visit) -> None:
    instructor = visit(INSTRUCTOR)
    today = instructor.today()
    instructor.open("/demonstration/date/")
    instructor.fill("Nouvelle date du portail", days_later(today, -1))
    instructor.press("Avancer la date", status=422)
    assert "elle ne peut qu’avancer" in instructor.error_of("Nouvelle date du portail")
    assert instructor.today() == today


def test_nobody_else_moves_the_date(visit: Visit) -> None:
    for login in (OFFICIA, "titulaire@marche.example"):
        visitor = visit(login)
        assert visitor.page.get_by_role("link", name="Avancer la date").count() == 0
        visitor.open("/demonstration/date/", status=404)
