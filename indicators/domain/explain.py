"""A result in plain French: the one sentence that a titulaire reads first."""

from __future__ import annotations

from decimal import Decimal

from indicators.domain.measures import Measure, State

NBSP = "\u00a0"


def percent(value: Decimal) -> str:
    """« 34,99 % », without decimals that say nothing."""
    text = f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return text.replace(".", ",") + f"{NBSP}%"


def sentence(measure: Measure, state: State, *, missing: int | None, ahead: int | None, year: int) -> str:
    """What the result means for the pharmacy, and what would change it."""
    words = {
        State.OUTSIDE: f"Cet indicateur ne s’applique pas en {year}.",
        State.NEUTRALISED: "L’année est neutralisée par décision : elle n’est pas jugée.",
        State.WAITING: "Votre logiciel référencé n’est pas encore installé, ou sa VA n’est pas signée : rien ne compte "
        "avant.",
        State.NO_RATE: f"Aucun taux n’est demandé en {year}.",
        State.NOT_COMPUTABLE: f"Aucune activité n’est comptée : il n’y a pas de {measure.unit} à juger.",
        State.REACHED: "Le seuil est atteint.",
    }
    if state in words:
        return words[state]
    if missing is None:
        return (
            f"Rien n’est encore compté : aucun dépôt reçu ne porte de {measure.unit}, et il manque des mois. Un "
            "journal est attendu pour chaque mois écoulé : demandez à votre fournisseur de déposer ceux qui manquent."
        )
    if not missing:
        return "Au vu de ce qui a été reçu, le seuil serait atteint ; il manque des mois pour le dire."
    least = f"Il vous manque {missing}{NBSP}{measure.qualified_many if missing > 1 else measure.qualified}"
    if ahead is None:
        return f"{least}."
    return f"{least}, sur ce qui est compté à ce jour. En continuant, il en faut {ahead} de plus d’affilée."
