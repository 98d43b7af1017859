"""Every act on a dossier that is announced has its words, and a repeated delivery writes nothing twice."""

from __future__ import annotations

from string import Formatter

import pytest

from portal.outbox.models import Notice, OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from portal.referencing import messages
from portal.referencing.domain.lifecycle import REFERENCING
from portal.referencing.services.machine import REFERENCINGS
from tests.conftest import MACHINE
from tests.factories.referencing import case_in

pytestmark = pytest.mark.django_db


def test_every_announced_verb_has_its_words() -> None:
    assert set(messages.MESSAGES) == REFERENCINGS.announces
    assert set(messages.REACTIONS) == {f"{REFERENCING.name}.{verb}" for verb in REFERENCINGS.announces}


def test_words_name_known_facts_only() -> None:
    known = set(messages._facts(case_in("draft").dossier))
    for template in messages.MESSAGES.values():
        words = template.subject + template.body
        assert {name for _, name, _, _ in Formatter().parse(words) if name} <= known
        assert template.to and len(template.subject) < 120


@pytest.mark.parametrize("state", REFERENCING.states)
def test_delivering_again_writes_nothing_twice(state: str) -> None:
    case_in(state)
    deliver_pending()
    assert not OutboxMessage.objects.exclude(error="").exists()
    before = Notice.objects.count()
    OutboxMessage.objects.update(delivered_at=None, available_at=MACHINE)
    deliver_pending()
    assert Notice.objects.count() == before
    assert all("{" not in notice.subject + notice.body for notice in Notice.objects.all())
