"""Answers and findings in words, for pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from homologation.domain.answers import NOTHING, Answer, Answers, Provenance, Status, values_of
from homologation.domain.completeness import Assessment, Score, scores
from homologation.domain.feedback import Raise
from homologation.domain.findings import Finding
from homologation.domain.questions import (
    BOOLEAN,
    DATE,
    MULTI,
    OWNERS,
    ROW,
    SINGLE,
    TABLE,
    Input,
    Question,
    Questionnaire,
    Section,
)
from homologation.domain.risks import RISKS, read_risk
from homologation.domain.visibility import visible
from homologation.models import TitulaireAgreement

TONES = {
    Status.EMPTY: "neutral",
    Status.PROPOSED: "info",
    Status.CONFIRMED: "success",
    Status.MODIFIED: "success",
    Status.VOID: "neutral",
    Status.UNKNOWN: "warning",
}


def in_words(box: Input, value: Any) -> str:
    """One value as it is read: « Oui », a day, the labels of choices."""
    if value is None or value == [] or value == "":
        return "–"
    if box.type == BOOLEAN:
        return "Oui" if value else "Non"
    if box.type == DATE:
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    if box.type == SINGLE:
        return str(box.choices.get(value, value))
    if box.type == MULTI:
        return ", ".join(box.choices.get(one, one) for one in value)
    return str(value)


def lines(question: Question, value: Any) -> list[str]:
    """A value line by line; a row of a table is one line."""
    if question.type != TABLE:
        return [in_words(question, value)]
    return [
        " ; ".join(f"{c.label} : {in_words(c, row.get(c.key))}" for c in question.columns if row.get(c.key) is not None)
        for row in value or ()
    ] or ["–"]


def risk_levels(form: Questionnaire, value: Any) -> dict[str, str]:
    """The computed level of each risk of the table, in words, by row."""
    levels = form.matrix.levels
    found = {}
    for row in value or ():
        risk = read_risk(form.matrix, row)
        if risk.gross:
            gross = f"Niveau du risque : {levels[risk.gross]}"
            found[row[ROW]] = f"{gross}, puis {levels[risk.residual]}" if risk.residual else gross
    return found


def origin(answer: Answer, pack_names: Mapping[str, str]) -> str:
    """Where a value came from, as a badge says it."""
    if answer.provenance is Provenance.USER or answer.value is None:
        return ""
    name = pack_names.get(answer.source, "")
    return f"{answer.provenance.label} : {name}" if name else answer.provenance.label


@dataclass(frozen=True)
class SectionLine:
    """One part of the form on the board: how far it is, and what blocks there."""

    section: Section
    entry: Score
    validation: Score
    blockers: int

    @property
    def state(self) -> tuple[str, str]:
        """Word and tone of its badge."""
        if self.validation.whole and not self.blockers:
            return "Complète", "success"
        return ("À confirmer", "info") if self.entry.whole else ("À remplir", "warning")


def section_lines(form: Questionnaire, answers: Answers, assessment: Assessment) -> list[SectionLine]:
    """The five parts, in order."""
    asked = {question.key for question in visible(form, values_of(answers))}
    found = []
    for section in form.sections:
        questions = [question for question in section.questions if question.key in asked]
        keys = {question.key for question in section.questions}
        blocked = sum(finding.key in keys for finding in assessment.blockers)
        found.append(SectionLine(section, *scores(questions, answers), blocked))
    return found


@dataclass(frozen=True)
class FindingLine:
    """A finding with the part and the question it leads to."""

    finding: Finding
    section: Section
    label: str

    @property
    def owner(self) -> str:
        """Who can mend it."""
        return OWNERS[self.finding.owner]


def finding_lines(form: Questionnaire, findings: Iterable[Finding]) -> list[FindingLine]:
    """Findings, each with where it is mended."""
    return [FindingLine(f, form.section_of(f.key), short(form.by_key[f.key])) for f in findings]


def short(question: Question) -> str:
    """A question in a few words: of the long official sentences, the beginning."""
    label = question.label
    return label if len(label) <= 80 else f"{label[:77].rsplit(' ', 1)[0]}…"


def risk_map(form: Questionnaire, answers: Answers) -> list[dict[str, Any]]:
    """The risks of the table with their levels, for the page of the decision."""
    rows = answers.get(RISKS, NOTHING).value or ()
    levels = form.matrix.levels
    risks = [read_risk(form.matrix, row) for row in rows]
    return [
        {"label": r.label, "gross": levels.get(r.gross or "", "–"), "final": levels.get(r.final or "", "–")}
        for r in risks
    ]


def agreement_lines(agreements: Iterable[TitulaireAgreement]) -> list[dict[str, Any]]:
    """Who has agreed, when, and to which terms."""
    return [
        {
            "who": one.by.full_name,
            "at": one.at,
            "months": one.months,
            "reserves": [{**said, "due_on": date.fromisoformat(said["due_on"])} for said in one.reserves],
        }
        for one in agreements
    ]


def raise_lines(form: Questionnaire, raises: Iterable[Raise]) -> list[str]:
    """The risks to rate anew, each with its origin."""
    words = form.by_key[RISKS].named_columns["vraisemblance"].choices if RISKS in form.by_key else {}
    return [_raise(one, words) for one in raises]


def _raise(one: Raise, words: Mapping[str, str]) -> str:
    before, after = words[one.before].lower(), words[one.after].lower() if one.after else ""
    what = f"de {before} à {after}" if after else f"déjà {before}, au plus haut : revoyez plutôt les mesures"
    return f"Risque {one.number}, « {one.label} » : vraisemblance {what}. Origine : {' ; '.join(one.origins)}."
