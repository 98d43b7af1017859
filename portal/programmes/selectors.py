"""Which rules applied, and which rules were known."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from itertools import groupby

from django.db.models import QuerySet

from portal.programmes.domain.book import Book, known
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
    versions = _known(code, known_at)
    number = Book(tuple(rules_of(version) for version in versions)).at(act_at).version
    return next(version for version in versions if version.number == number)


def ruleset_for(code: str, act_at: datetime, known_at: datetime) -> RuleSet:
    """The rules of ``version_for``."""
    return book_for(code, known_at).at(act_at)


def book_for(code: str, known_at: datetime) -> Book:
    """Every version known at ``known_at``, as one value. Raises ``RuleSetVersion.DoesNotExist`` as ``version_for``."""
    return Book(tuple(rules_of(version) for version in _known(code, known_at)))


def _book(versions: list[RuleSetVersion], known_at: datetime) -> Book:
    return Book(tuple(rules_of(version) for version in known(versions, known_at)))


def _known(code: str, known_at: datetime) -> list[RuleSetVersion]:
    """The versions known at ``known_at``, oldest first; the first one where none was known yet."""
    versions = list(published(code).defer("content").reverse())
    if not versions:
        raise RuleSetVersion.DoesNotExist(f"no published rule set for {code}")
    return known(versions, known_at)


def open_rules(now: datetime) -> list[RuleSet]:
    """The rules in force of each programme whose orders can be signed at ``now``, in the order of their codes."""
    return [rules for rules in (book.at(now) for book in _books(now)) if _signs_at(rules, now)]


def default_book(now: datetime) -> Book:
    """The book of the programme that a page shows when none is named: the first open one, or the first known.

    Raises ``RuleSetVersion.DoesNotExist`` while the catalogue is empty.
    """
    books = _books(now)
    if not books:
        raise RuleSetVersion.DoesNotExist("the catalogue of programmes is empty")
    return next((book for book in books if _signs_at(book.at(now), now)), books[0])


def default_rules(now: datetime) -> RuleSet:
    """The rules of the day of that programme."""
    return default_book(now).at(now)


def _books(now: datetime) -> list[Book]:
    versions = RuleSetVersion.objects.filter(published_at__isnull=False).defer("content")
    ordered = versions.order_by("programme_id", "known_from")
    by_programme = groupby(ordered, key=lambda version: version.programme_id)
    return [_book(list(of_one), now) for _, of_one in by_programme]


def _signs_at(rules: RuleSet, now: datetime) -> bool:
    opens, closes = rules.milestone("signature", "opens"), rules.closes("signature")
    return (opens is None or opens.at <= now) and (closes is None or now < closes)


def rules_of(version: RuleSetVersion) -> RuleSet:
    """The frozen rules of a version; read once a process when published, since it can no longer change."""
    if version.published_at is None:
        return version.as_rules()
    return _published_rules(version.pk, version.sha256)


def all_versions() -> QuerySet[RuleSetVersion]:
    """Every version of every programme, published or only loaded."""
    return RuleSetVersion.objects.order_by("programme_id", "number")


@lru_cache(maxsize=64)
def _published_rules(pk: int, sha256: str) -> RuleSet:
    return RuleSetVersion.objects.get(pk=pk, sha256=sha256).as_rules()
