"""A pharmacy joins a piece to its dossier, a breach or an alert; replaces its file; withdraws it with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max

from homologation.domain.answers import NOTHING
from homologation.domain.evidence import (
    IN_DOSSIER,
    LONGEST_ROW,
    STRANGER,
    Kind,
    PieceFacts,
    check_piece,
    check_withdrawal,
    guard_piece,
    ref_of,
)
from homologation.domain.evidence_lifecycle import EVIDENCE, HELD
from homologation.domain.lifecycle import OPEN, TO_DECIDE
from homologation.domain.questions import ROW
from homologation.domain.risks import RISKS
from homologation.mandate_selectors import mandates_of, sections_now
from homologation.models import Breach, EvidenceRevision, InsiDossier, InsiEvidence, SupervisionCase
from homologation.services.facts import Reading
from homologation.services.machine import pharmacist_of
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import Refusal, Refused
from portal.documents import storage
from portal.documents.domain.incoming import JPEG, PDF, PNG, Incoming
from portal.documents.intake.archives import archive_suffix
from portal.registry.models import Pharmacy
from portal.workflow.execute import Act, Machine, create, run

_SUFFIXES = {PDF: ".pdf", PNG: ".png", JPEG: ".jpg"}


@dataclass(frozen=True)
class Given:
    """What is deposited: a title, a file found safe, and until which day it is valid where it has an end."""

    title: str
    file: Incoming
    valid_until: date | None = None


def being_decided(pharmacy_id: UUID) -> bool:
    """Whether a dossier of the pharmacy waits for its decision."""
    return InsiDossier.objects.filter(pharmacy=pharmacy_id, state=TO_DECIDE).exists()


def _facts(evidence: InsiEvidence, actor: Actor, now: datetime) -> PieceFacts:
    """Nothing stops what is joined to a breach or an alert."""
    if Kind(evidence.kind) not in IN_DOSSIER:
        return PieceFacts()
    parts = [one.number for one in sections_now(now) if any(evidence.question == q.key for q in one.questions)]
    mandates = mandates_of(actor, evidence.pharmacy.organisation_id, now)
    return PieceFacts(being_decided(evidence.pharmacy_id), tuple(mandates.check(parts)))


def _lock_pharmacy(pharmacy_id: UUID) -> None:
    """One piece at a time, and none while a dossier is being submitted."""
    Pharmacy.objects.select_for_update().filter(pk=pharmacy_id).first()
    list(InsiDossier.objects.select_for_update().filter(pharmacy=pharmacy_id, state__in=OPEN).order_by("pk"))


def _lock_of(evidence_id: UUID) -> None:
    _lock_pharmacy(InsiEvidence.objects.values_list("pharmacy", flat=True).get(pk=evidence_id))


EVIDENCES: Machine[InsiEvidence, PieceFacts] = Machine(
    model=InsiEvidence,
    lifecycle=EVIDENCE,
    parties=lambda evidence, actor, at: pharmacist_of(evidence.pharmacy, actor, at),
    facts=_facts,
    thread=lambda evidence: str(evidence.pk),
    guards={transition.verb: guard_piece for transition in EVIDENCE.transitions},
    pre_lock=_lock_of,
    related=("pharmacy",),
    # no text of people's: the journal holds no personal data
    audited=("number", "kind", "question", "withdrawn_at"),
)


@transaction.atomic
def join_to_answer(*, dossier_id: UUID, actor: Actor, key: str, given: Given, row: str = "") -> InsiEvidence:
    """Join a piece to a question of a dossier, or to one risk (``row``) of its table. Raises ``Refused``."""
    dossier = InsiDossier.objects.select_related("pharmacy", "questionnaire").get(pk=dossier_id)
    _lock_pharmacy(dossier.pharmacy_id)
    kind = Kind.RISK if row else Kind.QUESTION
    evidence = InsiEvidence(pharmacy=dossier.pharmacy, kind=kind.value, question=key, row=row)
    return _join(evidence, actor, given, _check_answer(dossier, key, row))


@transaction.atomic
def join_to_breach(*, breach_id: UUID, actor: Actor, given: Given) -> InsiEvidence:
    """Join a piece to a breach, even an ended one. Raises ``Refused``."""
    breach = Breach.objects.select_related("pharmacy").get(pk=breach_id)
    _lock_pharmacy(breach.pharmacy_id)
    return _join(InsiEvidence(pharmacy=breach.pharmacy, kind=Kind.BREACH.value, breach=breach), actor, given)


@transaction.atomic
def join_to_case(*, case_id: UUID, actor: Actor, given: Given) -> InsiEvidence:
    """Join a piece to an alert of supervision, even an ended one. Raises ``Refused``."""
    case = SupervisionCase.objects.select_related("pharmacy").get(pk=case_id)
    _lock_pharmacy(case.pharmacy_id)
    return _join(InsiEvidence(pharmacy=case.pharmacy, kind=Kind.CASE.value, case=case), actor, given)


@transaction.atomic
def replace_evidence(*, evidence_id: UUID, actor: Actor, given: Given) -> InsiEvidence:
    """Give a piece a new file, title or end; the former file stays to be read. Raises ``Refused``."""

    def check(facts: PieceFacts) -> list[Refusal]:
        return check_piece(given.title, given.file.label) or _check_changed(evidence_id, given)

    data = {"sha256": given.file.sha256}
    evidence = run(EVIDENCES, evidence_id, actor, Act("replace", check=check, data=data))
    _write(evidence, actor, given)
    return evidence


def withdraw_evidence(*, evidence_id: UUID, actor: Actor, reason: str) -> InsiEvidence:
    """Say that a piece counts no more, and why; its files stay. Raises ``Refused``."""

    def check(facts: PieceFacts) -> list[Refusal]:
        return check_withdrawal(reason)

    return run(EVIDENCES, evidence_id, actor, Act("withdraw", {"reason": reason.strip()}, check=check))


def _join(evidence: InsiEvidence, actor: Actor, given: Given, refusals: list[Refusal] | None = None) -> InsiEvidence:
    now = clock.business_now()
    if actor.user_id is None or not pharmacist_of(evidence.pharmacy, actor, now):
        raise Refused([STRANGER])
    found = guard_piece(_facts(evidence, actor, now)) or [
        *(refusals or ()),
        *check_piece(given.title, given.file.label),
    ]
    if found := found or _check_new(evidence, given.file):
        raise Refused(found)
    last = InsiEvidence.objects.filter(pharmacy=evidence.pharmacy).aggregate(last=Max("number"))["last"] or 0
    evidence.number, evidence.deposited_at, evidence.deposited_by_id = last + 1, now, actor.user_id
    create(EVIDENCES, evidence, actor)
    _write(evidence, actor, given)
    return evidence


def _check_answer(dossier: InsiDossier, key: str, row: str) -> list[Refusal]:
    words = "Choisissez dans la liste ce que la pièce prouve."
    if key not in dossier.questionnaire.form.by_key or (row and key != RISKS) or len(row) > LONGEST_ROW:
        return [Refusal("unknown_question", words, "about")]
    if not row:
        return []
    said = Reading(dossier, clock.business_now()).answers.get(RISKS, NOTHING).value or ()
    return [] if any(one[ROW] == row for one in said) else [Refusal("unknown_risk", words, "about")]


def _check_new(evidence: InsiEvidence, file: Incoming) -> list[Refusal]:
    """The same file is joined to the same thing once: a second click is not a second piece."""
    same: dict[str, Any] = {name: getattr(evidence, name) for name in ("kind", "question", "row", "breach", "case")}
    held = EvidenceRevision.objects.filter(
        evidence__in=InsiEvidence.objects.filter(pharmacy=evidence.pharmacy, state=HELD, **same), sha256=file.sha256
    )
    current = held.annotate(last=Max("evidence__revisions__number")).filter(number=F("last")).order_by("pk")
    known = current.values_list("evidence__number", flat=True).first()
    if known is None:
        return []
    return [Refusal("file_known", f"Ce fichier est déjà joint ici : c’est la pièce {ref_of(known)}.", "file")]


def _check_changed(evidence_id: UUID, given: Given) -> list[Refusal]:
    last = EvidenceRevision.objects.filter(evidence=evidence_id).order_by("-number").first()
    said = (given.file.sha256, given.title.strip(), given.valid_until)
    if last is None or (last.sha256, last.title, last.valid_until) != said:
        return []
    words = "C’est déjà ce fichier, sous ce titre et jusqu’à cette date : rien n’est à remplacer."
    return [Refusal("unchanged", words, "file")]


def _write(evidence: InsiEvidence, actor: Actor, given: Given) -> None:
    """Keep the file, then append its row; the caller has locked the pharmacy and checked what is given."""
    file = given.file
    last = EvidenceRevision.objects.filter(evidence=evidence).aggregate(last=Max("number"))["last"] or 0
    EvidenceRevision.objects.create(
        evidence=evidence,
        number=last + 1,
        title=given.title.strip(),
        label=file.label,
        media_type=file.media_type,
        suffix=_SUFFIXES.get(file.media_type) or archive_suffix(file.content),
        sha256=storage.store(file.content),
        size=len(file.content),
        valid_until=given.valid_until,
        at=clock.business_now(),
        by_id=actor.user_id or 0,  # a person: the right was checked
    )
