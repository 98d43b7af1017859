"""Drafting an order: free typing, nothing is promised to anybody yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from orders.models import Order, Slot
from orders.services.machines import ORDERS
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.common.clock import PARIS
from portal.common.refusals import Refusal, Refused
from portal.programmes.selectors import version_for
from portal.registry.models import Pharmacy, SoftwareVersion
from portal.registry.selectors import supplier_of, suppliers_served, titulaires_of
from portal.workflow.execute import Act, create, run


@dataclass(frozen=True)
class DraftRequest:
    """For whom and for what an order is drafted."""

    programme: str
    pharmacy_id: UUID
    version_id: UUID
    content: dict[str, Any]


@transaction.atomic
def draft_order(*, request: DraftRequest, actor: Actor) -> Order:
    """Create a draft. Raises ``Refused`` for an unknown pharmacy or software, or a stranger to the supplier."""
    now = clock.business_now()
    pharmacy = Pharmacy.objects.filter(pk=request.pharmacy_id).first()
    version = SoftwareVersion.objects.select_related("software__supplier").filter(pk=request.version_id).first()
    refusals = []
    if pharmacy is None:
        refusals.append(
            Refusal("unknown_pharmacy", "Cette pharmacie est inconnue : cherchez-la par FINESS.", "pharmacy")
        )
    if version is None or not suppliers_served(actor, now).filter(pk=version.software.supplier_id).exists():
        refusals.append(_unknown_software())
    if refusals or pharmacy is None or version is None:
        raise Refused(refusals)
    slot, _ = Slot.objects.get_or_create(programme_id=request.programme, lineage=pharmacy.lineage)
    order = Order(
        number=next_number(),
        programme_id=request.programme,
        rule_set=version_for(request.programme, now, now),
        supplier=version.software.supplier,
        distributor=supplier_of(actor) if actor.role is Role.DISTRIBUTOR else None,
        pharmacy=pharmacy,
        slot=slot,
        software_version=version,
        created_at=now,
        created_by_id=actor.user_id,
    )
    order.fill({**client_defaults(pharmacy), **request.content})
    return create(ORDERS, order, actor)


@transaction.atomic
def edit_order(
    *,
    order_id: UUID,
    actor: Actor,
    content: dict[str, Any],
    version_id: UUID | None = None,
    expected_version: int | None = None,
) -> Order:
    """Change what a draft says. Raises ``Refused`` when somebody changed it meanwhile, or for a foreign software."""
    stamps = {"content": content, "version_id": version_id}
    order = run(ORDERS, order_id, actor, Act("edit", stamps, expected_version=expected_version))
    if version_id and not SoftwareVersion.objects.filter(pk=version_id, software__supplier=order.supplier_id).exists():
        raise Refused([_unknown_software()])
    return order


def discard_order(*, order_id: UUID, actor: Actor) -> Order:
    """Give a draft up."""
    return run(ORDERS, order_id, actor, Act("discard"))


def client_defaults(pharmacy: Pharmacy) -> dict[str, str]:
    """What the registry already knows of the client, so that nobody types it again."""
    titulaire = titulaires_of(pharmacy, clock.business_now()).first()
    return {
        "client_name": pharmacy.name,
        "client_phone": pharmacy.phone,
        "client_responsible": titulaire.user.full_name if titulaire else "",
        "client_email": titulaire.user.email if titulaire else "",
    }


def _unknown_software() -> Refusal:
    return Refusal(
        "unknown_software", "Ce logiciel n’est pas l’un des vôtres : choisissez-le dans la liste.", "version"
    )


def next_number() -> str:
    """The next number of a bon de commande, with the business year."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_number_seq')")
        (number,) = cursor.fetchone()
    return f"BC-{clock.business_now().astimezone(PARIS):%Y}-{number:06d}"
