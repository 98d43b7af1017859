"""The figures that no text of the programme sets, as data of the catalogue, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homologation.domain.inspection import DAYS
from homologation.domain.steps import BadCatalogue
from homologation.domain.validity import DURATIONS


def to_confirm(confirmed: bool) -> str:
    """What is shown beside a figure that nobody has confirmed."""
    return "" if confirmed else " À confirmer."


@dataclass(frozen=True)
class DecisionTerms:
    """``months`` that may be chosen, the one offered first, and the most with reserves."""

    months: tuple[int, ...]
    default: int
    most_with_reserves: int
    source: str
    confirmed: bool


@dataclass(frozen=True)
class DetailTerms:
    """Within how many ``days`` a supplier sends the detail asked of it."""

    days: int
    source: str
    confirmed: bool


@dataclass(frozen=True)
class LinkTerms:
    """``days`` that a link to a dossier may last, and those offered first."""

    days: tuple[int, ...]
    default: int
    source: str
    confirmed: bool


@dataclass(frozen=True)
class Terms:
    """Those of a programme."""

    decision: DecisionTerms
    detail: DetailTerms
    link: LinkTerms


def parse_terms(content: Mapping[str, Any]) -> Terms:
    """The terms of a file. Raises ``BadCatalogue``, also for a figure that the database does not admit."""
    try:
        decision, link = dict(content["decision"]), dict(content["link"])
        decision["months"], link["days"] = tuple(decision["months"]), tuple(link["days"])
        terms = Terms(DecisionTerms(**decision), DetailTerms(**content["detail"]), LinkTerms(**link))
    except (KeyError, TypeError) as error:
        raise BadCatalogue(f"délais : {error}") from error
    if not set(terms.decision.months) <= set(DURATIONS) or terms.decision.default not in terms.decision.months:
        raise BadCatalogue(f"délais : les mois d’une décision sont parmi {DURATIONS}, celui par défaut aussi")
    if not set(terms.link.days) <= set(DAYS) or terms.link.default not in terms.link.days:
        raise BadCatalogue(f"délais : les jours d’un lien sont parmi {DAYS}, ceux par défaut aussi")
    if terms.detail.days < 1 or terms.decision.most_with_reserves < min(terms.decision.months):
        raise BadCatalogue("délais : au moins un jour, et une durée permise avec des réserves")
    return terms
