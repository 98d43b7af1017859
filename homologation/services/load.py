"""Loading the questionnaires of the catalogue: idempotent; a version whose file changed is refused."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from homologation.domain.answers import Answers
from homologation.domain.lifecycle import APPROVED, OPEN
from homologation.domain.parse import BadQuestionnaire, parse
from homologation.domain.questions import Questionnaire
from homologation.domain.simulation import Fate, simulate
from homologation.domain.versions import check_migration
from homologation.models import InsiDossier, QuestionnaireVersion
from homologation.services.facts import Reading
from portal.common import clock
from portal.common.canonical import sha256_of
from portal.outbox.services.publish import publish
from portal.programmes.models import Programme
from portal.programmes.services.load import CATALOGUE

LOADED = "insi_questionnaire.loaded"


@dataclass(frozen=True)
class Simulation:
    """From the last version loaded to that of a file: ``problems`` forbid loading it; how many dossiers, by state."""

    since: str
    version: str
    change_class: str
    problems: list[str]
    dossiers: dict[str, int]
    fates: dict[str, Fate]


def load_questionnaires(folder: Path = CATALOGUE) -> list[QuestionnaireVersion]:
    """Load the questionnaires of every programme, oldest version first; return those created.

    Raises ``BadQuestionnaire``: another content under a loaded version, an incompatible version without its migration.
    """
    contents = [
        (path, tomllib.loads(path.read_text(encoding="utf-8"))) for path in folder.glob("*/questionnaire-*.toml")
    ]
    loaded = (_load(path, content) for path, content in sorted(contents, key=_order))
    return [version for version in loaded if version is not None]


def forms_between(old: QuestionnaireVersion, new: QuestionnaireVersion) -> list[Questionnaire]:
    """The forms from one version to another of the same questionnaire, each with its own map; always both."""
    later = QuestionnaireVersion.objects.filter(programme=new.programme_id, code=old.code, number__gt=old.number)
    between = later.filter(number__lt=new.number).order_by("number") if old.code == new.code else later.none()
    return [old.form, *(version.form for version in between), new.form]


def simulate_questionnaire(path: Path) -> Simulation:
    """What a version that is not loaded would make of the answers of every dossier in force or open. Writes nothing.

    Raises ``BadQuestionnaire`` for a file that is no questionnaire, or of a programme that has none yet.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        form, programme = parse(content), str(content["programme"])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, BadQuestionnaire, KeyError) as error:
        raise BadQuestionnaire(f"{path.name} : {error}") from error
    latest = QuestionnaireVersion.objects.filter(programme=programme, code=form.code).order_by("-number").first()
    if latest is None:
        raise BadQuestionnaire(f"{path.name} : aucune version de {form.code} n’est chargée, il n’y a rien à simuler")
    dossiers = InsiDossier.objects.filter(programme=programme, state__in=(APPROVED, *OPEN)).select_related(
        "questionnaire"
    )
    now, states = clock.business_now(), Counter[str]()

    def moves() -> Iterator[tuple[list[Questionnaire], Answers]]:
        for dossier in dossiers.defer("snapshot").order_by("pk").iterator():
            states[str(dossier.state)] += 1
            known = (
                forms_between(dossier.questionnaire, latest) if dossier.questionnaire_id != latest.pk else [latest.form]
            )
            yield [*known, form], Reading(dossier, now).answers

    fates = simulate(moves())
    return Simulation(
        latest.version, form.version, form.change_class, check_migration(latest.form, form), dict(states), fates
    )


def _order(item: tuple[Path, dict[str, Any]]) -> tuple[str, list[int]]:
    path, content = item
    try:
        return str(content.get("code")), [int(part) for part in str(content.get("version")).split(".")]
    except ValueError:
        raise BadQuestionnaire(f"{path.name} : version attendue de la forme 1.0.0") from None


@transaction.atomic
def _load(path: Path, content: dict[str, Any]) -> QuestionnaireVersion | None:
    where = f"{path.parent.name}/{path.name}"
    try:
        form = parse(content)
        programme = str(content["programme"])
    except (BadQuestionnaire, KeyError) as error:
        raise BadQuestionnaire(f"{where} : {error}") from error
    if not Programme.objects.filter(pk=programme).exists():
        raise BadQuestionnaire(f"{where} : le programme {programme} n’est pas chargé")
    versions = QuestionnaireVersion.objects.filter(programme=programme, code=form.code)
    existing = versions.filter(version=form.version).first()
    digest = sha256_of(content)
    if existing is not None:
        if existing.sha256 != digest:
            raise BadQuestionnaire(f"{where} : la version {form.version} est déjà chargée avec un autre contenu")
        return None
    latest = versions.order_by("-number").first()
    if latest is not None and (problems := check_migration(latest.form, form)):
        raise BadQuestionnaire(f"{where} : {' ; '.join(problems)}")
    version = QuestionnaireVersion.objects.create(
        programme_id=programme,
        code=form.code,
        version=form.version,
        number=latest.number + 1 if latest else 1,
        title=form.title,
        content=content,
        sha256=digest,
        loaded_at=clock.machine_now(),
    )
    if latest is not None and form.change_class == "major":
        payload = {"id": version.pk, "programme": programme}
        publish(LOADED, payload, dedup=f"{LOADED}:{version.pk}")
    return version
