"""Loading the catalogue: idempotent; a published version whose file changed is refused, never overwritten."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.db import transaction

from portal.common import clock
from portal.common.canonical import sha256_of
from portal.programmes.domain.amend import amended
from portal.programmes.domain.parse import parse
from portal.programmes.domain.ruleset import BadRuleSet
from portal.programmes.models import Programme, RuleSetVersion

CATALOGUE = Path(__file__).resolve().parents[1] / "catalogue"


FIRST_PORTAL_NUMBER = 101
"""Versions below are the catalogue's files; from here on they are published in the portal, so that none collides."""


def load_catalogue(folder: Path = CATALOGUE) -> list[RuleSetVersion]:
    """Load every programme of a catalogue folder; return the versions created. Raises ``BadRuleSet``.

    A file with ``amends = n`` says only what it changes in version ``n``. Version 1 of a programme is published by
    its loading; the others wait for their publication.
    """
    created = []
    for programme in sorted(path for path in folder.iterdir() if path.is_dir()):
        contents = _contents_of(programme)
        for number in sorted(contents):
            version = _load(contents[number], f"{programme.name}, version {number}")
            if version is not None:
                created.append(version)
    return created


def catalogue_codes(folder: Path = CATALOGUE) -> list[str]:
    """The codes of the programmes of a catalogue folder, sorted; the database is not asked."""
    programmes = (path for path in folder.iterdir() if path.is_dir())
    return sorted({str(content["programme"]) for path in programmes for content in _contents_of(path).values()})


def _contents_of(programme: Path) -> dict[int, dict[str, Any]]:
    """The full content of each version of a programme's folder, by number."""
    raw: dict[int, dict[str, Any]] = {}
    for path in sorted(programme.glob("rules-*.toml")):
        content = _as_json(tomllib.loads(path.read_text(encoding="utf-8")))
        number = content.get("version")
        if not isinstance(number, int) or not 0 < number < FIRST_PORTAL_NUMBER or number in raw:
            raise BadRuleSet(
                f"{programme.name}/{path.name} : version attendue, une seule fois, de 1 à {FIRST_PORTAL_NUMBER - 1}"
            )
        raw[number] = content
    full: dict[int, dict[str, Any]] = {}
    for number in sorted(raw):
        base = raw[number].get("amends")
        if base is not None and base not in full:
            raise BadRuleSet(f"{programme.name}, version {number} : la version {base} à modifier n’existe pas")
        full[number] = raw[number] if base is None else amended(full[base], raw[number])
    return full


@transaction.atomic
def _load(content: dict[str, Any], where: str) -> RuleSetVersion | None:
    try:
        rules = parse(content)
    except BadRuleSet as error:
        raise BadRuleSet(f"{where} : {error}") from error
    digest = sha256_of(content)
    existing = RuleSetVersion.objects.filter(programme=rules.programme, number=rules.version).first()
    if existing is not None and existing.sha256 != digest:
        raise BadRuleSet(
            f"{where} : la version {rules.version} est déjà chargée avec un autre contenu. Une version chargée ne "
            "change plus : ajoutez une version, ou, pour une base de démonstration, lancez « make reset »."
        )
    if existing is not None:
        existing.as_rules()
        return None
    programme, _ = Programme.objects.get_or_create(
        code=rules.programme, defaults={"name": rules.name, "funding_call": rules.funding_call}
    )
    return RuleSetVersion.objects.create(
        programme=programme,
        number=rules.version,
        title=rules.title,
        source=rules.source,
        content=content,
        sha256=digest,
        known_from=datetime.fromisoformat(content["known_from"]),
        applies_from=rules.applies_from,
        published_at=clock.machine_now() if rules.version == 1 else None,
    )


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value
