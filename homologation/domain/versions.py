"""From one version of the questionnaire to the next: what changed, whether answers still fit, what a migration does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from homologation.domain.answers import Answer, Answers, Provenance, Status, check_value, values_of
from homologation.domain.questions import Input, Matrix, Question, Questionnaire
from homologation.domain.risks import RISKS
from homologation.domain.visibility import visible


class Fit(StrEnum):
    """How a question's change bears on the answers given."""

    EDITORIAL = "editorial"
    COMPATIBLE = "compatible"
    INCOMPATIBLE = "incompatible"


MIGRATION_KINDS = ("same", "reworded", "retyped", "split", "merged", "removed", "new")


@dataclass(frozen=True)
class KeyChange:
    """What became of one question, and why it is judged so."""

    key: str
    fit: Fit
    reason: str


def classify(old: Questionnaire, new: Questionnaire) -> list[KeyChange]:
    """Every question that changed, in the order of the new form, then those that are gone."""
    before, after = old.by_key, new.by_key
    changes = []
    for key, question in after.items():
        if key not in before:
            fit = Fit.INCOMPATIBLE if question.required else Fit.COMPATIBLE
            reason = "nouvelle question obligatoire" if question.required else "nouvelle question"
            changes.append(KeyChange(key, fit, reason))
        elif key == RISKS and _graded(old.matrix) != _graded(new.matrix):
            changes.append(KeyChange(key, Fit.INCOMPATIBLE, "matrice des risques changée"))
        elif before[key] != question:
            changes.append(_compare(before[key], question))
    return changes + [KeyChange(key, Fit.INCOMPATIBLE, "question retirée") for key in before if key not in after]


def _graded(matrix: Matrix) -> tuple[Any, ...]:
    """What gives a risk its level: the same words then say another level, or no level at all."""
    return matrix.scale, matrix.grid, tuple(matrix.levels)


def _compare(old: Question, new: Question) -> KeyChange:
    if reason := _broken(old, new) or _broken_columns(old, new):
        return KeyChange(new.key, Fit.INCOMPATIBLE, reason)
    if _shape(old) != _shape(new):
        return KeyChange(new.key, Fit.COMPATIBLE, "réponses admises élargies")
    return KeyChange(new.key, Fit.EDITORIAL, "texte seulement")


def _broken(old: Input, new: Input) -> str:
    """Why an answer that fitted might not any more; empty when each still does."""
    if old.type != new.type:
        return f"type changé ({old.type} → {new.type})"
    if gone := set(old.choices) - set(new.choices):
        return f"choix retirés ({', '.join(sorted(gone))})"
    if new.required and not old.required:
        return "devient obligatoire"
    if new.least is not None and (old.least is None or new.least > old.least):
        return "minimum relevé"
    if new.most is not None and (old.most is None or new.most < old.most):
        return "maximum abaissé"
    return ""


def _broken_columns(old: Question, new: Question) -> str:
    before, after = old.named_columns, new.named_columns
    if gone := [key for key in before if key not in after]:
        return f"colonnes retirées ({', '.join(gone)})"
    if added := [key for key, column in after.items() if key not in before and column.required]:
        return f"nouvelles colonnes obligatoires ({', '.join(added)})"
    for key, column in before.items():
        if reason := _broken(column, after[key]):
            return f"colonne {key} : {reason}"
    if new.min_rows > old.min_rows or new.max_rows < old.max_rows:
        return "nombre de lignes restreint"
    return "« sans objet » n’est plus admis" if old.voidable and not new.voidable else ""


def _shape(question: Question) -> tuple[Any, ...]:
    def of(box: Input) -> tuple[Any, ...]:
        return box.key, box.type, box.required, tuple(box.choices), box.least, box.most

    columns = tuple(of(column) for column in question.columns)
    return (*of(question), columns, question.min_rows, question.max_rows, question.voidable, repr(question.visible_if))


