"""What is done to the data at each start, before the site opens; every step is repeatable and changes nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.config.embedded.options import Options


@dataclass(frozen=True)
class Step:
    """A ``manage.py`` command; ``capture`` keeps what it prints for us instead of the log."""

    name: str
    label: str
    arguments: tuple[str, ...]
    applies: Callable[[Options], bool] = lambda _: True
    capture: bool = False


STEPS = (
    Step("migrate", "Schéma de la base…", ("migrate", "--noinput")),
    Step("load_programmes", "Règles des programmes…", ("load_programmes",)),
    Step("load_requirements", "Exigences de référencement…", ("load_requirements",)),
    Step("load_questionnaires", "Questionnaires INSi…", ("load_questionnaires",)),
    Step(
        "collectstatic",
        "Fichiers statiques…",
        ("collectstatic", "--noinput"),
        applies=lambda options: options.environment == "production",
    ),
    Step(
        "demo_cast",
        "Données et comptes de démonstration (une minute au premier démarrage)…",
        ("demo_cast", "--json"),
        applies=lambda options: options.demo,
        capture=True,
    ),
    Step("publish_audit_root", "Empreinte du jour du journal…", ("publish_audit_root",)),
)
