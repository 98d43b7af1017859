"""The steps of INSi journeys, in the words of the people who take them."""

from __future__ import annotations

import json
from pathlib import Path

from portal.common.canonical import sha256_of
from tests.e2e.visitor import Visitor
from tests.unit.homologation.forms import values


def given_a_dossier(titulaire: Visitor) -> str:
    """The dossier that is being filled in, begun where there is none; its address."""
    titulaire.open("/insi/")
    if titulaire.main.get_by_role("button", name="Commencer un dossier").count():
        titulaire.press("Commencer un dossier")
    else:
        titulaire.follow("Poursuivre")
    return titulaire.path


def when_it_is_filled(titulaire: Visitor, folder: Path, **changes: object) -> None:
    """Every answer at once, by an export."""
    export = titulaire.context.request.get(f"{titulaire.page.url}export.json").json()["snapshot"]
    said = {"status": "modified", "reason": "", "provenance": "user", "source": ""}
    export["answers"] = {key: {"value": value, **said} for key, value in values(**changes).items()}
    file = folder / "export.json"
    file.write_text(json.dumps({"snapshot": export, "sha256": sha256_of(export)}))
    titulaire.follow("Reprendre un export")
    titulaire.field("Fichier d’export (.json)").set_input_files(file)
    titulaire.press("Reprendre ces réponses")


def when_it_is_submitted(titulaire: Visitor) -> None:
    """From the page of the dossier."""
    titulaire.follow("Soumettre à la décision")
    titulaire.press("Soumettre à la décision")
