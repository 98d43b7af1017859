"""Reviews and changes in words, for pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from homologation.catalogue import reviews
from homologation.domain.answers import NOTHING, Answers, Status, values_of
from homologation.domain.diff import ADDED, CHANGED, REMOVED, Change, Piece, differences, risk_moves, words
from homologation.domain.questions import ROW, TABLE, TEXT, Input, Question, Questionnaire
from homologation.domain.review_lifecycle import EARLY_REVIEW, KEPT, OPEN
from homologation.domain.reviews import Rule
from homologation.domain.risks import RISKS
from homologation.domain.versions import classify
from homologation.models import EarlyReview
from homologation.presentation import in_words, lines, short

KINDS: Mapping[str, tuple[str, str]] = {
    ADDED: ("Ajouté", "success"),
    REMOVED: ("Retiré", "error"),
    CHANGED: ("Modifié", "info"),
}
MOVES: Mapping[str, str] = {
    "up": "Le risque restant monte.",
    "down": "Le risque restant baisse.",
    "level": "Le risque restant ne change pas.",
}
NOT_CARRIED: Mapping[Status, str] = {
    Status.VOID: "était sans objet : à redire à chaque dossier",
    Status.UNKNOWN: "était « je ne sais pas » : à répondre",
}


@dataclass(frozen=True)
class ReviewLine:
    """A review with its rule of the catalogue and the words of its state."""

    review: EarlyReview
    rule: Rule | None
    label: str
    tone: str

    @property
    def waits(self) -> bool:
        """Whether somebody has to settle it."""
        return bool(self.review.state == OPEN)


def review_lines(programme: str, found: Iterable[EarlyReview]) -> list[ReviewLine]:
    """Reviews as the dossier shows them."""
    rules = reviews(programme)
    return [
        ReviewLine(
            one,
            rules.rule(one.rule),
            EARLY_REVIEW.labels[str(one.state)],
            "warning" if one.state == OPEN else "success" if one.state == KEPT else "info",
        )
        for one in found
    ]


@dataclass(frozen=True)
class ChangeLine:
    """One difference: of which question, where in it, what it was and is; ``pieces`` word by word for a text."""

    label: str
    where: str
    kind: tuple[str, str]
    before: str
    after: str
    pieces: tuple[Piece, ...] = ()
    move: str = ""


def change_lines(old: Questionnaire, new: Questionnaire, before: Answers, after: Answers) -> list[ChangeLine]:
    """Every difference between two sets of answers, in the order of the new form."""
    was, now = values_of(before), values_of(after)
    moves = risk_moves(new, was, now)
    questions = {**old.by_key, **new.by_key}
    found = []
    for change in differences(new, was, now):
        question = questions[change.key]
        move = MOVES[moves[change.row]] if change.key == RISKS and change.row in moves else ""
        names = (
            {row[ROW]: _name(question, row) for value in (was, now) for row in value.get(change.key) or ()}
            if (question.type == TABLE)
            else {}
        )
        found.append(_line(question, change, names, move))
    return found


def _name(question: Question, row: Mapping[str, Any]) -> str:
    """A row by its first text."""
    texts = [str(row[column.key]) for column in question.columns if column.type == TEXT and row.get(column.key)]
    return texts[0][:80] if texts else "ligne sans nom"


def _line(question: Question, change: Change, names: Mapping[str, str], move: str) -> ChangeLine:
    kind = KINDS[change.kind]
    if question.type == TABLE and change.row and not change.column:
        before, after = (lines(question, [row])[0] if row else "–" for row in (change.before, change.after))
        return ChangeLine(short(question), names.get(change.row, ""), kind, before, after, move=move)
    box: Input = question.named_columns.get(change.column, question)
    where = f"{names.get(change.row, '')} – {box.label}" if change.column else ""
    before, after = in_words(box, change.before), in_words(box, change.after)
    pieces = tuple(words(before, after)) if box.type == TEXT and change.kind == CHANGED else ()
    return ChangeLine(short(question), where, kind, before, after, pieces, move)


def form_changes(old: Questionnaire, new: Questionnaire) -> list[tuple[str, str]]:
    """What became of the questions, where the form is another version: the question, and why it is judged so."""
    questions = {**old.by_key, **new.by_key}
    return [(short(questions[change.key]), change.reason) for change in classify(old, new)]


def to_say_again(old: Questionnaire, before: Answers, after: Answers) -> list[tuple[str, str]]:
    """Answers of the last dossier that a renewal does not carry over and that wait for one: the question, and why."""
    return [
        (short(old.by_key[key]), NOT_CARRIED[said.status])
        for key, said in before.items()
        if said.status in NOT_CARRIED and key in old.by_key and after.get(key, NOTHING).status is Status.EMPTY
    ]
