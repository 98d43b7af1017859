"""Which rules applied, and which rules were known."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.db.models import QuerySet

from portal.programmes.domain.ruleset import RuleSet
from portal.programmes.models import RuleSetVersion


def published(code: str) -> QuerySet[RuleSetVersion]:
    """The published versions of a programme, newest first."""
    return RuleSetVersion.objects.filter(programme=code, published_at__isnull=False).order_by("-known_from")


def version_for(code: str, act_at: datetime, known_at: datetime) -> RuleSetVersion:
    """The version that judges an act of ``act_at`` by what was known at ``known_at``.

    A later version covers the earlier acts too: it is the newest one known at ``known_at``. Where none was known
    yet, the first version applies. Raises ``RuleSetVersion.DoesNotExist`` for an unknown programme.
    """
    versions = published(code)
    found = versions.filter(known_from__lte=known_at).first() or versions.last()
    if found is None:
        raise RuleSetVersion.DoesNotExist(f"no published rule set for {code} (act of {act_at.isoformat()})")
    return found


def ruleset_for(code: str, act_at: datetime, known_at: datetime) -> RuleSet:
    """The rules of ``version_for``."""
    return rules_of(version_for(code, act_at, known_at))


def rules_of(version: RuleSetVersion) -> RuleSet:
    """The frozen rules of a version; read once a process when published, since it can no longer change."""
    if version.published_at is None:
        return version.as_rules()
    return _published_rules(version.pk, version.sha256)


@lru_cache(maxsize=64)
def _published_rules(pk: int, sha256: str) -> RuleSet:
    return RuleSetVersion.objects.get(pk=pk, sha256=sha256).as_rules()
