"""Recording the public status that follows an act, in the act's own transaction."""

from __future__ import annotations

from datetime import datetime

from portal.common import clock
from portal.referencing.models import ReferencingDossier
from portal.registry.domain.referencing import Status
from portal.registry.selectors import history
from portal.registry.services.suppliers import record_status

SOURCE = "Dossier de référencement tenu dans le portail"


def note_status(
    dossier: ReferencingDossier, status: Status, effective_at: datetime, *, reason: str = "", number: str = ""
) -> None:
    """Record ``status`` from ``effective_at`` on.

    Where the effect lies in the past, it also takes the place of every status that took effect since: what holds now
    is what was decided last, while the history still says what was known before.
    """
    now = clock.business_now()
    later = {
        change.effective_at
        for change in history(dossier.programme_id, dossier.software_version_id)
        if effective_at < change.effective_at <= now
    }
    for instant in sorted({effective_at, *later}):
        record_status(
            programme=dossier.programme_id,
            version=dossier.software_version,
            status=status,
            effective_at=instant,
            source=SOURCE,
            number=number,
            reason=reason,
        )
