"""Taking the monthly totals that a supplier deposits: the whole file or nothing of it."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.db import transaction

from homologation.domain.figures import Figures
from homologation.domain.monthly_file import MOST_SHOWN
from homologation.domain.totals import Totals, read_totals
from homologation.models import SupervisionReport
from homologation.models.supervision import COMPUTED, DEPOSITED
from homologation.services.monthly import (
    Depositor,
    at_line,
    check_correction,
    lock_places,
    not_equipped,
    without_reason,
)
from homologation.services.supervise import Origin, write_report
from homologation.supervision_selectors import last_reports
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refusal, Refused
from portal.documents.domain.incoming import Incoming


@transaction.atomic
def deposit_totals(*, file: Incoming, by: Depositor) -> list[SupervisionReport]:
    """Write the reports of a file found safe; the reports that changed.

    Raises ``Refused`` with every line at fault; nothing is then taken.
    """
    supplier = by.supplier()
    lines, refusals = read_totals(file.content, paris_date(clock.business_now()))
    if refusals := refusals or check_correction(by.reason):
        raise Refused(refusals)
    ids = lock_places(lines)
    refusals = not_equipped(lines, supplier.pk) or _of_past(lines, ids, supplier.pk, by.reason)
    if refusals:
        raise Refused(refusals[:MOST_SHOWN])
    origin = Origin(DEPOSITED, by.actor, by.reason, supplier, by.token)
    in_order = sorted(lines, key=lambda one: (one.finess, one.month))
    written = [write_report(one.month, ids[one.finess], partial(_figures, one), origin) for one in in_order]
    return [report for report in written if report is not None]


def _figures(one: Totals) -> Figures:
    return one.figures


def _of_past(lines: list[Totals], ids: dict[str, UUID], supplier: UUID, reason: str) -> list[Refusal]:
    """Months that the logs or another supplier tell already, and corrections without their reason."""
    found: list[Refusal] = []
    for month in sorted({one.month for one in lines}):
        of_month = {ids[one.finess]: one for one in lines if one.month == month}
        for last in last_reports(month, of_month):
            one = of_month[last.pharmacy_id]
            if last.origin == COMPUTED or last.supplier_id != supplier:
                found.append(
                    at_line(one, "ce mois a déjà un rapport d’une autre source, qui fait foi : retirez la ligne")
                )
            elif not reason and one.figures.input != last.input:
                found.append(without_reason(one))
    return found
