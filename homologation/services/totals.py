"""Taking the monthly totals that a supplier deposits: the whole file or nothing of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from homologation.domain.patient_numbers import check_free_text
from homologation.domain.supervision import next_month
from homologation.domain.totals import Totals, read_totals
from homologation.models import SupervisionReport
from homologation.models.supervision import COMPUTED, DEPOSITED
from homologation.services.supervise import Figures, Origin, write_report
from homologation.supervision_selectors import last_reports
from orders.selectors import equipped_by
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.selectors import holds_role
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refusal, Refused, refuse
from portal.documents.domain.incoming import Incoming
from portal.registry.models import Pharmacy
from portal.registry.selectors import registered_places, supplier_of

MOST_SHOWN = 20


@transaction.atomic
def deposit_totals(*, file: Incoming, actor: Actor, reason: str = "") -> list[SupervisionReport]:
    """Write the reports of a file found safe; the reports that changed. ``reason``: of corrections.

    Raises ``Refused`` with every line at fault; nothing is then taken.
    """
    now = clock.business_now()
    supplier = supplier_of(actor)
    if actor.role is not Role.SUPPLIER or supplier is None or not holds_role(actor, actor.organisation_id, now):
        raise refuse("not_allowed", "Seul un fournisseur dépose les totaux des pharmacies qu’il équipe.")
    lines, refusals = read_totals(file.content, paris_date(now))
    if refusals := refusals or check_free_text(reason, "reason"):
        raise Refused(refusals)
    ids = registered_places({one.finess for one in lines})
    # In one order, so that two files never wait for each other.
    list(Pharmacy.objects.select_for_update().filter(pk__in=ids.values()).order_by("finess"))
    refusals = _of_places(lines, supplier.pk) or _of_past(lines, ids, supplier.pk, reason)
    if refusals:
        raise Refused(refusals[:MOST_SHOWN])
    origin = Origin(DEPOSITED, actor, reason, supplier)
    in_order = sorted(lines, key=lambda one: (one.finess, one.month))
    written = [write_report(one.month, ids[one.finess], partial(_figures, one), origin) for one in in_order]
    return [report for report in written if report is not None]


def _figures(one: Totals) -> Figures:
    return Figures(**{name: value for name, value in asdict(one).items() if name not in ("line", "finess", "month")})


def _of_places(lines: Iterable[Totals], supplier: UUID) -> list[Refusal]:
    """Pharmacies that the supplier did not equip over any of the month."""
    spans: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for finess, since, until in equipped_by(supplier):
        spans.setdefault(finess, []).append((since, until))
    return [
        _line(one, "cette pharmacie n’est pas équipée par vous ce mois-là (aucun bon signé ne vaut)")
        for one in lines
        if not any(
            paris_date(since) < next_month(one.month) and (until is None or paris_date(until) > one.month)
            for since, until in spans.get(one.finess, ())
        )
    ]


def _of_past(lines: list[Totals], ids: dict[str, UUID], supplier: UUID, reason: str) -> list[Refusal]:
    """Months that the logs or another supplier tell already, and corrections without their reason."""
    found: list[Refusal] = []
    for month in sorted({one.month for one in lines}):
        of_month = {ids[one.finess]: one for one in lines if one.month == month}
        for last in last_reports(month, of_month):
            one = of_month[last.pharmacy_id]
            if last.origin == COMPUTED or last.supplier_id != supplier:
                found.append(
                    _line(one, "ce mois a déjà un rapport d’une autre source, qui fait foi : retirez la ligne")
                )
            elif not reason and _figures(one).input != last.input:
                words = "ce mois a déjà un rapport : écrivez le motif de la correction, puis déposez de nouveau"
                found.append(Refusal("reason_missing", f"Ligne {one.line} : {words}.", "reason"))
    return found


def _line(one: Totals, fault: str) -> Refusal:
    return Refusal("line", f"Ligne {one.line} : {fault}.", "file")
