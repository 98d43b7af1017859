"""People, the organisations they act for, and their roles there."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from portal.accounts.domain.endings import END_REASONS
from portal.accounts.domain.roles import Role


class UserManager(BaseUserManager["User"]):
    """Creates people; e-mail addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person. What they may do comes only from their memberships.

    ``email`` is unique, and empty for a person known by Pro Santé Connect alone, which gives none: such a person has no
    password and is written to in the portal only.
    """

    email = models.EmailField("adresse électronique", blank=True)
    first_name = models.CharField("prénom", max_length=80)
    last_name = models.CharField("nom", max_length=80)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name", "last_name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(name="user_email", fields=["email"], condition=~Q(email=""))]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """First name then family name, as shown and printed."""
        return f"{self.first_name} {self.last_name}".strip()

    def get_full_name(self) -> str:
        """Django's name for ``full_name``."""
        return self.full_name


class OrganisationKind(models.TextChoices):
    SUPPLIER = "supplier", "Fournisseur"
    PHARMACY = "pharmacy", "Pharmacie"
    ADMINISTRATION = "administration", "Administration"


class Organisation(models.Model):
    """Whom a person acts for. Suppliers and pharmacies hang their own facts on it in ``portal.registry``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices)
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(name="organisation_kind_known", condition=Q(kind__in=OrganisationKind.values)),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reads memberships as they stood at an instant."""

    def valid_at(self, instant: datetime) -> MembershipQuerySet:
        """Those in force at ``instant``: ``since <= instant < until``."""
        return self.filter(since__lte=instant).filter(Q(until=None) | Q(until__gt=instant))


class Membership(models.Model):
    """A person's role in an organisation over ``[since, until)``, in business time.

    ``end_reason``, ``ended_by``: why and by whom it was ended, a code of ``END_REASONS``. Erasure: the row names people
    by their number only.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(r.value, r.label) for r in Role if r is not Role.SYSTEM])
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="membership_dates", condition=Q(until=None) | Q(until__gt=F("since"))),
            models.CheckConstraint(
                name="membership_role_known", condition=Q(role__in=[r.value for r in Role if r is not Role.SYSTEM])
            ),
            models.CheckConstraint(
                name="membership_ended_whole",
                condition=Q(end_reason="", ended_by=None)
                | Q(end_reason__in=list(END_REASONS), ended_by__isnull=False, until__isnull=False),
            ),
            models.UniqueConstraint(
                name="membership_one_open", fields=["user", "organisation", "role"], condition=Q(until=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation} ({self.role})"
