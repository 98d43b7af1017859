"""The roots of the journal for anybody, the past of a dossier, and who has read it."""

from __future__ import annotations

import gzip
import json
import re

from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.steps import INSTRUCTOR
from tests.e2e.visitor import PHONE


def test_anybody_finds_the_root_of_the_day_and_its_file(visit: Visit) -> None:
    titulaire = visit("titulaire@halles.example", width=PHONE)
    titulaire.go_by(titulaire.page.get_by_role("link", name="Empreintes du journal"))
    titulaire.is_at("Empreintes du journal")
    root = titulaire.main.locator("code").first.inner_text()
    assert re.fullmatch(r"[0-9a-f]{64}", root)
    with titulaire.page.expect_download() as download:
        titulaire.main.get_by_role("link", name=re.compile("^JSON")).first.click()
    assert json.loads(gzip.decompress(download.value.path().read_bytes()))["hash"] == root


def test_a_dossier_is_seen_as_it_was_and_its_pharmacy_told_who_looked(visit: Visit) -> None:
    titulaire = visit("titulaire@marche.example")
    titulaire.follow("Continuer")
    dossier = titulaire.path
    instructor = visit(INSTRUCTOR, width=PHONE)
    instructor.open(dossier)
    instructor.fill("Voir ce dossier tel qu’il était le", "01/01/2022")
    instructor.press("Voir à cette date")
    expect(instructor.main.get_by_text("Rien à cette date")).to_be_visible()
    instructor.fill("Voir ce dossier tel qu’il était le", "14/11/2022")
    instructor.press("Voir à cette date")
    expect(instructor.main.get_by_text("tel qu’il était le 14/11/2022 au soir")).to_be_visible()
    titulaire.open(dossier)
    expect(titulaire.main.get_by_role("heading", name="Qui a consulté ce dossier")).to_be_visible()
    expect(titulaire.main.get_by_text("(Instructeur)").first).to_be_visible()