def check_migration(old: Questionnaire, new: Questionnaire) -> list[str]:
    """What forbids publishing ``new`` after ``old``: each incompatible key needs its entry; empty when it may be."""
    problems = []
    for change in classify(old, new):
        if change.fit is Fit.INCOMPATIBLE and change.key not in new.migration:
            problems.append(f"{change.key} : {change.reason}, une entrée de migration est attendue")
    if any(c.fit is Fit.INCOMPATIBLE for c in classify(old, new)) and new.change_class != "major":
        problems.append("change_class : un changement incompatible est « major »")
    for key, entry in new.migration.items():
        if entry.get("kind") not in MIGRATION_KINDS:
            problems.append(f"{key}.kind : attendu {', '.join(MIGRATION_KINDS)}")
        if strays := [to for to in entry.get("to", ()) if to not in new.by_key]:
            problems.append(f"{key}.to : questions inconnues ({', '.join(strays)})")
    return problems


@dataclass(frozen=True)
class Carried:
    """What a migration makes of a dossier's answers: ``kept`` ready as proposals, ``dropped`` with the reason.

    ``sources``: by key kept, the key of the answer that it comes from, in the version of departure as in ``dropped``.
    """

    kept: Mapping[str, Answer]
    dropped: Mapping[str, str]
    unanswered: tuple[str, ...]
    sources: Mapping[str, str]


def carry_through(forms: Sequence[Questionnaire], answers: Answers, source: str) -> Carried:
    """The move from the first of these versions to the last, by the map of each one between; at least two.

    A key that a version in between renamed is followed through it; the last map alone does not know it.
    """
    first, second, *others = forms
    moved = carry_over(first, second, answers, source)
    if not others:
        return moved
    rest = carry_through([second, *others], moved.kept, source)
    sources = {key: moved.sources[origin] for key, origin in rest.sources.items()}
    lost = {moved.sources[key]: reason for key, reason in rest.dropped.items()}
    return Carried(rest.kept, {**moved.dropped, **lost}, rest.unanswered, sources)


def carry_over(old: Questionnaire, new: Questionnaire, answers: Answers, source: str) -> Carried:
    """Simulate or carry out the move of answers from one version to the next; each is to be confirmed again.

    Of several answers merged into one question, its own comes first; the others are dropped, and it is said.
    """
    broken = {change.key: change for change in classify(old, new) if change.fit is Fit.INCOMPATIBLE}
    kept: dict[str, Answer] = {}
    dropped: dict[str, str] = {}
    sources: dict[str, str] = {}
    for key, answer in sorted(answers.items(), key=lambda item: item[0] not in _targets(new, item[0], broken)):
        if answer.status in (Status.EMPTY, Status.UNKNOWN):
            continue
        if answer.status is Status.VOID:
            dropped[key] = "« sans objet » se redit à chaque dossier"
            continue
        targets = _targets(new, key, broken)
        if not targets:
            dropped[key] = broken[key].reason if key in broken else "réponse non reprise par la nouvelle version"
        for target in targets:
            if refusals := check_value(new.by_key[target], answer.value):
                dropped[key] = refusals[0].message
            elif target in kept:
                dropped[key] = f"fusionnée avec une autre réponse, reprise dans {target}"
            else:
                kept[target] = Answer(answer.value, Status.PROPOSED, provenance=Provenance.CARRIED_OVER, source=source)
                sources[target] = key
    unanswered = tuple(q.key for q in visible(new, values_of(kept)) if q.required and q.key not in kept)
    return Carried(kept, dropped, unanswered, sources)


def _targets(new: Questionnaire, key: str, broken: Mapping[str, KeyChange]) -> list[str]:
    """The questions of the new version that take the answer of an old one."""
    entry = new.migration.get(key, {})
    targets = entry.get("to", [key]) if entry.get("keep_answer", key not in broken) else []
    return [target for target in targets if target in new.by_key]
