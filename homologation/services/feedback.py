"""From a breach or an alert that ended to the risk that it shows, then to the next dossier (compliance facts §1.5)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from homologation.domain.answers import values_of
from homologation.domain.feedback import NO_RISK, Happened, Raise, Risked, Rows, proposals, risks_in
from homologation.domain.lifecycle import DRAFT
from homologation.domain.risks import RISKS
from homologation.domain.snapshot import answers_from
from homologation.models import Breach, InsiDossier, SupervisionCase
from homologation.services.facts import Reading
from portal.common.clock import paris_date
from portal.common.refusals import refuse


def risks_of(pharmacy_id: UUID) -> list[Risked]:
    """The risks of the last dossier that was decided; none before any."""
    decided = InsiDossier.objects.filter(pharmacy=pharmacy_id, decided_at__isnull=False).order_by("-number").first()
    return risks_in(_rows(decided))


def named_risk(pharmacy_id: UUID, row: str) -> Risked:
    """The risk of this row, no risk for none. Raises ``Refused`` for a row that the last dossier does not have."""
    if not row:
        return NO_RISK
    found = next((one for one in risks_of(pharmacy_id) if one.row == row), None)
    if found is None:
        raise refuse(
            "unknown_risk", "Ce risque n’est plus dans votre dossier : choisissez-en un autre, ou aucun.", "risk_row"
        )
    return found


def raises_of(dossier: InsiDossier, reading: Reading) -> list[Raise]:
    """What ended since the last decision proposes for the risks of a draft; nothing for any other dossier."""
    if dossier.state != DRAFT or dossier.previous is None:
        return []
    rows = values_of(reading.answers).get(RISKS) or ()
    return proposals(reading.form.matrix, rows, _rows(dossier.previous), list(_happened(dossier, dossier.previous)))


def _rows(dossier: InsiDossier | None) -> Rows:
    """The risks on which a dossier was decided."""
    if dossier is None or dossier.snapshot is None:
        return ()
    return values_of(answers_from(dossier.snapshot)).get(RISKS) or ()


def _happened(dossier: InsiDossier, previous: InsiDossier) -> Iterator[Happened]:
    """Breaches (drills left out) and alerts that ended after the last decision and name a risk."""
    ended = {"pharmacy": dossier.pharmacy_id, "ended_at__gt": previous.decided_at}
    for breach in Breach.objects.filter(drill=False, **ended).exclude(risk_row="").order_by("ended_at", "pk"):
        yield Happened(breach.risk_row, f"violation {breach.reference}{_closed(breach)}")
    for case in SupervisionCase.objects.filter(**ended).exclude(risk_row="").order_by("ended_at", "pk"):
        yield Happened(case.risk_row, f"alerte INSi de {case.month:%m/%Y}{_closed(case)}")


def _closed(one: Breach | SupervisionCase) -> str:
    return f", close le {paris_date(one.ended_at):%d/%m/%Y}" if one.ended_at else ""
