"""How a rule is said in French: the natures of the dates, and each date as a sentence."""

from __future__ import annotations

from portal.programmes.domain.ruleset import Milestone
from portal.ui.formats import instant, limit

NATURE_WORDS = {
    "signature": "La signature du bon de commande",
    "installation": "L’installation",
    "va": "La signature de la VA",
    "deposit_advance": "Le dépôt de la demande d’avance",
    "deposit_balance": "Le dépôt de la demande de solde",
    "deposit_proofs": "Le dépôt des preuves de référencement",
}
BOUND_WORDS = {"opens": "ouverture", "closes": "clôture"}
CONFIDENCE_WORDS = {"C": "certain", "P": "probable, à confirmer", "U": "inconnu, à confirmer"}


def milestone_words(milestone: Milestone) -> str:
    """« La signature de la VA doit intervenir avant le 28/04/2023 à 14 h 00 »."""
    return f"{milestone_subject(milestone)} {milestone_when(milestone)}"


def milestone_subject(milestone: Milestone) -> str:
    """The act, with the verb that goes before its date."""
    verb = "doit intervenir" if milestone.bound == "closes" else "est possible à partir du"
    return f"{NATURE_WORDS[milestone.nature]} {verb}"


def milestone_when(milestone: Milestone) -> str:
    """The date as it is read: « avant le … », « jusqu’au … inclus », or the bare instant of an opening."""
    return limit(milestone.at) if milestone.bound == "closes" else instant(milestone.at)


def milestone_label(milestone: Milestone) -> str:
    """« La signature de la VA (clôture) »: how a date is named beside its details."""
    return f"{NATURE_WORDS[milestone.nature]} ({BOUND_WORDS[milestone.bound]})"
