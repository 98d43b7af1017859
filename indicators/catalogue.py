"""The measures of a programme, from its catalogue file: data of the repository, whose digest each result names."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from indicators.domain.declared import Declared, declared_from
from indicators.domain.measures import Measure, in_force, measures_from
from indicators.domain.years import Closing, closing_of, closings_from
from portal.programmes.selectors import default_book
from portal.programmes.services.load import CATALOGUE

FILE = "measures.toml"


def open_programme(now: datetime) -> str:
    """The code of the programme whose measures are computed at ``now``."""
    return default_book(now).at(now).programme


@lru_cache
def measures_of(programme: str) -> tuple[Measure, ...]:
    """Every version of every measure. Raises FileNotFoundError for a programme without measures."""
    return measures_from((CATALOGUE / programme / FILE).read_text())


def measures_at(now: datetime, year: int) -> list[Measure]:
    """Those of the programme open at ``now`` that hold for a calendar year of Paris."""
    return measures_in(open_programme(now), year)


def measures_in(programme: str, year: int) -> list[Measure]:
    """Those of a programme that hold for a calendar year of Paris."""
    return in_force(measures_of(programme), year)


@lru_cache
def _closings(programme: str) -> tuple[Closing, ...]:
    return closings_from((CATALOGUE / programme / FILE).read_text())


def closing_for(programme: str, year: int) -> Closing:
    """Until when a year may be declared."""
    return closing_of(_closings(programme), year)


@lru_cache
def _declared(programme: str) -> tuple[Declared, ...]:
    return declared_from((CATALOGUE / programme / FILE).read_text())


def declared_in(programme: str, year: int) -> list[Declared]:
    """What is declared for a year and not measured."""
    return [one for one in _declared(programme) if one.since <= year]
