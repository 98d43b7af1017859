"""Making the whole demonstration, once: people first, then what they had done by the day it opens."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from orders.domain.lifecycle import LIVE
from orders.models import Order
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership
from portal.demo import cast
from portal.demo.clock import DEMO_START, start_clock
from portal.demo.services.dossiers import dossier_cues
from portal.demo.services.insi import insi_cues
from portal.demo.services.insi_help import help_cues
from portal.demo.services.insi_staff import staff_cues
from portal.demo.services.people import make_people, record_identities
from portal.demo.services.script import play
from portal.registry.models import Referencing, Supplier


def make_demo() -> bool:
    """Make the cast where it is missing; True when it was made now. Serialised by the clock's row."""
    start_clock()
    with transaction.atomic():
        if Supplier.objects.filter(siret=cast.SUPPLIERS[0].identity.siret).exists():
            record_identities()
            return False
        make_people()
        record_identities()
        play(until=DEMO_START, more=[*dossier_cues(), *insi_cues(), *help_cues(), *staff_cues()])
    return True


def describe() -> dict[str, Any]:
    """The cast as ``manage.py demo_cast --json`` prints it."""
    return {"accounts": _accounts(), "suppliers": [_company(role) for role in cast.SUPPLIERS if role.software]}


def _accounts() -> list[dict[str, str]]:
    memberships = Membership.objects.select_related("user", "organisation").order_by("pk")
    return [
        {
            "login": membership.user.email,
            "password": cast.PASSWORD,
            "role": Role(membership.role).value,
            "organisation": membership.organisation.name,
        }
        for membership in memberships
        if membership.user.email.endswith(".example")
    ]


def _company(role: cast.SupplierRole) -> dict[str, Any]:
    numbers = dict(
        Referencing.objects.filter(programme=cast.PROGRAMME, number__isnull=False).values_list(
            "version__software__name", "number"
        )
    )
    equipped = Order.objects.filter(supplier__siret=role.identity.siret, state__in=LIVE).order_by("number")
    return {
        "name": role.identity.name,
        "siret": role.identity.siret,
        "software": [{"name": s.name, "version": s.version, "number": numbers.get(s.name)} for s in role.software],
        "pharmacies": [
            {"finess": order.pharmacy.finess, "name": order.pharmacy.name}
            for order in equipped.select_related("pharmacy")
        ],
    }
