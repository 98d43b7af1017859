"""A change of supplier by one signature, and the right to object of the one that loses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from orders.models import Objection, Slot
from orders.services.replace import object_to, settle_objection
from orders.services.sign import Consent, sign_order
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.refusals import Refused
from portal.outbox.models import Notice
from portal.outbox.services.deliver import deliver_pending
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.dossiers import Dossier, dossier, installation_in, order_in, paris
from tests.factories.life import replace, rival_of
from tests.integration.threads import at_once

SECOND = timedelta(seconds=1)
LAST = paris("2022-11-30", 0)  # ten working days after Tuesday 15/11/2022: until 29/11/2022


def refused(act: Callable[[], Any]) -> tuple[str, ...]:
    """The codes of a refusal that wrote nothing."""
    before = AuditEvent.objects.count()
    with pytest.raises(Refused) as caught:
        act()
    assert AuditEvent.objects.count() == before
    return caught.value.codes


@pytest.mark.django_db
def test_the_signatory_says_that_it_replaces() -> None:
    old = order_in("signed_firm")
    new = rival_of(old)
    with pytest.raises(Refused) as caught:
        new.sign(TODAY)
    (refusal,) = caught.value.refusals
    assert (refusal.code, refusal.field) == ("slot_taken", "replaces")
    assert old.company.name in refusal.message and "confirmez que ce bon remplace l’autre" in refusal.message
    assert (old.order.state, new.order.state, Slot.objects.get().holder) == ("signed_firm", "issued", old.order)


@pytest.mark.django_db
def test_one_signature_replaces() -> None:
    old = order_in("signed_firm")
    new = rival_of(old)
    signed = replace(new, old)
    deliver_pending()
    assert (signed.state, signed.origin, signed.origin_kind) == ("signed_firm", old.order, "replacement")
    assert (old.order.state, old.order.end_reason, old.order.ended_at) == ("replaced", "replaced", TODAY)
    assert (Slot.objects.get().holder, Slot.objects.get().held_since) == (new.order, TODAY)
    assert old.installation.state == "to_plan"
    assert not Objection.objects.exists()


@pytest.mark.django_db
def test_the_slot_is_never_free_between() -> None:
    old = order_in("signed_firm")
    new = rival_of(old)
    consent, holders = Consent(True, new.shown(), replaces=str(old.pk)), []

    def watch(execute: Any, *statement: Any) -> Any:
        result = execute(*statement)
        with connection.cursor() as cursor:
            cursor.cursor.execute("SELECT holder_id FROM orders_slot")  # past the wrapper, in the same transaction
            holders.append(cursor.cursor.fetchone()[0])
        return result

    with connection.execute_wrapper(watch):
        sign_order(order_id=new.pk, actor=new.titulaire, consent=consent)
    assert len(holders) > 10
    assert set(holders) == {old.pk, new.pk}


@pytest.mark.usefixtures("committed_db")
def test_two_replacements_at_once_leave_one_holder() -> None:
    old = order_in("signed_firm")
    first, second = rival_of(old), rival_of(old)
    shown = {one.pk: one.shown() for one in (first, second)}

    def sign(one: Dossier) -> str:
        try:
            consent = Consent(True, shown[one.pk], replaces=str(old.pk))
            return str(sign_order(order_id=one.pk, actor=one.titulaire, consent=consent).state)
        except Refused as caught:
            return caught.codes[0]

    assert sorted(at_once([lambda: sign(first), lambda: sign(second)])) == ["signed_firm", "slot_taken"]
    winner = next(one for one in (first, second) if one.order.state == "signed_firm")
    assert (Slot.objects.get().holder, old.order.state) == (winner.order, "replaced")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "right"),
    [("to_plan", False), ("planned", False), ("in_progress", True), ("installed", True), ("failed", True)],
)
def test_a_right_to_object_once_the_works_have_begun(state: str, right: bool) -> None:
    old = installation_in(state)
    replace(rival_of(old), old)
    assert [o.until for o in Objection.objects.all()] == ([LAST] if right else [])
    deliver_pending()
    assert old.installation.state == state
    told = Notice.objects.get(organisation=old.company.organisation, subject__contains="remplacé")
    assert ("contester ce remplacement jusqu’au 29/11/2022 inclus" in told.body) is right


def contested(at: datetime = TODAY) -> tuple[Dossier, Dossier]:
    """An order replaced while being installed, whose supplier objects."""
    old = installation_in("installed")
    new = rival_of(old)
    replace(new, old)
    with clock.frozen(business=at):
        object_to(order_id=old.pk, actor=old.supplier, ground="Installée le 24/10/2022")
    return old, new


@pytest.mark.django_db
def test_objecting() -> None:
    old = installation_in("installed")
    new = rival_of(old)
    replace(new, old)

    def act(actor: Actor = old.supplier, ground: str = "Installée") -> Objection:
        return object_to(order_id=old.pk, actor=actor, ground=ground)

    for stranger in (new.supplier, old.titulaire, people.administrator(Role.VALIDATOR), Actor.system()):
        assert refused(lambda actor=stranger: act(actor)) == ("not_allowed",)  # type: ignore[misc]
    assert refused(lambda: act(ground=" ")) == ("missing_field",)
    assert refused(lambda: object_to(order_id=new.pk, actor=new.supplier, ground="x")) == ("no_objection",)
    with clock.frozen(business=LAST):
        assert refused(act) == ("objection_late",)
    with clock.frozen(business=LAST - SECOND):
        assert act().ground == "Installée"
        assert refused(act) == ("already_objected",)


@pytest.mark.django_db
def test_only_a_validator_settles() -> None:
    old, _ = contested()

    def settle(actor: Actor, outcome: str = "rejected", answer: str = "Choix libre de la pharmacie") -> Objection:
        return settle_objection(order_id=old.pk, actor=actor, outcome=outcome, answer=answer)

    for other in (old.supplier, old.titulaire, people.administrator(Role.INSTRUCTOR), Actor.system()):
        assert refused(lambda actor=other: settle(actor)) == ("not_allowed",)  # type: ignore[misc]
    validator = people.administrator(Role.VALIDATOR)
    assert refused(lambda: settle(validator, "maybe")) == ("bad_outcome",)
    assert refused(lambda: settle(validator, answer="")) == ("missing_field",)
    assert settle(validator).outcome == "rejected"
    assert refused(lambda: settle(validator)) == ("already_settled",)
    deliver_pending()
    assert (old.order.state, old.installation.state) == ("replaced", "installed")


@pytest.mark.django_db
def test_nothing_is_settled_before_it_is_raised() -> None:
    old = installation_in("installed")
    replace(rival_of(old), old)
    validator = people.administrator(Role.VALIDATOR)
    assert refused(lambda: settle_objection(order_id=old.pk, actor=validator, outcome="upheld", answer="x")) == (
        "nothing_raised",
    )


@pytest.mark.django_db
def test_an_upheld_objection_restores_the_old_order() -> None:
    old, new = contested()
    validator = people.administrator(Role.VALIDATOR)
    settle_objection(order_id=old.pk, actor=validator, outcome="upheld", answer="Travaux faits")
    deliver_pending()
    assert (old.order.state, old.order.end_reason, old.installation.state) == ("signed_firm", "", "installed")
    assert (new.order.state, new.order.end_reason, new.installation.state) == ("cancelled", "objection", "cancelled")
    assert Slot.objects.get().holder == old.order
    old.prepare(TODAY)
    assert old.answer(TODAY).state == "signed"
    assert old.order.state == "realised"


@pytest.mark.django_db
def test_a_third_order_stops_the_restoration() -> None:
    old, new = contested()
    third = rival_of(new)
    replace(third, new)
    validator = people.administrator(Role.VALIDATOR)
    upheld = lambda: settle_objection(order_id=old.pk, actor=validator, outcome="upheld", answer="x")  # noqa: E731
    assert refused(upheld) == ("engaged_elsewhere",)
    assert Slot.objects.get().holder == third.order


@pytest.mark.django_db
def test_no_supplier_learns_its_rival() -> None:
    old, new = contested()
    deliver_pending()
    settle_objection(order_id=old.pk, actor=people.administrator(Role.VALIDATOR), outcome="upheld", answer="Fait")
    deliver_pending()
    for mine, rival in ((old, new), (new, old)):
        told = Notice.objects.filter(organisation=mine.company.organisation)
        assert told.filter(subject__contains="contestation tranchée").count() == 1
        text = " ".join(notice.subject + notice.body for notice in told)
        assert rival.company.name not in text and rival.order.number not in text


@pytest.mark.django_db
def test_what_was_replaced_is_read_only() -> None:
    old = dossier()
    for act in (old.draft, old.issue, old.sign, old.plan):
        act()
    replace(rival_of(old), old)
    assert refused(lambda: old.fail(TODAY)) == ("order_not_live",)
    assert refused(lambda: old.start(TODAY)) == ("order_not_live",)
    assert refused(lambda: old.plan(TODAY)) == ("wrong_state",)
