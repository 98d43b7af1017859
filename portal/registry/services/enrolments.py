"""Asking to act for a pharmacy, and deciding on it. Pro Santé Connect says who one is, never one's rights here.

The administration decides on a pharmacist, a titulaire of the pharmacy on a préparateur (or the administration, where
no titulaire has an account).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from portal.accounts.actors import Actor
from portal.accounts.domain.professionals import Activity, askable
from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.accounts.models import Membership, ProfessionalIdentity, User
from portal.accounts.selectors import holds_role
from portal.accounts.services.identities import record_identity
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.refusals import Refused, refuse
from portal.outbox.services.publish import publish
from portal.registry.models import AttachmentRequest, Pharmacy
from portal.registry.models.enrolments import GRANTED, REFUSED
from portal.registry.services.people import attach_to_pharmacy

OBJECT_TYPE = "registry_attachmentrequest"
ASKED = "attachment.asked"


@dataclass(frozen=True)
class Wish:
    """What a person asks for. ``declared``: the activity of Pro Santé Connect that it rests on, if one does."""

    finess: str
    role: Role
    contact_email: str = ""
    declared: Activity | None = None


@transaction.atomic
def ask_attachment(*, user_id: int, wish: Wish) -> AttachmentRequest:
    """Record the request of a person known by Pro Santé Connect; a préparateur's titulaires are told.

    Raises ``Refused``: ``no_identity``, ``not_a_pharmacist``, ``unknown_pharmacy``, ``pharmacy_closed``,
    ``already_attached``, ``already_asked``.
    """
    if not ProfessionalIdentity.objects.filter(user=user_id).exists():
        raise refuse("no_identity", "Connectez-vous d’abord par Pro Santé Connect pour demander un rattachement.")
    if wish.declared and not askable(wish.role, wish.declared):
        raise refuse(
            "not_a_pharmacist",
            "Pro Santé Connect vous connaît comme préparateur en pharmacie : demandez la fonction « Préparateur ».",
            "role",
        )
    request = _record(user_id, wish, _place_of(user_id, wish))
    if request.role == Role.PREPARATEUR.value:
        publish(ASKED, {"id": str(request.pk)}, dedup=f"{ASKED}:{request.pk}")
    return request


def _place_of(user_id: int, wish: Wish) -> Pharmacy:
    """The pharmacy asked for, where the person has no such role yet."""
    pharmacy = Pharmacy.objects.filter(finess=wish.finess).first()
    if pharmacy is None:
        raise refuse(
            "unknown_pharmacy",
            "Aucune pharmacie ne porte ce numéro FINESS. Donnez le FINESS géographique (du site), à 9 caractères : il "
            "figure dans le fichier national et sur vos feuilles de soins.",
            "finess",
        )
    if pharmacy.closed_on is not None:
        raise refuse(
            "pharmacy_closed", "Cette pharmacie est fermée. Donnez le FINESS de celle où vous exercez.", "finess"
        )
    if _has_role(user_id, pharmacy, wish.role):
        raise refuse("already_attached", "Vous avez déjà cette fonction dans cette pharmacie.", "finess")
    return pharmacy


def _record(user_id: int, wish: Wish, pharmacy: Pharmacy) -> AttachmentRequest:
    try:
        with transaction.atomic():
            return AttachmentRequest.objects.create(
                user_id=user_id,
                pharmacy=pharmacy,
                role=wish.role.value,
                declared=wish.declared.as_data() if wish.declared else {},
                contact_email=wish.contact_email.strip().lower(),
                asked_at=clock.business_now(),
            )
    except IntegrityError:
        raise refuse(
            "already_asked", "Vous avez déjà demandé ce rattachement : attendez la réponse à cette demande.", "finess"
        ) from None


@transaction.atomic
def grant_attachment(*, request_id: UUID, actor: Actor, account_id: int | None = None) -> Membership:
    """Give the role asked for. With ``account_id`` the person already has that account in this pharmacy, made by an
    address: the identifier goes over to it, with the rights it has, and the account of the first log-in is closed.

    Only the administration links an account. Raises ``Refused``: ``already_decided``, ``not_allowed``,
    ``unknown_account``, those of ``record_identity``.
    """
    request = _open(request_id, actor)
    now = clock.business_now()
    if account_id is not None and actor.role not in ADMINISTRATION:
        raise refuse("not_allowed", "Seule l’administration du programme relie deux comptes.")
    if account_id is None:
        user = User.objects.select_for_update().get(pk=request.user_id)
        _write_to(user, request.contact_email)
    else:
        user = _account_there(account_id, request.pharmacy)
        national_id = ProfessionalIdentity.objects.get(user=request.user_id).national_id
        record_identity(user=user, national_id=national_id, recorded_by=actor.user_id)
    held = Membership.objects.valid_at(now).filter(
        user=user, organisation__pharmacy=request.pharmacy_id, role=request.role
    )
    membership = held.first() or attach_to_pharmacy(
        user=user, pharmacy_id=request.pharmacy_id, role=Role(request.role), since=now
    )
    _decide(request, actor, GRANTED, "", account=user.pk)
    return membership


@transaction.atomic
def refuse_attachment(*, request_id: UUID, actor: Actor, reason: str) -> None:
    """Say no, with a reason that the person reads. Raises ``Refused`` (``already_decided``, ``not_allowed``)."""
    _decide(_open(request_id, actor), actor, REFUSED, reason.strip(), account=None)


def _open(request_id: UUID, actor: Actor) -> AttachmentRequest:
    request = AttachmentRequest.objects.select_for_update(of=("self",)).select_related("pharmacy").get(pk=request_id)
    if not _may_decide(request, actor):
        raise refuse(
            "not_allowed",
            "L’administration du programme décide des rattachements ; un titulaire de la pharmacie, de celui d’un "
            "préparateur.",
        )
    if request.decision:
        raise refuse("already_decided", "Une réponse a déjà été donnée à cette demande : rechargez la page.")
    return request


def _may_decide(request: AttachmentRequest, actor: Actor) -> bool:
    if actor.role in ADMINISTRATION:
        return True
    own = request.pharmacy.organisation_id is not None and request.pharmacy.organisation_id == actor.organisation_id
    titulaire = actor.role is Role.TITULAIRE and holds_role(actor, actor.organisation_id, clock.business_now())
    return own and titulaire and request.role == Role.PREPARATEUR.value


def _decide(request: AttachmentRequest, actor: Actor, decision: str, reason: str, *, account: int | None) -> None:
    request.decision, request.reason = decision, reason
    request.decided_at, request.decided_by_id = clock.business_now(), actor.user_id
    request.save(update_fields=["decision", "reason", "decided_at", "decided_by"])
    entry = Entry(
        object_type=OBJECT_TYPE,
        object_id=str(request.pk),
        verb="grant" if decision == GRANTED else "refuse",
        at=request.decided_at,
        data={
            "asked_by": request.user_id,
            "account": account,
            "pharmacy": request.pharmacy.finess,
            "role": request.role,
        },
    )
    record(entry, actor)


def _has_role(user_id: int, pharmacy: Pharmacy, role: Role) -> bool:
    held = Membership.objects.valid_at(clock.business_now())
    return held.filter(user=user_id, organisation__pharmacy=pharmacy, role=role.value).exists()


def _account_there(account_id: int, pharmacy: Pharmacy) -> User:
    user = User.objects.select_for_update().filter(pk=account_id, memberships__organisation__pharmacy=pharmacy).first()
    if user is None:
        raise _unknown_account()
    return user


def _unknown_account() -> Refused:
    return refuse(
        "unknown_account", "Ce compte n’est pas rattaché à cette pharmacie. Choisissez-en un de la liste.", "account"
    )


def _write_to(user: User, address: str) -> None:
    """The address given becomes the account's, where it has none and nobody else uses it."""
    if address and not user.email and not User.objects.filter(email=address).exists():
        user.email = address
        user.save(update_fields=["email"])
