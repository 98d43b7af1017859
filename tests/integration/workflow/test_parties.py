"""Who plays a part towards an order, and buttons that never fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from attestations.services.machine import ATTESTATIONS
from orders.domain.course import Due
from orders.domain.lifecycle import ORDER
from orders.services.deadlines import carry_out, take_step
from orders.services.machines import INSTALLATIONS, ORDERS, order_parties
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, User
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.refusals import Refused
from portal.outbox.models import OutboxMessage
from portal.registry.models import DistributorMandate
from portal.workflow.execute import Act, allowed_actions, check, run
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.dossiers import (
    INSTALLATION_STORIES,
    ORDER_STORIES,
    VA_STORIES,
    Dossier,
    dossier,
    installation_in,
    order_in,
    va_in,
)

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def _everybody(one: Dossier) -> dict[str, Actor]:
    """One actor a role, each really of this dossier."""
    distributor = one.order.distributor or people.distributor_for(one.company)
    return {
        "supplier": one.supplier,
        "distributor": people.member(distributor.organisation, Role.DISTRIBUTOR),
        "titulaire": one.titulaire,
        "adjoint": people.attach(one.place, Role.ADJOINT),
        "instructor": people.administrator(Role.INSTRUCTOR),
        "validator": people.administrator(Role.VALIDATOR),
        "system": Actor.system(),
    }


def _with_distributor(state: str) -> Dossier:
    one = dossier()
    one.draft(actor=people.member(people.distributor_for(one.company).organisation, Role.DISTRIBUTOR))
    if state != "draft":
        one.issue()
    return one


# What each verb is given when the buttons are tried.
STAMPS: dict[str, dict[str, Any]] = {
    "edit": {"content": {}},
    "issue": {"expires_at": TODAY + timedelta(days=30), "rule_set_id": 0, "referencing_number": ""},
    "sign_conditional": {"conditional_until": TODAY + timedelta(days=120)},
    "decline": {"reason": "other_supplier", "comment": ""},
    "lapse": {"reason": "closing"},
    "expire": {"reason": "link_expired"},
    "hand_over": {"expires_at": TODAY + timedelta(days=30), "issued_by_id": 0},
    "sign_late": {"place": "Ici"},
    "ask_cancel": {"side": "supplier", "reason": "x"},
    "void": {"comment": "x"},
    "plan": {"planned_for": TODAY},
    "replan": {"planned_for": TODAY},
    "declare": {"installed_at": TODAY, "details": {}},
    "fail": {"cause": "old_hardware", "detail": ""},
    "sign": {"place": "Ici"},
    "sign_with_reserves": {"place": "Ici"},
    "refuse": {"reason": "x"},
}
ATTESTATION_VOID = {"void": {"reason": "x"}}
MACHINES: list[tuple[Any, str, Callable[[str], Dossier], Callable[[Dossier], Any], dict[str, dict[str, Any]]]] = [
    *((ORDERS, state, order_in, lambda one: one.order, STAMPS) for state in ORDER_STORIES),
    *((INSTALLATIONS, state, installation_in, lambda one: one.installation, STAMPS) for state in INSTALLATION_STORIES),
    *((ATTESTATIONS, state, va_in, lambda one: one.va, STAMPS | ATTESTATION_VOID) for state in VA_STORIES),
]


@pytest.mark.parametrize(
    ("machine", "state", "make", "stored", "stamps"), MACHINES, ids=[f"{m[0].lifecycle.name}-{m[1]}" for m in MACHINES]
)
def test_no_button_fails_and_no_other_verb_passes(
    machine: Any,
    state: str,
    make: Callable[[str], Dossier],
    stored: Callable[[Dossier], Any],
    stamps: dict[str, dict[str, Any]],
) -> None:
    one = make(state)
    one.shown()
    obj = stored(one)
    for role, actor in _everybody(one).items():
        offered = {transition.verb for transition in allowed_actions(machine, obj, actor)}
        for transition in machine.lifecycle.transitions:
            before = AuditEvent.objects.count(), OutboxMessage.objects.count()
            refusals = check(machine, obj, actor, transition.verb, clock.business_now())
            assert (transition.verb in offered) is (refusals == []), (role, transition.verb)
            given = dict(stamps.get(transition.verb, {}))
            if "rule_set_id" in given:
                given["rule_set_id"] = obj.rule_set_id
            if "issued_by_id" in given:
                given["issued_by_id"] = one.supplier.user_id
            passed = _tried(machine, obj.pk, actor, Act(transition.verb, given))
            assert passed is (refusals == []), (role, transition.verb)
            assert (AuditEvent.objects.count(), OutboxMessage.objects.count()) == before
    assert stored(one).version == obj.version


class _Undo(Exception):
    """Taking back what passed."""


def _tried(machine: Any, pk: Any, actor: Actor, act: Act[Any]) -> bool:
    """Whether the executor lets the act pass; what it wrote is taken back."""
    try:
        with transaction.atomic():
            run(machine, pk, actor, act)
            raise _Undo
    except Refused:
        return False
    except _Undo:
        return True


@pytest.mark.parametrize("state", ["draft", "issued"])
def test_a_mandated_distributor_of_the_order(state: str) -> None:
    one = _with_distributor(state)
    company = one.order.distributor
    assert company is not None
    actor = people.member(company.organisation, Role.DISTRIBUTOR)
    assert order_parties(one.order, actor, TODAY) == {Role.DISTRIBUTOR}
    DistributorMandate.objects.update(until=TODAY)
    assert order_parties(one.order, actor, TODAY - SECOND) == {Role.DISTRIBUTOR}
    assert order_parties(one.order, actor, TODAY) == set()
    assert allowed_actions(ORDERS, one.order, actor) == []


def _strangers(one: Dossier) -> dict[str, Actor]:
    other = dossier()
    here = one.company.organisation
    ended = people.member(here, Role.SUPPLIER, until=TODAY)
    asleep = people.attach(one.place, Role.TITULAIRE)
    User.objects.filter(memberships__user=asleep.user_id).update(is_active=False)
    later = people.member(here, Role.SUPPLIER, since=TODAY + SECOND)
    gone = people.attach(one.place, Role.TITULAIRE)
    Membership.objects.filter(user=gone.user_id).update(until=TODAY)
    return {
        "another supplier": other.supplier,
        "another pharmacy": other.titulaire,
        "a distributor of the supplier, not of the order": people.member(
            people.distributor_for(one.company).organisation, Role.DISTRIBUTOR
        ),
        "a distributor without mandate": people.member(other.company.organisation, Role.DISTRIBUTOR),
        "an ended membership": ended,
        "a membership to come": later,
        "an inactive person": asleep,
        "a former titulaire": gone,
        "a role nobody gave": Actor(Role.TITULAIRE, one.supplier.user_id, one.place.organisation_id),
        "an administrator nobody named": Actor(Role.VALIDATOR, one.supplier.user_id, here.pk),
        "nobody": Actor(Role.SUPPLIER, None, here.pk),
        "no organisation": Actor(Role.SUPPLIER, one.supplier.user_id, None),
    }


@pytest.mark.parametrize("state", ["draft", "issued", "signed_firm"])
def test_strangers_have_no_verb(state: str) -> None:
    one = order_in(state)
    for name, actor in _strangers(one).items():
        assert order_parties(one.order, actor, TODAY) == set(), name
        assert allowed_actions(ORDERS, one.order, actor) == [], name
        for transition in ORDER.transitions:
            codes = [r.code for r in check(ORDERS, one.order, actor, transition.verb, TODAY)]
            assert codes == ["not_allowed"], (name, transition.verb)


def test_a_stranger_creates_nothing() -> None:
    one = dossier()
    with pytest.raises(Refused) as refused:
        one.draft(actor=people.member(one.company.organisation, Role.SUPPLIER, until=TODAY - timedelta(days=60)))
    assert refused.value.codes == ("not_allowed",)


@pytest.mark.parametrize("verb", ["expire", "affirm", "lapse"])
@pytest.mark.parametrize("state", ["draft", "signed_conditional", "signed_firm", "realised"])
def test_time_does_nothing_before_its_hour(verb: str, state: str) -> None:
    one = order_in(state)
    events = AuditEvent.objects.count()
    assert take_step(one.pk) is None
    with pytest.raises(Refused):
        carry_out(one.pk, Due(verb, "closing", TODAY), "PHA-LGO-Va1 v1")
    assert (one.order.state, AuditEvent.objects.count()) == (state, events)
