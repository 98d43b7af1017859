"""The links by which an inspector reads one decided dossier without an account, and each time that one was opened."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from homologation.domain.inspection import MOST_DAYS, OPENINGS_KEPT, Opened, is_open
from portal.triggers import deleted_only_after, frozen_when, never_changed, never_deleted, never_truncated

_MADE = ("dossier_id", "recipient", "reason", "days", "link_sha256", "created_at", "created_by_id", "expires_at")


class InspectionLink(models.Model):
    """A secret link to one dossier: only the hash of its token is kept. Machine time, as all tokens.

    ``recipient`` and ``reason``: for whom and why, in the words of the titulaire, who answers for having shown the
    dossier: kept with it as proof. Erasing whoever made or closed a link empties their account, the row stays.
    """

    dossier = models.ForeignKey("homologation.InsiDossier", on_delete=models.PROTECT, related_name="links")
    recipient = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)
    days = models.PositiveSmallIntegerField()
    link_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["dossier", "-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="inspection_link_hash", condition=Q(link_sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="inspection_link_says", condition=~Q(recipient="") & ~Q(reason="")),
            models.CheckConstraint(
                name="inspection_link_length",
                condition=Q(days__gte=1, days__lte=MOST_DAYS)
                & Q(expires_at__gt=F("created_at"), expires_at__lte=F("created_at") + timedelta(days=MOST_DAYS)),
            ),
            models.CheckConstraint(
                name="inspection_link_revoked",
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False, revoked_at__gte=F("created_at")),
            ),
        ]
        triggers = [
            frozen_when("link_frozen", "TRUE", _MADE),
            frozen_when("revoked_is_final", "OLD.revoked_at IS NOT NULL", ("revoked_at", "revoked_by_id")),
            never_deleted(),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} ({self.days} j)"

    def opens_at(self, now: datetime) -> bool:
        """Whether it still opens the dossier at ``now`` (machine time)."""
        return is_open(now, self.expires_at, self.revoked_at)


class InspectionOpening(models.Model):
    """That a link was opened: ``what``, when (machine time) and from which network address. Never changed.

    An address tells of a person whom the portal does not know: the row is forgotten after a year by the nightly job,
    never before (``OPENINGS_KEPT``). That the link was opened then stays in the journal, without the address.
    """

    id = models.BigAutoField(primary_key=True)
    link = models.ForeignKey(InspectionLink, on_delete=models.PROTECT, related_name="openings")
    what = models.CharField(max_length=8, choices=[(one.value, one.label) for one in Opened])
    at = models.DateTimeField()
    address = models.CharField(max_length=64)

    class Meta:
        ordering = ["link", "-at", "-pk"]
        indexes = [models.Index(name="inspection_opening_at", fields=["at"])]
        constraints = [
            models.CheckConstraint(
                name="inspection_opening_known", condition=Q(what__in=[one.value for one in Opened]) & ~Q(address="")
            )
        ]
        triggers = [never_changed(), deleted_only_after("kept_its_time", "at", OPENINGS_KEPT), never_truncated()]

    def __str__(self) -> str:
        return f"{self.what} {self.at}"
