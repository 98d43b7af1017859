"""What PostgreSQL refuses of an order: pairs of state, date and actor, amounts, frozen columns, the slot."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from orders.domain.lifecycle import DRAFT, ISSUED, LIVE, ORDER
from orders.models.slots import LIVE_SQL
from portal.triggers import frozen_when, never_deleted
from portal.workflow.models import dated_by_an_event, lifecycle_triggers, state_check

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

ORIGIN_KINDS = ("replacement", "transfer")
ENDED = ["declined", "expired", "lapsed", "cancelled", "replaced", "transferred"]

ORDER_CONSTRAINTS: list[models.BaseConstraint] = [
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
        condition=Q(signed_at=None, signed_by=None, counts_from=None)
        | Q(signed_at__isnull=False, signed_by__isnull=False, counts_from__isnull=False)
        & Q(counts_from__lte=F("signed_at")),
    ),
    models.CheckConstraint(name="order_signed_state", condition=~Q(state__in=LIVE) | Q(signed_at__isnull=False)),
    models.CheckConstraint(
        name="order_unsigned_state",
        condition=~Q(state__in=[DRAFT, ISSUED, "declined", "expired"]) | Q(signed_at=None),
    ),
    models.CheckConstraint(
        name="order_conditional_limit",
        condition=~Q(state="signed_conditional") | Q(conditional_until__isnull=False),
    ),
    models.CheckConstraint(name="order_firm_no_limit", condition=~Q(state="signed_firm") | Q(conditional_until=None)),
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
        condition=Q(state__in=ENDED, ended_at__isnull=False) & ~Q(end_reason="")
        | ~Q(state__in=ENDED) & Q(ended_at=None, end_reason=""),
    ),
    models.CheckConstraint(
        name="order_origin_pair",
        condition=Q(origin=None, origin_kind="") | Q(origin__isnull=False, origin_kind__in=ORIGIN_KINDS),
    ),
    models.CheckConstraint(name="order_not_its_own_origin", condition=~Q(origin=F("id"))),
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

ORDER_TRIGGERS = [
    *lifecycle_triggers(ORDER),
    frozen_when("content_frozen", "OLD.state <> 'draft'", CONTENT_FIELDS),
    frozen_when("identity_frozen", "TRUE", ("number", "supplier_id", "pharmacy_id", "slot_id", "programme_id")),
    frozen_when("software_frozen", "OLD.state <> 'draft'", ("software_version_id",)),
    frozen_when(
        "signature_final",
        "OLD.signed_at IS NOT NULL",
        ("signed_at", "signed_by_id", "counts_from", "issued_at"),
    ),
    frozen_when("origin_final", "OLD.origin_id IS NOT NULL", ("origin_id", "origin_kind")),
    dated_by_an_event("limits_have_an_event", ("expires_at", "conditional_until")),
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
