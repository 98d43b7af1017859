"""A dossier is submitted, then the titulaire decides on what was submitted, once their identity is confirmed for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from homologation.catalogue import terms as terms_of
from homologation.domain.consent import CONSENT_VERSION
from homologation.domain.decision import DossierFacts, NewReserve, check_no_reserve, check_reason, check_terms
from homologation.domain.lifecycle import APPROVED
from homologation.domain.validity import months_after
from homologation.dossier.documents import request_dossier, void_paper
from homologation.models import DecisionReserve, InsiDossier, TitulaireAgreement
from homologation.services.facts import Reading
from homologation.services.machine import HOMOLOGATIONS
from homologation.services.quorum import everyone_decides, void_agreements, write_agreement
from homologation.services.reviews import settle_by_renewal, settle_by_withdrawal
from portal.accounts.actors import Actor
from portal.accounts.models import StepUp
from portal.accounts.services.step_up import NOT_CONFIRMED, claim_step_up
from portal.common import clock
from portal.common.canonical import sha256_of
from portal.common.clock import paris_date
from portal.common.refusals import Refusal, refuse
from portal.workflow.execute import Act, lock, run

_VOIDING = ("send_back", "refuse")
"""Acts after which the agreements given count no more."""


@dataclass(frozen=True)
class Decision:
    """What the titulaire decided on the screen: for how long, under which reserves, agreeing to which snapshot."""

    months: int
    reserves: Sequence[NewReserve]
    consent: bool
    shown_sha256: str


@transaction.atomic
def submit_dossier(*, dossier_id: UUID, actor: Actor) -> InsiDossier:
    """Freeze the answers and submit them to the decision. Raises ``Refused`` with what is missing."""
    dossier = lock(HOMOLOGATIONS, dossier_id)
    snapshot = Reading(dossier, clock.business_now()).snapshot
    stamps = {"snapshot": snapshot, "sha256": sha256_of(snapshot)}
    return run(HOMOLOGATIONS, dossier_id, actor, Act("submit", stamps))


@transaction.atomic
def approve_dossier(*, dossier_id: UUID, actor: Actor, decision: Decision) -> InsiDossier:
    """Approve what was submitted, with or without reserves, in the place of the last dossier. Raises ``Refused``.

    Where each titulaire decides, this is the last of their decisions, on the terms of those before.
    """
    dossier = lock(HOMOLOGATIONS, dossier_id)
    terms, check = _judged(dossier, actor, decision)
    _replace_last(dossier)
    verb = "approve_with_reserves" if decision.reserves else "approve"
    data = {"snapshot": dossier.snapshot_sha256, "reserves": len(decision.reserves)}
    each = everyone_decides(dossier.pharmacy_id)
    dossier = run(HOMOLOGATIONS, dossier_id, actor, Act(verb, {"terms": terms}, check=check, data=data))
    if each:
        write_agreement(dossier, actor, terms, clock.business_now())
    DecisionReserve.objects.bulk_create(
        DecisionReserve(dossier=dossier, position=position, **_reserve(one))
        for position, one in enumerate(decision.reserves, start=1)
    )
    request_dossier(dossier)
    return dossier


@transaction.atomic
def agree_dossier(*, dossier_id: UUID, actor: Actor, decision: Decision) -> InsiDossier:
    """Give one's own decision where each titulaire decides and another one is awaited. Raises ``Refused``."""
    dossier = lock(HOMOLOGATIONS, dossier_id)
    terms, check = _judged(dossier, actor, decision)
    data = {"snapshot": dossier.snapshot_sha256, "months": decision.months, "reserves": len(decision.reserves)}
    dossier = run(HOMOLOGATIONS, dossier_id, actor, Act("agree", check=check, data=data))
    write_agreement(dossier, actor, terms, clock.business_now())
    return dossier


def _judged(
    dossier: InsiDossier, actor: Actor, decision: Decision
) -> tuple[dict[str, Any], Callable[[DossierFacts], list[Refusal]]]:
    """What is decided, whole once the check has passed: the authentication is used up last."""
    today = paris_date(clock.business_now())
    terms: dict[str, Any] = {
        "months": decision.months,
        "reserves": [_plain(one) for one in decision.reserves],
        "valid_from": today,
        "consent": CONSENT_VERSION,
    }

    def check(facts: DossierFacts) -> list[Refusal]:
        refusals = _check_shown(decision, facts) or check_terms(
            decision.months, decision.reserves, today, terms_of(dossier.programme_id).decision
        )
        refusals = refusals or _check_same(dossier, terms) or ([] if decision.reserves else check_no_reserve(facts))
        if not refusals:  # last, so that a refusal of ours leaves the authentication unused
            terms["valid_until"] = months_after(today, decision.months)
            terms["step_up_id"] = _confirmed(actor, facts.snapshot_sha256).pk
        return refusals

    return terms, check


