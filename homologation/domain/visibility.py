"""When a question is asked: small JSON logic over the answers given so far. Nothing is evaluated as code.

``{"eq": [key, value]}``, ``{"has": [key, choice]}`` (multiple choice), ``{"more": [key, number]}`` (integer above),
``{"answered": key}``, ``{"all": [rules]}``, ``{"any": [rules]}``, ``{"not": rule}``. No rule: always asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from homologation.domain.questions import Question, Questionnaire

_PAIRS = ("eq", "has", "more")


def check_rule(rule: Any, known: Collection[str]) -> str:
    """What is wrong with a rule, in words; empty when it may be used. It only looks at questions asked before."""
    if rule is None:
        return ""
    if not isinstance(rule, Mapping) or len(rule) != 1:
        return "une règle est un objet d’une seule clé"
    [(name, argument)] = rule.items()
    if name in _PAIRS:
        if not isinstance(argument, list) or len(argument) != 2 or argument[0] not in known:
            return f"{name} attend [question posée avant, valeur]"
        return ""
    if name == "answered":
        return "" if argument in known else "answered attend une question posée avant"
    if name in ("all", "any"):
        if not isinstance(argument, list):
            return f"{name} attend une liste de règles"
        return next((wrong for wrong in (check_rule(part, known) for part in argument) if wrong), "")
    return check_rule(argument, known) if name == "not" else f"opération inconnue {name!r}"


def holds(rule: Any, values: Mapping[str, Any]) -> bool:
    """Whether a checked rule holds for these values (by key, absent when unanswered)."""
    if rule is None:
        return True
    [(name, argument)] = rule.items()
    if name == "all":
        return all(holds(part, values) for part in argument)
    if name == "any":
        return any(holds(part, values) for part in argument)
    if name == "not":
        return not holds(argument, values)
    if name == "answered":
        return values.get(argument) is not None
    key, wanted = argument
    value = values.get(key)
    if name == "has":
        return isinstance(value, list) and wanted in value
    if name == "more":
        return isinstance(value, int) and not isinstance(value, bool) and value > wanted
    return type(value) is type(wanted) and value == wanted


def visible(questionnaire: Questionnaire, values: Mapping[str, Any]) -> tuple[Question, ...]:
    """The questions to ask. One that depends on a hidden question sees it as unanswered."""
    seen: dict[str, Any] = {}
    asked = []
    for question in questionnaire:
        if holds(question.visible_if, seen):
            asked.append(question)
            if values.get(question.key) is not None:
                seen[question.key] = values[question.key]
    return tuple(asked)
