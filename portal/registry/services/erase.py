"""Erasing a person who asks for it: what names them goes, the proofs of what they did stay and name nobody any more."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet

from portal.accounts.actors import Actor
from portal.accounts.models import Membership, PersonKey, ProfessionalIdentity, ProviderSession, StepUp, User
from portal.accounts.services.person_keys import destroy_key
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.clock import PARIS, paris_date
from portal.common.refusals import refuse
from portal.documents.models import Evidence, Signature
from portal.registry.models import AttachmentRequest

OBJECT, VERB = "accounts_user", "erase_person"
FIRST_NAME, LAST_NAME = "Personne", "effacée"


@dataclass(frozen=True)
class Erasure:
    """What an erasure takes away. ``done``: the person was erased before.

    What stays: ``signatures``, with the documents that they sign; ``evidence`` files and ``proofs`` (confirmed
    identities), unreadable from then on. ``kept_until``: the day until which they are kept readable, so that nothing
    is erased before; None for who signed nothing.
    """

    user: User
    done: bool
    removed: dict[str, int] = field(default_factory=dict)
    proofs: int = 0
    signatures: int = 0
    evidence: int = 0
    kept_until: date | None = None

    def as_json(self) -> dict[str, Any]:
        """The plain values; nobody's name."""
        return {"person": self.user.pk, "done": self.done, "removed": self.removed, **self.kept()}

    def kept(self) -> dict[str, Any]:
        """What stays."""
        until = self.kept_until.isoformat() if self.kept_until else None
        return {
            "proofs": self.proofs,
            "signatures": self.signatures,
            "evidence": self.evidence,
            "kept_until": until,
        }


def planned_erasure(user_id: int) -> Erasure:
    """What would go; nothing is written. Raises ``Refused`` for an unknown person, or one who still holds a role."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise refuse(
            "unknown_person",
            f"Aucun compte ne porte l’identifiant {user_id}. Vérifiez l’adresse ou l’identifiant, puis recommencez.",
        )
    open_ones = Membership.objects.filter(Q(until=None) | Q(until__gt=clock.business_now()))  # those to come too
    held = open_ones.filter(user=user).select_related("organisation")
    if names := sorted(f"{one.get_role_display()} – {one.organisation.name}" for one in held):
        raise refuse(
            "open_mandates",
            f"Cette personne agit encore pour : {', '.join(names)}. Mettez fin à ses fonctions, puis recommencez.",
        )
    until = _kept_until(user)
    if not _erased(user):
        _refuse_while_kept(user, until)
    removed = {name: rows.count() for name, rows in _rows(user).items()}
    waiting = AttachmentRequest.objects.filter(user=user).exclude(contact_email="", declared={})
    removed["attachment_requests"] = waiting.count()
    return Erasure(
        user,
        _erased(user),
        removed,
        proofs=StepUp.objects.filter(user=user).count(),
        signatures=Signature.objects.filter(signer=user).count(),
        evidence=_evidence(user),
        kept_until=paris_date(until) if until else None,
    )


@transaction.atomic
def erase_person(user_id: int) -> Erasure:
    """Erase the person: name, address, identifier, means to log in, and the key of their proofs. Once; again, nothing.

    Rows that say who acted keep the person's number, signed documents stay as they were signed: they are proofs.
    Raises ``Refused`` as ``planned_erasure`` does.
    """
    User.objects.select_for_update().filter(pk=user_id).first()
    plan = planned_erasure(user_id)
    if plan.done:
        return plan
    for rows in _rows(plan.user).values():
        rows.delete()
    AttachmentRequest.objects.filter(user=plan.user).update(contact_email="", declared={})
    destroy_key(user_id)
    user = plan.user
    user.email, user.first_name, user.last_name, user.is_active = "", FIRST_NAME, LAST_NAME, False
    user.set_unusable_password()
    user.save()
    told = {"removed": plan.removed, **plan.kept()}
    record(Entry(OBJECT, str(user_id), VERB, clock.business_now(), data=told), Actor.system())
    return plan


def _kept_until(user: User) -> datetime | None:
    """Until when the proofs of a person's signatures are kept readable, from the last one; None without any."""
    last = Signature.objects.filter(signer=user).aggregate(last=Max("recorded_at"))["last"]
    if last is None:
        return None
    signed: datetime = last.astimezone(PARIS)
    return signed.replace(year=signed.year + settings.PROOFS_KEPT_YEARS, day=min(signed.day, 28))


def _refuse_while_kept(user: User, until: datetime | None) -> None:
    """Public money was decided on these signatures: their proof is readable as long as it may be asked for."""
    if until is None or until <= clock.machine_now():
        return
    signed, evidence = Signature.objects.filter(signer=user).count(), _evidence(user)
    raise refuse(
        "proofs_kept",
        f"Les preuves des signatures de cette personne ({signed} signature{'s' if signed > 1 else ''}, {evidence} "
        f"fichier{'s' if evidence > 1 else ''} de preuve) sont gardées {settings.PROOFS_KEPT_YEARS} ans après la "
        f"dernière. L’effacement sera possible à partir du {until:%d/%m/%Y}.",
    )


def _evidence(user: User) -> int:
    return Evidence.objects.filter(signature__signer=user).exclude(sha256=None).count()


def _rows(user: User) -> dict[str, QuerySet[Any]]:
    """The rows that are nothing but the person's, by name."""
    return {
        "identities": ProfessionalIdentity.objects.filter(user=user),
        "sessions": ProviderSession.objects.filter(user=user),
        "addresses": EmailAddress.objects.filter(user=user),
        "second_factors": Authenticator.objects.filter(user=user),
        "provider_accounts": SocialAccount.objects.filter(user=user),
    }


def _erased(user: User) -> bool:
    destroyed = PersonKey.objects.filter(user=user, destroyed_at__isnull=False).exists()
    return destroyed and not user.is_active and not user.email and user.first_name == FIRST_NAME
