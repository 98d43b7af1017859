"""A VA signed too late is kept; a later arrêté that covers its date realises the order."""

from __future__ import annotations

from datetime import datetime

import pytest

from orders.models import Slot
from orders.services.deadlines import apply_deadlines
from orders.services.revival import APPLY
from portal.common import clock
from portal.common.canonical import sha256_of
from portal.outbox.models import Job
from portal.outbox.services.deliver import deliver_pending
from portal.outbox.services.jobs import enqueue, run_waiting
from portal.programmes.models import RuleSetVersion
from tests.factories import people
from tests.factories.dossiers import Dossier, paris, va_in
from tests.unit.programmes.catalogue import raw

pytestmark = pytest.mark.django_db
AFTER = paris("2023-05-02")


def extend(closes: str, known_from: datetime) -> None:
    """A second rule set moves the closing of installations and VAs."""
    content = raw() | {"version": 90, "known_from": known_from.isoformat()}
    for row in content["calendar"]:
        if (row["nature"], row["bound"]) in (("va", "closes"), ("installation", "closes")):
            row["day"] = closes
    RuleSetVersion.objects.create(
        programme_id=people.PROGRAMME,
        number=90,
        title="Prolongation",
        source="essai",
        content=content,
        sha256=sha256_of(content),
        known_from=known_from,
        published_at=clock.machine_now(),
    )


def signed_late() -> Dossier:
    """A VA prepared in time and signed after the closing, its order lapsed."""
    one = va_in("to_sign")
    with clock.frozen(business=paris("2023-04-29")):
        apply_deadlines()
        deliver_pending()
    assert (one.order.state, one.order.end_reason, one.va.state) == ("lapsed", "closing", "to_sign")
    assert one.answer(paris("2023-04-30")).state == "signed_late"
    return one


@pytest.mark.parametrize(
    ("closes", "order", "va"), [("2023-09-20", "realised", "signed"), ("2023-04-29", "lapsed", "signed_late")]
)
def test_a_rule_that_covers_it_realises_the_order(closes: str, order: str, va: str) -> None:
    one = signed_late()
    assert one.installation.state == "installed"
    with clock.frozen(business=AFTER):
        extend(closes, AFTER)
        enqueue(APPLY, {"programme": people.PROGRAMME}, dedup="essai")
        deliver_pending()
        run_waiting()
        deliver_pending()
    assert Job.objects.get(kind=APPLY).state == "done"
    assert (one.order.state, one.va.state) == (order, va)
    assert one.installation.state == ("validated" if order == "realised" else "installed")
    assert Slot.objects.get().holder == (one.order if order == "realised" else None)


def test_what_a_date_ended_is_left_as_it_stands() -> None:
    one = signed_late()
    for act in (one.fail, one.raise_reserve):
        with pytest.raises(Exception, match=r"n’est (plus en cours|pas possible)"):
            act(AFTER)
