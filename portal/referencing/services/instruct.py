"""The administration looks at a dossier: completeness, verdicts by requirement, corrections asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import Refusal
from portal.referencing.domain.decisions import Outcome
from portal.referencing.domain.rules import DossierFacts, check_due, check_points
from portal.referencing.models import PointRequest, ReferencingDossier, Verdict
from portal.referencing.services.facts import Reading
from portal.referencing.services.machine import REFERENCINGS
from portal.referencing.services.status import note_status
from portal.registry.domain.referencing import Status
from portal.workflow.execute import Act, lock, run


@dataclass(frozen=True)
class Judgement:
    """The verdict of an instructor on one requirement."""

    outcome: Outcome
    comment: str = ""


@transaction.atomic
def ask_pieces(
    *, dossier_id: UUID, actor: Actor, points: Collection[str], due_on: date, note: str
) -> ReferencingDossier:
    """Send the dossier back for pieces, by requirement, with a last day to answer. Raises ``Refused``."""
    due_at = clock.end_of_paris_day(due_on)
    applicable = _applicable(dossier_id)

    def check(facts: DossierFacts) -> list[Refusal]:
        return [*check_points(points, applicable), *check_due(facts, due_at)]

    ordered = [code for code in applicable if code in points]
    act = Act("ask_pieces", {"due_at": due_at}, check=check, data={"points": ordered})
    dossier = run(REFERENCINGS, dossier_id, actor, act)
    _request(dossier, actor, PointRequest.PIECES, ordered, due_at, note)
    note_status(dossier, Status.TO_COMPLETE, clock.business_now())
    return dossier


@transaction.atomic
def confirm_complete(*, dossier_id: UUID, actor: Actor) -> ReferencingDossier:
    """Confirm that nothing is missing; complete since the last needed piece arrived. Raises ``Refused``."""
    reading = Reading(lock(REFERENCINGS, dossier_id))
    complete_at = reading.complete_instant() or reading.now
    dossier = run(REFERENCINGS, dossier_id, actor, Act("confirm_complete", {"complete_at": complete_at}))
    note_status(dossier, Status.COMPLETE, complete_at)
    return dossier


def start_review(*, dossier_id: UUID, actor: Actor) -> ReferencingDossier:
    """Open the instruction; the public status « complet, en instruction » already says it."""
    return run(REFERENCINGS, dossier_id, actor, Act("start_review"))


@transaction.atomic
def judge(
    *, dossier_id: UUID, actor: Actor, judgements: Mapping[str, Judgement], expected_version: int | None = None
) -> int:
    """Write the verdicts that changed; return how many. Raises ``Refused`` beside each that says no why."""
    applicable = _applicable(dossier_id)

    def check(facts: DossierFacts) -> list[Refusal]:
        return _check_judgements(judgements, applicable)

    last = Reading(ReferencingDossier.objects.get(pk=dossier_id)).last_verdicts
    changed = {code: given for code, given in judgements.items() if _differs(last.get(code), given)}
    data = {"verdicts": {code: given.outcome.value for code, given in changed.items()}}
    dossier = run(
        REFERENCINGS, dossier_id, actor, Act("judge", check=check, expected_version=expected_version, data=data)
    )
    Verdict.objects.bulk_create(
        Verdict(
            dossier=dossier,
            requirement=code,
            outcome=given.outcome.value,
            comment=given.comment.strip(),
            iteration=dossier.iterations,
            judged_at=clock.business_now(),
            judged_by_id=actor.user_id or 0,
        )
        for code, given in changed.items()
    )
    return len(changed)


@transaction.atomic
def ask_corrections(*, dossier_id: UUID, actor: Actor, due_on: date, note: str) -> ReferencingDossier:
    """Send the requirements judged « à corriger » back to the supplier: one iteration more. Raises ``Refused``."""
    due_at = clock.end_of_paris_day(due_on)

    def check(facts: DossierFacts) -> list[Refusal]:
        return check_due(facts, due_at)

    reading = Reading(lock(REFERENCINGS, dossier_id))
    points = [code for code, verdict in reading.last_verdicts.items() if verdict.outcome == Outcome.TO_CORRECT]
    act = Act("ask_corrections", {"due_at": due_at}, check=check, data={"points": sorted(points)})
    dossier = run(REFERENCINGS, dossier_id, actor, act)
    _request(dossier, actor, PointRequest.CORRECTIONS, sorted(points), due_at, note)
    note_status(dossier, Status.TO_CORRECT, clock.business_now())
    return dossier


def extend(*, dossier_id: UUID, actor: Actor, due_on: date, reason: str) -> ReferencingDossier:
    """Give more time to answer. Raises ``Refused``."""
    due_at = clock.end_of_paris_day(due_on)

    def check(facts: DossierFacts) -> list[Refusal]:
        return check_due(facts, due_at)

    act = Act("extend", {"due_at": due_at}, check=check, data={"reason": reason.strip()})
    return run(REFERENCINGS, dossier_id, actor, act)


def _applicable(dossier_id: UUID) -> list[str]:
    dossier = ReferencingDossier.objects.select_related("requirement_set").get(pk=dossier_id)
    return [r.code for r in dossier.requirement_set.listed.applicable(dossier.profiles)]


def _request(
    dossier: ReferencingDossier, actor: Actor, kind: str, points: list[str], due_at: datetime, note: str
) -> None:
    PointRequest.objects.create(
        dossier=dossier,
        kind=kind,
        points=points,
        note=note.strip(),
        asked_at=clock.business_now(),
        asked_by_id=actor.user_id or 0,
        due_at=due_at,
    )


def _differs(last: Verdict | None, given: Judgement) -> bool:
    return last is None or (last.outcome, last.comment) != (given.outcome.value, given.comment.strip())


def _check_judgements(judgements: Mapping[str, Judgement], applicable: Collection[str]) -> list[Refusal]:
    refusals = [
        Refusal("missing_comment", "Dites ce qui est à corriger : le fournisseur ne verra que cela.", f"comment_{code}")
        for code, given in judgements.items()
        if given.outcome is Outcome.TO_CORRECT and not given.comment.strip()
    ]
    if not set(judgements) <= set(applicable):
        refusals.append(Refusal("points", "Une exigence ne fait pas partie de ce dossier. Rechargez la page."))
    if not judgements:
        refusals.append(Refusal("nothing", "Rendez au moins un avis avant d’enregistrer."))
    return refusals
