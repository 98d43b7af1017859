"""Rows in quarantine, resolved by a person; alarms, looked at by one."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from portal.accounts.actors import Actor
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.clock import start_of_paris_day
from portal.common.refusals import refuse
from portal.referencing.domain.lifecycle import LIVE
from portal.referencing.models import AlarmSeen, QuarantinedRow, ReferencingDossier
from portal.referencing.services.ans_list import administration_only
from portal.registry.domain.referencing import Status
from portal.registry.models import SoftwareVersion
from portal.registry.services.suppliers import record_status

OBJECT = "referencing_quarantinedrow"


@transaction.atomic
def attach_row(*, row_id: UUID, actor: Actor, version_id: UUID) -> None:
    """Say which version a row is about; its status is then recorded. Raises ``Refused``."""
    row = _locked(row_id, actor)
    version = SoftwareVersion.objects.filter(pk=version_id).first()
    if version is None:
        raise refuse("version", "Choisissez une version dans la liste.", "version")
    programme = row.ans_list.programme_id
    if ReferencingDossier.objects.filter(programme=programme, software_version=version, state__in=LIVE).exists():
        raise refuse(
            "kept_here",
            "Le dossier de cette version est tenu dans ce portail : prenez-y la décision, puis écartez cette ligne.",
            "version",
        )
    stored = row.row
    record_status(
        programme=programme,
        version=version,
        status=Status(stored["status"]),
        effective_at=start_of_paris_day(date.fromisoformat(stored["day"])),
        source=f"Liste de l’ANS du {row.ans_list.list_day:%d/%m/%Y}, ligne {stored['line']}, rattachée à la main",
        number=str(stored["number"]),
    )
    row.version = version
    _resolve(row, actor, QuarantinedRow.ATTACHED)


@transaction.atomic
def dismiss_row(*, row_id: UUID, actor: Actor, note: str) -> None:
    """Set a row aside, with why. Raises ``Refused``."""
    row = _locked(row_id, actor)
    if not note.strip():
        raise refuse("missing_field", "Dites pourquoi cette ligne est écartée.", "note")
    row.note = note.strip()
    _resolve(row, actor, QuarantinedRow.DISMISSED)


@transaction.atomic
def see_alarm(*, event_id: int, actor: Actor, note: str) -> None:
    """Note that a backdated withdrawal was looked at, with what was done. Raises ``Refused``."""
    administration_only(actor)
    if not note.strip():
        raise refuse("missing_field", "Dites ce qui a été vérifié ou fait.", "note")
    AlarmSeen.objects.get_or_create(
        event_id=event_id,
        defaults={"note": note.strip(), "seen_at": clock.business_now(), "seen_by_id": actor.user_id or 0},
    )


def _locked(row_id: UUID, actor: Actor) -> QuarantinedRow:
    administration_only(actor)
    row = QuarantinedRow.objects.select_for_update(of=("self",)).select_related("ans_list").get(pk=row_id)
    if row.resolution:
        raise refuse("resolved", "Cette ligne est déjà résolue.")
    return row


def _resolve(row: QuarantinedRow, actor: Actor, resolution: str) -> None:
    row.resolution, row.resolved_at, row.resolved_by_id = resolution, clock.business_now(), actor.user_id
    row.save(update_fields=["resolution", "version", "note", "resolved_at", "resolved_by"])
    data = {"version": str(row.version_id or "")}
    entry = Entry(object_type=OBJECT, object_id=str(row.pk), verb=resolution, at=clock.business_now(), data=data)
    record(entry, actor)