def _check_same(dossier: InsiDossier, terms: dict[str, Any]) -> list[Refusal]:
    """Each titulaire agrees to one same decision."""
    given = TitulaireAgreement.objects.filter(dossier=dossier, voided_at=None).order_by("pk").first()
    if given is None or (given.months, given.reserves) == (terms["months"], terms["reserves"]):
        return []
    words = "Un autre titulaire a donné son accord pour une autre durée ou d’autres réserves. Rechargez la page."
    return [Refusal("other_terms", words)]


def _reserve(one: NewReserve) -> dict[str, Any]:
    return {"text": one.text.strip(), "owner": one.owner.strip(), "due_on": one.due_on}


def _plain(one: NewReserve) -> dict[str, Any]:
    return {**_reserve(one), "due_on": one.due_on.isoformat() if one.due_on else None}


def _check_shown(decision: Decision, facts: DossierFacts) -> list[Refusal]:
    if not decision.consent:
        return [Refusal("no_consent", "Cochez la case pour confirmer votre décision.", "consent")]
    if decision.shown_sha256 != facts.snapshot_sha256:
        return [Refusal("other_snapshot", "Le dossier n’est plus celui que la page affichait. Relisez-le.")]
    return []


def _confirmed(actor: Actor, sha256: str) -> StepUp:
    """The fresh authentication for this very snapshot, used up with the decision."""
    step_up = claim_step_up(user_id=actor.user_id or 0, document_sha256=sha256)
    if step_up.consent != CONSENT_VERSION:
        raise refuse("step_up_missing", NOT_CONFIRMED)
    return step_up


def _replace_last(dossier: InsiDossier) -> None:
    held = InsiDossier.objects.filter(pharmacy=dossier.pharmacy_id, programme=dossier.programme_id, state=APPROVED)
    for pk in held.values_list("pk", flat=True):
        reason = f"Remplacé par le dossier n° {dossier.number}"
        data = {"by": str(dossier.pk)}
        last = run(HOMOLOGATIONS, pk, Actor.system(), Act("replace", {"reason": reason}, data=data))
        settle_by_renewal(last, dossier)
        void_paper(last, clock.business_now(), reason)


def send_back(*, dossier_id: UUID, actor: Actor, reason: str) -> InsiDossier:
    """Give the dossier back to be filled in again; what a titulaire had agreed to counts no more."""
    return _end("send_back", dossier_id, actor, reason, stamped=False)


def refuse_dossier(*, dossier_id: UUID, actor: Actor, reason: str) -> InsiDossier:
    """Refuse what was submitted, for good: another dossier may be opened."""
    return _end("refuse", dossier_id, actor, reason)


@transaction.atomic
def withdraw_dossier(*, dossier_id: UUID, actor: Actor, reason: str) -> InsiDossier:
    """Take an approval back, for good: its open reviews are settled by that, its document says so when checked."""
    dossier = _end("withdraw", dossier_id, actor, reason)
    settle_by_withdrawal(dossier)
    void_paper(dossier, clock.business_now(), "Homologation retirée")
    return dossier


def abandon_dossier(*, dossier_id: UUID, actor: Actor, reason: str) -> InsiDossier:
    """Give a dossier up before its decision, for good."""
    return _end("abandon", dossier_id, actor, reason)


@transaction.atomic
def _end(verb: str, dossier_id: UUID, actor: Actor, reason: str, *, stamped: bool = True) -> InsiDossier:
    words = reason.strip()

    def check(facts: DossierFacts) -> list[Refusal]:
        return check_reason(words)

    stamps: dict[str, Any] = {"reason": words} if stamped else {}
    data = {} if stamped else {"reason": words}
    dossier = run(HOMOLOGATIONS, dossier_id, actor, Act(verb, stamps, check=check, data=data))
    if verb in _VOIDING:
        void_agreements(dossier_id, words)
    return dossier
