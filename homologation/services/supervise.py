"""Writing monthly reports: computed from the counters of the activity logs, or taken from a supplier's totals.

A report is written where its figures changed, and only there, so that any number of runs leaves the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min, Sum

from homologation.documents import request_report
from homologation.domain.figures import Figures, UserFigures
from homologation.domain.judgement import PAST_MONTHS, covered, months_before
from homologation.domain.supervision import next_month
from homologation.models import SupervisionDetail, SupervisionReport, SupervisionRow
from homologation.models.supervision import COMPUTED
from homologation.services.cases import follow
from homologation.supervision_selectors import judgement_of, last_reports
from indicators.models import ActivityToken, DailyCounter, UserMonth
from portal.accounts.actors import Actor
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.clock import paris_date
from portal.outbox.services.publish import publish
from portal.registry.models import Pharmacy, Supplier

REPORTED = "supervision.reported"
RECOMPUTED = "Calculé de nouveau : les journaux d’activité du mois ont changé."
READ_AGAIN = 3
"""Each night, so many past months: logs come late and are corrected."""

_SUMS = {
    "calls": "insi_calls",
    "retrieval": "insi_retrieval",
    "verification": "insi_verification",
    "failed": "insi_failed",
    "cpx": "insi_cpx",
    "org": "insi_org",
    "prescriptions": "prescriptions",
}
_OF_USERS = {"calls": "insi_calls", "failed": "insi_failed", "off_hours": "insi_off_hours"}


@dataclass(frozen=True)
class Origin:
    """Where figures come from. ``supplier``: of a deposit, by ``actor`` or a ``token``; ``reason``: of a correction."""

    kind: str
    actor: Actor
    reason: str
    supplier: Supplier | None = None
    token: ActivityToken | None = None


def compute_past_months(now: datetime) -> int:
    """The last complete months before ``now``; how many reports were written."""
    return sum(compute_month(month) for month in months_before(paris_date(now), READ_AGAIN))


def compute_month(month: date, pharmacies: Collection[UUID] = ()) -> int:
    """Write the report of every pharmacy (or of these) whose figures of a month changed; how many. ``month``: day 1."""
    found = _figures(month, pharmacies)
    known = dict(last_reports(month, found).values_list("pharmacy", "input"))
    changed = [key for key, figures in found.items() if known.get(key) != figures.input]
    return sum(_compute(month, key) for key in sorted(changed))


@transaction.atomic
def _compute(month: date, pharmacy_id: UUID) -> bool:
    def read() -> Figures | None:
        return _figures(month, [pharmacy_id]).get(pharmacy_id)

    return write_report(month, pharmacy_id, read, Origin(COMPUTED, Actor.system(), RECOMPUTED)) is not None


def write_report(
    month: date, pharmacy_id: UUID, read: Callable[[], Figures | None], origin: Origin
) -> SupervisionReport | None:
    """The next revision of a month, its case and its document; None where nothing changed. Needs a transaction.

    ``read`` gives the figures once the pharmacy is locked.
    """
    pharmacy = Pharmacy.objects.select_for_update().get(pk=pharmacy_id)
    figures = read()
    last = last_reports(month, [pharmacy_id]).first()
    if figures is None or (last is not None and last.input == figures.input):
        return None
    counts = {name: getattr(figures, name) for name in (*_SUMS, "log_from", "log_until")}
    report = SupervisionReport.objects.create(
        pharmacy=pharmacy,
        month=month,
        revision=last.revision + 1 if last else 1,
        origin=origin.kind,
        supplier=origin.supplier,
        deposited_by_id=origin.actor.user_id if origin.supplier else None,
        token=origin.token,
        input=figures.input,
        reason=origin.reason if last else "",
        made_at=clock.business_now(),
        **counts,
    )
    SupervisionRow.objects.bulk_create([SupervisionRow(report=report, **asdict(row)) for row in figures.rows])
    _journal(report, origin.actor)
    found = judgement_of(report)
    follow(report, found)
    request_report(report, found)
    publish(REPORTED, {"id": str(report.pk)}, dedup=f"{REPORTED}:{report.pk}")
    return report


def _journal(report: SupervisionReport, actor: Actor) -> None:
    data = {"month": report.month.isoformat(), "revision": report.revision, "input": report.input}
    entry = Entry(
        object_type=SupervisionReport._meta.db_table,
        object_id=str(report.pk),
        thread=str(report.pharmacy_id),
        verb=report.origin,
        at=report.made_at,
        data=data,
    )
    record(entry, actor)


def forget_detail(now: datetime) -> int:
    """Delete the accounts of the months that no statistics look at any more; how many rows. Totals stay.

    PostgreSQL refuses it for a month still looked at by its own clock: whichever clock is behind decides.
    """
    oldest = oldest_kept(now)
    rows = SupervisionRow.objects.filter(report__month__lt=oldest).delete()[0]
    return rows + SupervisionDetail.objects.filter(month__lt=oldest).delete()[0]


def oldest_kept(now: datetime) -> date:
    """The first month whose accounts are kept."""
    return months_before(min(paris_date(now), paris_date(clock.machine_now())), PAST_MONTHS + 1)[0]


def _figures(month: date, pharmacies: Collection[UUID]) -> dict[UUID, Figures]:
    """By pharmacy, the counters of a month; software of several suppliers added up."""
    users: dict[UUID, list[UserFigures]] = {}
    for key, row in _rows_of_users(month, pharmacies):
        users.setdefault(key, []).append(row)
    days = DailyCounter.objects.filter(day__gte=month, day__lt=next_month(month))
    if pharmacies:
        days = days.filter(pharmacy__in=pharmacies)
    sums = {f"of_{name}": Sum(column) for name, column in _SUMS.items()}
    found = {}
    by_place: Iterable[Mapping[str, Any]] = (
        days.order_by("pharmacy_id").values("pharmacy").annotate(**sums, first=Min("day"), last=Max("day"))
    )
    for place in by_place:
        counts = {name: place[f"of_{name}"] for name in _SUMS}
        log_from, log_until = covered(month, place["first"], place["last"])
        rows = tuple(users.get(place["pharmacy"], ()))
        found[place["pharmacy"]] = Figures(**counts, log_from=log_from, log_until=log_until, rows=rows)
    return found


def _rows_of_users(month: date, pharmacies: Collection[UUID]) -> Iterable[tuple[UUID, UserFigures]]:
    rows = UserMonth.objects.filter(month=month)
    if pharmacies:
        rows = rows.filter(pharmacy__in=pharmacies)
    sums = {f"of_{name}": Sum(column) for name, column in _OF_USERS.items()}
    # The days of two software overlap: they cannot be added up.
    grouped = rows.order_by("pharmacy_id", "user_ref").values("pharmacy", "user_ref")
    by_user: Iterable[Mapping[str, Any]] = grouped.annotate(
        **sums, written=Sum("prescriptions"), days=Max("active_days")
    )
    for row in by_user:
        counts = {name: row[f"of_{name}"] for name in _OF_USERS}
        figures = UserFigures(user_ref=row["user_ref"], prescriptions=row["written"], active_days=row["days"], **counts)
        yield row["pharmacy"], figures
