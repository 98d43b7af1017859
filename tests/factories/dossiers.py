"""Orders, installations and VAs in any state of their lifecycles, brought there by the services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from attestations.models import Attestation
from orders.models import Order
from orders.services import cancel as cancelling
from orders.services.deadlines import take_step
from orders.services.facts import OBJECT as ORDER_OBJECT
from orders.services.sign import Consent, decline_order, sign_order
from orders.services.succession import record_succession
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.documents.selectors import latest
from portal.outbox.services.deliver import deliver_pending
from portal.registry.services.succession import SuccessionEvent
from tests.factories import people
from tests.factories.confirmed import confirmed
from tests.factories.dossier import (
    ANSWERED as ANSWERED,
)
from tests.factories.dossier import (
    CODES as CODES,
)
from tests.factories.dossier import (
    DRAFTED as DRAFTED,
)
from tests.factories.dossier import (
    INSTALLED as INSTALLED,
)
from tests.factories.dossier import (
    ISSUED as ISSUED,
)
from tests.factories.dossier import (
    PLANNED as PLANNED,
)
from tests.factories.dossier import (
    PLANNED_FOR as PLANNED_FOR,
)
from tests.factories.dossier import (
    PREPARED as PREPARED,
)
from tests.factories.dossier import (
    SIGNED as SIGNED,
)
from tests.factories.dossier import (
    STARTED as STARTED,
)
from tests.factories.dossier import (
    Dossier as Dossier,
)
from tests.factories.dossier import (
    decisions as decisions,
)
from tests.factories.dossier import (
    dossier as dossier,
)
from tests.factories.dossier import (
    paris as paris,
)


def _then(*steps: Callable[[Dossier], Any]) -> Callable[[Dossier], None]:
    def play(one: Dossier) -> None:
        for step in steps:
            step(one)

    return play


_SIGNED = (Dossier.draft, Dossier.issue, Dossier.sign)
_INSTALLED = (*_SIGNED, Dossier.plan, Dossier.declare)


def _affirm(one: Dossier) -> None:
    people.reference(one.version, complete=paris("2022-10-20"), at=paris("2022-11-02"))
    with clock.frozen(business=paris("2022-11-02", 11)):
        take_step(one.pk)


def _lapse(one: Dossier) -> None:
    with clock.frozen(business=paris("2023-02-10", 0)):
        take_step(one.pk)


def _expire(one: Dossier) -> None:
    with clock.frozen(business=paris("2022-11-10", 0)):
        take_step(one.pk)


def _decline(one: Dossier) -> None:
    with clock.frozen(business=SIGNED):
        decline_order(order_id=one.pk, actor=one.titulaire, reason="other_supplier", comment="")


def _cancel(one: Dossier) -> None:
    one.ask_cancel()
    cancelling.cancel_order(order_id=one.pk, actor=one.supplier)
    deliver_pending()


def _replaced(one: Dossier) -> None:
    other = dossier(place=one.place, titulaire=one.titulaire)
    with clock.frozen(business=SIGNED):
        other.draft(SIGNED)
        other.issue(SIGNED)
        consent = Consent(True, other.shown(signatory=one.titulaire), replaces=str(one.pk))
        sign_order(order_id=other.pk, actor=one.titulaire, consent=consent)


def _transferred(one: Dossier) -> None:
    heir = people.pharmacy()
    owner = people.attach(heir, Role.TITULAIRE)
    with clock.frozen(business=PREPARED):
        event = SuccessionEvent(one.place.pk, "transfer", heir.pk, date(2022, 11, 1), "Arrêté de transfert")
        record_succession(event=event, actor=people.administrator())
        proposed = Order.objects.get(origin=one.pk)
        deliver_pending()
        document = latest("order", ORDER_OBJECT, str(proposed.pk))
        assert document is not None and document.sha256
        confirmed(owner, document.sha256)
        consent = Consent(True, document.sha256, replaces=str(one.pk))
        sign_order(order_id=proposed.pk, actor=owner, consent=consent)


def _late(one: Dossier) -> Attestation:
    return one.answer(paris("2023-05-02"))


def _refused_box(one: Dossier) -> Attestation:
    return one.answer(refused=("mss",))


ORDER_STORIES: dict[str, Callable[[Dossier], None]] = {
    "draft": _then(Dossier.draft),
    "issued": _then(Dossier.draft, Dossier.issue),
    "signed_conditional": _then(*_SIGNED),
    "signed_firm": _then(*_SIGNED),
    "affirmed": _then(*_SIGNED, _affirm),
    "realised": _then(*_INSTALLED, Dossier.prepare, Dossier.answer),
    "declined": _then(Dossier.draft, Dossier.issue, _decline),
    "expired": _then(Dossier.draft, Dossier.issue, _expire),
    "lapsed": _then(*_SIGNED, _lapse),
    "cancelled": _then(*_SIGNED, _cancel),
    "replaced": _then(*_SIGNED, _replaced),
    "transferred": _then(*_SIGNED, _transferred),
}
CONDITIONAL_STORIES = frozenset({"signed_conditional", "affirmed", "lapsed"})
INSTALLATION_STORIES: dict[str, Callable[[Dossier], None]] = {
    "to_plan": _then(*_SIGNED),
    "planned": _then(*_SIGNED, Dossier.plan),
    "in_progress": _then(*_SIGNED, Dossier.plan, Dossier.start),
    "installed": _then(*_INSTALLED),
    "failed": _then(*_SIGNED, Dossier.plan, Dossier.fail),
    "validated": _then(*_INSTALLED, Dossier.prepare, Dossier.answer),
    "cancelled": _then(*_SIGNED, _cancel),
}
VA_STORIES: dict[str, Callable[[Dossier], None]] = {
    "to_sign": _then(*_INSTALLED, Dossier.prepare),
    "signed_with_reserves": _then(*_INSTALLED, Dossier.prepare, _refused_box),
    "signed": _then(*_INSTALLED, Dossier.prepare, Dossier.answer),
    "signed_late": _then(*_INSTALLED, Dossier.prepare, _late),
    "refused": _then(*_INSTALLED, Dossier.prepare, Dossier.refuse_va),
    "voided": _then(*_INSTALLED, Dossier.prepare, _cancel),
}


def order_in(state: str, **given: Any) -> Dossier:
    """An order in a state of its lifecycle."""
    one = dossier(**({"referenced": state not in CONDITIONAL_STORIES} | given))
    ORDER_STORIES[state](one)
    assert one.order.state == state
    return one


def installation_in(state: str, **given: Any) -> Dossier:
    """An installation in a state of its lifecycle."""
    one = dossier(**given)
    INSTALLATION_STORIES[state](one)
    assert one.installation.state == state
    return one


def va_in(state: str, **given: Any) -> Dossier:
    """A VA in a state of its lifecycle."""
    one = dossier(**given)
    VA_STORIES[state](one)
    assert one.va.state == state
    return one
