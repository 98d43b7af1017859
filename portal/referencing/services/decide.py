"""Decisions: proposed by an instructor, taken by another person; suspension and replacement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import Refusal
from portal.referencing.domain.decisions import DECISIONS_IN, WITHDRAWAL_GROUNDS, Decision
from portal.referencing.domain.rules import DossierFacts, check_effect, check_proposal
from portal.referencing.models import Proposal, ReferencingDossier
from portal.referencing.services.machine import REFERENCINGS
from portal.referencing.services.status import note_status
from portal.registry.domain.referencing import Status
from portal.registry.models import Referencing
from portal.workflow.execute import Act, lock, run


@dataclass(frozen=True)
class Draft:
    """A decision as proposed; ``effective_at`` None: when it is taken."""

    decision: Decision
    number: str = ""
    effective_at: datetime | None = None
    reason: str = ""
    ground: str = ""
    retroactive: bool = False


@transaction.atomic
def propose(*, dossier_id: UUID, actor: Actor, draft: Draft) -> Proposal:
    """Propose a decision to the validator. Raises ``Refused``."""
    dossier = lock(REFERENCINGS, dossier_id)

    def check(facts: DossierFacts) -> list[Refusal]:
        return [
            *_check_content(dossier, draft),
            *check_proposal(facts, draft.decision),
            *check_effect(facts, draft.decision, draft.effective_at, draft.retroactive),
        ]

    dossier = run(REFERENCINGS, dossier_id, actor, Act("propose", check=check, data={"decision": draft.decision.value}))
    recourse = dossier.requirement_set.listed.recourse
    return Proposal.objects.create(
        dossier=dossier,
        decision=draft.decision.value,
        number=draft.number.strip() if draft.decision is Decision.REFERENCE else "",
        effective_at=None if draft.decision is Decision.REFUSE else draft.effective_at,
        retroactive=draft.decision is Decision.WITHDRAW and draft.retroactive,
        ground=draft.ground if draft.decision is Decision.WITHDRAW else "",
        reason=draft.reason.strip(),
        recourse="" if draft.decision is Decision.REFERENCE else recourse,
        proposed_at=clock.business_now(),
        proposed_by_id=actor.user_id or 0,
    )


@transaction.atomic
def send_back(*, dossier_id: UUID, actor: Actor, answer: str) -> None:
    """Send a proposal back to its instructor, with why. Raises ``Refused``."""

    def check(facts: DossierFacts) -> list[Refusal]:
        return [] if answer.strip() else [Refusal("missing_field", "Dites ce qui est à revoir.", "answer")]

    dossier = run(REFERENCINGS, dossier_id, actor, Act("send_back", check=check))
    _close(dossier, actor, Proposal.SENT_BACK, answer.strip())


@transaction.atomic
def reference(*, dossier_id: UUID, actor: Actor) -> ReferencingDossier:
    """Grant the référencement that was proposed: numéro unique, effect, public status. Raises ``Refused``."""
    proposal = _waiting(dossier_id)
    effective_at = (proposal.effective_at if proposal else None) or clock.business_now()
    act: Act[DossierFacts] = Act(
        "reference", {"effective_at": effective_at}, data={"number": proposal.number if proposal else ""}
    )
    dossier = run(REFERENCINGS, dossier_id, actor, act)
    taken = _close(dossier, actor, Proposal.TAKEN)
    note_status(dossier, Status.REFERENCED, effective_at, number=taken.number, reason=taken.reason)
    return dossier


@transaction.atomic
def refuse_dossier(*, dossier_id: UUID, actor: Actor) -> ReferencingDossier:
    """Refuse the référencement as proposed, with its motives and the ways of appeal. Raises ``Refused``."""
    proposal = _waiting(dossier_id)
    dossier = run(REFERENCINGS, dossier_id, actor, Act("refuse", {"reason": proposal.reason if proposal else ""}))
    taken = _close(dossier, actor, Proposal.TAKEN)
    note_status(dossier, Status.REFUSED, clock.business_now(), reason=taken.reason)
    return dossier


@transaction.atomic
def withdraw(*, dossier_id: UUID, actor: Actor) -> ReferencingDossier:
    """Withdraw the référencement as proposed; a backdated one is an alarm. Raises ``Refused``."""
    proposal = _waiting(dossier_id)
    effect_at = (proposal.effective_at if proposal else None) or clock.business_now()
    stamps = {
        "reason": proposal.reason if proposal else "",
        "effect_at": effect_at,
        "ground": proposal.ground if proposal else "",
        "retroactive": proposal.retroactive if proposal else False,
    }
    dossier = run(REFERENCINGS, dossier_id, actor, Act("withdraw", stamps))
    taken = _close(dossier, actor, Proposal.TAKEN)
    ground = WITHDRAWAL_GROUNDS[taken.ground]
    note_status(dossier, Status.WITHDRAWN, effect_at, reason=f"{ground} – {taken.reason}")
    return dossier


@transaction.atomic
def suspend(*, dossier_id: UUID, actor: Actor, reason: str, until: date | None) -> ReferencingDossier:
    """Suspend the référencement: new orders are blocked. Raises ``Refused``."""

    def check(facts: DossierFacts) -> list[Refusal]:
        refusals = [] if reason.strip() else [Refusal("missing_field", "Motivez la suspension.", "reason")]
        if until is not None and until <= clock.paris_date(facts.now):
            refusals.append(Refusal("past", "La fin prévue de la suspension est à venir, ou reste vide.", "until"))
        return refusals

    stamps = {"reason": reason.strip(), "until": until}
    dossier = run(REFERENCINGS, dossier_id, actor, Act("suspend", stamps, check=check))
    note_status(dossier, Status.SUSPENDED, clock.business_now(), reason=reason.strip())
    return dossier


@transaction.atomic
def resume(*, dossier_id: UUID, actor: Actor) -> ReferencingDossier:
    """End a suspension. Raises ``Refused``."""
    dossier = run(REFERENCINGS, dossier_id, actor, Act("resume"))
    note_status(dossier, Status.REFERENCED, clock.business_now(), reason="Suspension levée")
    return dossier


def name_successor(*, dossier_id: UUID, actor: Actor, successor_id: UUID) -> ReferencingDossier:
    """The supplier names the dossier of the version that replaces this one. Raises ``Refused``."""
    dossier = ReferencingDossier.objects.select_related("software_version").get(pk=dossier_id)
    kin = ReferencingDossier.objects.filter(
        programme=dossier.programme_id, software_version__software=dossier.software_version.software_id
    ).exclude(pk=dossier_id)

    def check(facts: DossierFacts) -> list[Refusal]:
        if kin.filter(pk=successor_id).exists():
            return []
        return [Refusal("successor", "Choisissez une autre version du même logiciel.", "successor")]

    act = Act("name_successor", {"successor": successor_id}, check=check)
    return run(REFERENCINGS, dossier_id, actor, act)


@transaction.atomic
def replace_version(*, dossier_id: UUID, actor: Actor) -> ReferencingDossier:
    """Note that the version named by the supplier replaces this one. Raises ``Refused``."""
    successor = ReferencingDossier.objects.select_related("successor__software_version__software").get(pk=dossier_id)
    words = f"Remplacée par {successor.successor}"
    dossier = run(REFERENCINGS, dossier_id, actor, Act("replace", {"reason": words}))
    note_status(dossier, Status.REPLACED, clock.business_now(), reason=words)
    return dossier


def _waiting(dossier_id: UUID) -> Proposal | None:
    lock(REFERENCINGS, dossier_id)
    return Proposal.objects.filter(dossier=dossier_id, closed_at=None).first()


def _close(dossier: ReferencingDossier, actor: Actor, outcome: str, answer: str = "") -> Proposal:
    proposal = Proposal.objects.get(dossier=dossier, closed_at=None)
    proposal.closed_at, proposal.closed_by_id = clock.business_now(), actor.user_id
    proposal.outcome, proposal.answer = outcome, answer
    proposal.save(update_fields=["closed_at", "closed_by", "outcome", "answer"])
    return proposal


def _check_content(dossier: ReferencingDossier, draft: Draft) -> list[Refusal]:
    if draft.decision not in DECISIONS_IN[str(dossier.state)]:
        return [Refusal("decision", "Cette décision n’est pas possible dans l’état du dossier.", "decision")]
    if draft.decision is Decision.REFERENCE:
        return _check_number(dossier, draft.number.strip())
    refusals = [] if draft.reason.strip() else [Refusal("missing_field", "Motivez la décision.", "reason")]
    if draft.decision is Decision.WITHDRAW and draft.ground not in WITHDRAWAL_GROUNDS:
        refusals.append(Refusal("missing_field", "Choisissez la raison du retrait.", "ground"))
    return refusals


def _check_number(dossier: ReferencingDossier, number: str) -> list[Refusal]:
    if not number:
        return [Refusal("number_missing", "Indiquez le numéro unique de référencement délivré par l’ANS.", "number")]
    own = Referencing.objects.filter(programme=dossier.programme_id, version=dossier.software_version_id).first()
    if own is not None and own.number and own.number != number:
        return [Refusal("number_fixed", f"Cette version porte déjà le numéro {own.number}.", "number")]
    holder = Referencing.objects.filter(number=number).first()
    if holder is not None and holder != own:
        return [Refusal("number_taken", "Ce numéro unique est déjà celui d’une autre version.", "number")]
    return []
