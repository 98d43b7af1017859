"""Tying national identifiers to accounts. No right comes of it: rights are memberships."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from portal.accounts.domain.professionals import NATIONAL_ID_FORM, Professional
from portal.accounts.models import Membership, ProfessionalIdentity, User
from portal.accounts.models.professionals import PROVIDER
from portal.common import clock
from portal.common.refusals import refuse


def admit(professional: Professional) -> User:
    """The account of this national identifier; at the first log-in one is made, with no right and no password."""
    known = _identity_of(professional.national_id)
    if known is not None:
        return known.user
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                "", None, first_name=professional.first_name, last_name=professional.last_name
            )
            _bind(user, professional.national_id, None)
    except IntegrityError:  # the same person, at the same moment, in another window
        return ProfessionalIdentity.objects.select_related("user").get(national_id=professional.national_id).user
    return user


@transaction.atomic
def record_identity(*, user: User, national_id: str, recorded_by: int | None) -> ProfessionalIdentity:
    """Write that ``user`` bears this national identifier, on an administrator's word.

    An account that the portal made at the person's first log-in and that has no right gives it up and is closed.
    Raises ``Refused``: ``bad_national_id``, ``national_id_taken`` (of another person), ``other_national_id``.
    """
    national_id = national_id.strip()
    if not NATIONAL_ID_FORM.fullmatch(national_id):
        raise refuse(
            "bad_national_id",
            "Cet identifiant national n’a pas la bonne forme : on attend 8 suivi du numéro RPPS (11 chiffres), par "
            "exemple 810000000001. Relisez-le sur la carte CPS ou dans l’annuaire santé.",
            "national_id",
        )
    mine = ProfessionalIdentity.objects.filter(user=user).first()
    if mine is not None:
        if mine.national_id == national_id:
            return mine
        raise refuse(
            "other_national_id",
            "Cette personne est déjà connue sous un autre identifiant national. Vérifiez qu’il s’agit bien d’elle.",
            "national_id",
        )
    known = _identity_of(national_id)
    if known is not None:
        _give_up(known)
    return _bind(user, national_id, recorded_by)


def _give_up(identity: ProfessionalIdentity) -> None:
    holder = User.objects.select_for_update().get(pk=identity.user_id)
    if identity.recorded_by_id is not None or Membership.objects.filter(user=holder).exists():
        raise refuse(
            "national_id_taken",
            "Cet identifiant national est déjà celui d’une autre personne du portail. Relisez-le ; s’il est exact, "
            "rattachez plutôt cette autre personne.",
            "national_id",
        )
    identity.delete()
    holder.is_active = False
    holder.save(update_fields=["is_active"])


def _identity_of(national_id: str) -> ProfessionalIdentity | None:
    found = ProfessionalIdentity.objects.select_related("user").filter(provider=PROVIDER, national_id=national_id)
    return found.first()


def _bind(user: User, national_id: str, recorded_by: int | None) -> ProfessionalIdentity:
    return ProfessionalIdentity.objects.create(
        user=user, national_id=national_id, recorded_at=clock.machine_now(), recorded_by_id=recorded_by
    )
