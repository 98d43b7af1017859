"""Many hands on one pharmacy at the same instant, really committed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.db.models import Count

from orders.domain.limits import french_day
from orders.models import Installation, Order, Slot
from orders.services.cancel import cancel_order
from orders.services.sign import Consent, sign_order
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.audit.models import AuditEvent
from portal.audit.selectors import broken_events
from portal.common.refusals import Refused
from portal.documents.models import Signature
from portal.outbox.models import OutboxMessage
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.content import content
from tests.factories.dossiers import Dossier, dossier
from tests.integration.threads import at_once

pytestmark = pytest.mark.usefixtures("committed_db")


def _rivals(number: int) -> list[Dossier]:
    """Issued orders of as many suppliers for one pharmacy and one titulaire, their documents ready."""
    place = people.pharmacy()
    titulaire = people.attach(place, Role.TITULAIRE)
    rivals = []
    for _ in range(number):
        company = people.supplier()
        member = people.member(company.organisation, Role.SUPPLIER)
        rivals.append(Dossier(company, place, people.software(company), member, titulaire, typed=content()))
        rivals[-1].draft()
        rivals[-1].issue(TODAY)
    rivals[0].shown()
    return rivals


def _sign(order: Dossier, shown: str, actor: Actor) -> str:
    """The state after signing, or the refusal's words."""
    try:
        return str(sign_order(order_id=order.pk, actor=actor, consent=Consent(True, shown)).state)
    except Refused as refused:
        return f"{refused.codes[0]}: {refused}"


def _signature(one: Dossier) -> Callable[[], str]:
    return partial(_sign, one, one.shown(), one.titulaire)


def test_one_of_twenty_suppliers() -> None:
    rivals = _rivals(20)
    works = [_signature(one) for one in rivals]
    before = AuditEvent.objects.count(), OutboxMessage.objects.count()
    results = at_once(works, threads=8)

    assert results.count("signed_firm") == 1
    losers = [result for result in results if result != "signed_firm"]
    assert len(losers) == 19
    winner = Order.objects.get(state="signed_firm")
    words = f"déjà engagée avec {winner.supplier.name} le {french_day(TODAY)}"
    assert all(loser.startswith("slot_taken: ") and words in loser for loser in losers)

    slot = Slot.objects.get()
    assert (slot.holder, slot.held_since) == (winner, TODAY)
    assert Order.objects.filter(state="issued", signed_at=None).count() == 19
    assert Installation.objects.get().order == winner
    assert Signature.objects.count() == 1
    # The winner's signature and its installation; its announcement and its signed copy.
    assert (AuditEvent.objects.count(), OutboxMessage.objects.count()) == (before[0] + 2, before[1] + 2)
    assert AuditEvent.objects.filter(verb="sign_firm").get().object_id == str(winner.pk)
    for chain in AuditEvent.objects.values("object_type", "object_id").annotate(events=Count("id")):
        assert not list(broken_events(chain["object_type"], chain["object_id"]))


def test_a_double_click_signs_once() -> None:
    (one,) = _rivals(1)
    shown = one.shown()
    results = at_once([lambda: _sign(one, shown, one.titulaire)] * 2)
    assert sorted(result.split(":")[0] for result in results) == ["signed_firm", "wrong_state"]
    assert Signature.objects.count() == Installation.objects.count() == 1
    assert AuditEvent.objects.filter(verb="sign_firm").count() == 1


def test_cancelling_and_signing_the_next_one() -> None:
    """The other order is either still in the way or already gone: the slot never has two holders, nor none wrongly."""
    first, second = _rivals(2)
    first.sign(TODAY)
    first.ask_cancel()
    shown = second.shown()

    def cancel() -> str:
        return str(cancel_order(order_id=first.pk, actor=first.supplier).state)

    cancelled, signed = at_once([cancel, lambda: _sign(second, shown, second.titulaire)])
    assert cancelled == "cancelled"
    holder = Slot.objects.get().holder
    assert holder == (second.order if signed == "signed_firm" else None)
    assert signed == "signed_firm" or signed.startswith("slot_taken")


def test_two_titulaires_sign_once() -> None:
    (one,) = _rivals(1)
    other = people.attach(one.place, Role.TITULAIRE)
    shown = one.shown(signatory=other) and one.shown()
    results = at_once([lambda: _sign(one, shown, one.titulaire), lambda: _sign(one, shown, other)])
    assert sorted(result.split(":")[0] for result in results) == ["signed_firm", "wrong_state"]


def test_different_pharmacies_do_not_wait_for_each_other() -> None:
    ones = [dossier() for _ in range(4)]
    for one in ones:
        one.draft()
        one.issue(TODAY)
    assert at_once([_signature(one) for one in ones]) == ["signed_firm"] * 4
