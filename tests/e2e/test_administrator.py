"""The administrator's home: how many dossiers stand where, and finding any one of them."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.steps import GALENE, INSTRUCTOR
from tests.e2e.visitor import Visitor

SEARCH = "Pharmacie, FINESS, SIRET ou n° de bon"


def rows(visitor: Visitor) -> list[str]:
    return visitor.main.locator("tbody tr").all_inner_texts()


def found(visitor: Visitor, text: str) -> list[str]:
    visitor.home()
    visitor.fill(SEARCH, text)
    visitor.press("Chercher")
    return rows(visitor)


def test_the_funnel_counts_every_dossier_and_leads_to_them(visit: Visit) -> None:
    instructor = visit(INSTRUCTOR)
    instructor.is_at("Tableau de bord")
    total = re.search(r"(\d+) dossiers en tout", instructor.main.inner_text())
    table = instructor.main.get_by_role("table", name="Dossiers par étape")
    counts = [int(cell) for cell in table.locator("tbody td:last-child").all_inner_texts()]
    assert total
    assert sum(counts) == int(total[1])

    lapsed = table.get_by_role("row").filter(has_text="Caduque")
    expected = int(lapsed.locator("td").last.inner_text())
    assert expected >= 1
    instructor.go_by(lapsed.get_by_role("link"))
    assert len(rows(instructor)) == expected


def test_a_dossier_is_found_by_finess_siret_and_number(visit: Visit) -> None:
    instructor = visit(INSTRUCTOR)

    by_finess = found(instructor, "35 000 101 2")
    assert len(by_finess) == 1
    assert "Pharmacie du Marché" in by_finess[0]

    instructor.follow("Pharmacie du Marché")
    lead = instructor.main.locator(".portal-lead").inner_text()
    number = re.search(r"n° (\S+)", lead)
    assert number
    assert found(instructor, number[1]) == by_finess

    by_siret = found(instructor, "552 081 317 66522")
    assert any("Pharmacie de l’Olivier" in row for row in by_siret)
    assert not any("Pharmacie du Marché" in row for row in by_siret)

    assert found(instructor, "pharmacie inconnue") == []
    instructor.sees("Aucune commande ne correspond à ces filtres")
    instructor.follow("Tout afficher")
    expect(instructor.main.get_by_role("status")).to_contain_text("commandes")
    assert len(rows(instructor)) > len(by_siret)


def test_the_supplier_filters_and_sorts_the_board(visit: Visit) -> None:
    supplier = visit(GALENE)
    everything = rows(supplier)
    supplier.choose(
        "Qui agit", "Fournisseur"
    )  # no journey takes what Galène has to do: others sign what pharmacists do
    supplier.press("Filtrer")
    assert rows(supplier) == [row for row in everything if "\tVous\t" in row] != []
    supplier.follow("Tout afficher")
    supplier.go_by(supplier.main.get_by_role("columnheader", name="Pharmacie").get_by_role("link"))
    names = [row.split("\n")[0] for row in rows(supplier)]
    assert names == sorted(names, key=lambda name: name.replace("’", " ").casefold())
