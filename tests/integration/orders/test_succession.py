"""Sale, transfer, merger, closure: the right follows the lineage, the orders are taken over or lapse."""

from __future__ import annotations

import pytest
from django.db.models import Q

from orders.models import Order, Slot
from orders.selectors import has_rival
from orders.services.cancel import void_order
from orders.services.sign import Consent, sign_order
from orders.services.succession_preview import preview_succession
from portal.accounts.domain.roles import Role
from portal.common.refusals import Refused
from portal.outbox.services.deliver import deliver_pending
from portal.registry.models import Lineage
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.dossiers import Dossier, dossier, installation_in, order_in, va_in
from tests.factories.life import event_of, replace, rival_of, succeed, taken_over
from tests.integration.threads import at_once


def issued(**given: object) -> Dossier:
    """An order issued today."""
    one = dossier(**given)  # type: ignore[arg-type]
    one.draft(TODAY)
    one.issue(TODAY)
    return one


def take_over(one: Dossier, origin: Dossier) -> Order:
    """The successor's titulaire takes the origin over."""
    consent = Consent(True, one.shown(), replaces=str(origin.pk))
    return sign_order(order_id=one.pk, actor=one.titulaire, consent=consent)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["sale", "transfer", "merger"])
def test_the_successor_takes_the_order_over(kind: str) -> None:
    old, place = order_in("signed_firm"), people.pharmacy()
    recorded = succeed(old.place, kind, place)
    assert recorded.kind == kind
    old.place.refresh_from_db()
    place.refresh_from_db()
    assert (old.place.lineage_id, old.place.closed_on) == (place.lineage_id, recorded.effective_on)
    assert (old.order.state, Slot.objects.get(holder__isnull=False).holder) == ("signed_firm", old.order)

    new = taken_over(old, place)
    assert new.order.client_name == place.name
    with pytest.raises(Refused) as refused:
        new.sign(TODAY)
    assert refused.value.codes == ("slot_taken",)
    signed = take_over(new, old)
    assert (signed.state, signed.counts_from, signed.signed_at) == ("signed_firm", old.order.signed_at, TODAY)
    assert (old.order.state, old.order.end_reason) == ("transferred", "transferred")
    assert [slot.holder for slot in Slot.objects.filter(holder__isnull=False)] == [signed]
    deliver_pending()
    assert old.installation.state == "cancelled"


@pytest.mark.django_db
def test_a_conditional_order_keeps_its_limit() -> None:
    old, place = order_in("signed_conditional"), people.pharmacy()
    succeed(old.place, "sale", place)
    signed = take_over(taken_over(old, place), old)
    assert (signed.state, signed.conditional_until) == ("signed_conditional", old.order.conditional_until)


@pytest.mark.django_db
def test_a_merger_where_one_right_is_used() -> None:
    used, free = order_in("realised"), people.pharmacy()
    succeed(used.place, "merger", free)
    assert has_rival(free, people.PROGRAMME)
    free.refresh_from_db()
    late = issued(place=free)
    with pytest.raises(Refused) as refused:
        late.sign(TODAY)
    assert refused.value.codes == ("slot_taken",)
    assert used.order.state == "realised"


@pytest.mark.django_db
def test_a_merger_where_both_rights_are_used_keeps_both() -> None:
    first, second = order_in("signed_firm"), order_in("signed_firm")
    before = preview_succession(event_of(first.place, "merger", second.place))
    assert [o.number for o in before.former_rights] == [first.order.number]
    assert [o.number for o in before.successor_rights] == [second.order.number]
    succeed(first.place, "merger", second.place)
    signed = take_over(taken_over(first, second.place), first)
    assert (first.order.state, second.order.state) == ("transferred", "signed_firm")
    held = set(Slot.objects.filter(holder__isnull=False).values_list("holder", flat=True))
    assert held == {signed.pk, second.pk}
    # A third order replaces the one of its own slot; the other right stays as it is.
    third = rival_of(second)
    replace(third, second)
    assert second.order.state == "replaced"
    held = set(Slot.objects.filter(holder__isnull=False).values_list("holder", flat=True))
    assert held == {signed.pk, third.pk}


