"""Who sees which order: another tenant's does not exist."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.http import Http404

from orders.selectors import get_installation, get_order, timeline, visible_to
from orders.services.issue import withdraw_order
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.registry.models import DistributorMandate
from portal.registry.services.suppliers import mandate_distributor
from tests.factories import people
from tests.factories.dossiers import Dossier, dossier, order_in

pytestmark = pytest.mark.django_db


def sees(actor: Actor | None, one: Dossier) -> bool:
    return visible_to(actor).filter(pk=one.pk).exists()


@pytest.mark.parametrize(
    ("state", "pharmacy"), [("draft", False), ("issued", True), ("signed_firm", True), ("declined", True)]
)
def test_who_sees_what(state: str, pharmacy: bool) -> None:
    one, other = order_in(state), dossier()
    adjoint = people.attach(one.place, Role.ADJOINT)
    for actor in (one.supplier, people.administrator(), people.administrator(Role.VALIDATOR)):
        assert sees(actor, one)
    assert sees(one.titulaire, one) is sees(adjoint, one) is pharmacy
    assert not sees(None, one)
    for actor in (other.supplier, other.titulaire, Actor.system(), Actor(Role.SUPPLIER)):
        assert not sees(actor, one)
        assert _missing(actor, one)


def _missing(actor: Actor, one: Dossier) -> bool:
    for read in (get_order, get_installation):
        with pytest.raises(Http404):
            read(actor, one.pk)
    return True


def test_a_withdrawn_order_is_no_longer_the_pharmacist_s() -> None:
    one = order_in("issued")
    assert sees(one.titulaire, one)
    withdraw_order(order_id=one.pk, actor=one.supplier)
    assert not sees(one.titulaire, one)


def test_a_distributor_sees_its_own_orders_only() -> None:
    one = dossier()
    distributor = people.member(people.distributor_for(one.company).organisation, Role.DISTRIBUTOR)
    one.draft()
    assert not sees(distributor, one)
    mine = replace(one, place=people.pharmacy(), drafted=None)
    mine.draft(actor=distributor)
    assert sees(distributor, mine) and get_order(distributor, mine.pk) == mine.order


@pytest.mark.parametrize(("seconds", "visible"), [(-1, True), (0, False), (1, False)])
def test_from_the_end_of_its_mandate_a_distributor_sees_none(seconds: int, visible: bool) -> None:
    one = dossier()
    company = people.distributor_for(one.company)
    distributor = people.member(company.organisation, Role.DISTRIBUTOR)
    one.draft(actor=distributor)
    people.distributor_for(one.company)  # another's mandate, or one from somebody else, gives nothing
    mandate_distributor(people.supplier(), company, people.SINCE)
    end = clock.business_now() + timedelta(days=10)
    DistributorMandate.objects.filter(distributor=company, supplier=one.company).update(until=end)
    with clock.frozen(business=end + timedelta(seconds=seconds)):
        assert sees(distributor, one) is visible
        assert sees(one.supplier, one)


def test_the_installation_and_the_timeline() -> None:
    one = order_in("signed_firm")
    assert get_installation(one.titulaire, one.pk) == one.installation
    verbs = [event.verb for event in timeline(one.order)]
    assert verbs == ["create", "issue", "sign_firm", "create"]
    assert timeline(one.order)[0].at + timedelta(hours=1) == one.order.issued_at
