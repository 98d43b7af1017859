"""What the preview promised is what the publication does, order by order; once."""

from __future__ import annotations

from datetime import datetime

import pytest

from orders.models import Order
from orders.services.cancel import cancel_order
from orders.services.deadlines import apply_deadlines
from orders.services.revival import APPLY
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.outbox.models import Job, JobState, Notice
from portal.outbox.services.deliver import deliver_pending
from portal.outbox.services.jobs import run_waiting
from portal.rulemaking.models import Amendment
from portal.rulemaking.services.scene import Scene
from tests.factories import people
from tests.factories.dossiers import Dossier, dossier, paris
from tests.integration.rulemaking import drafts

pytestmark = pytest.mark.django_db
AFTER = paris("2023-05-02", 9)


def signed(at: datetime) -> Dossier:
    one = dossier()
    one.draft(at=at)
    one.issue(at=at)
    one.sign(at=at)
    return one


@pytest.fixture
def lapsed() -> list[Dossier]:
    """Two firm orders ended by the closing of 28/04/2023, and one cancelled by its parties."""
    found = [signed(paris("2022-10-12")), signed(paris("2022-11-12")), signed(paris("2022-10-14"))]
    with clock.frozen(business=paris("2022-11-20")):
        found[2].ask_cancel()
        cancel_order(order_id=found[2].pk, actor=found[2].supplier)
    with clock.frozen(business=AFTER):
        apply_deadlines()
    assert [one.order.state for one in found] == ["lapsed", "lapsed", "cancelled"]
    return found


def published_after(day: str) -> tuple[Amendment, dict[str, str]]:
    """An arrêté that moves the closing of the VA; what its preview promised of each order's state."""
    author, approver = people.administrator(), people.administrator(Role.VALIDATOR)
    draft = drafts.moved(author, "va", day)
    promised = {row.number: row.to_state for row in Scene(draft, clock.business_now()).impact.rows if row.verb}
    return drafts.publish(draft, author, approver), promised


def test_the_preview_equals_the_publication(lapsed: list[Dossier]) -> None:
    with clock.frozen(business=AFTER):
        _, promised = published_after("2023-09-20")
        before = dict(Order.objects.values_list("number", "state"))
        deliver_pending()
        run_waiting()
        deliver_pending()
        after = dict(Order.objects.values_list("number", "state"))
        assert promised == {one.order.number: "signed_firm" for one in lapsed[:2]}
        assert {number: state for number, state in after.items() if before[number] != state} == promised
        job = Job.objects.get(kind=APPLY)
        assert job.state == JobState.DONE and job.result["revived"] == 2
        for one in lapsed[:2]:
            (told,) = Notice.objects.filter(user=one.supplier.user_id, subject__startswith="Nouvelles règles")
            assert one.order.number in told.body and "1 rétablies" in told.body
            assert Notice.objects.filter(user=one.titulaire.user_id, subject__contains="rétabli").count() == 1
        assert not Notice.objects.filter(user=lapsed[2].supplier.user_id, subject__startswith="Nouvelles").exists()


def test_run_twice_nothing_more(lapsed: list[Dossier]) -> None:
    with clock.frozen(business=AFTER):
        published_after("2023-09-20")
        deliver_pending()
        run_waiting()
        deliver_pending()
        once = (Notice.objects.count(), sorted(Order.objects.values_list("number", "version")))
        Job.objects.filter(kind=APPLY).update(state=JobState.QUEUED, finished_at=None)
        run_waiting()
        deliver_pending()
        assert (Notice.objects.count(), sorted(Order.objects.values_list("number", "version"))) == once
