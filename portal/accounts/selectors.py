"""Reading people and their rights."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.accounts.models import Membership, ProfessionalIdentity, User


def memberships_of(user_id: int, at: datetime) -> QuerySet[Membership]:
    """The person's memberships in force at ``at``, in a stable order."""
    return (
        Membership.objects.valid_at(at)
        .filter(user_id=user_id)
        .select_related("organisation", "user")
        .order_by("organisation__name", "role", "pk")
    )


def person(actor: Actor) -> User:
    """Who acts. Raises ``User.DoesNotExist`` for the portal itself."""
    return User.objects.get(pk=actor.user_id or 0)


def national_id_of(user_id: int) -> str:
    """The national identifier of a person; empty where none is recorded."""
    found = ProfessionalIdentity.objects.filter(user=user_id).values_list("national_id", flat=True).first()
    return found or ""


def holds_role(actor: Actor, organisation_id: UUID | None, at: datetime) -> bool:
    """Whether the actor's claimed role in ``organisation_id`` is really in force at ``at``."""
    if actor.role is Role.SYSTEM or actor.user_id is None or organisation_id is None:
        return False
    return (
        Membership.objects.valid_at(at)
        .filter(user_id=actor.user_id, organisation_id=organisation_id, role=actor.role.value, user__is_active=True)
        .exists()
    )


def people_with_role(organisation_id: UUID, roles: frozenset[Role], at: datetime) -> QuerySet[Membership]:
    """Memberships of an organisation in any of ``roles`` at ``at`` (whom to write to)."""
    return (
        Membership.objects.valid_at(at)
        .filter(organisation_id=organisation_id, role__in=[r.value for r in roles], user__is_active=True)
        .select_related("user", "organisation")
        .order_by("pk")
    )


def administrators(at: datetime) -> QuerySet[Membership]:
    """Memberships of the programme's administration in force at ``at`` (whom to write to)."""
    return (
        Membership.objects.valid_at(at)
        .filter(role__in=[role.value for role in ADMINISTRATION], user__is_active=True)
        .select_related("user", "organisation")
        .order_by("pk")
    )
