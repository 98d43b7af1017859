"""Loading the catalogue: idempotent; a published version whose file changed is refused, never overwritten."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.db import transaction

from portal.common import clock
from portal.common.canonical import sha256_of
from portal.programmes.domain.ruleset import BadRuleSet, parse
from portal.programmes.models import Programme, RuleSetVersion

CATALOGUE = Path(__file__).resolve().parents[1] / "catalogue"


def load_catalogue(folder: Path = CATALOGUE) -> list[RuleSetVersion]:
    """Load every programme of a catalogue folder; return the versions created. Raises ``BadRuleSet``."""
    created = []
    for path in sorted(folder.glob("*/rules-*.toml")):
        version = _load_file(path)
        if version is not None:
            created.append(version)
    return created


def catalogue_codes(folder: Path = CATALOGUE) -> list[str]:
    """The codes of the programmes of a catalogue folder, sorted; the database is not asked."""
    files = folder.glob("*/rules-*.toml")
    return sorted({str(tomllib.loads(path.read_text(encoding="utf-8"))["programme"]) for path in files})


@transaction.atomic
def _load_file(path: Path) -> RuleSetVersion | None:
    content = _as_json(tomllib.loads(path.read_text(encoding="utf-8")))
    try:
        rules = parse(content)
    except BadRuleSet as error:
        raise BadRuleSet(f"{path.parent.name}/{path.name} : {error}") from error
    digest = sha256_of(content)
    existing = RuleSetVersion.objects.filter(programme=rules.programme, number=rules.version).first()
    if existing is not None:
        if existing.sha256 != digest:
            raise BadRuleSet(
                f"{path.parent.name}/{path.name} : la version {rules.version} est déjà chargée avec un autre contenu"
            )
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
