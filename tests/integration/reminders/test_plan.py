"""Planned rows: once, moved with their date, retired with their reason, the same whenever the plan is made."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.domain.deadlines import Kind
from orders.services.deadlines import take_step
from orders.services.installation import replan
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.reminders.models import Reminder, Retirement, TrackedDeadline
from portal.reminders.services.plan import plan_reminders
from portal.reminders.services.store import Counts
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.dossiers import Dossier, dossier, installation_in, order_in, paris, va_in
from tests.integration.refusals import refused_by_postgres

pytestmark = pytest.mark.django_db
NOTHING = Counts()


def plan(at: datetime = TODAY) -> Counts:
    with clock.frozen(business=at):
        return plan_reminders()


def current(kind: Kind, organisation: Any) -> list[int]:
    """The offsets planned for an organisation, the earliest first."""
    rows = Reminder.objects.filter(deadline__kind=kind, organisation=organisation, retired_at=None)
    return list(rows.order_by("-offset").values_list("offset", flat=True))


def retired(because: Retirement) -> int:
    return Reminder.objects.filter(retired_because=because).count()


def test_twice_is_once() -> None:
    one = order_in("issued")
    first = plan(paris("2022-10-10", 11))
    assert (first.tracked, first.planned) == (1, 6)
    assert current(Kind.SIGNATURE, one.place.organisation) == [15, 7, 2, 0]
    assert current(Kind.SIGNATURE, one.company.organisation) == [7, 2]
    assert plan(paris("2022-10-10", 11)) == NOTHING
    assert plan(paris("2022-10-25", 11)) == NOTHING


def test_the_same_plan_comes_out_however_late() -> None:
    one = order_in("issued")
    plan(paris("2022-11-09", 12))  # on the last day, the worker having been down for the month
    assert current(Kind.SIGNATURE, one.place.organisation) == [15, 7, 2, 0]


def test_a_signature_ends_the_signing_and_opens_the_installation() -> None:
    one = dossier()
    one.draft()
    one.issue()
    plan(paris("2022-10-11"))
    one.sign()
    counts = plan(paris("2022-10-12", 15))
    assert (counts.ended, counts.retired) == (1, 6)
    ended = TrackedDeadline.objects.get(kind=Kind.SIGNATURE)
    assert ended.ended_at == paris("2022-10-12", 15) and ended.sequence == 1
    assert retired(Retirement.OVER) == 6
    assert current(Kind.INSTALLATION, one.company.organisation) == [60, 30, 15, 7, 2, 0]
    assert current(Kind.INSTALLATION, one.place.organisation) == [30, 7]
    assert current(Kind.DEPOSIT_ADVANCE, one.company.organisation) == [60, 30, 15, 7, 2, 0]


def test_a_moved_date_plans_again_and_keeps_the_old_rows() -> None:
    one = installation_in("planned")
    plan(paris("2022-10-14"))
    before = TrackedDeadline.objects.get(kind=Kind.PLANNED)
    old = Reminder.objects.filter(deadline=before).count()
    with clock.frozen(business=paris("2022-10-15")):
        replan(installation_id=one.installation.pk, actor=one.supplier, planned_for=paris("2022-11-28", 9))
    counts = plan(paris("2022-10-15", 12))
    after = TrackedDeadline.objects.get(kind=Kind.PLANNED)
    assert (counts.moved, counts.planned, counts.retired) == (1, old, old)
    assert (after.pk, after.sequence, after.due_at) == (before.pk, 1, paris("2022-11-28", 9))
    assert retired(Retirement.MOVED) == old and Reminder.objects.filter(deadline=after).count() == 2 * old
    with clock.frozen(business=paris("2022-10-16")):  # and back again
        replan(installation_id=one.installation.pk, actor=one.supplier, planned_for=before.due_at)
    assert plan(paris("2022-10-16", 12)).moved == 1
    assert TrackedDeadline.objects.get(kind=Kind.PLANNED).sequence == 2
    assert plan(paris("2022-10-16", 13)) == NOTHING


@pytest.mark.parametrize("state", ["expired", "lapsed", "cancelled", "declined", "realised"])
def test_a_dead_object_has_no_reminder_left(state: str) -> None:
    one = order_in(state)
    plan(paris("2023-02-11"))
    assert not Reminder.objects.filter(deadline__order=one.pk, retired_at=None).exists()


@pytest.mark.parametrize("end", ["expire", "lapse"])
def test_what_dies_is_retired(end: str) -> None:
    one = order_in("issued" if end == "expire" else "signed_conditional")
    plan(paris("2022-10-13"))
    assert Reminder.objects.filter(deadline__order=one.pk, retired_at=None).exists()
    at = paris("2022-11-10") if end == "expire" else paris("2023-02-10")
    with clock.frozen(business=at):
        assert take_step(one.pk)
    plan(at)
    assert not Reminder.objects.filter(deadline__order=one.pk, retired_at=None).exists()
    assert not TrackedDeadline.objects.filter(order=one.pk, ended_at=None).exists()


def test_a_complete_dossier_ends_its_deadline() -> None:
    one = order_in("signed_conditional")
    plan(paris("2022-10-13"))
    assert current(Kind.REFERENCING, one.company.organisation) == [60, 30, 15, 7, 2, 0]
    people.reference(one.version, complete=paris("2022-10-20"), at=paris("2022-11-02"))
    plan(paris("2022-10-21"))
    assert current(Kind.REFERENCING, one.company.organisation) == []
    with clock.frozen(business=paris("2022-11-02", 11)):
        assert take_step(one.pk)
    plan(paris("2022-11-02", 12))
    assert current(Kind.INSTALLATION, one.company.organisation) == [60, 30, 15, 7, 2, 0]


def test_the_side_that_acts_changes() -> None:
    one = installation_in("installed")
    plan(paris("2022-10-25"))
    assert current(Kind.VA, one.company.organisation) == [30, 15, 7, 2, 0]
    assert current(Kind.VA, one.place.organisation) == [15, 2]
    one.prepare()
    plan(paris("2022-11-04", 10))
    assert current(Kind.VA, one.company.organisation) == [15, 2]
    assert current(Kind.VA, one.place.organisation) == [30, 15, 7, 2, 0]
    assert retired(Retirement.RECAST) == 3
    assert TrackedDeadline.objects.get(kind=Kind.VA).sequence == 0  # its date has not moved


def test_reserves_of_both_kinds() -> None:
    works = installation_in("installed")
    works.raise_reserve()
    va = va_in("signed_with_reserves")
    plan()
    assert current(Kind.INSTALLATION_RESERVE, works.company.organisation) == [15, 7, 2, 0]
    assert current(Kind.VA_RESERVE, va.company.organisation) == [15, 7, 2, 0]
    assert current(Kind.VA_RESERVE, va.place.organisation) == []
    va.lift("mss", paris("2022-11-08"))
    plan(paris("2022-11-15", 11))
    assert current(Kind.VA_RESERVE, va.company.organisation) == []
    assert current(Kind.VA_RESERVE, va.place.organisation) == [15, 7, 2, 0]


def test_a_distributor_is_written_to_while_mandated() -> None:
    one = dossier()
    seller = people.distributor_for(one.company)
    member = people.member(seller.organisation, Role.DISTRIBUTOR)
    one.draft(actor=member)
    one.issue()
    plan(paris("2022-10-11"))
    assert current(Kind.SIGNATURE, seller.organisation) == [7, 2]
    seller.mandates_held.update(until=paris("2022-10-20"))
    plan(paris("2022-10-20"))
    assert current(Kind.SIGNATURE, seller.organisation) == []
    assert current(Kind.SIGNATURE, one.company.organisation) == [7, 2]


def test_as_many_queries_for_one_order_as_for_many() -> None:
    order_in("issued")
    few = _queries()
    for _ in range(8):
        order_in("issued")
        installation_in("planned")
    assert _queries() <= few + 4  # reserves, more kinds of rows: never one an order


def _queries() -> int:
    with CaptureQueriesContext(connection) as captured:
        plan(paris("2022-10-25"))
    return len(captured)


def _reminder(one: Dossier) -> Reminder:
    plan(paris("2022-10-13"))
    return Reminder.objects.filter(deadline__order=one.pk, retired_at=None).earliest("pk")


def test_postgres_keeps_the_rows_as_they_were_planned() -> None:
    row = _reminder(order_in("issued"))
    rows = Reminder.objects.filter(pk=row.pk)
    with refused_by_postgres("plan_frozen"):
        rows.update(remind_at=row.remind_at + timedelta(days=1))
    with refused_by_postgres("plan_frozen"):
        rows.update(offset=30)
    with refused_by_postgres("reminder_settled"):
        rows.update(outcome="sent")
    with refused_by_postgres("reminder_retired"):
        rows.update(retired_at=TODAY)
    with refused_by_postgres("reminder_retired"):
        rows.update(retired_because="over")
    with refused_by_postgres("reminder_once"):
        Reminder.objects.create(
            deadline=row.deadline,
            offset=row.offset,
            organisation=row.organisation,
            due_at=row.due_at,
            remind_at=row.remind_at,
            planned_at=row.planned_at,
        )
    with refused_by_postgres("Cannot delete"):
        rows.delete()
    rows.update(retired_at=TODAY, retired_because="over")
    with refused_by_postgres("retired_is_final"):
        rows.update(retired_at=None, retired_because="")


def test_postgres_keeps_the_identity_of_a_deadline() -> None:
    row = _reminder(order_in("issued"))
    tracked = TrackedDeadline.objects.filter(pk=row.deadline_id)
    with refused_by_postgres("identity_frozen"):
        tracked.update(subject="autre")
    with refused_by_postgres("tracked_of_one"):
        TrackedDeadline.objects.create(
            id="00000000-0000-0000-0000-000000000001",
            kind="va",
            subject="x",
            due_at=TODAY,
            owner="supplier",
            tracked_at=TODAY,
            moved_at=TODAY,
            plan="x",
        )
    with refused_by_postgres("Cannot delete"):
        tracked.delete()
