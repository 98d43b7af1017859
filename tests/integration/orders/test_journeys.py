"""Whole lives of an order, act by act, with what everybody is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from attestations.models import Reserve, Statement
from orders.models import Installation, Order, Slot
from orders.services.deadlines import apply_deadlines
from orders.services.issue import withdraw_order
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.common.refusals import Refused
from portal.documents.models import Document, Signature
from portal.documents.selectors import latest
from portal.outbox.models import Notice, OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from portal.outbox.services.drain import drain
from portal.registry.domain.referencing import Status
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.dossiers import ANSWERED, INSTALLED, SIGNED, dossier, order_in, paris, va_in

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
LIMIT = paris("2023-02-10", 0)


@pytest.mark.real_pdf
def test_from_draft_to_realised() -> None:
    one = dossier()
    order = one.draft()
    assert order.number == f"BC-2022-{order.number[-6:]}" and order.referencing_number == ""
    assert one.issue().referencing_number.startswith("NUM-")
    shown = one.shown()
    signed = one.sign()
    assert (signed.state, signed.signed_at, signed.signed_by_id) == ("signed_firm", SIGNED, one.titulaire.user_id)
    assert signed.conditional_until is None
    evidence = Signature.objects.get()
    assert (evidence.document_sha256, evidence.consent_version, evidence.method) == (shown, "bdc-1", "psc_demo")
    assert Slot.objects.get().holder_id == order.pk
    one.plan()
    one.start()
    done = one.declare(mss_kind="NONE", mss_address="")
    assert (done.installed_at, done.mss_address, done.final_scenario) == (INSTALLED, "", "Mise à jour sur site")
    va = one.prepare()
    assert va.number == f"VA-{order.number}"
    assert list(Statement.objects.filter(attestation=va).values_list("accepted", flat=True)) == [None] * 5
    assert one.answer().state == "signed"
    assert (one.order.state, one.order.realised_at) == ("realised", ANSWERED)
    assert (one.installation.state, one.installation.va_state) == ("validated", "signed")
    assert Slot.objects.get().holder_id == order.pk
    deliver_pending()
    kinds = Document.objects.filter(thread=str(order.pk)).values_list("kind", "sha256")
    assert sorted(kind for kind, _ in kinds) == ["order", "order_signed", "va", "va_filled", "va_signed"]
    assert all(sha256 for _, sha256 in kinds)


def test_everybody_is_told() -> None:
    one = va_in("signed")
    deliver_pending()
    assert not OutboxMessage.objects.filter(delivered_at=None).exists()
    told = {
        side: list(Notice.objects.filter(user=actor.user_id).order_by("id").values_list("subject", flat=True))
        for side, actor in {"pharmacy": one.titulaire, "supplier": one.supplier}.items()
    }
    number = one.order.number
    complete = f"{one.version} : dossier de référencement complet"
    assert told["supplier"] == [complete, f"Bon de commande n° {number} signé", "Prestation Ségur réalisée"]
    assert told["pharmacy"] == [
        "Un bon de commande Ségur vous attend",
        f"Bon de commande n° {number} signé",
        "Votre installation est planifiée",
        "Votre logiciel est installé",
        "Votre vérification d’aptitude (VA) est à signer",
        "Prestation Ségur réalisée",
    ]
    assert len(mail.outbox) == 9
    of_the_order = [message for message in mail.outbox if message.subject != complete]
    assert len(of_the_order) == 8 and all(f"/{one.pk}/" in message.body for message in of_the_order)


def test_a_withdrawn_order_is_issued_again() -> None:
    one = order_in("issued")
    first = one.shown()
    withdraw_order(order_id=one.pk, actor=one.supplier)
    stored = one.order
    assert (stored.state, stored.issued_at, stored.expires_at, stored.referencing_number) == ("draft", None, None, "")
    assert latest("order", "orders_order", str(one.pk)) is None
    one.issue(TODAY)
    document = Document.objects.get(thread=str(one.pk), revision=2)
    assert document.voided_at is None and one.shown() != first
    assert Document.objects.get(revision=1, thread=str(one.pk)).void_reason == "Commande reprise par le fournisseur"
    one.sign(TODAY)
    with clock.frozen(business=TODAY), pytest.raises(Refused) as refused:
        one.sign(TODAY)
    assert refused.value.codes == ("wrong_state",)


def test_conditional_then_affirmed_by_the_referencing() -> None:
    one = order_in("signed_conditional")
    assert (one.order.conditional_until, one.order.referencing_number) == (LIMIT, "")
    people.reference(one.version, complete=paris("2023-02-09", 23, 59), at=paris("2023-02-20"))
    with clock.frozen(business=paris("2023-02-20", 11)):
        assert one.order.state == "signed_conditional"
        drain()
        assert (one.order.state, one.order.affirmed_at) == ("affirmed", paris("2023-02-20", 11))
        drain()
    assert Slot.objects.get().holder_id == one.pk
    assert Document.objects.filter(thread=str(one.pk), kind="affirmation").count() == 1
    subjects = Notice.objects.filter(user=one.titulaire.user_id).values_list("subject", flat=True)
    assert f"Bon de commande n° {one.order.number} affermi" in subjects


def test_a_referencing_still_to_come_affirms_by_the_sweep() -> None:
    one = order_in("signed_conditional")
    people.say(one.version, Status.COMPLETE, paris("2022-11-01"))
    with clock.frozen(business=TODAY):
        drain()
        assert apply_deadlines() == 0
    people.say(one.version, Status.REFERENCED, paris("2022-12-01"), number="N-9")
    with clock.frozen(business=paris("2022-12-01")):
        assert apply_deadlines() == 1
        assert apply_deadlines() == 0
    assert one.order.state == "affirmed"


@pytest.mark.parametrize("complete", [None, LIMIT, LIMIT + SECOND])
def test_a_conditional_order_lapses_exactly_at_its_limit(complete: object) -> None:
    one = order_in("signed_conditional")
    one.plan()
    if complete:
        people.say(one.version, Status.COMPLETE, complete)  # type: ignore[arg-type]
    with clock.frozen(business=LIMIT - SECOND):
        assert apply_deadlines() == 0
    with clock.frozen(business=LIMIT):
        assert apply_deadlines() == 1
        deliver_pending()
        assert apply_deadlines() == 0
    assert (one.order.state, one.order.ended_at, one.order.end_reason) == ("lapsed", LIMIT, "conditional_limit")
    slot = Slot.objects.get()
    assert (slot.holder_id, slot.held_since) == (None, None)
    # A new arrêté may bring it back whole: its works are left as they stand.
    assert one.installation.state == "planned"


def test_a_complete_dossier_holds_the_order_past_its_limit() -> None:
    one = order_in("signed_conditional")
    people.say(one.version, Status.COMPLETE, LIMIT - SECOND)
    with clock.frozen(business=LIMIT):
        assert apply_deadlines() == 0
    assert one.order.state == "signed_conditional"


def test_the_pharmacy_is_free_after_a_lapse() -> None:
    one = order_in("lapsed")
    other = dossier(place=one.place)
    with clock.frozen(business=LIMIT + timedelta(days=1)):
        other.draft(clock.business_now())
        other.issue(clock.business_now())
        assert other.sign(clock.business_now()).state == "signed_firm"


def test_a_firm_order_lapses_at_the_closing_without_va() -> None:
    bare, whole = order_in("signed_firm"), order_in("realised")
    closing = paris("2023-04-29", 0)  # the day after
    with clock.frozen(business=closing - SECOND):
        assert apply_deadlines() == 0
    with clock.frozen(business=closing):
        assert apply_deadlines() == 1
    assert (bare.order.state, bare.order.end_reason, whole.order.state) == ("lapsed", "closing", "realised")


def test_an_unsigned_order_expires() -> None:
    one = order_in("issued")
    assert one.order.expires_at == paris("2022-11-10", 0)
    with clock.frozen(business=paris("2022-11-10", 0) - SECOND):
        assert apply_deadlines() == 0
        shown = one.shown()
    with clock.frozen(business=paris("2022-11-10", 0)):
        with pytest.raises(Refused) as refused:
            one.sign(clock.business_now())
        assert refused.value.codes == ("link_expired",) and shown
        assert apply_deadlines() == 1
    assert (one.order.state, one.order.end_reason) == ("expired", "link_expired")
    assert Slot.objects.get().holder is None and not Installation.objects.exists()


def test_a_second_order_is_signed_only_once_the_first_is_gone() -> None:
    one = order_in("signed_firm")
    rival = dossier(place=one.place)
    rival.draft(TODAY)
    rival.issue(TODAY)
    with pytest.raises(Refused) as refused:
        rival.sign(TODAY)
    assert refused.value.codes == ("slot_taken",)
    assert f"déjà engagée avec {one.company.name} le 12/10/2022" in str(refused.value)
    assert Order.objects.get(pk=rival.pk).state == "issued"


def test_reserves_lifted_then_signed_realise_the_order() -> None:
    one = va_in("signed_with_reserves")
    reserve = Reserve.objects.get()
    assert (reserve.statement.code, reserve.due_on) == ("mss", paris("2022-12-05").date())
    assert one.order.state == "signed_firm" and one.installation.va_state == "signed_with_reserves"
    one.lift("mss", paris("2022-11-08"))
    assert one.answer_lifted(("mss",), paris("2022-11-09")).state == "signed"
    assert (one.va.signed_at, one.va.completed_at) == (ANSWERED, paris("2022-11-09"))
    assert one.order.state == "realised" and one.installation.state == "validated"
    assert Statement.objects.filter(attestation=one.va, accepted=True).count() == 5


def test_refusing_again_opens_a_new_reserve() -> None:
    one = va_in("signed_with_reserves")
    one.lift("mss", paris("2022-11-08"))
    assert one.answer_lifted(("mss",), paris("2022-11-09"), refused=("mss",)).state == "signed_with_reserves"
    first, second = Reserve.objects.order_by("id")
    assert first.closed_at == paris("2022-11-09") and (second.closed_at, second.lifted_at) == (None, None)
    assert one.order.state == "signed_firm"
    one.lift("mss", paris("2022-11-10"))
    assert one.answer_lifted(("mss",), paris("2022-11-11")).state == "signed"


def test_a_refused_va_makes_room_for_another() -> None:
    one = va_in("refused")
    assert (one.order.state, one.installation.state) == ("signed_firm", "installed")
    again = one.prepare(paris("2022-11-08"))
    assert again.number == f"VA-{one.order.number}-2"
    assert one.answer(paris("2022-11-09")).state == "signed"
    assert one.order.state == "realised"


def test_a_reserve_on_the_installation_blocks_the_va() -> None:
    one = order_in("signed_firm")
    one.plan()
    one.declare()
    one.raise_reserve()
    with pytest.raises(Refused) as refused:
        one.prepare(paris("2022-11-05"))
    assert refused.value.codes == ("reserves_open",)


def test_a_distributor_orders_for_its_principal() -> None:
    one = dossier()
    distributor = people.member(people.distributor_for(one.company).organisation, Role.DISTRIBUTOR)
    order = one.draft(actor=distributor)
    assert order.distributor is not None and order.supplier == one.company
