"""The checklist: who does what, said for good, two people at once, certificates that expire."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from homologation.catalogue import checklist
from homologation.domain.steps import BadCatalogue, Said, parse_checklist
from homologation.models import StepEvent
from homologation.services.steps import remind_expiries, say_step
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import User
from portal.common import clock
from portal.common.refusals import Refused
from portal.outbox.models import Notice
from portal.outbox.services.deliver import deliver_pending
from tests.conftest import TODAY
from tests.factories import people
from tests.integration.refusals import refused_by_postgres

pytestmark = pytest.mark.django_db

DAY = date(2022, 11, 15)
IN_USE = Said("done", "L’éditeur", DAY, date(2023, 3, 1))


def titulaire() -> Actor:
    return people.attach(people.pharmacy(), Role.TITULAIRE)


def codes(actor: Actor, key: str, said: Said, seen: int = 0) -> tuple[str, ...]:
    with pytest.raises(Refused) as refused:
        say_step(actor=actor, key=key, said=said, seen=seen)
    return refused.value.codes


def test_the_catalogue_names_every_step_of_the_seed() -> None:
    found = checklist(people.PROGRAMME)
    titles = " ".join(step.title for step in found.steps)
    for word in ("INS", "MSSanté", "e-CPS", "administrateur technique", "AUTH_CLI", "SIGN", "CONF"):
        assert word in titles
    assert [step.key for step in found.steps if step.watched] == [
        "certificat-auth-cli",
        "certificat-sign",
        "certificat-conf",
    ]
    assert all(step.source for step in found.steps)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"step": [{"key": "a"}], "remind_days": []},
        {"step": [{"key": "a", "title": "A", "pharmacy": "x", "supplier": "", "source": "S"}] * 2, "remind_days": []},
        {"step": [{"key": "a", "title": "A", "pharmacy": "", "supplier": "", "source": "S"}], "remind_days": []},
    ],
)
def test_a_bad_catalogue_is_refused(content: dict[str, Any]) -> None:
    with pytest.raises(BadCatalogue):
        parse_checklist(content)


def test_what_is_said_must_hold() -> None:
    actor = titulaire()
    assert codes(actor, "e-cps", Said("done")) == ("missing_day",)
    assert codes(actor, "e-cps", Said("done", day=DAY + timedelta(days=1))) == ("in_the_future",)
    assert codes(actor, "e-cps", Said("void")) == ("missing_reason",)
    assert codes(actor, "e-cps", Said("done", day=DAY, expires_on=DAY)) == ("no_expiry",)
    assert codes(actor, "certificat-sign", Said("done", day=DAY)) == ("missing_expiry",)
    assert codes(actor, "e-cps", Said("todo", note="1850578006084 36")) == ("patient_number",)
    assert codes(actor, "inconnue", Said("todo")) == ("unknown_step",)
    assert codes(people.administrator(), "e-cps", Said("todo")) == ("not_allowed",)


def test_each_word_is_kept_and_nobody_overwrites_unseen() -> None:
    actor = titulaire()
    say_step(actor=actor, key="e-cps", said=Said("doing", "L’adjointe"), seen=0)
    assert codes(actor, "e-cps", Said("done", day=DAY)) == ("stale",)
    say_step(actor=actor, key="e-cps", said=Said("done", "L’adjointe", DAY), seen=1)
    assert list(StepEvent.objects.order_by("number").values_list("state", flat=True)) == ["doing", "done"]
    with refused_by_postgres("(?i)append_only|cannot update"):
        StepEvent.objects.update(state="todo")


def at(day: date) -> int:
    with clock.frozen(business=TODAY + (day - DAY)):
        count = remind_expiries()
        deliver_pending(limit=100)
    return count


def test_an_expiry_is_recalled_once_each_and_caught_up() -> None:
    actor = titulaire()
    say_step(actor=actor, key="certificat-sign", said=IN_USE, seen=0)
    days = [date(2022, 12, 30), date(2022, 12, 31), date(2023, 1, 1), date(2023, 2, 25), date(2023, 2, 28)]
    assert [at(day) for day in days] == [0, 1, 0, 1, 1]  # the reminder of 30 days before was missed: not sent late
    assert Notice.objects.filter(subject__contains="01/03/2023").count() == 3
    renewed = Said("done", "L’éditeur", DAY, date(2026, 3, 1))
    say_step(actor=actor, key="certificat-sign", said=renewed, seen=1)
    assert at(date(2023, 3, 2)) == 0


def test_the_pages(client: Client) -> None:
    actor = titulaire()
    client.force_login(User.objects.get(pk=actor.user_id or 0))
    page = reverse("homologation:step", args=["certificat-sign"])
    typed = {"seen": "0", "state": "done", "owner": "L’éditeur", "day": "15/11/2022"}
    refused = client.post(page, typed).content.decode()
    assert "Indiquez la date d’expiration" in refused and "L’éditeur" in refused
    assert client.post(page, typed | {"expires_on": "01/03/2023"}).status_code == 302
    stale = client.post(page, typed | {"expires_on": "01/04/2023"}).content.decode()
    assert "Une autre personne vient de noter" in stale and 'name="seen" value="1"' in stale and "01/04/2023" in stale
    listed = client.get(reverse("homologation:steps")).content.decode()
    assert "Expire le 01/03/2023" in listed and "1 sur 8" in listed
    assert client.get(reverse("homologation:step", args=["inconnue"])).status_code == 404
