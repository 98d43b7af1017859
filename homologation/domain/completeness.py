"""How far a questionnaire is, and what still forbids the decision (compliance facts §1.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from homologation.domain.answers import NOTHING, SETTLED, Answer, Answers, Status, is_complete, is_filled, values_of
from homologation.domain.findings import Context, Finding
from homologation.domain.quality import findings
from homologation.domain.questions import TABLE, Question, Questionnaire
from homologation.domain.visibility import visible

MOST_SAID = 5
"""How many incomplete rows of a table a message tells of."""


@dataclass(frozen=True)
class Score:
    """So many of so many. ``percent`` is floored: 100 only when nothing is left."""

    done: int
    total: int

    @property
    def percent(self) -> int:
        """Whole percents, floored; 100 where nothing is asked."""
        return 100 * self.done // self.total if self.total else 100

    @property
    def whole(self) -> bool:
        """Whether nothing is left."""
        return self.done == self.total


@dataclass(frozen=True)
class Assessment:
    """Both scores over the required visible questions, and every finding, missing answers first.

    ``entry``: something is answered, « je ne sais pas » included. ``validation``: settled by the pharmacy.
    """

    entry: Score
    validation: Score
    findings: tuple[Finding, ...]

    @property
    def blockers(self) -> tuple[Finding, ...]:
        """What forbids the decision."""
        return tuple(finding for finding in self.findings if finding.blocking)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What deserves a look, no more."""
        return tuple(finding for finding in self.findings if not finding.blocking)


def is_answered(question: Question, answer: Answer) -> bool:
    """Whether something whole is said: a value, « je ne sais pas », or « sans objet » with its reason."""
    if answer.status is Status.UNKNOWN:
        return True
    if answer.status is Status.VOID:
        return question.voidable and bool(answer.reason.strip())
    return answer.status is not Status.EMPTY and is_complete(question, answer.value)


def is_settled(question: Question, answer: Answer) -> bool:
    """Whether the pharmacy stands by it."""
    return answer.status in SETTLED and is_answered(question, answer)


def assess(questionnaire: Questionnaire, answers: Answers, context: Context) -> Assessment:
    """The two scores of the whole questionnaire and what every rule finds."""
    asked = visible(questionnaire, values_of(answers))
    names = {question.key for question in asked}
    values = {key: value for key, value in values_of(answers).items() if key in names}
    proposed = {key for key, answer in answers.items() if answer.status is Status.PROPOSED}
    found = [*_missing(asked, answers), *findings(questionnaire, values, context, proposed)]
    return Assessment(*scores(asked, answers), tuple(found))


def scores(asked: Iterable[Question], answers: Answers) -> tuple[Score, Score]:
    """Entry and validation over some visible questions (a section, the whole)."""
    required = [question for question in asked if question.required]
    given = [(question, answers.get(question.key, NOTHING)) for question in required]
    return (
        Score(sum(is_answered(*pair) for pair in given), len(given)),
        Score(sum(is_settled(*pair) for pair in given), len(given)),
    )


def _missing(asked: Iterable[Question], answers: Answers) -> Iterable[Finding]:
    """INSI-C01: no whole answer. INSI-C02: a proposal to confirm. INSI-C03: « je ne sais pas »."""
    for question in asked:
        answer = answers.get(question.key, NOTHING)
        if question.required and not is_answered(question, answer):
            yield Finding("INSI-C01", question.key, question.owner, _what_is_missing(question, answer))
        elif answer.status is Status.PROPOSED:
            words = "Une réponse vous est proposée : confirmez-la ou corrigez-la."
            yield Finding("INSI-C02", question.key, "titulaire", words, blocking=question.required)
        elif answer.status is Status.UNKNOWN:
            words = "« Je ne sais pas » : demandez la réponse à votre éditeur, son aide est sans surcoût."
            yield Finding("INSI-C03", question.key, question.owner, words, blocking=question.required)


def _what_is_missing(question: Question, answer: Answer) -> str:
    """Which rows and cells of a table, or that nothing is said."""
    if answer.status is Status.VOID:
        return "« Sans objet » attend sa raison : dites pourquoi, ou répondez à la question."
    if question.type != TABLE or not answer.value:
        return "La réponse manque : répondez à la question."
    words = []
    if (more := max(question.min_rows, 1) - len(answer.value)) > 0:
        words.append(f"ajoutez {more} ligne{'s' if more > 1 else ''}")
    for number, row in enumerate(answer.value, start=1):
        empty = [f"« {c.label} »" for c in question.columns if c.required and not is_filled(c, row.get(c.key))]
        words += [f"remplissez {', '.join(empty)} à la ligne {number}"] if empty else []
    more_words = f" ; et {len(words) - MOST_SAID} autres lignes" if len(words) > MOST_SAID else ""
    return f"Le tableau n’est pas complet : {' ; '.join(words[:MOST_SAID])}{more_words}."
