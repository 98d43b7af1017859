"""The ANS's list: staged, looked at, acknowledged, then applied in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION
from portal.accounts.selectors import holds_role
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.canonical import sha256_of
from portal.common.clock import start_of_paris_day
from portal.common.refusals import refuse
from portal.documents.domain.incoming import label_of
from portal.imports.models import ImportKind, ImportRun
from portal.imports.services.record import RejectedRow, record_run
from portal.referencing.domain import ans_diff
from portal.referencing.domain.ans_diff import CHANGED, NEW, QUARANTINE, Finding
from portal.referencing.domain.ans_file import ListRow, decode, read_list
from portal.referencing.models import AnsList, QuarantinedRow
from portal.referencing.selectors.lists import digest_of, findings_of
from portal.registry.models import Referencing, SoftwareVersion
from portal.registry.services.suppliers import record_status

OBJECT = "referencing_anslist"


def stage_list(*, programme: str, name: str, content: bytes, list_day: date, actor: Actor) -> AnsList:
    """Read a file and keep what it says for a person to look at. Raises ``Refused``; nothing is then kept."""
    administration_only(actor)
    now = clock.business_now()
    if list_day > clock.paris_date(now):
        raise refuse("ahead", "La liste ne peut pas être datée de l’avenir.", "list_day")
    rows, bad = read_list(decode(content))
    if not rows and not bad:
        raise refuse("no_row", "Ce fichier n’a que sa première ligne : aucune version n’y figure.", "file")
    return AnsList.objects.create(
        programme_id=programme,
        file_name=label_of(name),
        sha256=ans_sha256(content),
        list_day=list_day,
        rows=[row.as_json() for row in rows],
        rejected=[cell.as_json() for cell in bad],
        uploaded_at=now,
        uploaded_by_id=actor.user_id or 0,
    )


@transaction.atomic
def apply_list(*, list_id: UUID, actor: Actor, digest: str, acknowledged: Collection[str]) -> AnsList:
    """Record what the list changes. Raises ``Refused`` unless every warning shown is acknowledged and still holds."""
    administration_only(actor)
    staged = _locked(list_id)
    list(Referencing.objects.select_for_update().filter(programme=staged.programme_id).order_by("pk"))
    findings = findings_of(staged)
    if digest != digest_of(findings):
        raise refuse("stale", "Le registre a changé depuis l’affichage : relisez les différences, puis recommencez.")
    if left := [f.code for f in findings if f.warning and f.code not in acknowledged]:
        count = len(left)
        words = "Un avertissement n’est pas coché" if count == 1 else f"{count} avertissements ne sont pas cochés"
        raise refuse(
            "unacknowledged", f"{words} : lisez-les et cochez-les tous pour appliquer la liste.", "acknowledged"
        )
    started = clock.machine_now()
    for finding in findings:
        if finding.kind in (NEW, CHANGED) and finding.row is not None:
            _record(staged, finding.row, UUID(finding.key))
    kept = _quarantine(staged, findings)
    staged.run = _trace(staged, findings, kept, started)
    staged.applied_at, staged.applied_by_id = clock.business_now(), actor.user_id
    staged.save(update_fields=["run", "applied_at", "applied_by"])
    _journal(staged, actor, "apply", {"counts": staged.run.counts, "acknowledged": sorted(acknowledged)})
    return staged


@transaction.atomic
def discard_list(*, list_id: UUID, actor: Actor) -> None:
    """Set a staged list aside: nothing of it is applied. Raises ``Refused``."""
    administration_only(actor)
    staged = _locked(list_id)
    staged.discarded_at, staged.discarded_by_id = clock.business_now(), actor.user_id
    staged.save(update_fields=["discarded_at", "discarded_by"])
    _journal(staged, actor, "discard", {})


def ans_sha256(content: bytes) -> str:
    """The hash of the file as received."""
    return hashlib.sha256(content).hexdigest()


def administration_only(actor: Actor) -> None:
    """Raises ``Refused`` for anybody who is not of the administration now."""
    if actor.role not in ADMINISTRATION or not holds_role(actor, actor.organisation_id, clock.business_now()):
        raise refuse("not_allowed", "Seule l’administration du programme tient le registre.")


def _locked(list_id: UUID) -> AnsList:
    staged = AnsList.objects.select_for_update().get(pk=list_id)
    if not staged.is_open:
        raise refuse("closed", "Cette liste est déjà appliquée ou écartée.")
    return staged


def _record(staged: AnsList, row: ListRow, version_id: UUID) -> None:
    record_status(
        programme=staged.programme_id,
        version=SoftwareVersion.objects.get(pk=version_id),
        status=row.status,
        effective_at=start_of_paris_day(row.day),
        source=f"Liste de l’ANS du {staged.list_day:%d/%m/%Y}",
        number=row.number,
    )


def _quarantine(staged: AnsList, findings: Collection[Finding]) -> int:
    rows = [
        QuarantinedRow(
            ans_list=staged,
            fingerprint=_fingerprint(finding.row),
            row=finding.row.as_json(),
            reason=finding.words[:400],
            found_at=clock.business_now(),
        )
        for finding in findings
        if finding.kind == QUARANTINE and finding.row is not None
    ]
    known = set(
        QuarantinedRow.objects.filter(fingerprint__in=[r.fingerprint for r in rows]).values_list(
            "fingerprint", flat=True
        )
    )
    fresh = [row for row in rows if row.fingerprint not in known]
    QuarantinedRow.objects.bulk_create(fresh)
    return len(fresh)


def _fingerprint(row: ListRow) -> str:
    return sha256_of({key: value for key, value in row.as_json().items() if key != "line"})


def _trace(staged: AnsList, findings: Collection[Finding], quarantined: int, started: datetime) -> ImportRun:
    counts = {kind: sum(f.kind == kind for f in findings) for kind in ans_diff.KIND_LABELS}
    return record_run(
        kind=ImportKind.ANS_LIST,
        file_name=staged.file_name,
        sha256=staged.sha256,
        file_date=staged.list_day,
        started_at=started,
        finished_at=clock.machine_now(),
        counts={**counts, "newly_quarantined": quarantined, "rejected": len(staged.rejected)},
        rejected=(RejectedRow(int(b["line"]), b["column"], b["value"], b["reason"]) for b in staged.rejected),
    )


def _journal(staged: AnsList, actor: Actor, verb: str, data: dict[str, Any]) -> None:
    entry = Entry(object_type=OBJECT, object_id=str(staged.pk), verb=verb, at=clock.business_now(), data=data)
    record(entry, actor)
