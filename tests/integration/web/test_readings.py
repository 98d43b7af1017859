"""Who of another organisation opened a dossier: noted once an hour, told to the pharmacy, kept a year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from portal.accounts.models import Membership, User
from portal.audit.models import ReadEvent
from portal.audit.reads import KEPT, forget_old_reads
from portal.audit.tasks import forget_reads
from portal.common import clock
from portal.documents.models import Document
from tests.conftest import MACHINE
from tests.integration.web.world import (
    DRAFT,
    INSTALLED,
    INSTRUCTOR,
    OTHER_SUPPLIER,
    SUPPLIER,
    VALIDATOR,
    World,
    adjoint,
    as_,
    titulaire,
)

HEADING = "Qui a consulté ce dossier"


def dossier(world: World, key: str = INSTALLED) -> str:
    return reverse("home:dossier", args=[world.order(key).pk])


def paper(world: World) -> Document:
    return Document.objects.filter(thread=str(world.order(INSTALLED).pk)).latest("pk")


@pytest.mark.parametrize("login", [INSTRUCTOR, VALIDATOR, SUPPLIER])
def test_another_organisation_leaves_a_note(login: str, world: World) -> None:
    order, client = world.order(INSTALLED), as_(login)
    client.get(dossier(world))
    read = ReadEvent.objects.get()
    person = User.objects.get(email=login)
    membership = Membership.objects.get(user=person)
    assert (read.reader_id, read.organisation_id, read.role) == (person.pk, membership.organisation_id, membership.role)
    assert (read.object_type, read.object_id, read.thread) == ("orders_order", str(order.pk), str(order.pk))
    assert (read.at, read.hour, len(read.request_id)) == (MACHINE, MACHINE, 32)


@pytest.mark.parametrize("reader", [titulaire, adjoint])
def test_the_pharmacy_itself_leaves_none(reader: object, world: World) -> None:
    assert callable(reader)
    client = as_(reader(INSTALLED))
    client.get(dossier(world))
    client.get(reverse("home:document", args=[world.order(INSTALLED).pk, paper(world).pk]))
    assert not ReadEvent.objects.exists()


def test_neither_does_who_is_refused_nor_a_draft_nor_a_list(world: World) -> None:
    assert as_(OTHER_SUPPLIER).get(dossier(world)).status_code == 404
    assert as_(INSTRUCTOR).get(dossier(world, DRAFT)).status_code == 200
    as_(INSTRUCTOR).get("/")
    as_(INSTRUCTOR).get(reverse("home:board"))
    assert not ReadEvent.objects.exists()


def test_once_for_each_person_object_and_hour(world: World) -> None:
    client, order = as_(INSTRUCTOR), world.order(INSTALLED)
    file = reverse("home:document", args=[order.pk, paper(world).pk])
    for minutes in (0, 20, 59):
        with clock.frozen(machine=MACHINE + timedelta(minutes=minutes)):
            client.get(dossier(world))
            client.get(dossier(world), {"au": "2022-11-10"})
            client.get(file)
    found = ReadEvent.objects.order_by("object_type").values_list("object_type", "object_id", "at")
    assert list(found) == [
        ("documents_document", str(paper(world).pk), MACHINE),
        ("orders_order", str(order.pk), MACHINE),
    ]
    as_(VALIDATOR).get(dossier(world))
    with clock.frozen(machine=MACHINE + timedelta(hours=1)):
        client.get(dossier(world))
    assert ReadEvent.objects.count() == 4


@pytest.mark.parametrize("reader", [titulaire, adjoint])
def test_the_pharmacy_is_told_who_and_when(reader: object, world: World) -> None:
    assert callable(reader)
    mine = as_(reader(INSTALLED))
    assert HEADING not in mine.get(dossier(world)).content.decode()
    with clock.frozen(machine=MACHINE + timedelta(hours=2)):
        as_(VALIDATOR).get(reverse("home:document", args=[world.order(INSTALLED).pk, paper(world).pk]))
    as_(INSTRUCTOR).get(dossier(world))
    text = mine.get(dossier(world)).content.decode()
    assert HEADING in text
    person, document = User.objects.get(email=VALIDATOR), paper(world)
    organisation = Membership.objects.get(user=person).organisation
    told = text[text.index(HEADING) :]
    assert f"{person.full_name} (Valideur) – {organisation.name}" in told
    assert f"{document.title} n° {document.number}" in told and "05/01/2026 à\u00a012\u00a0h\u00a000" in told
    assert told.index("Valideur") < told.index("Instructeur")


@pytest.mark.parametrize("login", [SUPPLIER, INSTRUCTOR, titulaire("tilleuls")])
def test_nobody_else_is_told(login: str, world: World) -> None:
    as_(VALIDATOR).get(dossier(world))
    own = dossier(world, "tilleuls") if login.startswith("titulaire") else dossier(world)
    assert HEADING not in as_(login).get(own).content.decode()


def test_notes_are_neither_changed_nor_removed_before_their_time(world: World) -> None:
    with clock.frozen(machine=datetime(2199, 1, 1, tzinfo=UTC)):
        as_(INSTRUCTOR).get(dossier(world))
    for act in (lambda: ReadEvent.objects.update(role="x"), lambda: ReadEvent.objects.all().delete()):
        with pytest.raises(DatabaseError, match=r"(?i)cannot update|kept_its_time"), transaction.atomic():
            act()
    assert ReadEvent.objects.count() == 1


def test_notes_are_forgotten_after_a_year(world: World) -> None:
    old = datetime(2020, 3, 1, 9, tzinfo=UTC)
    with clock.frozen(machine=old):
        as_(INSTRUCTOR).get(dossier(world))
    with clock.frozen(machine=old + timedelta(days=300)):
        as_(VALIDATOR).get(dossier(world))
    with clock.frozen(machine=old + KEPT):
        assert forget_old_reads() == 0
    with clock.frozen(machine=old + KEPT + timedelta(seconds=1)):
        assert forget_reads() == 1
    assert ReadEvent.objects.get().reader.email == VALIDATOR
