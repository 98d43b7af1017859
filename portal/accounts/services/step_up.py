"""Binding a signature to a fresh authentication: recorded when the person comes back, claimed by the signature.

How a signing service uses it, inside its own transaction and after its locks::

    step_up = claim_step_up(user_id=actor.user_id, document_sha256=shown_sha256)

The page that leads there calls ``portal.accounts.psc.step_up.begin_step_up``.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from portal.accounts.domain.intents import inclusion_proof, intent_over, nonce_of
from portal.accounts.models import ProfessionalIdentity, StepUp, StepUpDocument
from portal.accounts.services.person_keys import seal
from portal.common import clock
from portal.common.refusals import refuse

VALID_FOR = timedelta(minutes=15)
"""How long after the authentication its documents may be signed: time to read again, not to hand the desk over."""

NOT_CONFIRMED = (
    "Votre identité n’a pas été confirmée pour ce document, ou l’a été il y a plus de quinze minutes. Relisez le "
    "document, puis confirmez votre identité avec Pro Santé Connect pour le signer."
)


@dataclass(frozen=True)
class Proven:
    """What the verified answer of the provider brings to a step-up. ``auth_time`` in seconds since the epoch."""

    id_token: str
    claims: Mapping[str, Any]
    userinfo: Mapping[str, Any]
    jwks: Mapping[str, Any]
    auth_mode: str
    demo: bool


@dataclass(frozen=True)
class Standing:
    """Whether the person is known to Pro Santé Connect, and whether a claim for the document would succeed now."""

    known: bool
    confirmed: bool


def make_intent(documents: Sequence[str], consent: str) -> dict[str, Any]:
    """The intent of signing these documents (hexadecimal SHA-256) under the text of this version, with a fresh salt."""
    return intent_over(documents, consent, secrets.token_urlsafe(24))


@transaction.atomic
def record_step_up(*, user_id: int, intent: Mapping[str, Any], documents: Sequence[str], proven: Proven) -> StepUp:
    """Keep the proof. The caller has verified the token, its nonce and its person."""
    now = clock.machine_now()
    used = {name: proven.userinfo.get(name) for name in _CLAIMS_KEPT if name in proven.userinfo}
    sealed = seal(user_id, json.dumps({"id_token": proven.id_token, "userinfo": used}, ensure_ascii=False).encode())
    step_up = StepUp.objects.create(
        user_id=user_id,
        issuer=str(proven.claims["iss"]),
        nonce=nonce_of(intent),
        intent=dict(intent),
        consent=intent["consent"],
        acr=str(proven.claims["acr"]),
        auth_mode=proven.auth_mode,
        auth_time=datetime.fromtimestamp(int(proven.claims["auth_time"]), UTC),
        recorded_at=now,
        valid_until=now + VALID_FOR,
        jwks=proven.jwks,
        sealed=sealed,
        sealed_sha256=hashlib.sha256(sealed.encode()).hexdigest(),
        demo=proven.demo,
    )
    StepUpDocument.objects.bulk_create(
        StepUpDocument(step_up=step_up, position=position, sha256=sha256) for position, sha256 in enumerate(documents)
    )
    return step_up


def claim_step_up(*, user_id: int, document_sha256: str) -> StepUp:
    """The fresh authentication of this person for this document, used up by the signature that asks.

    To be called inside the transaction of the signature: a signature that fails leaves it unused. Raises ``Refused``
    (``step_up_missing``) where there is none, or none any more.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("claim_step_up belongs inside the transaction of the signature")
    now = clock.machine_now()
    row = (
        StepUpDocument.objects.select_for_update(of=("self",))
        .select_related("step_up")
        .filter(sha256=document_sha256, used_at=None, step_up__user=user_id, step_up__valid_until__gt=now)
        .order_by("-step_up__recorded_at", "pk")
        .first()
    )
    if row is None:
        raise refuse("step_up_missing", NOT_CONFIRMED)
    row.used_at = now
    row.save(update_fields=["used_at"])
    return row.step_up


def standing_to_sign(user_id: int, document_sha256: str) -> Standing:
    """Where a person stands before a document: it decides what a page that signs shows. One query."""
    fresh = StepUpDocument.objects.filter(
        sha256=document_sha256,
        used_at=None,
        step_up__user=OuterRef("user"),
        step_up__valid_until__gt=clock.machine_now(),
    )
    known = ProfessionalIdentity.objects.filter(user=user_id).annotate(confirmed=Exists(fresh))
    confirmed = known.values_list("confirmed", flat=True).first()
    return Standing(known=confirmed is not None, confirmed=bool(confirmed))


def confirmed_among(user_id: int, documents: Sequence[str]) -> set[str]:
    """Those of these documents that a claim of this person would succeed for now. One query."""
    fresh = StepUpDocument.objects.filter(
        sha256__in=documents, used_at=None, step_up__user=user_id, step_up__valid_until__gt=clock.machine_now()
    )
    return set(fresh.values_list("sha256", flat=True))


def binding_of(step_up: StepUp, document_sha256: str) -> dict[str, Any]:
    """What proves, with the ID token, that it was for this document: the intent, and the proof where several."""
    documents = list(step_up.documents.order_by("position").values_list("sha256", flat=True))
    position = documents.index(document_sha256)
    return {
        "intent": step_up.intent,
        "position": position,
        "proof": inclusion_proof(documents, position) if len(documents) > 1 else [],
    }


_CLAIMS_KEPT = (
    "sub",
    "SubjectNameID",
    "given_name",
    "family_name",
    "authMode",
    "Palier_Authentification",
    "SubjectRole",
    "SubjectRefPro",
)
