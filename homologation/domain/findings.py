"""What the rules of quality read, and what they find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from homologation.domain.questions import Questionnaire
from homologation.domain.risks import Risk


@dataclass(frozen=True)
class Context:
    """What the rules know besides the answers, on ``today`` (Paris).

    ``software``: standing of the LGO's référencement, ``referenced``, ``suspended``, ``withdrawn`` or empty where none
    is known. ``report_users``: pseudonyms of the last monthly report. ``report_missing``: no report came for the last
    closed month although one was due.
    """

    today: date
    software: str = ""
    report_users: frozenset[str] = frozenset()
    report_missing: bool = False


@dataclass(frozen=True)
class Finding:
    """What a rule found: its id, where, who can mend it, in words. Only a ``blocking`` one forbids the decision."""

    rule: str
    key: str
    owner: str
    message: str
    blocking: bool = True
    row: str = ""
    legal_ref: str = ""


@dataclass(frozen=True)
class Given:
    """The values that the rules read: those of visible questions, by key; ``proposed``: not confirmed yet."""

    questionnaire: Questionnaire
    values: Mapping[str, Any]
    context: Context
    risks: tuple[Risk, ...] = ()
    proposed: frozenset[str] = frozenset()

    def rows(self, key: str) -> list[dict[str, Any]]:
        """The rows of a table, none when it is not filled."""
        return list(self.values.get(key) or ())

    def found(self, rule: str, key: str, message: str, **more: Any) -> Finding:
        """A finding about a question, owned as the question is."""
        question = self.questionnaire.by_key.get(key)
        return Finding(rule, key, question.owner if question else "titulaire", message, **more)


def named(words: str) -> str:
    """A text that people typed, quoted, cut where it is long."""
    return f"« {words[:60].rstrip()}… »" if len(words) > 60 else f"« {words} »"
