"""Every draft issued at once: each by the rules of the page, each once, whatever happens to the worker."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orders.models import Order
from orders.services.issue_all import all_jobs, request_issue_all
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, User
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.refusals import Refused
from portal.documents.models import Document
from portal.outbox.models import Job
from portal.outbox.services.drain import drain
from tests.conftest import MACHINE, TODAY
from tests.factories import people
from tests.factories.content import content
from tests.factories.dossier import DRAFTED, Dossier, dossier
from tests.factories.workers import killed_in_the_middle


def with_drafts(count: int, *, incomplete: int = 0) -> Dossier:
    """A supplier with so many drafts, of which the last ones lack the client's telephone."""
    one = dossier()
    for number in range(count):
        typed = content(client_phone="") if number >= count - incomplete else content()
        _another(one, typed=typed).draft(DRAFTED + timedelta(minutes=number))
    return one


def _another(one: Dossier, **changes: Any) -> Dossier:
    """The same supplier before another pharmacy."""
    place = people.pharmacy()
    people.attach(place, Role.TITULAIRE)
    return replace(one, place=place, **changes)


def _page(actor: Actor) -> Client:
    assert actor.user_id is not None
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


@pytest.mark.django_db
def test_complete_drafts_are_issued_and_the_others_say_what_they_lack() -> None:
    one = with_drafts(3, incomplete=1)
    client, url = _page(one.supplier), reverse("orders:issue_all")
    assert "Émettre 3 commandes" in client.get(url).content.decode()
    assert client.post(url)["Location"] == client.post(url)["Location"] == url
    assert Job.objects.filter(kind="orders.issue_all").count() == 1, "asked for twice, one job"
    assert "Émission en cours" in client.get(url).content.decode()
    drain()
    assert sorted(Order.objects.values_list("state", flat=True)) == ["draft", "issued", "issued"]
    job = all_jobs(one.supplier).get()
    assert (job.state, job.done, job.total, job.result["issued"], job.result["kept"]) == ("done", 3, 3, 2, 1)
    page = client.get(url).content.decode()
    left = Order.objects.get(state="draft")
    assert "2 commandes émises" in page and reverse("orders:edit", args=[left.pk]) in page
    assert "Émettre 1 commande" in page and Document.objects.filter(kind="order").exclude(sha256=None).count() == 2


@pytest.mark.django_db
def test_there_is_nothing_to_issue_or_nobody_may() -> None:
    one = with_drafts(0)
    with pytest.raises(Refused, match="Aucun brouillon"):
        request_issue_all(one.supplier)
    page = _page(one.supplier)
    assert "Aucun brouillon à émettre" in page.post(reverse("orders:issue_all"), follow=True).content.decode()
    assert _page(one.titulaire).get(reverse("orders:issue_all")).status_code == 404


@pytest.mark.django_db
def test_what_is_drafted_meanwhile_and_what_is_another_suppliers_stays() -> None:
    one, stranger = with_drafts(1), with_drafts(1)
    with clock.frozen(business=TODAY, machine=MACHINE):
        request_issue_all(one.supplier)
    later = _another(one)
    later.draft(TODAY + timedelta(minutes=1))
    drain()
    assert later.order.state == "draft"
    assert Order.objects.get(supplier=stranger.company).state == "draft"
    assert Order.objects.filter(supplier=one.company, state="issued").count() == 1


@pytest.mark.django_db
def test_a_person_whose_mandate_ended_meanwhile_issues_nothing() -> None:
    one = with_drafts(1)
    request_issue_all(one.supplier)
    Membership.objects.filter(user=one.supplier.user_id).update(until=clock.business_now())
    drain()
    job = all_jobs(one.supplier).get()
    assert (job.state, job.result["issued"]) == ("done", 0)
    assert Order.objects.get().state == "draft"


def test_killed_at_any_point(committed_db: str) -> None:
    count, kills = 24, 3
    one = with_drafts(count)
    rng, machine = random.Random(20221010), MACHINE
    issued = AuditEvent.objects.filter(verb="issue").count
    request_issue_all(one.supplier)
    for _ in range(kills):
        machine += timedelta(minutes=2)  # the dead worker's heartbeat is stale by then
        killed_in_the_middle(rng, issued, committed_db, TODAY, machine)
    assert kills <= issued() < count
    with clock.frozen(business=TODAY, machine=machine + timedelta(minutes=2)):
        drain()
    keys = sorted(map(str, Order.objects.filter(state="issued").values_list("pk", flat=True)))
    assert len(keys) == count
    assert sorted(AuditEvent.objects.filter(verb="issue").values_list("object_id", flat=True)) == keys
    assert sorted(Document.objects.filter(kind="order").values_list("subject_id", flat=True)) == keys
    assert all_jobs(one.supplier).get().result == {"issued": count, "refused": [], "kept": 0}
