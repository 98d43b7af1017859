"""Reading supervision: a pharmacy reads its own reports and cases, a supplier what it deposited, nobody else any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from homologation.domain.answers import Status
from homologation.domain.cases import ENDED, ESCALATED, MISUSES
from homologation.domain.judgement import PAST_MONTHS, Judgement, judge, months_before
from homologation.domain.supervision import Authorised, missing_report, next_month
from homologation.models import (
    Answer,
    Breach,
    PracticeReminder,
    SupervisionCase,
    SupervisionDetail,
    SupervisionReport,
    SupervisionRow,
)
from indicators.models import DailyCounter
from indicators.selectors import ready_on
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE, Role
from portal.registry.models import Pharmacy
from portal.registry.selectors import pharmacies_of

PEOPLE = "s2.2.personnes"
"""The question of the self-homologation that lists the authorised persons."""
_SAID = (Status.CONFIRMED.value, Status.MODIFIED.value)


def last_reports(month: date, pharmacies: Iterable[UUID]) -> QuerySet[SupervisionReport]:
    """The report of a month that stands, for each of these pharmacies that has one."""
    found = SupervisionReport.objects.filter(month=month, pharmacy__in=list(pharmacies))
    return found.order_by("pharmacy_id", "-revision").distinct("pharmacy_id")


def standing_reports(pharmacy: Pharmacy | UUID, months: Iterable[date]) -> dict[date, SupervisionReport]:
    """By month, the report of a pharmacy that stands."""
    found = SupervisionReport.objects.filter(pharmacy=pharmacy, month__in=list(months))
    return {one.month: one for one in found.order_by("month", "-revision").distinct("month")}


def place_of(actor: Actor) -> Pharmacy:
    """The pharmacy of the actor. Raises Http404 for whoever is not of one."""
    place = pharmacies_of(actor).first() if actor.role in PHARMACY_SIDE else None
    if place is None:
        raise Http404
    return place


def get_report(actor: Actor, pk: UUID) -> SupervisionReport:
    """One report of the actor's pharmacy. Raises Http404 for a stranger."""
    found = SupervisionReport.objects.select_related("pharmacy", "supplier").filter(
        pk=pk, pharmacy__organisation=actor.tenant
    )
    report = found.first() if actor.role in PHARMACY_SIDE else None
    if report is None:
        raise Http404
    return report


def deposited_by(actor: Actor) -> QuerySet[SupervisionReport]:
    """What the actor's company deposited, the last first; nothing for anybody else."""
    found = SupervisionReport.objects.select_related("pharmacy").order_by("-made_at", "-month", "pk")
    return found.filter(supplier__organisation=actor.tenant) if actor.role is Role.SUPPLIER else found.none()


def get_case(actor: Actor, pk: UUID) -> SupervisionCase:
    """One case of the actor's pharmacy. Raises Http404 for a stranger."""
    found = SupervisionCase.objects.select_related("pharmacy", "report", "analysed_by", "acted_by", "ended_by")
    case = found.filter(pk=pk, pharmacy__organisation=actor.tenant).first() if actor.role in PHARMACY_SIDE else None
    if case is None:
        raise Http404
    return case


def cases_of(pharmacy: Pharmacy, months: Iterable[date] = ()) -> QuerySet[SupervisionCase]:
    """The cases of a pharmacy, of these months or all, the last month first."""
    found = SupervisionCase.objects.filter(pharmacy=pharmacy).order_by("-month", "-opened_at", "pk")
    wanted = list(months)
    return found.filter(month__in=wanted) if wanted else found


def breach_of(case: SupervisionCase) -> Breach | None:
    """The breach that a case was escalated into."""
    return Breach.objects.filter(case=case).first() if case.state == ESCALATED else None


def reminders_to_note(case: SupervisionCase) -> QuerySet[PracticeReminder]:
    """Those that nobody has noted as read yet."""
    return PracticeReminder.objects.filter(case=case, noted_at=None).order_by("position")


def reminders_of(case: SupervisionCase) -> list[PracticeReminder]:
    """The reminders given in a case."""
    return list(PracticeReminder.objects.filter(case=case).select_related("noted_by").order_by("position"))


