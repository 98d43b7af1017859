"""What an act left behind, and how to take it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction

from attestations.models import Attestation, Reserve
from homologation.models import (
    AnswerRevision,
    BreachEntry,
    BreachReceipt,
    DutyReading,
    EarlyReview,
    EvidenceRevision,
    FormHandover,
    HelpMessage,
    InsiDossier,
    InsiEvidence,
    PracticeReminder,
    PrefillPack,
    QuorumSetting,
    StepEvent,
    SupervisionCase,
    SupervisionDetail,
    SupervisionReport,
    TitulaireAgreement,
)
from orders.models import Installation, InstallationReserve, Order, PlanRevision, Slot
from portal.accounts.models import Membership
from portal.audit.models import AuditEvent, ReadEvent
from portal.documents.models import Document, Signature
from portal.outbox.models import Notice, OutboxMessage
from portal.referencing import models as dossiers
from portal.referencing.models import AnsList, QuarantinedRow, ReferencingDossier
from portal.registry.models import AttachmentRequest, ReferencingEvent
from portal.rulemaking.models import Amendment
from tests.integration.web.world_breaches import breach_states
from tests.integration.web.world_people import help_states
from tests.integration.web.world_usage import usage_states


def written() -> dict[str, Any]:
    """What every act leaves behind: rows, versions and states."""
    counted = {
        model.__name__: model._default_manager.count()
        for model in (
            *(AuditEvent, OutboxMessage, Document, Signature, Reserve, InstallationReserve, Attestation, Notice),
            *(ReferencingEvent, dossiers.Proof, dossiers.PointRequest, dossiers.Verdict, dossiers.Proposal),
            *(dossiers.Announcement, dossiers.ObsoleteVersion, AnsList, dossiers.AlarmSeen),
            *(DutyReading, FormHandover, HelpMessage, PrefillPack, QuorumSetting, TitulaireAgreement),
            *(PlanRevision, ReadEvent, AnswerRevision, BreachEntry, BreachReceipt, StepEvent),
            *(SupervisionReport, SupervisionDetail, EvidenceRevision),
        )
    }
    return counted | {
        "orders": sorted(Order.objects.values_list("pk", "version", "state", "software_version")),
        "installations": sorted(Installation.objects.values_list("pk", "version", "state")),
        "attestations": sorted(Attestation.objects.values_list("pk", "version", "state")),
        "insi": sorted(InsiDossier.objects.values_list("pk", "version", "state")),
        "reviews": sorted(EarlyReview.objects.values_list("pk", "version", "state")),
        "alerts": sorted(SupervisionCase.objects.values_list("pk", "version", "state")),
        "reminders": sorted(PracticeReminder.objects.values_list("pk", "noted_at"), key=str),
        "dossiers": sorted(ReferencingDossier.objects.values_list("pk", "version", "state")),
        "proofs withdrawn": dossiers.Proof.objects.exclude(withdrawn_at=None).count(),
        "lists": sorted(AnsList.objects.values_list("pk", "applied_at", "discarded_at"), key=str),
        "quarantine": sorted(QuarantinedRow.objects.values_list("pk", "resolution")),
        "slots": sorted(Slot.objects.values_list("pk", "holder"), key=str),
        "memberships": Membership.objects.count(),
        "requests": sorted(AttachmentRequest.objects.values_list("pk", "decision")),
        "breaches": breach_states(),
        "usage": usage_states(),
        "help": help_states(),
        "evidence": sorted(InsiEvidence.objects.values_list("pk", "version", "state")),
        "amendments": sorted(Amendment.objects.values_list("pk", "version", "state")),
    }


def writes_tried() -> int:
    """How many rows this transaction has written in any table, those that were taken back included: one quick query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
        return int(cursor.fetchone()[0])


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    cache.clear()
