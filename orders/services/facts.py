"""Reading the facts of an order or an installation, inside the lock of the executor."""

from __future__ import annotations

from datetime import datetime

from orders.domain.facts import Content, HolderFacts, InstallationFacts, OrderFacts, PharmacyFacts
from orders.models import Installation, Order, Slot
from portal.accounts.actors import Actor
from portal.common.money import Triple
from portal.documents.selectors import latest
from portal.programmes.domain.ruleset import RuleSet
from portal.programmes.selectors import ruleset_for
from portal.registry.domain.referencing import Status, status_at
from portal.registry.models import Pharmacy
from portal.registry.selectors import dossier_complete_at, history, titulaires_of

OBJECT = "orders_order"


def current_rules(order: Order, now: datetime) -> RuleSet:
    """The rules by which an act of ``now`` is judged."""
    return ruleset_for(order.programme_id, now, now)


def content_of(order: Order) -> Content:
    """What the order says."""
    return Content(
        client_name=order.client_name,
        client_responsible=order.client_responsible,
        client_phone=order.client_phone,
        client_email=order.client_email,
        administrator_name=order.administrator_name,
        administrator_status=order.administrator_status,
        administrator_card=order.administrator_card,
        administrator_phone=order.administrator_phone,
        administrator_email=order.administrator_email,
        amounts=Triple(order.amount_ht, order.amount_vat, order.amount_ttc),
        vat_percent=order.vat_percent,
        state_amount=order.state_amount,
        installation_scenario=order.installation_scenario,
        has_personal_mailbox=order.has_personal_mailbox,
        personal_operator=order.personal_operator,
        has_organisation_mailbox=order.has_organisation_mailbox,
        organisation_operator=order.organisation_operator,
    )


def pharmacy_facts(pharmacy: Pharmacy) -> PharmacyFacts:
    """The pharmacy as the registry knows it."""
    return PharmacyFacts(
        finess=pharmacy.finess,
        category=pharmacy.category,
        department=pharmacy.department,
        closed=pharmacy.closed_on is not None,
    )


def holder_of(order: Order) -> HolderFacts | None:
    """The order that holds the slot, if any."""
    slot = Slot.objects.select_related("holder__supplier").get(pk=order.slot_id)
    if slot.holder is None:
        return None
    return HolderFacts(
        is_this_order=slot.holder_id == order.pk,
        supplier_name=slot.holder.supplier.name,
        signed_at=slot.holder.signed_at,
    )


def order_facts(order: Order, actor: Actor, now: datetime) -> OrderFacts:
    """Everything the order's guards need."""
    changes = history(order.programme_id, order.software_version_id)
    document = latest("order", OBJECT, str(order.pk))
    installation = Installation.objects.filter(order=order).first()
    return OrderFacts(
        now=now,
        state=str(order.state),
        actor_role=actor.role,
        rules=current_rules(order, now),
        content=content_of(order),
        pharmacy=pharmacy_facts(order.pharmacy),
        titulaire_known=titulaires_of(order.pharmacy, now).exists(),
        holder=holder_of(order),
        referenced=status_at(changes, now, now) is Status.REFERENCED,
        document_ready=document is not None and document.sha256 is not None,
        expires_at=order.expires_at,
        signed_at=order.signed_at,
        conditional_until=order.conditional_until,
        dossier_complete_at=dossier_complete_at(changes, now),
        cancel_asked_by=order.cancel_asked_by,
        va_signed=installation is not None and installation.va_state.startswith("signed"),
    )


def installation_facts(installation: Installation, actor: Actor, now: datetime) -> InstallationFacts:
    """Everything the installation's guards need."""
    order = installation.order
    return InstallationFacts(
        now=now,
        rules=current_rules(order, now),
        order_state=str(order.state),
        order_signed_at=order.signed_at,
        planned_for=installation.planned_for,
        installed_at=installation.installed_at,
        open_reserves=installation.reserves.filter(lifted_at=None).count(),
        va_open=installation.va_state in ("to_sign", "signed_with_reserves", "signed"),
    )