@dataclass(frozen=True)
class Staff:
    """Who the accounts are, as the pharmacy's own self-homologation says it (2.2): nobody else reads that.

    ``names`` and ``duties`` by account; ``people``: those whose habilitation was confirmed.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    duties: Mapping[str, str] = field(default_factory=dict)
    people: tuple[Authorised, ...] = ()


def staff_of(pharmacy: Pharmacy | UUID) -> Staff:
    """The accounts named in the last dossier of a pharmacy that names any person."""
    answers = Answer.objects.filter(dossier__pharmacy=pharmacy, key=PEOPLE).select_related("revision")
    found = [one.revision for one in answers.order_by("-dossier__number")]
    said = next((one for one in found if one.status in _SAID and one.value), None)
    rows = [row for row in said.value if row.get("identifiant")] if said and isinstance(said.value, list) else []
    return Staff(
        names={row["identifiant"].strip(): str(row.get("personne") or "") for row in rows},
        duties={row["identifiant"].strip(): str(row.get("fonction") or "") for row in rows},
        people=tuple(
            Authorised(row["identifiant"].strip(), _day(row.get("depuis")), _day_after(row.get("jusqu_au")))
            for row in rows
        ),
    )


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None


def _day_after(said: str | None) -> date | None:
    last = _day(said)
    return last + timedelta(days=1) if last else None


@dataclass(frozen=True)
class MonthRead:
    """A report with everything that its page shows: accounts by name, never by what they did (no ranking)."""

    judgement: Judgement
    rows: tuple[SupervisionRow, ...]
    details: tuple[SupervisionDetail, ...]


def read_month(report: SupervisionReport, staff: Staff | None = None) -> MonthRead:
    """What a report shows, against the twelve months before it and the people of 2.2."""
    months = months_before(report.month, PAST_MONTHS)
    misused = SupervisionCase.objects.filter(pharmacy=report.pharmacy_id, cause__in=MISUSES).values_list(
        "month", flat=True
    )
    out = set(misused)
    standing = standing_reports(report.pharmacy_id, [month for month in months if month not in out])
    rows: dict[UUID, list[SupervisionRow]] = {}
    for row in SupervisionRow.objects.filter(report__in=[report, *standing.values()]).order_by("user_ref"):
        rows.setdefault(row.report_id, []).append(row)
    said = _details(report.pharmacy_id, [report.month, *standing])
    past = [one.as_report(rows.get(one.pk, ()), said.get(month)) for month, one in sorted(standing.items())]
    people = (staff or staff_of(report.pharmacy_id)).people
    own, detailed = rows.get(report.pk, []), said.get(report.month, {})
    return MonthRead(judge(report.as_report(own, detailed), past, people), tuple(own), tuple(detailed.values()))


def judgement_of(report: SupervisionReport, staff: Staff | None = None) -> Judgement:
    """What a report shows."""
    return read_month(report, staff).judgement


def _details(pharmacy: UUID, months: Iterable[date]) -> dict[date, dict[str, SupervisionDetail]]:
    """By month and account, the last revision of what the detailed reports say."""
    found: dict[date, dict[str, SupervisionDetail]] = {}
    last: dict[date, int] = {}
    rows = SupervisionDetail.objects.filter(pharmacy=pharmacy, month__in=list(months)).select_related("supplier")
    for row in rows.order_by("month", "-revision", "user_ref"):
        if last.setdefault(row.month, row.revision) == row.revision:
            found.setdefault(row.month, {})[row.user_ref] = row
    return found


def details_of(pharmacy: UUID, month: date) -> list[SupervisionDetail]:
    """What the last detailed report of a month says, by account."""
    return list(_details(pharmacy, [month]).get(month, {}).values())


def awaited_from(pharmacy: Pharmacy, programme: str) -> date | None:
    """The first month of which a whole report is awaited: the one after the first signed VA; None before any."""
    ready = ready_on(pharmacy.lineage, programme)
    return next_month(ready) if ready else None


@dataclass(frozen=True)
class Reported:
    """What the last monthly report of a pharmacy says to its questionnaire."""

    users: frozenset[str] = frozenset()
    missing: bool = False


def reported(pharmacy: Pharmacy, programme: str, today: date) -> Reported:
    """The accounts that called INSi in the last report (none once forgotten), and whether last month's is late."""
    last = SupervisionReport.objects.filter(pharmacy=pharmacy).order_by("-month", "-revision")
    told = last.annotate(users=_users(), detailed=_detailed())  # read with it: one query
    found = told.values_list("month", "users", "detailed").first()
    users = frozenset((*found[1], *found[2])) if found else frozenset()
    month = months_before(today, 1)[0]
    if (found and found[0] >= month) or not missing_report(month, today, received=False):
        return Reported(users)
    since = awaited_from(pharmacy, programme)
    return Reported(users, since is not None and since <= month)


def _users() -> ArraySubquery:
    """The accounts with a call of a report."""
    rows = SupervisionRow.objects.filter(report=OuterRef("pk"), calls__gt=0)
    return ArraySubquery(rows.order_by("user_ref").values("user_ref"))


def _detailed() -> ArraySubquery:
    """The same of the detailed report of its month, in its last revision."""
    of_month = {"pharmacy": OuterRef("pharmacy"), "month": OuterRef("month")}
    later = SupervisionDetail.objects.filter(**of_month, revision__gt=OuterRef("revision"))
    newest = SupervisionDetail.objects.filter(~Exists(later), calls__gt=0, **of_month)
    return ArraySubquery(newest.order_by("user_ref").values("user_ref"))


def open_cases(report: SupervisionReport) -> list[SupervisionCase]:
    """The cases that the alerts of a report opened and that have not ended."""
    return list(SupervisionCase.objects.filter(report=report).exclude(state__in=ENDED).order_by("pk"))


def suppliers_behind(report: SupervisionReport) -> list[UUID]:
    """The organisations of the suppliers whose software made the figures of a report."""
    if report.supplier is not None:
        return [report.supplier.organisation_id]
    counted = DailyCounter.objects.filter(
        pharmacy=report.pharmacy_id, day__gte=report.month, day__lt=next_month(report.month)
    )
    return sorted(set(counted.order_by("supplier_id").values_list("supplier__organisation", flat=True)))


def revisions_of(report: SupervisionReport) -> list[SupervisionReport]:
    """Every revision of the same month, the last first."""
    found = SupervisionReport.objects.filter(pharmacy=report.pharmacy_id, month=report.month)
    return list(found.order_by("-revision"))
