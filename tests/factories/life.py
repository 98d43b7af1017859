"""What befalls orders and pharmacies: a change of supplier, a succession."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from orders.models import Order
from orders.services.sign import Consent, sign_order
from orders.services.succession import record_succession
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.registry.models import Pharmacy, Succession
from portal.registry.services.succession import SuccessionEvent
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.dossiers import Dossier, dossier


def rival_of(one: Dossier, at: datetime = TODAY, **given: Any) -> Dossier:
    """An order issued by another supplier to the same pharmacy."""
    rival = dossier(**({"place": one.place} | given))
    rival.draft(at)
    rival.issue(at)
    return rival


def replace(new: Dossier, old: Dossier, at: datetime = TODAY) -> Order:
    """The titulaire signs the new order in the place of the old one."""
    with clock.frozen(business=at):
        consent = Consent(True, new.shown(), replaces=str(old.pk))
        return sign_order(order_id=new.pk, actor=new.titulaire, consent=consent)


def event_of(place: Pharmacy, kind: str, successor: Pharmacy | None = None) -> SuccessionEvent:
    """An event of a pharmacy's life."""
    return SuccessionEvent(place.pk, kind, successor.pk if successor else None, date(2022, 11, 1), "Arrêté de l’ARS")


def succeed(place: Pharmacy, kind: str, successor: Pharmacy | None = None, actor: Actor | None = None) -> Succession:
    """Record an event by a person of the administration."""
    return record_succession(event=event_of(place, kind, successor), actor=actor or people.administrator())


def taken_over(origin: Dossier, successor: Pharmacy) -> Dossier:
    """The order by which the successor's titulaire may take the origin over."""
    order = Order.objects.get(origin=origin.pk, pharmacy=successor, state="issued")
    titulaire = people.attach(successor, Role.TITULAIRE)
    return Dossier(origin.company, successor, origin.version, origin.supplier, titulaire, drafted=order.pk)
