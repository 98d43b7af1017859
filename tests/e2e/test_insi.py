"""The questionnaire on a phone; a lost connection loses nothing that was typed."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, expect

from portal.demo.services.paper import one_page
from tests.e2e import steps
from tests.e2e.conftest import Visit
from tests.e2e.insi_steps import given_a_dossier, when_it_is_filled, when_it_is_submitted
from tests.e2e.visitor import PHONE, Visitor

_POSTS = "**/partie/*/**"
WORDS = "Un registre au comptoir, une affiche, une formation"


def at_part(titulaire: Visitor, number: int) -> None:
    given_a_dossier(titulaire)
    titulaire.follow(f"Remplir la partie {number}")


def state_of(titulaire: Visitor) -> Locator:
    return titulaire.page.locator("#enregistrement")


def the_connection_is_lost(titulaire: Visitor) -> None:
    titulaire.page.route(_POSTS, lambda route: route.abort() if route.request.method == "POST" else route.continue_())


def the_connection_is_back(titulaire: Visitor) -> None:
    titulaire.complaints.clear()  # the browser tells of the request that failed
    titulaire.page.unroute(_POSTS)


def test_nothing_typed_is_lost_with_the_connection(visit: Visit) -> None:
    titulaire = visit("titulaire@thermes.example", width=PHONE)
    at_part(titulaire, 4)
    answer = titulaire.main.get_by_label("Qui reçoit et lit ce rapport")
    answer.fill("Le titulaire")
    expect(state_of(titulaire)).to_contain_text("Enregistré à")
    the_connection_is_lost(titulaire)
    answer.fill(WORDS)
    expect(state_of(titulaire)).to_contain_text("gardée sur cet appareil")
    the_connection_is_back(titulaire)
    titulaire.page.reload()
    expect(answer).to_have_value(WORDS)
    expect(state_of(titulaire)).to_contain_text("Enregistré à")
    titulaire.page.evaluate("() => localStorage.clear()")
    titulaire.page.reload()
    expect(answer).to_have_value(WORDS)
    titulaire.inspect()


@pytest.mark.parametrize(("part", "label", "rows"), [(1, "Logiciels", 1), (3, "Risques", 3)])
def test_a_row_just_added_is_not_lost_either(visit: Visit, part: int, label: str, rows: int) -> None:
    titulaire = visit("titulaire@thermes.example", width=PHONE)
    at_part(titulaire, part)
    cells = titulaire.field(label)
    for number in range(rows):
        cells.nth(number).fill(f"Ligne {number}")
    titulaire.press("Enregistrer et ajouter une ligne")
    expect(cells).to_have_count(rows + 1)
    the_connection_is_lost(titulaire)
    cells.last.fill(WORDS)
    expect(state_of(titulaire)).to_contain_text("gardée sur cet appareil")
    the_connection_is_back(titulaire)
    titulaire.page.reload()
    expect(cells).to_have_count(rows + 1)
    expect(cells.last).to_have_value(WORDS)
    expect(state_of(titulaire)).to_contain_text("Enregistré à")
    titulaire.page.evaluate("() => localStorage.clear()")
    titulaire.page.reload()
    expect(cells.last).to_have_value(WORDS)


def test_a_part_is_filled_in_without_scripts(visit: Visit) -> None:
    titulaire = visit("titulaire@thermes.example", scripts=False)
    for number in (2, 3):
        at_part(titulaire, number)
        titulaire.inspect()
    at_part(titulaire, 5)
    titulaire.main.get_by_role("group", name="Avez-vous mis en place").get_by_text("Oui").click()
    titulaire.page.get_by_role("button", name="Enregistrer", exact=True).click()
    titulaire.fill("Ces mesures", WORDS)
    titulaire.press("Enregistrer et revenir au dossier")
    titulaire.sees("Les cinq parties", "Saisie 40 %, validation 40 %.")


def test_the_titulaire_decides_on_what_was_submitted(visit: Visit, tmp_path: Path) -> None:
    titulaire = visit("titulaire@halles.example", width=PHONE)
    given_a_dossier(titulaire)
    dossier = titulaire.path
    when_it_is_filled(titulaire, tmp_path, s5__q4=False)
    a_piece_is_joined(titulaire, tmp_path / "procedure.pdf")
    titulaire.open(dossier)
    when_it_is_submitted(titulaire)
    titulaire.follow("Lire et décider")
    steps.when_they_confirm_who_they_are(titulaire)
    titulaire.tick("J’ai lu ce dossier.")
    titulaire.press("Homologuer")
    titulaire.sees("homologuez avec une réserve")
    titulaire.main.get_by_text("Homologuer avec des réserves").click()
    titulaire.main.get_by_label("6 mois", exact=True).check()
    first = titulaire.main.get_by_role("group", name="Réserve 1")
    for label, words in (("Ce qui reste à faire", "Écrire la procédure"), ("Qui s’en charge", "Le titulaire")):
        first.get_by_label(label).fill(words)
    first.get_by_label("Pour le").fill("01/02/2023")
    titulaire.press("Homologuer")
    titulaire.sees("C’est décidé", "Écrire la procédure – Le titulaire, pour le 01/02/2023")
    an_inspector_reads_it(titulaire)


def a_piece_is_joined(titulaire: Visitor, file: Path) -> None:
    """To a question, with a file chosen; then its new version."""
    file.write_bytes(one_page("procedure"))
    titulaire.follow("Voir les pièces et en joindre")
    titulaire.sees("Aucune pièce n’est jointe.")
    titulaire.follow("Joindre une pièce")
    titulaire.field("Ce que la pièce prouve").select_option("s2.2.mesures")
    titulaire.fill("Titre de la pièce", "Procédure")
    titulaire.field("Fichier").set_input_files(file)
    titulaire.press("Joindre la pièce")
    titulaire.sees("PJ1 – Procédure")
    titulaire.follow("Remplacer PJ1")
    file.write_bytes(one_page("procedure, version 2"))
    titulaire.field("Fichier").set_input_files(file)
    titulaire.press("Remplacer la pièce")
    titulaire.sees("Versions précédentes (1)")


def an_inspector_reads_it(titulaire: Visitor) -> None:
    """By a link, without an account, until the titulaire closes it; in the same window, logged out in between."""
    titulaire.follow("Donner ce dossier à lire à un inspecteur")
    links = titulaire.path
    titulaire.fill("Pour qui", "Inspectrice de l’ARS")
    titulaire.fill("Pourquoi", "Contrôle annoncé")
    titulaire.press("Créer le lien")
    address = urlsplit(titulaire.field("Adresse à remettre").input_value()).path
    cookies = titulaire.context.cookies()
    titulaire.context.clear_cookies()
    titulaire.open(address)
    titulaire.is_at("Dossier d’auto-homologation INSi")
    titulaire.sees("Lien fait pour Inspectrice de l’ARS", "Écrire la procédure")
    archive = titulaire.fetch(titulaire.main.get_by_role("link", name="Tout le dossier avec ses pièces (ZIP)"))
    with zipfile.ZipFile(io.BytesIO(archive.body())) as files:
        assert files.testzip() is None and "MANIFEST.sha256" in files.namelist()
    piece = titulaire.fetch(titulaire.main.get_by_role("link", name="PJ1 – Procédure"))
    assert piece.body() == one_page("procedure, version 2")
    titulaire.context.add_cookies([{"name": c["name"], "value": c["value"], "url": titulaire.address} for c in cookies])
    titulaire.open(links)
    titulaire.main.get_by_text("Ouvertures (3)").click()
    titulaire.sees("Page du dossier, depuis l’adresse", "Archive ZIP, depuis l’adresse", "Une pièce, depuis")
    titulaire.press("Fermer ce lien fait pour Inspectrice de l’ARS")
    titulaire.sees("Lien fermé")
    titulaire.open(address, status=404)
    titulaire.is_at("Ce lien n’ouvre rien")
