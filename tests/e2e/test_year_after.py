"""Some months later the titulaire sees what each indicator lacks, and why; runs after all that lives at earlier dates."""

from __future__ import annotations

from tests.e2e.conftest import Visit
from tests.e2e.steps import INSTRUCTOR, OFFICIA
from tests.e2e.visitor import PHONE, Visitor

DAY = "15/04/2023"


def when_the_logs_of_the_months_passed_are_read(titulaire: Visitor) -> None:
    """The demonstration's suppliers send them as the date moves; the worker reads them."""
    for _ in range(60):
        titulaire.open("/usages/?annee=2023")
        if titulaire.main.get_by_role("table", name="Indicateurs de 2023").get_by_text("En dessous du seuil").count():
            return
        titulaire.page.wait_for_timeout(2000)
    raise AssertionError("no result of 2023 after two minutes")


def test_the_titulaire_sees_what_each_indicator_lacks(visit: Visit) -> None:
    instructor = visit(INSTRUCTOR)
    instructor.open("/demonstration/date/")
    instructor.fill("Nouvelle date du portail", DAY)
    instructor.press("Avancer la date")

    titulaire = visit("titulaire@halles.example", width=PHONE)
    when_the_logs_of_the_months_passed_are_read(titulaire)
    assert titulaire.main.get_by_role("table", name="Indicateurs de 2023").locator("tbody tr").count() == 4
    titulaire.sees("Il vous manque", "Estimation au 31 décembre", "Ce qui sera mesuré ensuite")
    report = titulaire.fetch(titulaire.main.get_by_role("link", name="Rapport PDF"))
    assert report.body().startswith(b"%PDF")

    titulaire.follow("Pourquoi ce taux (Messagerie sécurisée de santé) : jours et dépôts")
    titulaire.is_at("Messagerie sécurisée de santé : pourquoi ce taux en 2023")
    titulaire.follow("mars 2023")
    titulaire.sees("Les jours de mars 2023", "Les dépôts")
    titulaire.open("/usages/?annee=2023")
    titulaire.follow("Préparer la déclaration")
    for login in (OFFICIA, INSTRUCTOR):
        board = visit(login)
        board.open("/usages/pharmacies/?annee=2023")
        board.sees("Répartition des taux", "Au plus près du seuil", "Par département")
