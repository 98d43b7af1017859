"""The plan that a supplier and a pharmacy make together. Append-only: every version is kept with its author."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from orders.domain.plans import AGREEMENT, KINDS, PROPOSAL, QUESTION, SIDES, Step
from portal.triggers import append_only, never_truncated


class Plan(models.Model):
    """One plan for a supplier, a pharmacy and a version of a software; what it says is in its revisions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="plans")
    supplier = models.ForeignKey("registry.Supplier", on_delete=models.PROTECT, related_name="plans")
    pharmacy = models.ForeignKey("registry.Pharmacy", on_delete=models.PROTECT, related_name="plans")
    software_version = models.ForeignKey("registry.SoftwareVersion", on_delete=models.PROTECT, related_name="plans")
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["-opened_at", "id"]
        indexes = [models.Index(name="plan_supplier", fields=["supplier", "-opened_at"])]
        constraints = [
            models.UniqueConstraint(name="plan_once", fields=["programme", "pharmacy", "software_version"]),
        ]
        triggers = [append_only(), never_truncated()]

    def __str__(self) -> str:
        return f"{self.software_version_id} – {self.pharmacy_id}"

    def get_absolute_url(self) -> str:
        """The page that both sides share."""
        return reverse("orders:plan", args=[self.pk])


class PlanRevision(models.Model):
    """One thing said about a plan: a question, dates proposed, or the agreement to a proposal. ``at``: business time.

    The days are those of the proposal; ``answers`` is the proposal that an agreement accepts.
    """

    id = models.BigAutoField(primary_key=True)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=list(KINDS.items()))
    side = models.CharField(max_length=10, choices=list(SIDES.items()))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    order_on = models.DateField(null=True, blank=True)
    install_on = models.DateField(null=True, blank=True)
    train_on = models.DateField(null=True, blank=True)
    words = models.TextField(blank=True)
    answers = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="agreements")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="plan_revision_number", fields=["plan", "number"]),
            models.UniqueConstraint(name="plan_revision_agreed_once", fields=["answers"]),
            models.CheckConstraint(name="plan_revision_side_known", condition=Q(side__in=list(SIDES))),
            models.CheckConstraint(
                name="plan_revision_kind",
                condition=Q(kind=QUESTION, order_on=None, install_on=None, train_on=None, answers=None) & ~Q(words="")
                | Q(
                    kind=PROPOSAL,
                    order_on__isnull=False,
                    install_on__gte=F("order_on"),
                    train_on__gte=F("order_on"),
                    answers=None,
                )
                | Q(kind=AGREEMENT, order_on=None, install_on=None, train_on=None, answers__isnull=False),
            ),
        ]
        triggers = [
            append_only(),
            never_truncated(),
            pgtrigger.Trigger(
                name="agreed_by_the_other_side",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__answers__isnull=False),
                func=f"""
                    IF NOT EXISTS (
                        SELECT 1 FROM orders_planrevision r WHERE r.id = NEW.answers_id AND r.plan_id = NEW.plan_id
                        AND r.kind = '{PROPOSAL}' AND r.side <> NEW.side AND r.number < NEW.number
                    ) THEN
                        RAISE EXCEPTION 'an agreement answers a proposal of the other side of the same plan';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} n° {self.number} {self.kind}"

    def as_step(self) -> Step:
        """The revision as the rules see it."""
        return Step(self.number, self.kind, self.side)
