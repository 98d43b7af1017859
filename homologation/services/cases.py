"""Opening a case on the alerts of a report, and carrying it to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from homologation.catalogue import terms
from homologation.domain.cases import (
    ALERT,
    CAUSES,
    DETAIL_ASKED,
    REMINDER,
    SUPERVISION_CASE,
    CaseFacts,
    guard_acknowledge,
    guard_close,
    guard_read,
)
from homologation.domain.duties import is_named
from homologation.domain.judgement import Judgement
from homologation.models import PracticeReminder, SupervisionCase, SupervisionReport
from homologation.selectors import programme_now
from homologation.services.breach_declare import Signs, declare_breach
from homologation.services.feedback import named_risk
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE, PHARMACY_STAFF, Role
from portal.accounts.selectors import holds_role
from portal.common import clock
from portal.common.canonical import sha256_of
from portal.common.clock import paris_date
from portal.common.patient_numbers import check_free_text
from portal.common.refusals import Refusal, refuse
from portal.outbox.services.publish import publish
from portal.registry.models import Pharmacy
from portal.workflow.execute import Act, Machine, create, lock, run

ASKED, ESCALATED, LATE = "supervision.detail_asked", "supervision.escalated", "supervision.detail_late"


def case_parties(case: SupervisionCase, actor: Actor, at: datetime) -> frozenset[Role]:
    """The part the actor really plays: a pharmacist of the pharmacy, or its préparateur whom a reminder names."""
    mine = actor.role in PHARMACY_STAFF and case.pharmacy.organisation_id == actor.organisation_id
    if not mine or not holds_role(actor, actor.organisation_id, at):
        return frozenset()
    named = actor.role in PHARMACY_SIDE or any(is_named(actor.name, one) for one in _recipients(case))
    return frozenset({actor.role}) if named else frozenset()


def _recipients(case: SupervisionCase, **more: Any) -> list[str]:
    """The people that its reminders name, in the words of the pharmacy."""
    return list(PracticeReminder.objects.filter(case=case.pk, **more).values_list("recipient", flat=True))


def case_facts(case: SupervisionCase, actor: Actor, now: datetime) -> CaseFacts:
    """State, cause, and the reminders that nobody has acknowledged."""
    waiting = _recipients(case, noted_at=None)
    return CaseFacts(
        str(case.state), case.cause, len(waiting), sum(is_named(actor.name, recipient) for recipient in waiting)
    )


CASES: Machine[SupervisionCase, CaseFacts] = Machine(
    model=SupervisionCase,
    lifecycle=SUPERVISION_CASE,
    parties=case_parties,
    facts=case_facts,
    thread=lambda case: str(case.pk),
    related=("pharmacy",),
    guards={"acknowledge": guard_acknowledge, "read": guard_read, "close": guard_close},
    audited=("month", "digest", "who", "detail_due_on", "cause", "analysed_at", "acted_at", "ended_at", "risk_row"),
    announces=frozenset({"analyse", "engage"}),
)


def follow(report: SupervisionReport, found: Judgement, *, note: str = "") -> SupervisionCase | None:
    """Open the case of a report's alerts, and close with ``note`` those that are moot. Needs a transaction."""
    said = [asdict(alert) for alert in found.alerts]
    digest = sha256_of(said)
    cases = SupervisionCase.objects.filter(pharmacy=report.pharmacy_id, month=report.month)
    why = note or f"La révision {report.revision} du rapport a changé ces chiffres."
    for case in cases.filter(state=ALERT).exclude(digest=digest):
        run(CASES, case.pk, Actor.system(), Act("drop", {"note": why}))
    if not said or cases.filter(digest=digest).exists():
        return None
    case = SupervisionCase(
        pharmacy=report.pharmacy,
        month=report.month,
        report=report,
        alerts=said,
        digest=digest,
        who=found.who.answer,
        opened_at=clock.business_now(),
    )
    return create(CASES, case, Actor.system())


@transaction.atomic
def ask_detail(*, case_id: UUID, actor: Actor) -> SupervisionCase:
    """Ask the supplier for the detail, due in the days of the programme's terms. Raises ``Refused``."""
    now = clock.business_now()
    due_on = paris_date(now) + timedelta(days=terms(programme_now(now)).detail.days)
    case = run(CASES, case_id, actor, Act("ask_detail", {"due_on": due_on}))
    publish(ASKED, {"id": str(case.pk)}, dedup=f"{ASKED}:{case.pk}")
    return case


def receive_detail(*, case_id: UUID, actor: Actor, detail: str) -> SupervisionCase:
    """Note what the supplier answered. Raises ``Refused``."""
    return run(CASES, case_id, actor, Act("receive_detail", {"detail": detail}, _no_patient(detail=detail)))


def detail_deposited(pharmacy_id: UUID, month: date, said: str) -> int:
    """The supplier deposited in the portal the detail that was asked of it: each case that waited has received it.

    How many. The caller has locked the pharmacy.
    """
    waiting = SupervisionCase.objects.filter(pharmacy=pharmacy_id, month=month, state=DETAIL_ASKED).order_by("pk")
    keys = list(waiting.values_list("pk", flat=True))
    for pk in keys:
        run(CASES, pk, Actor.system(), Act("receive_detail", {"detail": said}))
    return len(keys)


