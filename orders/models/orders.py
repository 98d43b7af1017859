"""The order (bon de commande)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from orders.domain.lifecycle import ISSUED, ORDER, SIGNED
from orders.models.order_guards import CONTENT_FIELDS, ORDER_CONSTRAINTS, ORDER_TRIGGERS, ORIGIN_KINDS
from orders.models.slots import Slot
from portal.accounts.actors import Actor
from portal.workflow.models import Stateful, moves, state_field


class Order(Stateful):
    """One bon de commande, from draft to realisation. Dates are business time."""

    state = state_field(ORDER)
    number = models.CharField("numéro du bon de commande", max_length=30, unique=True)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="orders")
    rule_set = models.ForeignKey("programmes.RuleSetVersion", on_delete=models.PROTECT, related_name="orders")
    supplier = models.ForeignKey("registry.Supplier", on_delete=models.PROTECT, related_name="orders")
    distributor = models.ForeignKey(
        "registry.Supplier", null=True, blank=True, on_delete=models.PROTECT, related_name="orders_distributed"
    )
    pharmacy = models.ForeignKey("registry.Pharmacy", on_delete=models.PROTECT, related_name="orders")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="orders")
    software_version = models.ForeignKey("registry.SoftwareVersion", on_delete=models.PROTECT, related_name="orders")

    client_name = models.CharField(max_length=200, blank=True)
    client_responsible = models.CharField(max_length=120, blank=True)
    client_phone = models.CharField(max_length=20, blank=True)
    client_email = models.EmailField(blank=True)
    administrator_name = models.CharField(max_length=120, blank=True)
    administrator_status = models.CharField(
        max_length=10, blank=True, choices=[("supplier", "Éditeur"), ("pharmacist", "Pharmacien")]
    )
    administrator_card = models.CharField(max_length=30, blank=True)
    administrator_phone = models.CharField(max_length=20, blank=True)
    administrator_email = models.EmailField(blank=True)
    installation_scenario = models.TextField(blank=True)
    has_personal_mailbox = models.BooleanField(null=True, blank=True)
    personal_operator = models.CharField(max_length=120, blank=True)
    has_organisation_mailbox = models.BooleanField(null=True, blank=True)
    organisation_operator = models.CharField(max_length=120, blank=True)
    amount_ht = models.DecimalField(max_digits=9, decimal_places=2, default=Decimal("0.00"))
    amount_vat = models.DecimalField(max_digits=9, decimal_places=2, default=Decimal("0.00"))
    amount_ttc = models.DecimalField(max_digits=9, decimal_places=2, default=Decimal("0.00"))
    vat_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal("20.00"))
    state_amount = models.DecimalField(max_digits=9, decimal_places=2, default=Decimal("0.00"))

    referencing_number = models.CharField(
        max_length=60, blank=True, help_text="numéro unique at the issue; empty on a conditional order"
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    counts_from = models.DateTimeField(
        null=True, blank=True, help_text="the signature that counts: this one, or the first one of an order taken over"
    )
    conditional_until = models.DateTimeField(null=True, blank=True)
    origin = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="successors",
        help_text="order it replaces",
    )
    origin_kind = models.CharField(max_length=12, blank=True, choices=[(k, k) for k in ORIGIN_KINDS])
    affirmed_at = models.DateTimeField(null=True, blank=True)
    realised_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=40, blank=True)
    end_comment = models.TextField(blank=True)
    cancel_asked_by = models.CharField(max_length=10, blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at", "number"]
        indexes = [
            models.Index(name="order_board", fields=["supplier", "state", "-created_at"]),
            models.Index(name="order_pharmacy", fields=["pharmacy", "-created_at"]),
            models.Index(name="order_expiry", fields=["expires_at"], condition=Q(state=ISSUED)),
        ]
        constraints = ORDER_CONSTRAINTS
        triggers = ORDER_TRIGGERS

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """The dossier of the order, which shows its installation and its VA too."""
        return reverse("home:dossier", args=[self.pk])

    @property
    def is_conditional(self) -> bool:
        """Whether the order was issued for a software not yet référencé."""
        return self.referencing_number == ""

    @property
    def is_signed(self) -> bool:
        """Signed and neither realised nor ended."""
        return self.state in SIGNED

    def fill(self, content: dict[str, object]) -> None:
        """Set what the supplier typed. Raises ValueError for what is not a field of the form."""
        if unknown := set(content) - set(CONTENT_FIELDS):
            raise ValueError(f"not fields of an order: {sorted(unknown)}")
        for name, value in content.items():
            setattr(self, name, value)

    @moves(ORDER, "edit")
    def edit(self, *, actor: Actor, at: datetime, content: dict[str, object], version_id: UUID | None = None) -> None:
        self.fill(content)
        if version_id is not None:
            self.software_version_id = version_id

    @moves(ORDER, "issue")
    def issue(
        self, *, actor: Actor, at: datetime, expires_at: datetime, rule_set_id: int, referencing_number: str
    ) -> None:
        self.issued_at, self.issued_by_id, self.expires_at = at, actor.user_id, expires_at
        self.rule_set_id, self.referencing_number = rule_set_id, referencing_number

    @moves(ORDER, "withdraw")
    def withdraw(self, *, actor: Actor, at: datetime) -> None:
        self.issued_at = self.issued_by_id = self.expires_at = None
        self.referencing_number = ""

    @moves(ORDER, "discard")
    def discard(self, *, actor: Actor, at: datetime) -> None:
        self.ended_at, self.end_reason = at, "discarded"

    @moves(ORDER, "sign_firm")
    def sign_firm(self, *, actor: Actor, at: datetime, **succession: Any) -> None:
        self._signed(actor, at, **succession)

    @moves(ORDER, "sign_conditional")
    def sign_conditional(self, *, actor: Actor, at: datetime, conditional_until: datetime, **succession: Any) -> None:
        self._signed(actor, at, **succession)
        self.conditional_until = conditional_until

    def _signed(
        self, actor: Actor, at: datetime, *, counts_from: datetime | None = None, replaces: UUID | None = None
    ) -> None:
        self.signed_at, self.signed_by_id, self.counts_from = at, actor.user_id, counts_from or at
        if replaces is not None:
            self.origin_id, self.origin_kind = replaces, "replacement"

    @moves(ORDER, "decline")
    def decline(self, *, actor: Actor, at: datetime, reason: str, comment: str) -> None:
        self.ended_at, self.end_reason, self.end_comment = at, reason, comment

    @moves(ORDER, "expire")
    def expire(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self.ended_at, self.end_reason = at, reason

    @moves(ORDER, "affirm")
    def affirm(self, *, actor: Actor, at: datetime) -> None:
        self.affirmed_at = at

    @moves(ORDER, "lapse")
    def lapse(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self.ended_at, self.end_reason = at, reason

    @moves(ORDER, "ask_cancel")
    def ask_cancel(self, *, actor: Actor, at: datetime, side: str, reason: str) -> None:
        self.cancel_asked_by, self.cancel_asked_at, self.cancel_reason = side, at, reason

    @moves(ORDER, "keep")
    def keep(self, *, actor: Actor, at: datetime) -> None:
        self.cancel_asked_by, self.cancel_asked_at, self.cancel_reason = "", None, ""

    @moves(ORDER, "cancel")
    def cancel(self, *, actor: Actor, at: datetime) -> None:
        self.ended_at, self.end_reason, self.end_comment = at, "by_consent", self.cancel_reason

    @moves(ORDER, "void")
    def void(self, *, actor: Actor, at: datetime, comment: str, reason: str = "fraud") -> None:
        self.ended_at, self.end_reason, self.end_comment = at, reason, comment

    @moves(ORDER, "realise")
    def realise(self, *, actor: Actor, at: datetime) -> None:
        self.realised_at = at

    @moves(ORDER, "hand_over")
    def hand_over(self, *, actor: Actor, at: datetime, expires_at: datetime, issued_by_id: int) -> None:
        self.issued_at, self.issued_by_id, self.expires_at = at, issued_by_id, expires_at

    @moves(ORDER, "replace")
    def replace(self, *, actor: Actor, at: datetime) -> None:
        self.ended_at, self.end_reason = at, "replaced"

    @moves(ORDER, "transfer")
    def transfer(self, *, actor: Actor, at: datetime) -> None:
        self.ended_at, self.end_reason = at, "transferred"

    @moves(ORDER, "redate")
    def redate(self, *, actor: Actor, at: datetime, **limits: datetime) -> None:
        self._redated(**limits)

    @moves(ORDER, "revive_issued")
    def revive_issued(self, *, actor: Actor, at: datetime, **limits: datetime) -> None:
        self._revived(**limits)

    @moves(ORDER, "revive_conditional")
    def revive_conditional(self, *, actor: Actor, at: datetime, **limits: datetime) -> None:
        self._revived(**limits)

    @moves(ORDER, "revive_firm")
    def revive_firm(self, *, actor: Actor, at: datetime) -> None:
        self._revived()

    @moves(ORDER, "revive_affirmed")
    def revive_affirmed(self, *, actor: Actor, at: datetime) -> None:
        self._revived()

    def _revived(self, **limits: datetime) -> None:
        self.ended_at, self.end_reason, self.end_comment = None, "", ""
        self._redated(**limits)

    def _redated(self, **limits: datetime) -> None:
        for name, value in limits.items():
            setattr(self, name, value)
