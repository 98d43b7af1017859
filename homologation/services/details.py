"""Taking the detailed report of a supplier, what neither totals nor logs say: the whole file or nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from homologation.domain.details import COLUMNS, Detail, read_details
from homologation.domain.monthly_file import MOST_SHOWN, head_of
from homologation.models import SupervisionDetail, SupervisionReport
from homologation.services.cases import detail_deposited, follow
from homologation.services.monthly import (
    Depositor,
    at_line,
    check_correction,
    lock_places,
    not_equipped,
    without_reason,
)
from homologation.supervision_selectors import details_of, judgement_of, last_reports
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refusal, Refused
from portal.documents.domain.incoming import Incoming
from portal.outbox.services.publish import publish
from portal.registry.models import Supplier

DETAILED = "supervision.detailed"
_KEPT = (
    *("user_ref", "calls", "prescriptions"),
    *("maintenance", "tickets", "outside_presence", "two_posts"),
)
Place = tuple[str, date]


def is_detailed(file: Incoming) -> bool:
    """Whether a file is a detailed report, by its first line."""
    return head_of(file.content) == COLUMNS


@transaction.atomic
def deposit_details(*, file: Incoming, by: Depositor) -> list[Place]:
    """Write what a file found safe says of each pharmacy's month; (FINESS, month) of those that changed.

    The alerts that it raises open a case at once where the month has its report. Raises ``Refused`` with every line
    at fault; nothing is then taken.
    """
    supplier = by.supplier()
    lines, refusals = read_details(file.content, paris_date(clock.business_now()))
    if refusals := refusals or check_correction(by.reason):
        raise Refused(refusals)
    ids = lock_places(lines)
    groups: dict[Place, list[Detail]] = {}
    for one in lines:
        groups.setdefault((one.finess, one.month), []).append(one)
    refusals = not_equipped(lines, supplier.pk)
    known = {place: details_of(ids[place[0]], place[1]) for place in groups} if not refusals else {}
    refusals += [wrong for place, rows in known.items() for wrong in _past(groups[place], rows, supplier, by.reason)]
    if refusals:
        raise Refused(refusals[:MOST_SHOWN])
    changed = [place for place in sorted(groups) if _said(groups[place]) != _stored(known[place])]
    for place in changed:
        _write(ids[place[0]], groups[place], known[place], (by, supplier))
    return changed


def _past(
    lines: Sequence[Detail], known: Sequence[SupervisionDetail], supplier: Supplier, reason: str
) -> list[Refusal]:
    """A month that another supplier told, or a correction without its reason."""
    if known and known[0].supplier_id != supplier.pk:
        return [at_line(lines[0], "un autre fournisseur a déjà détaillé ce mois : retirez ces lignes")]
    if known and not reason and _said(lines) != _stored(known):
        return [without_reason(lines[0])]
    return []


def _said(lines: Sequence[Detail]) -> list[dict[str, Any]]:
    rows = ({name: value for name, value in asdict(one).items() if name in _KEPT} for one in lines)
    return sorted(rows, key=lambda row: str(row["user_ref"]))


def _stored(rows: Sequence[SupervisionDetail]) -> list[dict[str, Any]]:
    return sorted(({name: getattr(row, name) for name in _KEPT} for row in rows), key=lambda row: str(row["user_ref"]))


def _write(
    pharmacy: UUID, lines: Sequence[Detail], known: Sequence[SupervisionDetail], who: tuple[Depositor, Supplier]
) -> None:
    by, supplier = who
    month, now = lines[0].month, clock.business_now()
    revision = known[0].revision + 1 if known else 1
    rows = SupervisionDetail.objects.bulk_create(
        SupervisionDetail(
            pharmacy_id=pharmacy,
            month=month,
            revision=revision,
            supplier=supplier,
            reason=by.reason if known else "",
            made_at=now,
            **by.stamps,
            **row,
        )
        for row in _said(lines)
    )
    data = {"month": month.isoformat(), "revision": revision, "accounts": len(lines)}
    entry = Entry(
        object_type=SupervisionDetail._meta.db_table,
        object_id=str(rows[0].pk),
        verb="deposit",
        at=now,
        thread=str(pharmacy),
        data=data,
    )
    record(entry, by.actor)
    accounts = f"{len(rows)} compte{'s' if len(rows) > 1 else ''}"
    detail_deposited(pharmacy, month, f"Rapport détaillé déposé dans le portail : révision {revision}, {accounts}.")
    report = last_reports(month, [pharmacy]).first()
    if report is not None:
        _judge_again(report, revision)


def _judge_again(report: SupervisionReport, revision: int) -> None:
    note = f"Le rapport détaillé (révision {revision}) a changé ces alertes."
    follow(report, judgement_of(report), note=note)
    publish(DETAILED, {"id": str(report.pk), "revision": revision}, dedup=f"{DETAILED}:{report.pk}:{revision}")
