"""A supplier sends a log with faults, corrects what comes back, sends it again; the titulaire's pages follow."""

from __future__ import annotations

import re
from pathlib import Path

from tests.e2e.conftest import Visit
from tests.e2e.steps import OFFICIA
from tests.e2e.visitor import PHONE, Visitor
from tests.unit.indicators.logs import event, log

TITULAIRE, FINESS = "titulaire@halles.example", "350001020"


def line(number: int, **cells: str) -> str:
    """A claim of the pharmacy, after its VA."""
    return event(number, **{"finess": FINESS, "occurred_at": "2022-11-14T10:00:00+01:00"} | cells)


def when_a_log_is_sent(supplier: Visitor, path: Path) -> None:
    supplier.open("/usages/depots/nouveau/")
    supplier.main.get_by_label("Version du logiciel").select_option(index=1)
    supplier.main.get_by_label("Journal d’activité").set_input_files(path)
    supplier.main.get_by_role("button", name="Déposer").click()
    supplier.page.wait_for_url(re.compile("/usages/depots/[0-9a-f-]{36}/"))


def then_it_is_read(supplier: Visitor, *words: str) -> None:
    """By the worker, at the latest a minute after the demonstration's own log of this supplier."""
    for _ in range(160):
        if not supplier.main.get_by_text("en cours de lecture").count():
            break
        supplier.page.wait_for_timeout(500)
    supplier.sees(*words)
    supplier.inspect()


def received(titulaire: Visitor) -> int:
    """How many lines of November the titulaire's page tells: the demonstration itself only sends months that are over."""
    titulaire.open("/usages/depots/")
    rows = titulaire.main.locator("tbody tr").filter(has_text="novembre 2022").filter(has_text="Officia")
    return sum(int(row.locator(".portal-number").inner_text()) for row in rows.all())


def test_faults_come_back_and_are_sent_again_corrected(visit: Visit, tmp_path: Path) -> None:
    supplier, titulaire = visit(OFFICIA), visit(TITULAIRE, width=PHONE)
    before = received(titulaire)
    path = tmp_path / "novembre.csv"
    path.write_bytes(log(line(1), line(2), line(3, apcv=""), line(4, finess="999999999")))
    when_a_log_is_sent(supplier, path)
    then_it_is_read(supplier, "Valeur absente", "Pharmacie inconnue", "Lignes à corriger")
    assert received(titulaire) == before + 2
    answer = supplier.fetch(supplier.main.get_by_role("link", name="Télécharger les lignes à corriger et renvoyer"))
    header, *bad = answer.text().splitlines()
    assert bad == [line(3, apcv=""), line(4, finess="999999999")]
    corrected = tmp_path / "corrige.csv"
    corrected.write_text("\n".join([header, line(3), line(4)]))
    plain = visit(OFFICIA, scripts=False)
    when_a_log_is_sent(plain, corrected)
    supplier.open(plain.path)
    then_it_is_read(supplier, "Toutes les lignes sont bonnes")
    assert received(titulaire) == before + 4
    titulaire.follow("Vos indicateurs")
    titulaire.is_at("Ce que vos usages rapportent en 2022")
    supplier.open("/usages/depots/codes/")
    supplier.follow("Le format d’un journal")
    supplier.is_at("Format d’un journal d’activité")
    supplier.inspect()
    supplier.open(f"/usages/depots/?finess={FINESS}")
    supplier.sees("novembre.csv", "corrige.csv")
    supplier.inspect()


def test_a_file_that_names_a_patient_is_refused_and_said(visit: Visit, tmp_path: Path) -> None:
    supplier = visit(OFFICIA, width=PHONE)
    path = tmp_path / "patients.csv"
    path.write_bytes(log(line(9, user_ref="1850578006084")))
    when_a_log_is_sent(supplier, path)
    then_it_is_read(supplier, "Fichier refusé", "numéro de sécurité sociale", "Ligne à revoir : 2.")
