"""What a supplier types on an order, and what is done on site."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import factory

from orders.services.installation import Works
from portal.common.money import Triple

CHECKLIST = ("licence", "installation", "maintenance", "certificates", "documentation", "training")


class ContentFactory(factory.DictFactory):
    """A complete and exact order; ``ht`` and ``rate`` give the five amounts."""

    class Params:
        ht = Decimal("800.00")
        rate = Decimal("20.00")

    client_name = "Pharmacie du Marché"
    client_responsible = "Anne Lefèvre"
    client_phone = "02 99 00 00 02"
    client_email = "titulaire@essai.example"
    administrator_name = "Claire Morvan"
    administrator_status = "supplier"
    administrator_card = "2800123456"
    administrator_phone = "02 99 00 00 01"
    administrator_email = "certificats@essai.example"
    installation_scenario = "Mise à jour sur site"
    has_personal_mailbox = False
    personal_operator = ""
    has_organisation_mailbox = True
    organisation_operator = "Mailiz"
    amount_ht = factory.LazyAttribute(lambda o: o.ht)
    amount_vat = factory.LazyAttribute(lambda o: Triple.from_ht(o.ht, o.rate).vat)
    amount_ttc = factory.LazyAttribute(lambda o: Triple.from_ht(o.ht, o.rate).ttc)
    vat_percent = factory.LazyAttribute(lambda o: o.rate)
    state_amount = factory.LazyAttribute(lambda o: Triple.from_ht(o.ht, o.rate).ttc)


def content(**changes: Any) -> dict[str, Any]:
    """A complete order's words, with changes."""
    typed: dict[str, Any] = ContentFactory(**changes)
    return typed


def works(installed_at: datetime, **changes: Any) -> Works:
    """Everything done, as declared by the supplier."""
    given: dict[str, Any] = {
        "installed_at": installed_at,
        "checklist": CHECKLIST,
        "final_scenario": "Mise à jour sur site",
        "mss_address": "officine@essai.mssante.fr",
        "mss_kind": "ORG",
        "trained": "Titulaire et deux préparateurs",
        "certificate_ids": "AUTH_CLI 0001",
    }
    return Works(**(given | changes))