@pytest.mark.django_db
def test_a_second_succession_carries_on_what_nobody_took_over() -> None:
    old, second, third = order_in("signed_firm"), people.pharmacy(), people.pharmacy()
    succeed(old.place, "sale", second)
    second.refresh_from_db()
    succeed(second, "transfer", third)
    signed = take_over(taken_over(old, third), old)
    assert (signed.pharmacy, old.order.state) == (third, "transferred")
    assert Lineage.objects.filter(pharmacies__in=[old.place, second, third]).distinct().count() == 1


@pytest.mark.django_db
def test_an_ended_order_is_not_taken_over() -> None:
    old, place = order_in("signed_firm"), people.pharmacy()
    succeed(old.place, "sale", place)
    new = taken_over(old, place)
    void_order(order_id=old.pk, actor=people.administrator(Role.VALIDATOR), comment="Faux")
    with pytest.raises(Refused) as refused:
        new.sign(TODAY)
    assert refused.value.codes == ("origin_ended",)
    assert not Slot.objects.filter(holder__isnull=False).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("stage", ["to_plan", "installed", "va"])
def test_a_closure_ends_what_is_not_realised(stage: str) -> None:
    one = va_in("to_sign") if stage == "va" else installation_in(stage)
    before = preview_succession(event_of(one.place, "closure"))
    assert ([o.pk for o in before.lapsing], before.handed_over) == ([one.pk], [])
    succeed(one.place, "closure")
    deliver_pending()
    assert (one.order.state, one.order.end_reason) == ("lapsed", "pharmacy_closed")
    assert (one.installation.state, Slot.objects.get().holder) == ("cancelled", None)


@pytest.mark.django_db
def test_a_closure_leaves_what_is_realised() -> None:
    one = order_in("realised")
    succeed(one.place, "closure")
    assert (one.order.state, Slot.objects.get().holder) == ("realised", one.order)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.SUPPLIER, Role.TITULAIRE])
def test_the_administration_alone_records(role: Role) -> None:
    one = order_in("signed_firm")
    actor = one.supplier if role is Role.SUPPLIER else one.titulaire
    with pytest.raises(Refused) as refused:
        succeed(one.place, "closure", actor=actor)
    assert refused.value.codes == ("not_allowed",)


@pytest.mark.usefixtures("committed_db")
def test_one_of_two_signatures_in_a_merged_lineage_wins() -> None:
    """Two orders of two suppliers for the successor, and the takeover's own slot: the family is locked as one."""
    used, place = order_in("signed_firm"), people.pharmacy()
    succeed(used.place, "merger", place)
    place.refresh_from_db()
    void_order(order_id=used.pk, actor=people.administrator(Role.VALIDATOR), comment="Faux")
    rivals = [issued(place=place) for _ in range(2)]
    shown = {one.pk: one.shown() for one in rivals}

    def sign(one: Dossier) -> str:
        try:
            return str(sign_order(order_id=one.pk, actor=one.titulaire, consent=Consent(True, shown[one.pk])).state)
        except Refused as refused:
            return refused.codes[0]

    assert sorted(at_once([lambda: sign(rivals[0]), lambda: sign(rivals[1])])) == ["signed_firm", "slot_taken"]
    assert Slot.objects.filter(holder__isnull=False).count() == 1


@pytest.mark.usefixtures("committed_db")
def test_a_takeover_and_a_new_order_at_once() -> None:
    """The takeover wears the old slot, the rival the successor's: only one ends up holding a right."""
    old, place = order_in("signed_firm"), people.pharmacy()
    succeed(old.place, "sale", place)
    place.refresh_from_db()
    new, rival = taken_over(old, place), issued(place=place)
    shown = {one.pk: one.shown() for one in (new, rival)}

    def sign(one: Dossier) -> str:
        try:
            consent = Consent(True, shown[one.pk], replaces=str(old.pk))
            return str(sign_order(order_id=one.pk, actor=one.titulaire, consent=consent).state)
        except Refused as refused:
            return refused.codes[0]

    results = at_once([lambda: sign(new), lambda: sign(rival)])
    assert sorted(results)[-1] in ("slot_taken", "origin_ended", "signed_firm")
    assert results.count("signed_firm") == 1
    live = Order.objects.filter(Q(pk=old.pk) | Q(pk=new.pk) | Q(pk=rival.pk), state="signed_firm")
    assert live.count() == Slot.objects.filter(holder__isnull=False).count() == 1
