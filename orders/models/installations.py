"""The installation of an order: dates, checklist, effective data, reserves."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from orders.domain.installation import FAILURE_CAUSES
from orders.domain.lifecycle import INSTALLATION
from orders.models.orders import Order
from portal.accounts.actors import Actor
from portal.triggers import never_deleted
from portal.workflow.models import Stateful, lifecycle_triggers, moves, state_check, state_field

MSS_KINDS = [
    ("ORG", "Organisationnelle"),
    ("PER", "Personnelle"),
    ("APP", "Applicative"),
    ("CAB", "De cabinet"),
    ("NONE", "Aucune boîte à ce jour"),
]


class Installation(Stateful):
    """The installation that follows a signed order (one per order). Dates are business time."""

    state = state_field(INSTALLATION)
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="installation")
    planned_for = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    installed_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure_cause = models.CharField(max_length=20, blank=True, choices=list(FAILURE_CAUSES.items()))
    failure_detail = models.TextField(blank=True)
    checklist = models.JSONField(default=list, blank=True)
    final_scenario = models.TextField(blank=True)
    mss_address = models.CharField("adresse MSSanté effective", max_length=200, blank=True)
    mss_kind = models.CharField(max_length=4, blank=True, choices=MSS_KINDS)
    trained = models.TextField("personnes formées", blank=True)
    certificate_ids = models.TextField("certificats installés", blank=True)
    va_state = models.CharField(max_length=30, blank=True, help_text="last state told by the VA")
    va_signed_at = models.DateTimeField(null=True, blank=True, help_text="when the VA that stands was signed")

    class Meta:
        constraints = [
            state_check("installation_state_known", INSTALLATION),
            models.CheckConstraint(
                name="installation_planned_pair",
                condition=~Q(state__in=["planned", "in_progress"]) | Q(planned_for__isnull=False),
            ),
            models.CheckConstraint(
                name="installation_installed_pair",
                condition=Q(state__in=["installed", "validated"], installed_at__isnull=False)
                | ~Q(state__in=["installed", "validated"]) & (Q(installed_at=None) | Q(state="cancelled")),
            ),
            models.CheckConstraint(
                name="installation_failed_pair",
                condition=~Q(state="failed") | Q(failed_at__isnull=False) & ~Q(failure_cause=""),
            ),
        ]
        triggers = [
            *lifecycle_triggers(INSTALLATION),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return f"Installation {self.order_id}"

    def get_absolute_url(self) -> str:
        """The dossier of its order."""
        return self.order.get_absolute_url()

    @moves(INSTALLATION, "plan")
    def plan(self, *, actor: Actor, at: datetime, planned_for: datetime) -> None:
        self.planned_for = planned_for
        self.failed_at, self.failure_cause, self.failure_detail = None, "", ""

    @moves(INSTALLATION, "replan")
    def replan(self, *, actor: Actor, at: datetime, planned_for: datetime) -> None:
        self.planned_for = planned_for

    @moves(INSTALLATION, "start")
    def start(self, *, actor: Actor, at: datetime) -> None:
        self.started_at = at

    @moves(INSTALLATION, "declare")
    def declare(self, *, actor: Actor, at: datetime, installed_at: datetime, details: dict[str, object]) -> None:
        self.installed_at = installed_at
        for name, value in details.items():
            setattr(self, name, value)

    @moves(INSTALLATION, "fail")
    def fail(self, *, actor: Actor, at: datetime, cause: str, detail: str) -> None:
        self.failed_at, self.failure_cause, self.failure_detail = at, cause, detail

    @moves(INSTALLATION, "reserve")
    def reserve(self, *, actor: Actor, at: datetime) -> None:
        """The reserve itself is a row of ``InstallationReserve``."""

    @moves(INSTALLATION, "lift")
    def lift(self, *, actor: Actor, at: datetime) -> None:
        """The reserve itself is a row of ``InstallationReserve``."""

    @moves(INSTALLATION, "validate")
    def validate(self, *, actor: Actor, at: datetime) -> None:
        """The VA is signed."""

    @moves(INSTALLATION, "abort")
    def abort(self, *, actor: Actor, at: datetime) -> None:
        """The order left its live states."""


class InstallationReserve(models.Model):
    """A point of the checklist that does not hold yet: the VA waits until it is lifted."""

    installation = models.ForeignKey(Installation, on_delete=models.PROTECT, related_name="reserves")
    point = models.CharField(max_length=30)
    reason = models.TextField()
    due_on = models.DateField()
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["raised_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="reserve_lifted_pair",
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="reserve_dates", condition=Q(lifted_at=None) | Q(lifted_at__gte=F("raised_at"))
            ),
            models.UniqueConstraint(
                name="reserve_one_open_per_point", fields=["installation", "point"], condition=Q(lifted_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.point} ({'levée' if self.lifted_at else 'ouverte'})"
