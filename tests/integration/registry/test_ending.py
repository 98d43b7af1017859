"""A role ends by an administrator: at once or later, journalled, told, its sessions closed; never by a stranger."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.middleware import SESSION_KEY
from portal.accounts.models import Membership, User
from portal.accounts.selectors import memberships_of
from portal.audit.models import AuditEvent
from portal.audit.selectors import broken_events
from portal.common import clock
from portal.common.clock import start_of_paris_day
from portal.common.refusals import Refused
from portal.outbox.models import Notice
from portal.outbox.services.deliver import deliver_pending
from portal.registry.models import Pharmacy
from portal.registry.services.ending import Ending, end_membership
from portal.reminders.models import CalendarFeed
from portal.reminders.services.feeds import renew_feed
from tests.conftest import TODAY
from tests.factories import people

pytestmark = pytest.mark.django_db
DAY = TODAY.date()


def membership(actor: Actor) -> Membership:
    return Membership.objects.get(user=actor.user_id, organisation=actor.organisation_id, role=actor.role.value)


def end(actor: Actor, by: Actor | None = None, **said: Any) -> Membership:
    ending = Ending(**{"last_day": DAY, "reason": "left", **said})
    return end_membership(membership_id=membership(actor).pk, actor=by or people.administrator(), ending=ending)


def refused(actor: Actor, by: Actor | None = None, **said: Any) -> list[tuple[str, str]]:
    """Codes and fields of the refusal, after proving that it wrote nothing."""
    with pytest.raises(Refused) as error:
        end(actor, by, **said)
    assert membership(actor).until is None and not AuditEvent.objects.filter(verb="end").exists()
    return [(refusal.code, refusal.field) for refusal in error.value.refusals]


@pytest.fixture
def place() -> Pharmacy:
    return people.pharmacy()


@pytest.fixture
def adjoint(place: Pharmacy) -> Actor:
    return people.attach(place, Role.ADJOINT)


def test_at_once_or_on_a_day_past_the_role_is_no_more_from_now_on(adjoint: Actor) -> None:
    administrator = people.administrator()
    ended = end(adjoint, administrator, last_day=date(2022, 10, 1))
    assert (ended.until, ended.end_reason, ended.ended_by_id) == (clock.business_now(), "left", administrator.user_id)
    assert not memberships_of(adjoint.user_id or 0, clock.business_now())
    event = AuditEvent.objects.get(verb="end")
    assert (event.actor_id, event.data["last_day"], event.data["reason"]) == (
        administrator.user_id,
        "2022-10-01",
        "left",
    )
    assert not list(broken_events("accounts_membership", str(ended.pk)))


def test_on_a_day_to_come_it_holds_until_then_and_may_end_sooner(adjoint: Actor) -> None:
    ended = end(adjoint, last_day=date(2022, 11, 30))
    assert ended.until == start_of_paris_day(date(2022, 12, 1))
    assert memberships_of(adjoint.user_id or 0, ended.until - timedelta(seconds=1))
    assert not memberships_of(adjoint.user_id or 0, ended.until)
    assert end(adjoint, reason="misuse").until == clock.business_now()


def test_what_is_refused(place: Pharmacy, adjoint: Actor) -> None:
    titulaire = people.attach(place, Role.TITULAIRE)
    assert refused(adjoint, titulaire) == [("not_administrator", "")]
    former = people.administrator()
    Membership.objects.filter(user=former.user_id).update(until=TODAY - timedelta(days=1))
    assert refused(adjoint, former) == [("not_administrator", "")]
    assert refused(people.administrator(Role.VALIDATOR)) == [("not_here", "")]
    assert refused(adjoint, reason="fired") == [("bad_reason", "reason")]
    assert refused(adjoint, last_day=date(2020, 12, 31)) == [("before_start", "last_day")]
    end(adjoint)
    with pytest.raises(Refused) as again:
        end(adjoint)
    assert again.value.codes == ("already_ended",)


def test_the_last_titulaire_of_an_open_pharmacy(place: Pharmacy, adjoint: Actor) -> None:
    titulaire = people.attach(place, Role.TITULAIRE)
    assert refused(titulaire) == [("last_titulaire", "nobody_left")]
    second = people.attach(place, Role.TITULAIRE, since=TODAY + timedelta(days=5))
    assert refused(titulaire) == [("last_titulaire", "nobody_left")]
    end(titulaire, last_day=DAY + timedelta(days=10))
    with pytest.raises(Refused):
        end(second, last_day=DAY + timedelta(days=20))
    end(second, last_day=DAY + timedelta(days=20), nobody_left=True)
    assert AuditEvent.objects.filter(verb="end", data__nobody_left=True).count() == 1


def test_the_last_titulaire_of_a_closed_pharmacy_may_end(place: Pharmacy) -> None:
    titulaire = people.attach(place, Role.TITULAIRE)
    Pharmacy.objects.filter(pk=place.pk).update(closed_on=DAY)
    assert end(titulaire, reason="sold").until == clock.business_now()


def test_the_sessions_of_this_role_end_and_no_other(place: Pharmacy, adjoint: Actor) -> None:
    user = User.objects.get(pk=adjoint.user_id or 0)
    elsewhere = Membership.objects.create(
        user=user, organisation=people.supplier().organisation, role=Role.SUPPLIER.value, since=people.SINCE
    )
    here, there, stranger = Client(), Client(), Client()
    for client, chosen in ((here, membership(adjoint).pk), (there, elsewhere.pk)):
        client.force_login(user)
        session = client.session
        session[SESSION_KEY] = chosen
        session.save()
    stranger.force_login(User.objects.get(pk=people.attach(place, Role.ADJOINT).user_id or 0))
    end(adjoint)
    assert AuditEvent.objects.get(verb="end").data["sessions"] == 1
    assert here.get(reverse("home:notices")).status_code == 302
    assert there.get(reverse("home:notices")).status_code == stranger.get(reverse("home:notices")).status_code == 200


def test_the_person_is_told_and_their_calendar_link_is_closed(adjoint: Actor) -> None:
    renew_feed(actor=adjoint)
    end(adjoint, reason="mistake")
    deliver_pending()
    notice = Notice.objects.get(user=adjoint.user_id, dedup__startswith="ended:")
    assert "15/11/2022" in notice.body and "rattachement fait par erreur" in notice.body
    assert CalendarFeed.objects.get().revoked_at is not None


def test_the_page(place: Pharmacy, client: Client) -> None:
    titulaire = people.attach(place, Role.TITULAIRE)
    client.force_login(User.objects.get(pk=people.administrator().user_id or 0))
    address = reverse("registry:end_role", args=[membership(titulaire).pk])
    list_page = reverse("registry:people", args=[place.pk])
    assert address in client.get(list_page).content.decode()
    assert 'value="15/11/2022"' in client.get(address).content.decode()
    told = client.post(address, {"last_day": "20/11/2022", "reason": "sold"}).content.decode()
    assert "dernier titulaire" in told and 'value="20/11/2022"' in told
    done = client.post(address, {"last_day": "20/11/2022", "reason": "sold", "nobody_left": "on"})
    assert done["Location"] == list_page and "20/11/2022" in client.get(list_page).content.decode()
    end(titulaire, last_day=DAY, nobody_left=True)
    assert client.get(address).status_code == 404
    member = people.member(people.supplier().organisation, Role.SUPPLIER)
    assert client.get(reverse("registry:end_role", args=[membership(member).pk])).status_code == 200


def test_postgresql_refuses_an_end_without_its_reason_or_its_author(adjoint: Actor) -> None:
    rows = Membership.objects.filter(pk=membership(adjoint).pk)
    for written in ({"end_reason": "left"}, {"end_reason": "left", "ended_by": adjoint.user_id}):
        with pytest.raises(IntegrityError, match="membership_ended_whole"), transaction.atomic():
            rows.update(**written)
