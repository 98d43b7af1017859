"""The order (bon de commande)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from orders.domain.lifecycle import DRAFT, ISSUED, LIVE, ORDER, SIGNED
from orders.models.slots import LIVE_SQL, Slot
from portal.accounts.actors import Actor
from portal.audit.triggers import frozen_when, never_deleted
from portal.workflow.models import Stateful, lifecycle_triggers, moves, state_check, state_field

CONTENT_FIELDS = (
    "client_name",
    "client_responsible",
    "client_phone",
    "client_email",
    "administrator_name",
    "administrator_status",
    "administrator_card",
    "administrator_phone",
    "administrator_email",
    "installation_scenario",
    "has_personal_mailbox",
    "personal_operator",
    "has_organisation_mailbox",
    "organisation_operator",
    "amount_ht",
    "amount_vat",
    "amount_ttc",
    "vat_percent",
    "state_amount",
)
"""What the supplier types; frozen from the issue on."""


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
    conditional_until = models.DateTimeField(null=True, blank=True)
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
        constraints = [
            state_check("order_state_known", ORDER),
            models.CheckConstraint(
                name="order_issue_pair",
                condition=Q(issued_at=None, issued_by=None, expires_at=None)
                | Q(issued_at__isnull=False, issued_by__isnull=False, expires_at__isnull=False),
            ),
            models.CheckConstraint(
                name="order_issued_state", condition=Q(state__in=[DRAFT, "cancelled"]) | Q(issued_at__isnull=False)
            ),
            models.CheckConstraint(
                name="order_sign_pair",
                condition=Q(signed_at=None, signed_by=None) | Q(signed_at__isnull=False, signed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="order_signed_state", condition=~Q(state__in=LIVE) | Q(signed_at__isnull=False)
            ),
            models.CheckConstraint(
                name="order_unsigned_state",
                condition=~Q(state__in=[DRAFT, ISSUED, "declined", "expired"]) | Q(signed_at=None),
            ),
            models.CheckConstraint(
                name="order_conditional_limit",
                condition=~Q(state="signed_conditional") | Q(conditional_until__isnull=False),
            ),
            models.CheckConstraint(
                name="order_firm_no_limit", condition=~Q(state="signed_firm") | Q(conditional_until=None)
            ),
            models.CheckConstraint(
                name="order_affirmed_pair",
                condition=~Q(state="affirmed") | Q(affirmed_at__isnull=False, conditional_until__isnull=False),
            ),
            models.CheckConstraint(
                name="order_realised_pair",
                condition=Q(state="realised", realised_at__isnull=False) | ~Q(state="realised") & Q(realised_at=None),
            ),
            models.CheckConstraint(
                name="order_ended_pair",
                condition=Q(state__in=["declined", "expired", "lapsed", "cancelled"], ended_at__isnull=False)
                & ~Q(end_reason="")
                | ~Q(state__in=["declined", "expired", "lapsed", "cancelled"]) & Q(ended_at=None, end_reason=""),
            ),
            models.CheckConstraint(
                name="order_dates_in_order",
                condition=(Q(issued_at=None) | Q(issued_at__gte=F("created_at")))
                & (Q(signed_at=None) | Q(signed_at__gte=F("issued_at")))
                & (Q(affirmed_at=None) | Q(affirmed_at__gte=F("signed_at")))
                & (Q(realised_at=None) | Q(realised_at__gte=F("signed_at"))),
            ),
            models.CheckConstraint(
                name="order_cancel_request",
                condition=Q(cancel_asked_by="", cancel_asked_at=None)
                | Q(cancel_asked_by__in=["supplier", "pharmacy"], cancel_asked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="order_amounts_add_up",
                condition=Q(state__in=[DRAFT, "cancelled"])
                | Q(amount_ttc=F("amount_ht") + F("amount_vat"), state_amount=F("amount_ttc"), amount_ht__gt=0),
            ),
        ]
        triggers = [
            *lifecycle_triggers(ORDER),
            frozen_when("content_frozen", "OLD.state <> 'draft'", CONTENT_FIELDS),
            frozen_when("identity_frozen", "TRUE", ("number", "supplier_id", "pharmacy_id", "slot_id", "programme_id")),
            frozen_when("software_frozen", "OLD.state <> 'draft'", ("software_version_id",)),
            frozen_when(
                "signature_final",
                "OLD.signed_at IS NOT NULL",
                ("signed_at", "signed_by_id", "conditional_until", "issued_at"),
            ),
            never_deleted(),
            pgtrigger.Trigger(
                name="live_holds_slot",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__state__in=LIVE),
                func=f"""
                    IF NOT EXISTS (SELECT 1 FROM orders_slot s WHERE s.holder_id = NEW.id AND s.id = NEW.slot_id)
                    AND EXISTS (SELECT 1 FROM orders_order o WHERE o.id = NEW.id AND o.state IN ({LIVE_SQL})) THEN
                        RAISE EXCEPTION 'order % is live without its funding slot', NEW.id;
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

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
    def sign_firm(self, *, actor: Actor, at: datetime) -> None:
        self.signed_at, self.signed_by_id = at, actor.user_id

    @moves(ORDER, "sign_conditional")
    def sign_conditional(self, *, actor: Actor, at: datetime, conditional_until: datetime) -> None:
        self.signed_at, self.signed_by_id, self.conditional_until = at, actor.user_id, conditional_until

    @moves(ORDER, "decline")
    def decline(self, *, actor: Actor, at: datetime, reason: str, comment: str) -> None:
        self.ended_at, self.end_reason, self.end_comment = at, reason, comment

    @moves(ORDER, "expire")
    def expire(self, *, actor: Actor, at: datetime) -> None:
        self.ended_at, self.end_reason = at, "link_expired"

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
    def void(self, *, actor: Actor, at: datetime, comment: str) -> None:
        self.ended_at, self.end_reason, self.end_comment = at, "fraud", comment

    @moves(ORDER, "realise")
    def realise(self, *, actor: Actor, at: datetime) -> None:
        self.realised_at = at
