"""Which rules applied, and which rules were known."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.db.models import QuerySet

from portal.programmes.domain.book import Book
from portal.programmes.domain.ruleset import RuleSet
from portal.programmes.models import RuleSetVersion


def published(code: str) -> QuerySet[RuleSetVersion]:
    """The published versions of a programme, newest first."""
    return RuleSetVersion.objects.filter(programme=code, published_at__isnull=False).order_by("-known_from")


def version_for(code: str, act_at: datetime, known_at: datetime) -> RuleSetVersion:
    """The version that judges an act of ``act_at`` by what was known at ``known_at``.

    It is the newest one known at ``known_at`` whose reach covers the act. Where none was known yet, the first
    version applies. Raises ``RuleSetVersion.DoesNotExist`` for an unknown programme.
    """
    known = _known(code, known_at)
    number = Book(tuple(rules_of(version) for version in known)).at(act_at).version
    return next(version for version in known if version.number == number)


def ruleset_for(code: str, act_at: datetime, known_at: datetime) -> RuleSet:
    """The rules of ``version_for``."""
    return book_for(code, known_at).at(act_at)


def book_for(code: str, known_at: datetime) -> Book:
    """Every version known at ``known_at``, as one value. Raises ``RuleSetVersion.DoesNotExist`` as ``version_for``."""
    return Book(tuple(rules_of(version) for version in _known(code, known_at)))


def _known(code: str, known_at: datetime) -> list[RuleSetVersion]:
    """The versions known at ``known_at``, oldest first; the first one where none was known yet."""
    versions = list(published(code).reverse())
    if not versions:
        raise RuleSetVersion.DoesNotExist(f"no published rule set for {code}")
    return [version for version in versions if version.known_from <= known_at] or versions[:1]


def rules_of(version: RuleSetVersion) -> RuleSet:
    """The frozen rules of a version; read once a process when published, since it can no longer change."""
    if version.published_at is None:
        return version.as_rules()
    return _published_rules(version.pk, version.sha256)


@lru_cache(maxsize=64)
def _published_rules(pk: int, sha256: str) -> RuleSet:
    return RuleSetVersion.objects.get(pk=pk, sha256=sha256).as_rules()