def remind_late_details(today: date) -> int:
    """Have each case whose detail is overdue told, once for the day it was due; how many wait. Safe to repeat."""
    late = SupervisionCase.objects.filter(state=DETAIL_ASKED, detail_due_on__lt=today).order_by("pk")
    keys = list(late.values_list("pk", "detail_due_on"))
    for pk, due_on in keys:
        publish(LATE, {"id": str(pk)}, dedup=f"{LATE}:{pk}:{due_on}")
    return len(keys)


def analyse(*, case_id: UUID, actor: Actor, cause: str, analysis: str) -> SupervisionCase:
    """Say what the alert comes from. Raises ``Refused``."""
    if cause not in CAUSES:
        raise refuse("cause_unknown", "Choisissez une cause dans la liste.", "cause")
    stamps = {"cause": cause, "analysis": analysis}
    return run(CASES, case_id, actor, Act("analyse", stamps, _no_patient(analysis=analysis)))


@transaction.atomic
def engage(
    *, case_id: UUID, actor: Actor, actions: Sequence[str], action: str, recipients: Sequence[str] = ()
) -> SupervisionCase:
    """What is done about it; ``recipients``: whom to remind of good practice, one a line. Raises ``Refused``."""
    if (REMINDER in actions) != bool(recipients):
        words = "Un rappel des bonnes pratiques nomme au moins une personne, et seul un rappel en nomme."
        raise refuse("recipients", f"{words} Cochez « Rappel » et écrivez une personne par ligne.", "recipients")
    check = _no_patient(action=action, recipients="\n".join(recipients))
    case = run(CASES, case_id, actor, Act("engage", {"actions": list(actions), "action": action}, check))
    now = clock.business_now()
    PracticeReminder.objects.bulk_create(
        PracticeReminder(case=case, position=at, recipient=name, given_at=now)
        for at, name in enumerate(recipients, start=1)
    )
    return case


@transaction.atomic
def acknowledge(*, case_id: UUID, actor: Actor, reminder_id: int, read_on: date) -> SupervisionCase:
    """Note that a person has read the reminder, on a day that is past. Raises ``Refused``."""
    case = run(CASES, case_id, actor, Act("acknowledge", data={"reminder": reminder_id}))
    reminder = PracticeReminder.objects.filter(case=case, pk=reminder_id, noted_at=None).first()
    if reminder is None:
        raise refuse("reminder_unknown", "Choisissez une personne qui n’a pas encore lu le rappel.", "reminder")
    now = clock.business_now()
    if not paris_date(reminder.given_at) <= read_on <= paris_date(now):
        first = paris_date(reminder.given_at)
        raise refuse(
            "read_on", f"Indiquez un jour entre le {first:%d/%m/%Y}, jour du rappel, et aujourd’hui.", "read_on"
        )
    reminder.read_on, reminder.noted_at, reminder.noted_by_id = read_on, now, actor.user_id
    reminder.save(update_fields=["read_on", "noted_at", "noted_by"])
    return case


@transaction.atomic
def close(*, case_id: UUID, actor: Actor, note: str, risk_row: str = "") -> SupervisionCase:
    """End the case with a written conclusion; ``risk_row``: the risk of the dossier that came about, if any."""
    risk = named_risk(lock(CASES, case_id).pharmacy_id, risk_row)
    return run(CASES, case_id, actor, Act("close", {"note": note, "risk": risk}, _no_patient(note=note)))


@transaction.atomic
def escalate(*, case_id: UUID, actor: Actor, note: str) -> SupervisionCase:
    """End the case as a suspicion of a breach, opened in the register of the pharmacy. Raises ``Refused``."""
    # The pharmacy before the case, as a new report does.
    Pharmacy.objects.select_for_update().filter(supervision_cases=case_id).first()
    case = run(CASES, case_id, actor, Act("escalate", {"note": note}, _no_patient(note=note)))
    breach = declare_breach(actor=actor, signs=Signs(case.opened_at, "alert", _signs(case, note)), case=case)
    publish(ESCALATED, {"id": str(case.pk), "breach": str(breach.pk)}, dedup=f"{ESCALATED}:{case.pk}")
    return case


def _signs(case: SupervisionCase, note: str) -> str:
    """What the register says first: the alerts as they stood, the cause found, the titulaire's words."""
    alerts = [alert["message"] for alert in case.alerts]
    first, cause = f"Supervision des appels INSi de {case.month:%m/%Y}.", f"Cause relevée : {CAUSES[case.cause]}."
    return "\n".join([first, *alerts, cause, note])


def _no_patient(**texts: str) -> Any:
    """A check that no text holds a patient's number."""

    def check(facts: CaseFacts) -> list[Refusal]:
        return [refusal for field, text in texts.items() for refusal in check_free_text(text, field)]

    return check
