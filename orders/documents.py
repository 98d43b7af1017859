"""The documents of an order: their kinds, and the context of each from the order's facts."""

from __future__ import annotations

from django.conf import settings

from orders.domain.snapshot import CertificateBlock, Mailbox, OrderParts, Party
from orders.models import Order
from orders.selectors import awaiting_signature
from orders.services.facts import OBJECT
from portal.common import clock
from portal.common.money import Triple
from portal.documents.kinds import Kind
from portal.documents.papers import Papers

ORDER_KINDS = (
    Kind("order", "Bon de commande", "orders/documents/order.html", "bon-de-commande"),
    Kind(
        "affirmation",
        "Certificat d’affermissement",
        "orders/documents/affirmation.html",
        "certificat-affermissement",
        by_portal=True,
    ),
    Kind(
        "order_scan",
        "Bon de commande signé à la main (numérisation)",
        "orders/documents/order.html",
        "bon-de-commande-numerisation",
    ),
    Kind("order_signed", "Bon de commande signé", "orders/documents/order.html", "bon-de-commande-signe"),
)
ORDER_PAPERS = Papers("order", OBJECT, awaiting_signature, "orders:sign_by_hand")


def order_parts(order: Order) -> OrderParts:
    """Everything the order's document prints, as it stands now."""
    return OrderParts(
        number=order.number,
        supplier=_supplier(order),
        client=_client(order),
        certificates=CertificateBlock(
            administrator=order.administrator_name,
            status=order.administrator_status,
            card_number=order.administrator_card,
            phone=order.administrator_phone,
            email=order.administrator_email,
        ),
        software_name=order.software_version.software.name,
        software_version=order.software_version.label,
        conditional=order.is_conditional,
        amount=Triple(order.amount_ht, order.amount_vat, order.amount_ttc),
        vat_percent=order.vat_percent,
        state_amount=order.state_amount,
        installation_scenario=order.installation_scenario,
        personal_mailbox=Mailbox(order.has_personal_mailbox, order.personal_operator),
        organisation_mailbox=Mailbox(order.has_organisation_mailbox, order.organisation_operator),
        distributor=order.distributor.name if order.distributor else "",
        referencing_number=order.referencing_number,
        issued_at=order.issued_at,
        expires_at=order.expires_at,
        machine_at=clock.machine_now(),
        demo=settings.PORTAL_DEMO,
    )


def _supplier(order: Order) -> Party:
    supplier = order.supplier
    return Party(
        name=supplier.name,
        identifier=supplier.siret,
        address=f"{supplier.address}, {supplier.postal_code} {supplier.city}",
        responsible=supplier.contact_name,
        phone=supplier.phone,
        email=supplier.email,
    )


def _client(order: Order) -> Party:
    pharmacy = order.pharmacy
    return Party(
        name=order.client_name,
        identifier=pharmacy.finess,
        address=", ".join(
            part for part in (pharmacy.address, f"{pharmacy.postal_code} {pharmacy.city}".strip()) if part
        ),
        responsible=order.client_responsible,
        phone=order.client_phone,
        email=order.client_email,
    )
