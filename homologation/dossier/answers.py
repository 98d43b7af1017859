"""The answers of a dossier as the inspector reads them: every question of the form, in its words, with its origin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from homologation.domain.answers import NOTHING, Answer, Provenance, Status, values_of
from homologation.domain.origins import Trace, origin_words
from homologation.domain.questions import TABLE, Question, Questionnaire
from homologation.domain.risks import RISKS, read_risk
from homologation.domain.visibility import visible
from homologation.models import AnswerRevision, InsiDossier, PrefillPack
from homologation.presentation import in_words
from homologation.services.facts import Reading
from portal.accounts.domain.roles import Role
from portal.ui.formats import day

UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOST_COLUMNS = 6
"""A table of more columns is printed row by row."""


def sections_of(reading: Reading, evidence: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """The parts of the form; ``evidence``: numbers of the pieces that back a question, by its key."""
    form, answers = reading.form, reading.answers
    asked = {question.key for question in visible(form, values_of(answers))}
    origins = _origins(reading)
    return [
        {
            "number": section.number,
            "title": section.title,
            "intro": section.intro,
            "questions": [
                {
                    **_question(form, question, answers.get(question.key, NOTHING)),
                    "asked": question.key in asked,
                    "origin": origins.get(question.key) or origin_words(None),
                    "evidence": evidence.get(question.key, []),
                }
                for question in section.questions
            ],
        }
        for section in form.sections
    ]


def _question(form: Questionnaire, question: Question, answer: Answer) -> dict[str, Any]:
    """``heads`` and ``rows`` for a table, ``text`` for all others; the empty string where there is no value."""
    table = question.type == TABLE
    rows = [_row(form, question, number, row) for number, row in enumerate(answer.value or (), 1)] if table else []
    plain = "" if table or answer.value is None else in_words(question, answer.value)
    return {
        "key": question.key,
        "label": question.label,
        "status": answer.status.value,
        "status_label": answer.status.label,
        "text": plain,
        "heads": [head for head, _ in rows[0]] if rows else [],
        "rows": [[list(cell) for cell in row] for row in rows],
        "wide": len(question.columns) > MOST_COLUMNS,
        "reason": answer.reason,
        "source": question.legal_ref,
    }


def _row(form: Questionnaire, question: Question, number: int, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    cells = [(column.label, in_words(column, row.get(column.key))) for column in question.columns]
    if question.key != RISKS:
        return cells
    risk, levels = read_risk(form.matrix, row), form.matrix.levels
    gross = levels.get(risk.gross or "", "non calculable")
    level = f"{gross}, puis {levels[risk.residual]} une fois les mesures prises" if risk.residual else gross
    return [("Numéro", f"R{number}"), ("Niveau du risque", level), *cells]


def _origins(reading: Reading) -> dict[str, str]:
    """By key, the line of the current revision."""
    revisions = [row.revision for row in reading.rows.values()]
    sources = {
        Provenance.EDITOR_PACK: _packs(revisions),
        Provenance.CARRIED_OVER: _dossiers(revisions),
    }
    return {one.key: origin_words(_trace(one, sources)) for one in revisions}


def _trace(revision: AnswerRevision, sources: Mapping[Provenance, Mapping[str, str]]) -> Trace:
    provenance = Provenance(revision.provenance)
    source = sources.get(provenance, {}).get(revision.source, revision.source)
    return Trace(
        Status(revision.status), provenance, source, who_said(revision), day(revision.said_at), revision.imported
    )


def who_said(revision: AnswerRevision) -> str:
    """The name and the role of who said it; the portal where nobody did."""
    if revision.said_by is None:
        return "le portail"
    return f"{revision.said_by.full_name} ({Role(revision.role).label})"


def _packs(revisions: list[AnswerRevision]) -> dict[str, str]:
    keys = {one.source for one in revisions if one.provenance == Provenance.EDITOR_PACK.value and one.source.isdigit()}
    if not keys:
        return {}
    packs = PrefillPack.objects.filter(pk__in=keys).select_related("supplier").order_by("pk")
    return {pack.source: f"{pack.supplier.name}, pack n° {pack.number} du {day(pack.published_at)}" for pack in packs}


def _dossiers(revisions: list[AnswerRevision]) -> dict[str, str]:
    carried = (one.source for one in revisions if one.provenance == Provenance.CARRIED_OVER.value)
    keys = {source for source in carried if UUID_FORM.fullmatch(source)}  # an import may hold anything
    if not keys:
        return {}
    numbers = InsiDossier.objects.filter(pk__in=keys).order_by("pk").values_list("pk", "number")
    return {str(pk): f"du dossier n° {number}" for pk, number in numbers}
