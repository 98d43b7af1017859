"""« Commandes en jeu »: the same verdict on boards, on the page, in the message and in the rules."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from orders.domain.course import complete_in_time
from orders.domain.stakes import Standing
from orders.models import Order
from orders.services.courses import courses
from portal.accounts.actors import Actor
from portal.accounts.selectors import person
from portal.common import clock
from portal.common.clock import PARIS
from portal.home.selectors import with_stage
from portal.home.stakes import stakes
from portal.outbox.models import Notice, OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from portal.programmes.selectors import book_for
from portal.registry.domain.referencing import Status
from tests.conftest import MACHINE, TODAY
from tests.factories import people
from tests.factories.dossiers import Dossier, dossier, order_in, paris
from tests.integration.web.world import as_

pytestmark = pytest.mark.django_db
LIMIT = datetime(2023, 2, 10, tzinfo=PARIS)  # of an order signed on 12/10/2022
SECOND = timedelta(seconds=1)


def login_of(actor: Actor) -> str:
    """The address by which the actor logs in."""
    return person(actor).email


def conditional(*history: tuple[Status, datetime]) -> Dossier:
    """An order signed under condition, its software's history recorded beforehand."""
    one = order_in("signed_conditional")
    for status, at in history:
        people.say(one.version, status, at, number=f"N-{one.order.number}" if status is Status.REFERENCED else "")
    return one


HISTORIES = [
    ((), "conditional"),
    (((Status.SUBMITTED, paris("2022-10-20")),), "conditional"),
    (((Status.COMPLETE, LIMIT - SECOND),), "conditional_complete"),
    (((Status.COMPLETE, LIMIT),), "conditional_late"),
    (((Status.COMPLETE, paris("2022-10-01")),), "conditional_complete"),
    # The first complete instant counts, not the référencement recorded at another one.
    (((Status.COMPLETE, LIMIT + SECOND), (Status.REFERENCED, LIMIT - SECOND)), "conditional_late"),
    (((Status.REFERENCED, LIMIT - SECOND),), "conditional_complete"),
    (((Status.COMPLETE, LIMIT - SECOND), (Status.TO_COMPLETE, LIMIT)), "conditional_complete"),
]


@pytest.mark.parametrize(("history", "stage"), HISTORIES)
def test_the_board_agrees_with_the_rules(history: tuple[tuple[Status, datetime], ...], stage: str) -> None:
    one = conditional(*history)
    now = LIMIT + 2 * SECOND
    with clock.frozen(business=now):
        book = book_for(people.PROGRAMME, now)
        assert with_stage(Order.objects.filter(pk=one.pk), book.at(now)).get().stage == stage
        (row,) = courses(people.PROGRAMME)
        assert complete_in_time(row.course, book, now) is (stage == "conditional_complete")
        (stake,) = stakes(one.supplier, book, now).orders
        expected = {"conditional": "waiting", "conditional_complete": "in_time", "conditional_late": "late"}[stage]
        assert stake.standing is Standing(expected)


def test_the_page(strict_templates: None) -> None:
    one = conditional()
    page = as_(login_of(one.supplier)).get(reverse("home:at_stake"))
    text = page.content.decode()
    assert one.order.number in text and "jusqu’au 09/02/2023 inclus" in text
    assert "Signature du 12/10/2022 + 120 jours calendaires" in text and "dans 86" in text
    assert "Semaine du 06/02/2023" in text and "960,00" in text
    other = dossier()
    empty = as_(login_of(other.supplier)).get(reverse("home:at_stake"))
    assert "Aucune commande sous condition" in empty.content.decode()


def test_one_message_when_the_dossier_is_complete() -> None:
    late = order_in("lapsed")
    early = dossier(company=late.company, referenced=False)
    early.version = late.version
    early.draft(TODAY)
    early.issue(TODAY)
    early.sign(TODAY)
    people.say(late.version, Status.COMPLETE, paris("2023-02-12"))
    with clock.frozen(business=paris("2023-02-12")):
        deliver_pending()
        OutboxMessage.objects.update(delivered_at=None, available_at=MACHINE)
        deliver_pending()
    told = Notice.objects.filter(user=late.supplier.user_id, subject__contains="dossier de référencement complet")
    (notice,) = told
    assert "1 commande sous condition est en temps" in notice.body and "1 hors délai" in notice.body


def test_the_pharmacist_reads_what_happens_then(strict_templates: None) -> None:
    one = conditional()
    url = reverse("home:dossier", args=[one.pk])
    page = as_(login_of(one.titulaire)).get(url).content.decode()
    assert "dans 86" in page and "devient caduque et plus rien n’engage la pharmacie" in page


@pytest.mark.parametrize(("state", "words"), [("lapsed", "Cette commande est caduque"), ("expired", "a expiré")])
def test_the_pharmacist_reads_why_it_ended(state: str, words: str, strict_templates: None) -> None:
    one = order_in(state)
    deliver_pending()
    page = as_(login_of(one.titulaire)).get(reverse("home:dossier", args=[one.pk]))
    text = page.content.decode()
    for part in (words, "Vous ne devez rien", "nouvel arrêté", "Logiciels référencés"):
        assert part in text
    told = Notice.objects.filter(user=one.titulaire.user_id).latest("pk")
    assert "Vous ne devez rien" in told.body and "nouvel arrêté" in told.body
