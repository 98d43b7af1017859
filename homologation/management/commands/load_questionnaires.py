"""``manage.py load_questionnaires``: load the questionnaires of the catalogue, after ``load_programmes``.

``--simulate FILE [--json]``: what this version would make of the answers of the dossiers in force or open; loads and
changes nothing. Exit status 2 for a file that is no questionnaire; 1 where its migration forbids loading it.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from homologation.domain.lifecycle import HOMOLOGATION
from homologation.domain.parse import BadQuestionnaire
from homologation.domain.simulation import Fate
from homologation.services.load import Simulation, load_questionnaires, simulate_questionnaire


class Command(BaseCommand):
    help = "Charge les questionnaires INSi du catalogue ; sans effet si rien n'a changé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--simulate", type=Path, metavar="FICHIER", help="simule cette version, ne charge rien")
        parser.add_argument("--json", action="store_true", help="avec --simulate : écrit un objet JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["simulate"]:
            self._simulate(options["simulate"], as_json=options["json"])
            return
        try:
            created = load_questionnaires()
        except BadQuestionnaire as error:
            raise CommandError(str(error)) from error
        for version in created:
            self.stdout.write(f"{version} chargé.")

    def _simulate(self, path: Path, *, as_json: bool) -> None:
        try:
            found = simulate_questionnaire(path)
        except BadQuestionnaire as error:
            raise CommandError(str(error), returncode=2) from error
        if as_json:
            self.stdout.write(json.dumps(asdict(found), ensure_ascii=False))
        else:
            for line in _lines(found):
                self.stdout.write(line)
        if found.problems:
            raise CommandError("Cette version ne peut pas être chargée : complétez sa migration.", returncode=1)


def _lines(found: Simulation) -> list[str]:
    counts = ", ".join(f"{HOMOLOGATION.labels[state]} : {number}" for state, number in sorted(found.dossiers.items()))
    head = f"De la version {found.since} à la version {found.version} ({found.change_class}). Rien n’est changé."
    lines = [head, f"Dossiers – {counts or 'aucun'}."]
    lines += [f"À corriger : {problem}" for problem in found.problems]
    return lines + [f"{key} : {_words(fate)}" for key, fate in found.fates.items()]


def _words(fate: Fate) -> str:
    """Only what is not zero, the reasons of what is dropped with it."""
    told = [
        (fate.carried, "reprises"),
        (fate.reconfirmed, "reprises, question changée"),
        (fate.merged, "reprises dans une autre question"),
        *((number, f"abandonnées ({reason})") for reason, number in sorted(fate.dropped.items())),
        (fate.unanswered, "sans réponse, à remplir"),
    ]
    return " ; ".join(f"{number} {words}" for number, words in told if number)
