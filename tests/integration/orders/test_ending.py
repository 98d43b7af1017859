"""Refusing, cancelling by consent, voiding for fraud, and what a refused act leaves: nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orders.models import Slot
from orders.services.cancel import ask_cancel, cancel_order, keep_order, void_order
from orders.services.draft import DraftRequest, discard_order, draft_order, edit_order
from orders.services.issue import issue_order
from orders.services.sign import Consent, decline_order, sign_order
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.refusals import Refused
from portal.outbox.models import OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from tests.factories import people
from tests.factories.content import content
from tests.factories.dossiers import Dossier, dossier, order_in, paris, va_in

pytestmark = pytest.mark.django_db


def codes_of(act: Callable[[], Any]) -> tuple[str, ...]:
    """The codes of a refusal, after proving that it wrote nothing."""
    before = AuditEvent.objects.count(), OutboxMessage.objects.count()
    with pytest.raises(Refused) as refused:
        act()
    assert (AuditEvent.objects.count(), OutboxMessage.objects.count()) == before
    assert all(refusal.message for refusal in refused.value.refusals)
    return refused.value.codes


def decline(one: Dossier, reason: str, comment: str = "", actor: Actor | None = None) -> Any:
    return decline_order(order_id=one.pk, actor=actor or one.titulaire, reason=reason, comment=comment)


def test_declining_has_a_reason() -> None:
    one = order_in("issued")
    assert codes_of(lambda: decline(one, "because")) == ("bad_reason",)
    assert codes_of(lambda: decline(one, "other", " ")) == ("missing_field",)
    order = decline(one, "other", " Trop tard ")
    assert (order.state, order.end_reason, order.end_comment) == ("declined", "other", "Trop tard")
    assert Slot.objects.get().holder is None


@pytest.mark.parametrize("asker", ["supplier", "titulaire"])
@pytest.mark.parametrize("state", ["signed_conditional", "signed_firm", "affirmed"])
def test_cancelled_by_consent_never_by_the_asker(state: str, asker: str) -> None:
    one = order_in(state)
    first: Actor = getattr(one, asker)
    other = one.titulaire if asker == "supplier" else one.supplier
    assert codes_of(lambda: cancel_order(order_id=one.pk, actor=other)) == ("nothing_asked",)
    assert codes_of(lambda: ask_cancel(order_id=one.pk, actor=first, reason=" ")) == ("missing_field",)
    asked = ask_cancel(order_id=one.pk, actor=first, reason="Cessation")
    assert asked.cancel_asked_by == ("supplier" if asker == "supplier" else "pharmacy")
    assert codes_of(lambda: ask_cancel(order_id=one.pk, actor=other, reason="Moi aussi")) == ("already_asked",)
    assert codes_of(lambda: cancel_order(order_id=one.pk, actor=first)) == ("needs_other_party",)
    colleague = (
        people.member(one.company.organisation, Role.SUPPLIER)
        if asker == "supplier"
        else people.attach(one.place, Role.TITULAIRE)
    )
    assert codes_of(lambda: cancel_order(order_id=one.pk, actor=colleague)) == ("needs_other_party",)
    cancelled = cancel_order(order_id=one.pk, actor=other)
    deliver_pending()
    assert (cancelled.state, cancelled.end_reason, cancelled.end_comment) == ("cancelled", "by_consent", "Cessation")
    assert (Slot.objects.get().holder, one.installation.state) == (None, "cancelled")


def test_a_distributor_is_on_the_supplier_s_side() -> None:
    one = dossier()
    distributor = people.member(people.distributor_for(one.company).organisation, Role.DISTRIBUTOR)
    one.draft(actor=distributor)
    one.issue()
    one.sign()
    one.ask_cancel(actor=one.supplier)
    assert codes_of(lambda: cancel_order(order_id=one.pk, actor=distributor)) == ("needs_other_party",)


@pytest.mark.parametrize("keeper", ["supplier", "titulaire"])
def test_a_request_is_turned_down_or_taken_back(keeper: str) -> None:
    one = order_in("signed_firm")
    assert codes_of(lambda: keep_order(order_id=one.pk, actor=one.supplier)) == ("nothing_asked",)
    one.ask_cancel()
    kept = keep_order(order_id=one.pk, actor=getattr(one, keeper))
    assert (kept.state, kept.cancel_asked_by, kept.cancel_asked_at) == ("signed_firm", "", None)
    one.ask_cancel(actor=one.supplier)


@pytest.mark.parametrize("state", ["signed_conditional", "signed_firm", "affirmed"])
def test_a_validator_alone_voids(state: str) -> None:
    one = order_in(state)
    for actor in (one.supplier, one.titulaire, people.administrator(Role.INSTRUCTOR), Actor.system()):
        assert codes_of(lambda actor=actor: void_order(order_id=one.pk, actor=actor, comment="x")) == (  # type: ignore[misc]
            "not_allowed",
        )
    validator = people.administrator(Role.VALIDATOR)
    assert codes_of(lambda: void_order(order_id=one.pk, actor=validator, comment="")) == ("missing_field",)
    voided = void_order(order_id=one.pk, actor=validator, comment="Faux titulaire")
    assert (voided.state, voided.end_reason, voided.end_comment) == ("cancelled", "fraud", "Faux titulaire")
    assert Slot.objects.get().holder is None


def test_the_end_of_the_order_ends_its_va() -> None:
    one = va_in("to_sign")
    void_order(order_id=one.pk, actor=people.administrator(Role.VALIDATOR), comment="Faux")
    deliver_pending()
    assert (one.va.state, one.va.end_reason, one.installation.state) == (
        "voided",
        "La commande a pris fin",
        "cancelled",
    )
    assert one.installation.va_state == "voided"


def test_signing_needs_consent_and_the_document_shown() -> None:
    one = order_in("issued")

    def sign(given: bool, shown: str) -> Any:
        return sign_order(order_id=one.pk, actor=one.titulaire, consent=Consent(given, shown))

    with clock.frozen(business=paris("2022-10-12")):
        assert codes_of(lambda: sign(True, "x")) == ("document_pending",)
        shown = one.shown()
        assert codes_of(lambda: sign(False, shown)) == ("no_consent",)
        assert codes_of(lambda: sign(True, "0" * 64)) == ("other_document",)
        assert codes_of(lambda: sign(True, "")) == ("other_document",)
    assert Slot.objects.get().holder is None and one.order.version == 1
    one.sign()


def test_the_adjoint_does_not_sign() -> None:
    one = order_in("issued")
    adjoint = people.attach(one.place, Role.ADJOINT)
    with pytest.raises(Refused) as refused:
        one.sign(actor=adjoint)
    assert refused.value.codes == ("not_allowed",)


def test_an_incomplete_order_is_not_issued() -> None:
    one = dossier(client_name="", amount_vat="1.00", has_personal_mailbox=None)
    one.draft()
    issue = lambda: issue_order(order_id=one.pk, actor=one.supplier)  # noqa: E731
    assert codes_of(issue) == ("missing_field", "missing_field", "bad_vat", "bad_total")
    assert one.order.client_name == ""


def test_an_order_needs_somebody_to_sign_it() -> None:
    one = dossier()
    one.place = people.pharmacy()
    one.draft()
    assert codes_of(lambda: issue_order(order_id=one.pk, actor=one.supplier)) == ("no_titulaire",)


def test_drafting_for_nobody_or_with_a_foreign_software() -> None:
    one, other = dossier(), dossier()

    def draft(pharmacy: Any, version: Any, actor: Actor) -> Any:
        request = DraftRequest(people.PROGRAMME, pharmacy, version, {})
        return draft_order(request=request, actor=actor)

    unknown = one.supplier.organisation_id
    assert codes_of(lambda: draft(unknown, one.version.pk, one.supplier)) == ("unknown_pharmacy",)
    assert codes_of(lambda: draft(unknown, unknown, one.supplier)) == ("unknown_pharmacy", "unknown_software")
    assert codes_of(lambda: draft(one.place.pk, other.version.pk, one.supplier)) == ("unknown_software",)
    assert codes_of(lambda: draft(one.place.pk, one.version.pk, one.titulaire)) == ("unknown_software",)
    assert not Slot.objects.exists()


def test_editing_a_draft() -> None:
    one, other = order_in("draft"), dossier()

    def edit(**given: Any) -> Any:
        request: dict[str, Any] = {"order_id": one.pk, "actor": one.supplier, "content": {}}
        return edit_order(**(request | given))

    assert codes_of(lambda: edit(expected_version=9)) == ("stale",)
    assert codes_of(lambda: edit(content={"client_name": "X"}, version_id=other.version.pk)) == ("unknown_software",)
    assert one.order.client_name != "X"
    second = people.software(one.company, name="Autre", referenced=False)
    edited = edit(content=content(client_name="Nouveau"), version_id=second.pk, expected_version=0)
    assert (edited.client_name, edited.software_version_id, edited.version) == ("Nouveau", second.pk, 1)
    with pytest.raises(ValueError, match="not fields"):
        edit(content={"state": "issued"})
    assert discard_order(order_id=one.pk, actor=one.supplier).end_reason == "discarded"
    assert codes_of(lambda: edit()) == ("wrong_state",)
