"""The measures of a programme, from its catalogue file: data of the repository, whose digest each result names."""

from __future__ import annotations

from functools import lru_cache

from indicators.domain.measures import Measure, measures_from
from portal.programmes.services.load import CATALOGUE

FILE = "measures.toml"


@lru_cache
def measures_of(programme: str) -> tuple[Measure, ...]:
    """Every version of every measure. Raises FileNotFoundError for a programme without measures."""
    return measures_from((CATALOGUE / programme / FILE).read_text())
