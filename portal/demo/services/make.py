"""Making the whole demonstration, once: people first, then one story for each state that an order can reach."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from orders.domain.lifecycle import LIVE
from orders.models import Order
from orders.services.deadlines import apply_deadlines
from orders.services.draft import discard_order
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership
from portal.demo import cast
from portal.demo.clock import start_clock
from portal.demo.services.people import make_people, record_referencing
from portal.demo.services.play import Play, at
from portal.registry.models import Referencing, SoftwareVersion, Supplier

_OFFICIA, _GALENE = "fournisseur@officia.example", "fournisseur@galene.example"
_LGO, _OTHER = "Officia LGO", "Galène Officine"


def make_demo() -> bool:
    """Make the cast where it is missing; True when it was made now. Serialised by the clock's row."""
    start_clock()
    with transaction.atomic():
        if Supplier.objects.filter(siret=cast.SUPPLIERS[0].identity.siret).exists():
            return False
        make_people()
        _before_referencing()
        record_referencing(cast.SUPPLIERS[0].software[0], SoftwareVersion.objects.get(software__name=_LGO))
        with at("2022-10-03", 11):
            pass
        _realised()
        _installing()
        _at_the_va()
        _not_taken()
        _waiting()
        with at("2022-11-14", 23):
            apply_deadlines()
    return True


def _before_referencing() -> None:
    Play("cathedrale", _LGO, _OFFICIA).sign("2022-08-18", "2022-08-22")
    Play("dunes", _OTHER, _GALENE).sign("2022-06-22", "2022-06-25")


def _realised() -> None:
    for key, offset in (("halles", 0), ("port", 2)):
        story = Play(key, _LGO, _OFFICIA)
        story.sign(f"2022-10-0{4 + offset}", f"2022-10-0{5 + offset}")
        story.plan(f"2022-10-0{6 + offset}", f"2022-10-{18 + offset}")
        story.install(f"2022-10-{18 + offset}")
        story.sign_va(f"2022-10-{20 + offset}")


def _installing() -> None:
    Play("eglise", _LGO, _OFFICIA).sign("2022-11-07", "2022-11-10")
    planned = Play("gare", _LGO, _OFFICIA)
    planned.sign("2022-10-24", "2022-10-26")
    planned.plan("2022-10-28", "2022-12-05")
    running = Play("lices", _LGO, _OFFICIA)
    running.sign("2022-10-11", "2022-10-13")
    running.plan("2022-10-14", "2022-11-14")
    running.start("2022-11-14")
    failed = Play("moulin", _LGO, _OFFICIA)
    failed.sign("2022-10-10", "2022-10-12")
    failed.plan("2022-10-13", "2022-11-03")
    failed.fail("2022-11-03")
    reserved = Play("rade", _LGO, "distributeur@comptoir-sud.example")
    reserved.sign("2022-10-06", "2022-10-08")
    reserved.plan("2022-10-10", "2022-11-02")
    reserved.install("2022-11-02")
    reserved.reserve("2022-11-02")


def _at_the_va() -> None:
    for key, refused in (("thermes", ""), ("lagon", "e_prescription"), ("citadelle", "dossier_pharmaceutique")):
        story = Play(key, _LGO, _OFFICIA)
        story.sign("2022-10-05", "2022-10-07")
        story.plan("2022-10-10", "2022-10-24")
        story.install("2022-10-24")
        if not refused:
            story.prepare_va("2022-11-08")
            continue
        story.sign_va("2022-11-04", refused=refused)
        if key == "citadelle":
            story.lift("2022-11-10")
    unhappy = Play("remparts", _LGO, _OFFICIA)
    unhappy.sign("2022-10-12", "2022-10-14")
    unhappy.plan("2022-10-17", "2022-10-27")
    unhappy.install("2022-10-27")
    unhappy.refuse_va("2022-11-03")


def _not_taken() -> None:
    Play("canal", _LGO, _OFFICIA).decline("2022-10-17", "2022-10-19")
    Play("tilleuls", _LGO, _OFFICIA).issue("2022-10-04")
    cancelled = Play("beffroi", _LGO, _OFFICIA)
    cancelled.sign("2022-10-10", "2022-10-11")
    cancelled.cancel("2022-10-20")
    asked = Play("mine", _LGO, _OFFICIA)
    asked.sign("2022-10-18", "2022-10-20")
    asked.ask_cancel("2022-11-09")
    given_up = Play("vignes", _LGO, _OFFICIA)
    with at("2022-10-26"):
        discard_order(order_id=given_up.draft("2022-10-25").pk, actor=given_up.supplier)


def _waiting() -> None:
    Play("marche", _LGO, _OFFICIA).issue("2022-11-09")
    Play("phare", _LGO, _OFFICIA).draft("2022-11-14")
    Play("olivier", _OTHER, _GALENE).sign("2022-10-19", "2022-10-21")
    Play("fontaine", _OTHER, _GALENE).issue("2022-11-10")


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
