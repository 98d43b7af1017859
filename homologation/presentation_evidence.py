"""The pieces of a pharmacy in words, for pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from homologation.domain.evidence import Standing, standing
from homologation.domain.evidence_lifecycle import HELD
from homologation.domain.questions import Questionnaire
from homologation.models import EvidenceRevision, InsiEvidence
from homologation.presentation import short
from portal.ui.formats import day

_GONE = "Question d’une autre version du formulaire"


@dataclass(frozen=True)
class Line:
    """One piece with its current file and those before; ``worth``: what is told of its end, with the tone."""

    evidence: InsiEvidence
    current: EvidenceRevision
    former: list[EvidenceRevision]
    about: str
    worth: tuple[str, str] | None
    actions: list[tuple[str, str]]


def evidence_lines(
    found: Iterable[InsiEvidence],
    today: date,
    *,
    verbs: Callable[[InsiEvidence], Collection[str]],
    about: Mapping[str, str] | None = None,
) -> list[Line]:
    """Pieces read with their files (``evidence_selectors.with_files``); ``verbs``: what may be done to a held one.

    ``about``: the words of what each backs, by its key in the database.
    """
    lines = []
    for one in found:
        current, *former = one.revisions.all()
        held = one.state == HELD
        actions = [(verb, reverse(f"homologation:evidence_{verb}", args=[one.pk])) for verb in verbs(one) if held]
        worth = worth_words(current.valid_until, today) if held else None
        lines.append(Line(one, current, former, (about or {}).get(str(one.pk), ""), worth, actions))
    return lines


def worth_words(valid_until: date | None, today: date) -> tuple[str, str] | None:
    """What is told of the end of a piece; None for one that has none."""
    if valid_until is None:
        return None
    known = standing(valid_until, today)
    if known is Standing.PAST:
        return f"Périmée depuis le {day(valid_until)}", "error"
    if known is Standing.NEAR:
        return f"Bientôt périmée : valable jusqu’au {day(valid_until)}", "warning"
    return f"Valable jusqu’au {day(valid_until)}", "neutral"


def about_answers(form: Questionnaire, found: Iterable[InsiEvidence], risks: Mapping[str, str]) -> dict[str, str]:
    """What each piece proves; ``risks``: the names of those of the dossier, by row."""
    return {str(one.pk): _about(form, one, risks) for one in found}


def _about(form: Questionnaire, one: InsiEvidence, risks: Mapping[str, str]) -> str:
    question = form.by_key.get(one.question)
    if question is None:
        return _GONE
    if not one.row:
        return f"{form.section_of(one.question).number}. {short(question)}"
    return f"Risque {risks[one.row]}" if one.row in risks else "Un risque retiré depuis de la partie 3"


def summary(files: Collection[EvidenceRevision], today: date) -> str:
    """« 3 pièces, dont 1 périmée et 1 bientôt périmée »."""
    known = Counter(standing(one.valid_until, today) for one in files)
    told = [(known[Standing.PAST], "périmée"), (known[Standing.NEAR], "bientôt périmée")]
    parts = [f"{count} {word}{'s' if count > 1 else ''}" for count, word in told if count]
    total = f"{len(files)} pièce{'s' if len(files) > 1 else ''}" if files else "aucune pièce"
    return f"{total}, dont {' et '.join(parts)}" if parts else total
