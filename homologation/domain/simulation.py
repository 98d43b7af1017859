"""What a new version of the questionnaire would make of the answers of real dossiers, counted by key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from homologation.domain.answers import Answers, Status
from homologation.domain.questions import Questionnaire
from homologation.domain.versions import Carried, carry_through, classify


@dataclass
class Fate:
    """What becomes of the answers to one question, in numbers of dossiers.

    ``carried``: proposed anew to the same question; ``reconfirmed``: proposed too, but the question changed;
    ``merged``: proposed in another question; ``dropped`` by reason. ``unanswered``: a required question left empty.
    """

    carried: int = 0
    reconfirmed: int = 0
    merged: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0


def simulate(moves: Iterable[tuple[Sequence[Questionnaire], Answers]]) -> dict[str, Fate]:
    """By key, the fate of the answers of each dossier, moved from the first of its versions to the last."""
    fates: dict[str, Fate] = {}
    for forms, answers in moves:
        carried = carry_through(forms, answers, "")
        _count(fates, forms, answers, carried)
    return dict(sorted(fates.items()))


def _count(fates: dict[str, Fate], forms: Sequence[Questionnaire], answers: Answers, carried: Carried) -> None:
    changed = {change.key for change in classify(forms[0], forms[-1])}
    taken = set(carried.sources.values())
    for key, answer in answers.items():
        if answer.status in (Status.EMPTY, Status.UNKNOWN):
            continue
        fate = fates.setdefault(key, Fate())
        if key in carried.dropped:
            fate.dropped[carried.dropped[key]] += 1
        elif carried.sources.get(key) != key and key in taken:
            fate.merged += 1
        elif key in changed:
            fate.reconfirmed += 1
        else:
            fate.carried += 1
    for key in carried.unanswered:
        fates.setdefault(key, Fate()).unanswered += 1
