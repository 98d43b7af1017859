"""The files of a programme's catalogue that are read as they are: steps of compliance, whom to tell of a breach, duties
of the staff, terms of the editor's help, early reviews, durations."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import Any

from homologation.domain.duties import Duties, HelpTerms, parse_duties, parse_help_terms
from homologation.domain.reviews import Reviews, parse_reviews
from homologation.domain.steps import Checklist, Told, parse_checklist, parse_told
from homologation.domain.terms import Terms, parse_terms
from portal.programmes.services.load import CATALOGUE


@lru_cache
def checklist(programme: str) -> Checklist:
    """The steps of a programme; none where it has no such file."""
    return parse_checklist(_newest(programme, "steps") or {"step": [], "remind_days": []})


@lru_cache
def told(programme: str) -> Told:
    """Whom to tell of a breach. Raises ``BadCatalogue`` where the programme does not say."""
    return parse_told(_newest(programme, "breaches") or {})


@lru_cache
def duties(programme: str) -> Duties:
    """What whoever calls INSi reads. Raises ``BadCatalogue`` where the programme does not say."""
    return parse_duties(_newest(programme, "duties") or {})


@lru_cache
def help_terms(programme: str) -> HelpTerms:
    """How the editor's help is given. Raises ``BadCatalogue`` where the programme does not say."""
    return parse_help_terms(_newest(programme, "help") or {})


@lru_cache
def reviews(programme: str) -> Reviews:
    """What makes a decision be read again. Raises ``BadCatalogue`` where the programme does not say."""
    return parse_reviews(_newest(programme, "reviews") or {})


@lru_cache
def terms(programme: str) -> Terms:
    """For how long decisions and links hold. Raises ``BadCatalogue`` where the programme does not say."""
    return parse_terms(_newest(programme, "terms") or {})


def _newest(programme: str, stem: str) -> dict[str, Any] | None:
    files = sorted((CATALOGUE / programme).glob(f"{stem}-*.toml"))
    return tomllib.loads(files[-1].read_text(encoding="utf-8")) if files else None
