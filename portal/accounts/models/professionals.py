"""Who a person is for Pro Santé Connect, and the sessions that came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

PROVIDER = "psc"


class ProfessionalIdentity(models.Model):
    """The national identifier of a person: the one key between Pro Santé Connect and an account.

    Recorded by an administrator, or at the person's first log-in (``recorded_by`` None); ``recorded_at`` machine time.
    It gives no right. Erasing a person removes this row with theirs; what must stay as proof is in ``StepUp``.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="professional")
    provider = models.CharField(max_length=20, default=PROVIDER)
    national_id = models.CharField("identifiant national", max_length=60)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="professional_one_account", fields=["provider", "national_id"]),
            models.CheckConstraint(
                name="professional_national_id_form",
                condition=Q(national_id__regex=r"^[0-9A-Za-z][0-9A-Za-z/._-]{4,59}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.national_id}"


class ProviderSession(models.Model):
    """Which session of ours was opened by which session of the provider, so that the provider can end it.

    ``opened_at`` machine time. Removed with the session, or once it is older than any session may be: nothing to erase.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sub = models.CharField(max_length=255, db_index=True)
    sid = models.CharField(max_length=255, blank=True, db_index=True)
    session_key = models.CharField(max_length=40, unique=True)
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} {self.opened_at:%Y-%m-%d %H:%M}"


class SpentToken(models.Model):
    """A logout token already used, by the SHA-256 of its issuer and ``jti``; forgotten after ``expires_at``.

    Nothing of a person in it.
    """

    digest = models.CharField(primary_key=True, max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest[:12]
