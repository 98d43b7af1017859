"""Loading the requirements of the catalogue: idempotent; a version whose file changed is refused, never overwritten."""

from __future__ import annotations

import tomllib
from pathlib import Path

from django.db import transaction

from portal.common import clock
from portal.common.canonical import sha256_of
from portal.programmes.models import Programme
from portal.programmes.services.load import CATALOGUE
from portal.referencing.domain.requirements import BadRequirements, parse
from portal.referencing.models import RequirementSet


def load_requirements(folder: Path = CATALOGUE) -> list[RequirementSet]:
    """Load the requirements of every programme; return the versions created. Raises ``BadRequirements``."""
    loaded = (_load_file(path) for path in sorted(folder.glob("*/requirements-*.toml")))
    return [version for version in loaded if version is not None]


@transaction.atomic
def _load_file(path: Path) -> RequirementSet | None:
    where = f"{path.parent.name}/{path.name}"
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        listed = parse(content)
    except BadRequirements as error:
        raise BadRequirements(f"{where} : {error}") from error
    if not Programme.objects.filter(pk=listed.programme).exists():
        raise BadRequirements(f"{where} : le programme {listed.programme} n’est pas chargé")
    digest = sha256_of(content)
    existing = RequirementSet.objects.filter(programme=listed.programme, number=listed.version).first()
    if existing is not None:
        if existing.sha256 != digest:
            raise BadRequirements(f"{where} : la version {listed.version} est déjà chargée avec un autre contenu")
        return None
    return RequirementSet.objects.create(
        programme_id=listed.programme,
        number=listed.version,
        title=listed.title,
        source=listed.source,
        content=content,
        sha256=digest,
        loaded_at=clock.machine_now(),
    )
