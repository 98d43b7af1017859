"""A supplier deposits totals with a fault, then right; the titulaire reads the month, explains it and closes it."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.conftest import Visit
from tests.e2e.steps import OFFICIA
from tests.e2e.visitor import PHONE, Visitor
from tests.factories.supervision import HEADER, line

TITULAIRE, FINESS = "titulaire@halles.example", "350001020"


def when_totals_are_sent(supplier: Visitor, path: Path, *lines: str) -> None:
    path.write_text("\n".join([HEADER, *lines, ""]))
    supplier.open("/insi/supervision/totaux/")
    supplier.main.get_by_label("Fichier des totaux").set_input_files(path)
    supplier.main.get_by_role("button", name="Déposer").click()
    supplier.page.wait_for_load_state("load")


def test_a_month_is_sent_read_explained_and_closed(visit: Visit, tmp_path: Path) -> None:
    supplier, titulaire = visit(OFFICIA), visit(TITULAIRE, width=PHONE)
    bad = line("999999999", 1, 2)
    when_totals_are_sent(supplier, tmp_path / "faux.csv", bad)
    supplier.sees("Ligne 2 : cette pharmacie n’est pas équipée par vous")
    supplier.inspect()
    when_totals_are_sent(supplier, tmp_path / "octobre.csv", line(FINESS, 120, 80))
    supplier.sees("1 rapport écrit.")
    supplier.inspect()
    titulaire.open("/insi/supervision/")
    titulaire.sees("À examiner")
    titulaire.inspect()
    titulaire.main.get_by_role("link", name="octobre 2022", exact=True).click()
    titulaire.is_at("Appels INSi, octobre 2022")
    titulaire.sees("Historique insuffisant", "120 appels pour 80 prescriptions")
    titulaire.inspect()
    titulaire.main.get_by_role("link", name="Suivi de l’alerte").click()
    titulaire.inspect()
    titulaire.main.get_by_role("link", name="Dire la cause").click()
    titulaire.main.get_by_label("Vaccination ou entretien").check()
    titulaire.main.get_by_label("Ce que vous avez constaté").fill("Campagne de vaccination.")
    titulaire.inspect()
    titulaire.main.get_by_role("button", name="Enregistrer l’analyse").click()
    titulaire.main.get_by_role("link", name="Clore l’alerte").click()
    titulaire.main.get_by_label("Conclusion").fill("Rien d’anormal.")
    titulaire.main.get_by_role("button", name="Clore").click()
    titulaire.sees("L’alerte est close.", "Vaccination ou entretien")
    titulaire.inspect()
