"""Several workers at the same instant, really committed."""

from __future__ import annotations

import pytest
from django.core import mail

from portal.common import clock
from portal.outbox.models import Notice
from portal.outbox.services.deliver import deliver_pending
from portal.reminders.models import CalendarFeed, Digest, Reminder
from portal.reminders.services.feeds import renew_feed
from portal.reminders.services.send import remind, send_digests
from tests.factories import people
from tests.factories.dossiers import dossier, order_in, paris
from tests.integration.threads import at_once

pytestmark = pytest.mark.usefixtures("committed_db")


def test_two_workers_at_once_write_each_message_once() -> None:
    company = people.supplier()
    for n in range(4):
        one = dossier(company=company, referenced=n == 0)
        one.draft()
        one.issue()
    mail.outbox.clear()
    with clock.frozen(business=paris("2022-11-02", 12)):
        made = at_once([remind] * 6 + [send_digests] * 2, threads=8)
        at_once([lambda: deliver_pending(limit=100)] * 4, threads=4)
    assert sum(made) == Digest.objects.count() == 5  # the supplier and four pharmacies
    assert Reminder.objects.filter(outcome="sent").count() == 8
    assert Notice.objects.filter(dedup__startswith="digest:").count() == 4 + 4  # four people of the supplier
    assert len([m for m in mail.outbox if "Rappel" in m.subject]) == 8


def test_two_clicks_leave_one_link() -> None:
    one = order_in("issued")
    tokens = at_once([lambda: renew_feed(actor=one.titulaire)] * 6, threads=6)
    assert len(set(tokens)) == 6
    assert CalendarFeed.objects.filter(revoked_at=None).count() == 1 and CalendarFeed.objects.count() == 6
