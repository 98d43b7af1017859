"""The sentence of each situation: what it means, and what would change it."""

from __future__ import annotations

import pytest

from indicators.domain.explain import sentence
from indicators.domain.measures import Facts, State, evaluate
from tests.unit.indicators.test_measures import READY, named

MONTHS = ("2023-03", "2023-04")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(2023, 0, 0, ready_on=READY, missing=MONTHS), "Rien n’est encore compté"),
        (Facts(2023, 0, 0, ready_on=READY), "Aucune activité n’est comptée"),
        (Facts(2023, 35, 100, ready_on=READY, missing=MONTHS), "le seuil serait atteint"),
        (Facts(2023, 35, 100, ready_on=READY), "Le seuil est atteint."),
        (Facts(2023, 34, 100, ready_on=READY, missing=MONTHS), "Il vous manque 1 ordonnance exécutée"),
        (Facts(2023, 33, 100, ready_on=READY), "Il vous manque 2 ordonnances exécutées"),
        (Facts(2023), "Votre logiciel référencé n’est pas encore installé"),
        (Facts(2023, 1, 100, neutralised="Décision 1"), "L’année est neutralisée"),
        (Facts(2024, 1, 100), "Cet indicateur ne s’applique pas en 2024"),
    ],
)
def test_what_is_said(facts: Facts, expected: str) -> None:
    measure = named("epresc-1")
    found = evaluate(measure, facts)
    said = sentence(measure, found.state, missing=found.missing, ahead=found.ahead, year=facts.year)
    assert expected in said.replace("\u00a0", " ")


def test_nothing_counted_yet_says_what_is_expected_and_what_to_do() -> None:
    said = sentence(named("dmp-1"), State.INCOMPLETE, missing=None, ahead=None, year=2023)
    assert "serait atteint" not in said
    assert "accompagnement ou bilan finalisé" in said and "chaque mois" in said and "fournisseur" in said
