"""The rules about the risks of part 3, each with its id (compliance facts §1.4, §1.5)."""

from __future__ import annotations

from collections.abc import Iterator

from homologation.domain.findings import Finding, Given, named
from homologation.domain.risks import HIGH, RISKS, Risk, rank


def at_least_three_risks(given: Given) -> Iterator[Finding]:
    """INSI-R01: the form asks for three principal risks."""
    question = given.questionnaire.by_key.get(RISKS)
    if question is not None and len(given.risks) < question.min_rows:
        missing = question.min_rows - len(given.risks)
        yield given.found("INSI-R01", RISKS, f"Il manque {missing} risque(s) : {question.min_rows} sont demandés.")


def high_risk_has_measures(given: Given) -> Iterator[Finding]:
    """INSI-R02: a high risk without any measure."""
    for risk in given.risks:
        if risk.gross == HIGH and not risk.measures:
            words = f"Risque fort sans mesure : {named(risk.label)}. Écrivez les mesures qui le réduisent."
            yield given.found("INSI-R02", RISKS, words, row=risk.row)


def residual_not_above(given: Given) -> Iterator[Finding]:
    """INSI-R03: measures cannot make a risk worse."""
    matrix = given.questionnaire.matrix
    for risk in given.risks:
        if risk.gross and risk.residual and rank(matrix, risk.residual) > rank(matrix, risk.gross):
            words = f"Le risque résiduel dépasse le risque de départ : {named(risk.label)}. Corrigez l’un des deux."
            yield given.found("INSI-R03", RISKS, words, row=risk.row)


def lowered_by_measures(given: Given) -> Iterator[Finding]:
    """INSI-R04: a risk is not lowered by nothing."""
    for risk in given.risks:
        if _lowered(given, risk) and not risk.measures:
            words = f"Le risque résiduel baisse sans aucune mesure : {named(risk.label)}. Dites ce qui le réduit."
            yield given.found("INSI-R04", RISKS, words, row=risk.row)


def high_residual_accepted(given: Given) -> Iterator[Finding]:
    """INSI-R16: a high risk that is left is accepted in so many words."""
    for risk in given.risks:
        if risk.final == HIGH and not risk.accepted:
            words = f"Un risque fort demeure : {named(risk.label)}. Réduisez-le, ou écrivez pourquoi vous l’acceptez."
            yield given.found("INSI-R16", RISKS, words, row=risk.row)


def every_risk_has_measures(given: Given) -> Iterator[Finding]:
    """INSI-R18: any other risk without measures.

    The form's own words (part 3): « Pour chaque risque, indiquer […] les mesures mises en œuvre pour réduire le
    risque ».
    """
    for risk in given.risks:
        if risk.gross != HIGH and not risk.measures and not _lowered(given, risk):
            words = (
                f"Aucune mesure n’est écrite pour le risque {named(risk.label)} : le formulaire en demande pour chaque "
                "risque. Écrivez ce que vous faites pour le réduire."
            )
            yield given.found("INSI-R18", RISKS, words, row=risk.row)


def _lowered(given: Given, risk: Risk) -> bool:
    matrix = given.questionnaire.matrix
    if not risk.gross or not risk.residual:
        return False
    return rank(matrix, risk.residual) < rank(matrix, risk.gross)
