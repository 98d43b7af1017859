"""The duties of whoever calls INSi in a pharmacy: those of the catalogue, and what section 2.2 says of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from homologation.domain.steps import BadCatalogue
from portal.common.text import fold


@dataclass(frozen=True)
class Duties:
    """The general duties in order, with where they come from."""

    title: str
    source: str
    confirmed: bool
    duties: tuple[str, ...]


@dataclass(frozen=True)
class HelpTerms:
    """How the editor's help is given: within how many days it answers, in which words it is announced."""

    answer_days: int
    words: str
    source: str
    confirmed: bool


def parse_duties(content: Mapping[str, Any]) -> Duties:
    """The duties of a file. Raises ``BadCatalogue``."""
    try:
        said = Duties(
            str(content["title"]),
            str(content["source"]),
            bool(content["confirmed"]),
            tuple(str(one) for one in content["duties"]),
        )
    except (KeyError, TypeError) as error:
        raise BadCatalogue(f"bonnes pratiques : {error}") from error
    if not said.duties:
        raise BadCatalogue("bonnes pratiques : aucune n’est écrite")
    return said


def parse_help_terms(content: Mapping[str, Any]) -> HelpTerms:
    """The terms of the help of a file. Raises ``BadCatalogue``."""
    try:
        terms = HelpTerms(**content)
    except TypeError as error:
        raise BadCatalogue(f"aide de l’éditeur : {error}") from error
    if not isinstance(terms.answer_days, int) or terms.answer_days < 1:
        raise BadCatalogue("aide de l’éditeur : le délai est d’un jour au moins")
    return terms


def is_named(full_name: str, words: str) -> bool:
    """Whether words of the pharmacy name this very person: the same names, in any order, accents apart."""
    name = sorted(fold(full_name).split())
    return bool(name) and sorted(fold(words).split()) == name


def rows_of_person(rows: Iterable[Mapping[str, Any]], full_name: str, today: date) -> list[Mapping[str, Any]]:
    """The rows of section 2.2 that name a person and are not over; « jusqu’au » is the last day."""
    return [
        row
        for row in rows
        if is_named(full_name, str(row.get("personne", "")))
        and (not row.get("jusqu_au") or date.fromisoformat(row["jusqu_au"]) >= today)
    ]
