"""The calendar: its secret link, what it says, and how little it asks of the database."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from orders.domain.deadlines import Kind
from orders.services.installation import replan
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.audit.models import AuditEvent
from portal.audit.selectors import broken_events
from portal.common import clock
from portal.common.refusals import Refused
from portal.reminders.models import CalendarFeed
from portal.reminders.models.reminders import deadline_id
from portal.reminders.services.feeds import renew_feed, revoke_feed
from portal.reminders.services.plan import plan_reminders
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.dossiers import Dossier, installation_in, order_in, paris
from tests.integration.refusals import refused_by_postgres
from tests.integration.web.clones import clone_order
from tests.integration.web.counting import BUDGET, asked, shown

pytestmark = pytest.mark.django_db


def address(token: str) -> str:
    return reverse("reminders:feed", args=[token])


def events(client: Client, token: str, at: datetime = TODAY) -> dict[str, dict[str, str]]:
    """What a calendar shows: by summary, the raw properties of each event."""
    with clock.frozen(business=at):
        response = client.get(address(token))
    assert response.status_code == 200
    calendar = Calendar.from_ical(response.content)
    return {str(e["summary"]): {key: e[key].to_ical().decode() for key in ("uid", "sequence", "status", "dtstart")} for e in calendar.walk("VEVENT")}  # fmt: skip


def plan(at: datetime) -> None:
    with clock.frozen(business=at):
        plan_reminders()


@pytest.fixture
def planned() -> Dossier:
    one = installation_in("planned")
    plan(paris("2022-10-14"))
    return one


def test_the_link_is_secret_and_kept_as_a_hash(client: Client, planned: Dossier) -> None:
    token = renew_feed(actor=planned.supplier)
    feed = CalendarFeed.objects.get()
    assert len(token) >= 43 and token not in str(vars(feed))  # 256 bits in base64
    assert client.get(address(token)).status_code == 200
    other = renew_feed(actor=planned.supplier)
    assert other != token
    assert client.get(address(token)).status_code == 404
    assert client.get(address(other)).status_code == 200
    assert revoke_feed(actor=planned.supplier) and not revoke_feed(actor=planned.supplier)
    assert client.get(address(other)).status_code == 404
    assert client.get(address(feed.link_sha256)).status_code == 404
    journal = AuditEvent.objects.filter(object_type="reminders_calendarfeed").order_by("pk")
    assert list(journal.values_list("verb", flat=True)) == ["create", "revoke", "create", "revoke"]
    assert not list(broken_events("reminders_calendarfeed", str(feed.pk)))


def test_administrators_have_no_calendar() -> None:
    with pytest.raises(Refused, match="agenda"):
        renew_feed(actor=people.administrator())
    with pytest.raises(Refused, match="agenda"):
        renew_feed(actor=Actor.system())


def test_headers_and_the_unchanged_answer(client: Client, planned: Dossier) -> None:
    token = renew_feed(actor=planned.supplier)
    first = client.get(address(token))
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert first["Cache-Control"].startswith("private") and first["X-Robots-Tag"] == "noindex"
    assert not first.cookies
    again = client.get(address(token), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert client.get(address(token)).content == first.content
    with clock.frozen(business=paris("2022-11-16")):
        replan(installation_id=planned.installation.pk, actor=planned.supplier, planned_for=paris("2022-11-28", 9))
        changed = client.get(address(token), headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200 and changed["ETag"] != first["ETag"]
    assert client.post(address(token)).status_code == 405


def test_a_moved_date_keeps_its_uid_and_raises_its_sequence(client: Client, planned: Dossier) -> None:
    token = renew_feed(actor=planned.supplier)
    name = f"Installation planifiée – {planned.place.name}, bon n° {planned.order.number}"
    before = events(client, token, paris("2022-10-14", 12))[name]
    assert before["uid"].startswith(str(deadline_id(Kind.PLANNED, str(planned.pk))))
    assert (before["sequence"], before["status"], before["dtstart"]) == ("0", "CONFIRMED", "20221024T070000Z")
    with clock.frozen(business=paris("2022-10-15")):
        replan(installation_id=planned.installation.pk, actor=planned.supplier, planned_for=paris("2022-11-28", 9))
    for planner in (False, True):  # written the same before and after the planner saw it
        if planner:
            plan(paris("2022-10-15"))
        after = events(client, token, paris("2022-10-15"))[name]
        assert (after["uid"], after["sequence"], after["dtstart"]) == (before["uid"], "1", "20221128T080000Z")


@pytest.mark.parametrize(("days", "seen"), [(0, True), (29, True), (30, False)])
def test_what_is_over_is_cancelled_for_a_while(days: int, seen: bool, client: Client) -> None:
    one = order_in("issued")
    plan(paris("2022-10-11"))
    token = renew_feed(actor=one.titulaire)
    name = f"Signature de la commande – bon n° {one.order.number}"
    alive = events(client, token, paris("2022-10-11"))[name]
    assert (alive["status"], alive["dtstart"]) == ("CONFIRMED", "20221109")  # a whole day: the last one included
    one.sign()
    plan(paris("2022-10-12", 15))
    found = events(client, token, paris("2022-10-12", 15) + timedelta(days=days))
    assert (name in found) is seen
    if seen:
        assert (found[name]["uid"], found[name]["status"], found[name]["sequence"]) == (alive["uid"], "CANCELLED", "1")
    assert f"Installation à faire – bon n° {one.order.number}" in found


def test_no_personal_data_and_nobody_elses(client: Client, planned: Dossier) -> None:
    stranger = installation_in("planned")
    plan(TODAY)
    for actor in (planned.supplier, planned.titulaire):
        text = re.sub(r"\r\n ", "", client.get(address(renew_feed(actor=actor))).content.decode())
        order = planned.order
        for private in (order.client_responsible, order.client_email, order.client_phone, "Lefèvre", "@essai"):
            assert private and private not in text
        assert order.number in text and stranger.order.number not in text
        assert stranger.place.name not in text


def test_the_file_is_well_formed(client: Client, planned: Dossier) -> None:
    content = client.get(address(renew_feed(actor=planned.supplier))).content
    assert content.startswith(b"BEGIN:VCALENDAR\r\n") and content.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in content
    calendar = Calendar.from_ical(content)
    assert calendar["prodid"] and calendar["version"] == "2.0"
    uids = [str(event["uid"]) for event in calendar.walk("VEVENT")]
    assert len(uids) == len(set(uids)) == 3  # the planned day, the closing, the deposits
    for event in calendar.walk("VEVENT"):
        assert event.walk("VALARM") and event["dtstamp"].dt.tzinfo is not None
        start = event["dtstart"].dt
        assert type(start) is date or start.tzinfo is not None


def test_a_large_feed_asks_little(client: Client, planned: Dossier) -> None:
    token = renew_feed(actor=planned.supplier)
    few = asked(client, address(token))
    clone_order(planned.pk, planned.place.pk, 1_000)
    plan(paris("2022-10-15"))
    many = asked(client, address(token))
    assert len(many) == len(few) <= BUDGET, shown(many)
    content = client.get(address(token)).content
    assert content.count(b"BEGIN:VEVENT") == 2 * 1_001 + 1


def test_one_open_link_an_organisation() -> None:
    one = order_in("issued")
    renew_feed(actor=one.titulaire)
    feeds = CalendarFeed.objects.filter(revoked_at=None)
    with refused_by_postgres("feed_one_open"):
        CalendarFeed.objects.create(
            organisation_id=one.titulaire.tenant,
            role=Role.TITULAIRE.value,
            link_sha256="0" * 64,
            created_at=TODAY,
            created_by_id=one.titulaire.user_id or 0,
        )
    with refused_by_postgres("secret_frozen"):
        feeds.update(link_sha256="1" * 64)
    with refused_by_postgres("feed_revoked_pair"):
        feeds.update(revoked_by=one.titulaire.user_id)
    revoke_feed(actor=one.titulaire)
    with refused_by_postgres("revoked_is_final"):
        CalendarFeed.objects.update(revoked_at=None, revoked_by=None)
    with refused_by_postgres("Cannot delete"):
        CalendarFeed.objects.all().delete()
