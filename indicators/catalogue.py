"""The measures of a programme, from its catalogue file: data of the repository, whose digest each result names."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from indicators.domain.measures import Measure, measures_from
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
