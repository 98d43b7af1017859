"""The one door of a supplier's monthly files, for the page and for machines: totals, or a detailed report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from homologation.services.details import deposit_details, is_detailed
from homologation.services.monthly import Depositor
from homologation.services.totals import deposit_totals
from portal.documents.domain.incoming import Incoming

TOTALS, DETAILS = "totals", "details"


@dataclass(frozen=True)
class Taken:
    """What a file was, and the (FINESS, month) that it changed."""

    kind: str
    places: tuple[tuple[str, date], ...]


def take_monthly(*, file: Incoming, by: Depositor) -> Taken:
    """Take a file found safe, by what its first line says it is. Raises ``Refused``; nothing is then taken."""
    if is_detailed(file):
        return Taken(DETAILS, tuple(deposit_details(file=file, by=by)))
    reports = deposit_totals(file=file, by=by)
    return Taken(TOTALS, tuple((report.pharmacy.finess, report.month) for report in reports))
