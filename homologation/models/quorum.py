"""« Chaque co-titulaire décide »: what a pharmacy chose, and the agreement of each titulaire to one snapshot."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from homologation.domain.validity import DURATIONS
from portal.triggers import append_only, frozen_when, never_deleted, never_truncated

_SAME_SNAPSHOT = """
    IF NOT EXISTS (
        SELECT 1 FROM homologation_insidossier d
        WHERE d.id = NEW.dossier_id AND d.snapshot_sha256 = NEW.snapshot_sha256 AND d.state IN ('to_decide', 'approved')
    ) THEN
        RAISE EXCEPTION 'same_snapshot: dossier % waits for no decision on these answers', NEW.dossier_id;
    END IF;
    IF EXISTS (
        SELECT 1 FROM homologation_titulaireagreement a
        WHERE a.dossier_id = NEW.dossier_id AND a.voided_at IS NULL
          AND (a.months, a.reserves) IS DISTINCT FROM (NEW.months, NEW.reserves)
    ) THEN
        RAISE EXCEPTION 'same_snapshot: another titulaire of dossier % agreed to other terms', NEW.dossier_id;
    END IF;
    RETURN NEW;
"""
_EVERYONE_AGREED = """
    IF (
        SELECT q.everyone FROM homologation_quorumsetting q
        WHERE q.pharmacy_id = NEW.pharmacy_id ORDER BY q.number DESC LIMIT 1
    ) AND EXISTS (
        SELECT 1 FROM accounts_membership m
        JOIN accounts_user u ON u.id = m.user_id
        JOIN registry_pharmacy p ON p.organisation_id = m.organisation_id
        WHERE p.id = NEW.pharmacy_id AND m.role = 'titulaire' AND u.is_active
          AND m.since <= NEW.decided_at AND (m.until IS NULL OR m.until > NEW.decided_at)
          AND NOT EXISTS (
            SELECT 1 FROM homologation_titulaireagreement a
            WHERE a.dossier_id = NEW.id AND a.by_id = m.user_id AND a.voided_at IS NULL
              AND a.snapshot_sha256 = NEW.snapshot_sha256 AND a.months = NEW.months
          )
    ) THEN
        RAISE EXCEPTION 'everyone_agreed: a titulaire did not agree to dossier %', NEW.id;
    END IF;
    RETURN NULL;
"""


def everyone_agreed() -> pgtrigger.Trigger:
    """Refuse to approve without the agreement of each titulaire, where the pharmacy chose that each decides."""
    return pgtrigger.Trigger(
        name="everyone_agreed",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("NEW.state = 'approved' AND OLD.state IS DISTINCT FROM NEW.state"),
        timing=pgtrigger.Deferred,
        func=_EVERYONE_AGREED,
    )


class QuorumSetting(models.Model):
    """Whether ``everyone`` among the titulaires of a pharmacy decides; the last one, by ``number``, holds. Append-only.

    Business time. Its author is named by their id: erasing a person empties their account, the row stays as proof.
    """

    pharmacy = models.ForeignKey("registry.Pharmacy", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    everyone = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pharmacy", "number"]
        constraints = [
            models.UniqueConstraint(name="quorum_setting_number", fields=["pharmacy", "number"]),
            models.CheckConstraint(name="quorum_setting_counts", condition=Q(number__gte=1)),
        ]
        triggers = [append_only(), never_truncated()]

    def __str__(self) -> str:
        return f"{self.pharmacy_id} #{self.number}"


class TitulaireAgreement(models.Model):
    """One titulaire's own decision on the snapshot submitted, with their own authentication, for the same terms.

    ``reserves``: ``{"text", "owner", "due_on"}`` in order. A dossier that is sent back or refused voids it
    (``voided_at``, ``void_reason``). Business time. People are named by their id: erasing a person empties their
    account, the row stays as proof.
    """

    dossier = models.ForeignKey("homologation.InsiDossier", on_delete=models.PROTECT, related_name="agreements")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    snapshot_sha256 = models.CharField(max_length=64)
    months = models.PositiveSmallIntegerField()
    reserves = models.JSONField(default=list)
    consent = models.CharField(max_length=80)
    step_up = models.OneToOneField("accounts.StepUp", on_delete=models.PROTECT, related_name="+")
    voided_at = models.DateTimeField(null=True)
    void_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["dossier", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="titulaire_agreement_once", fields=["dossier", "by"], condition=Q(voided_at=None)
            ),
            models.CheckConstraint(
                name="titulaire_agreement_sha256", condition=Q(snapshot_sha256__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="titulaire_agreement_terms", condition=Q(months__in=DURATIONS) & ~Q(consent="")
            ),
            models.CheckConstraint(
                name="titulaire_agreement_voided",
                condition=Q(voided_at=None, void_reason="")
                | Q(voided_at__isnull=False, voided_at__gte=models.F("at")) & ~Q(void_reason=""),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="same_snapshot", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_SAME_SNAPSHOT
            ),
            frozen_when(
                "agreement_frozen",
                "TRUE",
                ("dossier_id", "by_id", "at", "snapshot_sha256", "months", "reserves", "consent", "step_up_id"),
            ),
            frozen_when("voided_once", "OLD.voided_at IS NOT NULL", ("voided_at", "void_reason")),
            never_deleted(),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.by_id}"
