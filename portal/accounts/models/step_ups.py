"""The proof that a person authenticated afresh for what they were about to sign, and the keys that keep it readable."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.triggers import append_only, never_deleted, never_truncated


class PersonKey(models.Model):
    """The key that encrypts what proofs hold of one person, itself encrypted by the operator's key.

    Erasing the person empties ``wrapped`` for good: proofs stay whole (their hashes cover the ciphertext) and say
    nothing of them any more. Machine time.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.PROTECT, related_name="person_key"
    )
    wrapped = models.TextField(blank=True)
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="person_key_destroyed_pair",
                condition=(~Q(wrapped="") & Q(destroyed_at=None)) | Q(wrapped="", destroyed_at__isnull=False),
            ),
        ]
        triggers = [
            never_deleted(),
            pgtrigger.Trigger(
                name="destroyed_for_good",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "((OLD.user_id, OLD.made_at) IS DISTINCT FROM (NEW.user_id, NEW.made_at) "
                    "OR (OLD.wrapped = '' AND NEW.wrapped <> ''))"
                ),
                func="RAISE EXCEPTION 'a person''s key is made once and destroyed for good';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"


class StepUp(models.Model):
    """One fresh authentication whose nonce commits to an intent of signing. Append-only.

    ``intent``: what ``nonce`` is the hash of (``portal.accounts.domain.intents``); ``jwks``: the provider's keys of the
    day; ``sealed``: the raw ID token and the claims used, encrypted with the person's key; ``sealed_sha256`` is over
    that ciphertext. ``auth_time``, ``recorded_at``, ``valid_until``: machine time. ``demo``: by the provider of the
    demonstration. Erasure destroys the person's key; the row stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="step_ups")
    issuer = models.CharField(max_length=300)
    nonce = models.CharField(max_length=43, unique=True)
    intent = models.JSONField()
    consent = models.CharField(max_length=80)
    acr = models.CharField(max_length=40)
    auth_mode = models.CharField(max_length=40, blank=True)
    auth_time = models.DateTimeField()
    recorded_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    jwks = models.JSONField()
    sealed = models.TextField()
    sealed_sha256 = models.CharField(max_length=64)
    demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="step_up_dates", condition=Q(valid_until__gt=F("recorded_at"))),
            models.CheckConstraint(name="step_up_nonce_form", condition=Q(nonce__regex=r"^[A-Za-z0-9_-]{43}$")),
        ]
        triggers = [
            append_only(),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.auth_time:%Y-%m-%d %H:%M}"


class StepUpDocument(models.Model):
    """One document that a step-up covers, and when a signature used it: once, or never.

    ``position`` is its place in the list shown. ``used_at`` machine time. Nothing of a person in it.
    """

    id = models.BigAutoField(primary_key=True)
    step_up = models.ForeignKey(StepUp, on_delete=models.PROTECT, related_name="documents")
    position = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["step_up", "position"]
        constraints = [
            models.UniqueConstraint(name="step_up_document_once", fields=["step_up", "sha256"]),
            models.UniqueConstraint(name="step_up_document_position", fields=["step_up", "position"]),
        ]
        indexes = [models.Index(name="step_up_document_unused", fields=["sha256"], condition=Q(used_at=None))]
        triggers = [
            never_deleted(),
            never_truncated(),
            pgtrigger.Trigger(
                name="used_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "(OLD.used_at IS NOT NULL OR (OLD.id, OLD.step_up_id, OLD.position, OLD.sha256) "
                    "IS DISTINCT FROM (NEW.id, NEW.step_up_id, NEW.position, NEW.sha256))"
                ),
                func="RAISE EXCEPTION 'a step-up serves a document once';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step_up_id} #{self.position}"
