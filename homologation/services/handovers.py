"""A supplier says that it handed the form over to a pharmacy, the certificate being installed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from homologation.client_selectors import equipping_orders
from homologation.models import FormHandover
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.selectors import holds_role
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.patient_numbers import check_free_text
from portal.common.refusals import Refused, refuse
from portal.outbox.services.publish import publish
from portal.registry.models import Pharmacy
from portal.registry.selectors import supplier_of

HANDED = "insi_form.handed"


@transaction.atomic
def hand_over_form(*, pharmacy_id: UUID, actor: Actor, handed_on: date, note: str = "") -> FormHandover:
    """Say on which day the form was handed over; said again, the later one holds. Raises ``Refused``.

    Only by the supplier that equips the pharmacy, for a day since its order was signed and not to come.
    """
    now = clock.business_now()
    supplier = supplier_of(actor)
    if (
        supplier is None
        or actor.role is not Role.SUPPLIER
        or actor.user_id is None
        or not holds_role(actor, actor.organisation_id, now)
    ):
        raise refuse("not_allowed", "Seul le fournisseur qui équipe une pharmacie lui remet le formulaire.")
    pharmacy = Pharmacy.objects.select_for_update().get(pk=pharmacy_id)
    order = equipping_orders(supplier).filter(pharmacy=pharmacy).order_by("-signed_at").first()
    if order is None or order.signed_at is None:
        raise refuse("not_equipped", "Vous n’équipez pas cette pharmacie : aucun bon de commande signé ne vaut.")
    first, today = paris_date(order.signed_at), paris_date(now)
    if not first <= handed_on <= today:
        words = f"Indiquez un jour entre le {first:%d/%m/%Y}, jour de la signature, et aujourd’hui."
        raise refuse("handed_on", words, "handed_on")
    if refusals := check_free_text(note, "note"):
        raise Refused(refusals)
    said = FormHandover.objects.filter(pharmacy=pharmacy, supplier=supplier)
    number = (said.aggregate(last=Max("number"))["last"] or 0) + 1
    row = FormHandover.objects.create(
        pharmacy=pharmacy,
        supplier=supplier,
        software_version_id=order.software_version_id,
        number=number,
        handed_on=handed_on,
        note=note.strip(),
        at=now,
        by_id=actor.user_id,
    )
    data = {"handed_on": handed_on.isoformat(), "number": number}
    record(Entry(FormHandover._meta.db_table, str(row.pk), "hand", now, thread=str(pharmacy.pk), data=data), actor)
    publish(HANDED, {"id": row.pk}, dedup=f"{HANDED}:{row.pk}")
    return row
