"""One message a day to an organisation, one line a deadline, whatever was missed and however many workers run."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core import mail

from orders.domain.deadlines import Kind
from orders.models import Order
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership
from portal.common import clock
from portal.outbox.models import Notice, OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from portal.reminders.models import Digest, Outcome, Reminder
from portal.reminders.services.send import remind
from portal.reminders.tasks import remind as remind_task
from tests.conftest import MACHINE
from tests.factories import people
from tests.factories.dossiers import Dossier, dossier, order_in, paris
from tests.integration.refusals import refused_by_postgres
from tests.integration.web.clones import clone_order

LAST_DAY = date(2022, 11, 9)  # of an order issued on 10/10/2022


def run(at: datetime) -> int:
    with clock.frozen(business=at):
        made = remind()
        deliver_pending(limit=10_000)
        return made


def digests(one: Dossier) -> list[Digest]:
    return list(Digest.objects.filter(organisation=one.place.organisation_id).order_by("day"))


def outcomes(one: Dossier) -> dict[int, str]:
    rows = Reminder.objects.filter(organisation=one.place.organisation_id, deadline__kind=Kind.SIGNATURE)
    return dict(rows.order_by("-offset").values_list("offset", "outcome"))


@pytest.mark.django_db
@pytest.mark.parametrize(("shift", "made"), [(-1, 0), (0, 1), (1, 1)])
def test_to_the_second(shift: int, made: int) -> None:
    one = order_in("issued")
    run(paris("2022-10-25", 7) + timedelta(seconds=shift))  # J-15 is the 25th at 7
    assert len(digests(one)) == made


@pytest.mark.django_db
def test_each_reminder_in_its_time_and_nothing_twice() -> None:
    one = order_in("issued")
    told: list[date] = []
    for day in range(31):
        at = paris("2022-10-10", 12) + timedelta(days=day)
        run(at)
        assert run(at) == 0
        told += [digest.day for digest in digests(one)[len(told) :]]
    assert told == [LAST_DAY - timedelta(days=n) for n in (15, 7, 2, 0)]
    assert set(outcomes(one).values()) == {Outcome.SENT}
    mine = [m for m in mail.outbox if "Rappel" in m.subject and one.place.name not in m.subject]
    assert len(mine) == Digest.objects.count()
    assert "dans 15 jours" in digests(one)[0].subject and "aujourd’hui" in digests(one)[-1].subject


@pytest.mark.django_db
def test_a_worker_down_for_days_sends_one_message_an_object() -> None:
    one = order_in("issued")
    run(paris("2022-11-01", 12))  # J-15, late
    run(paris("2022-11-08", 12))  # J-7 and J-2 were both missed
    assert outcomes(one) == {15: "sent", 7: "covered", 2: "sent", 0: ""}
    first, second = digests(one)
    assert (first.total, second.total) == (1, 1)
    assert "demain" in second.subject
    run(paris("2022-11-09", 12))
    assert [digest.total for digest in digests(one)] == [1, 1, 1]


@pytest.mark.django_db
def test_an_object_that_died_in_the_meantime_is_not_told() -> None:
    one = order_in("issued")
    with clock.frozen(business=paris("2022-10-11")):
        remind()
    order_in("signed_firm")  # somebody else's life goes on
    one.sign(paris("2022-10-26"))
    run(paris("2022-10-27", 12))
    assert digests(one) == []
    assert set(outcomes(one).values()) == {""}


@pytest.mark.django_db
def test_late_but_alive_is_told_once() -> None:
    one = order_in("issued")
    for hour in (12, 13):
        run(paris("2022-11-12", hour))  # down since the issue, three days past the limit, expiry not yet carried out
    (only,) = digests(one)
    assert "dépassée de 3 jours" in only.subject
    run(paris("2022-11-13", 12))
    assert len(digests(one)) == 1


@pytest.mark.django_db
def test_one_message_for_everything_of_an_organisation() -> None:
    company = people.supplier()
    several = [dossier(company=company, referenced=n == 0) for n in range(3)]
    for one in several:
        one.draft()
        one.issue()
    run(paris("2022-11-02", 12))
    (digest,) = Digest.objects.filter(organisation=company.organisation)
    assert digest.total == 3
    for one in several:
        assert one.order.number in digest.body and str(one.pk) in digest.body
    assert len([m for m in mail.outbox if "3 échéances" in m.subject]) == 3  # one to each of its three people


@pytest.mark.django_db
def test_nine_thousand_orders_are_one_message() -> None:
    one = order_in("signed_firm")
    clone_order(one.pk, one.place.pk, 300)
    with clock.frozen(business=paris("2023-02-27", 12)):
        assert remind() == 1
    digest = Digest.objects.get(organisation=one.company.organisation)
    assert digest.total == 302  # with the supplier's own deposit
    assert "Installation à faire : 301" in digest.body and digest.body.count("À vous d’agir") == 20
    assert Order.objects.count() == 301 and Digest.objects.count() == 1


@pytest.mark.django_db
def test_nobody_to_read_it_leaves_it_due() -> None:
    one = order_in("issued")
    Membership.objects.filter(organisation=one.place.organisation_id).update(until=paris("2022-10-20"))
    run(paris("2022-10-25", 12))
    assert digests(one) == [] and set(outcomes(one).values()) == {""}
    people.attach(one.place, Role.TITULAIRE)
    run(paris("2022-10-26", 12))
    assert [digest.total for digest in digests(one)] == [1]


@pytest.mark.django_db
def test_delivering_again_tells_nobody_twice() -> None:
    order_in("issued")
    run(paris("2022-10-25", 12))
    before = Notice.objects.count(), len(mail.outbox)
    OutboxMessage.objects.update(delivered_at=None, available_at=MACHINE)
    run(paris("2022-10-25", 13))
    assert (Notice.objects.count(), len(mail.outbox)) == before


@pytest.mark.django_db
def test_the_task_does_it_all() -> None:
    order_in("issued")
    with clock.frozen(business=paris("2022-10-25", 12)):
        assert remind_task() == 1
        assert remind_task() == 0


@pytest.mark.django_db
def test_postgres_keeps_a_digest() -> None:
    one = order_in("issued")
    run(paris("2022-10-25", 12))
    (digest,) = digests(one)
    rows = Digest.objects.filter(pk=digest.pk)
    with refused_by_postgres("Cannot update or delete"):
        rows.update(body="autre")
    with refused_by_postgres("Cannot update or delete"):
        rows._raw_delete("default")
    with refused_by_postgres("digest_once_a_day"):
        Digest.objects.create(
            organisation=digest.organisation, day=digest.day, made_at=digest.made_at, total=1, subject="x", body="x"
        )
    sent = Reminder.objects.filter(digest=digest)
    with refused_by_postgres("settled_is_final"):
        sent.update(outcome="covered")
