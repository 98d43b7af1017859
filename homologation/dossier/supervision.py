"""Twelve months of supervision and the breach register, as a dossier shows them: no account, no text on anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from homologation.breach_selectors import in_period
from homologation.domain.breaches import PERSONS, Persons
from homologation.domain.cases import ACTIONS, CAUSES, ESCALATED, SUPERVISION_CASE
from homologation.domain.judgement import PAST_MONTHS, months_before, said
from homologation.domain.supervision import missing_report
from homologation.models import Breach, InsiDossier, SupervisionCase, SupervisionReport
from homologation.presentation_breach import kinds_words, state_words
from homologation.services.breach_sheet import awareness_of
from homologation.supervision_selectors import awaited_from, cases_of, standing_reports
from portal.common.clock import paris_date
from portal.documents.domain.blocks import day, instant


def reports_of(dossier: InsiDossier, now: datetime) -> dict[date, SupervisionReport]:
    """The reports that stand, of the twelve months before this one."""
    return standing_reports(dossier.pharmacy_id, months_before(paris_date(now), PAST_MONTHS))


def supervision_of(dossier: InsiDossier, reports: dict[date, SupervisionReport], now: datetime) -> list[dict[str, Any]]:
    """A line a month, those without a report too: « manquant » where one was due, « non attendu » before the first."""
    today = paris_date(now)
    wanted = months_before(today, PAST_MONTHS)
    since = _since(dossier, reports)
    cases: dict[date, list[SupervisionCase]] = {}
    for case in cases_of(dossier.pharmacy, wanted).select_related("breach").prefetch_related("reminders"):
        cases.setdefault(case.month, []).append(case)
    return [_month(month, reports.get(month), cases.get(month, []), since, today) for month in wanted]


def _month(
    month: date,
    report: SupervisionReport | None,
    cases: list[SupervisionCase],
    since: date | None,
    today: date,
) -> dict[str, Any]:
    return {
        "month": f"{month:%m/%Y}",
        "state": "Reçu" if report else _absence(month, since, today),
        "revision": report.revision if report else 0,
        "calls": report.calls if report else None,
        "prescriptions": report.prescriptions if report else None,
        "ratio": _ratio(report),
        "alerts": ", ".join(sorted({alert["rule"] for case in cases for alert in case.alerts})),
        "cases": [_case(case) for case in cases],
    }


@dataclass(frozen=True)
class Received:
    """A month with its report, or without: ``state`` says then whether one was due."""

    month: date
    state: str
    report: SupervisionReport | None


def received_of(dossier: InsiDossier, now: datetime) -> list[Received]:
    """The reports of the last twelve months, the last first: what part 4 of the form asks for, read and not typed."""
    today, reports = paris_date(now), reports_of(dossier, now)
    since = _since(dossier, reports)
    months = reversed(months_before(today, PAST_MONTHS))
    return [
        Received(month, "Reçu" if month in reports else _absence(month, since, today), reports.get(month))
        for month in months
    ]


def _since(dossier: InsiDossier, reports: dict[date, SupervisionReport]) -> date | None:
    """The first month of which a report is expected."""
    return min([*reports, *filter(None, [awaited_from(dossier.pharmacy, dossier.programme_id)])], default=None)


def _absence(month: date, since: date | None, today: date) -> str:
    if since is None or month < since:
        return "Non attendu"
    return "MANQUANT" if missing_report(month, today, received=False) else "Attendu"


def _ratio(report: SupervisionReport | None) -> str:
    if report is None:
        return ""
    return said(report.calls / report.prescriptions) if report.prescriptions else "non calculable"


def _case(case: SupervisionCase) -> str:
    """Where a case stands, its cause, what was done and how many reminders were read; nobody is named."""
    given = list(case.reminders.all())
    read = sum(one.noted_at is not None for one in given)
    breach = case.breach.reference if case.state == ESCALATED and hasattr(case, "breach") else ""
    parts = [
        f"{SUPERVISION_CASE.labels[str(case.state)]} {breach}".strip(),
        CAUSES[case.cause] if case.cause else "cause à dire",
        ", ".join(ACTIONS[one] for one in case.actions),
        f"rappels lus : {read} sur {len(given)}" if given else "",
    ]
    return " – ".join(part for part in parts if part)


def breaches_of(dossier: InsiDossier, now: datetime) -> dict[str, Any]:
    """The register from its opening to now: an extract, empty for « état néant »; how many drills were noted."""
    found = Breach.objects.filter(pharmacy=dossier.pharmacy_id, declared_at__lte=now)
    real = in_period(found, None, None).order_by("year", "number")
    rows = [_breach(one, now) for one in real.select_related("case").prefetch_related("entries")]
    return {
        "until": instant(now),
        "rows": rows,
        "notified": sum(bool(one["first_sent_at"]) for one in rows),
        "unsent": sum(not one["first_sent_at"] for one in rows),
        "drills": in_period(found, None, None, drills=True).count(),
    }


def _breach(one: Breach, now: datetime) -> dict[str, Any]:
    *former, _ = awareness_of(one, now) or [{}]
    return {
        "reference": one.reference,
        "state": state_words(str(one.state)),
        "kinds": kinds_words(one.kinds),
        "detected_at": instant(one.detected_at),
        "aware_at": instant(one.aware_at),
        "deadline_at": instant(one.deadline_at),
        "first_sent_at": instant(one.first_sent_at),
        "late": one.is_late,
        "corrected": [{name: told[name] for name in ("aware_at", "deadline_at", "passed")} for told in former],
        "case": str(one.case) if one.case else "",
        "persons": PERSONS[Persons(one.persons)],
        "ended_on": day(paris_date(one.ended_at)) if one.ended_at else "",
    }
