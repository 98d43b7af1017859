"""Reminders of the 72 hours: one after a stop, to whom, until when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from homologation.models import BreachReminder
from homologation.services.breach_declare import correct_awareness
from homologation.services.breach_reminders import remind_breaches
from portal.common import clock
from portal.outbox.models import Notice
from portal.outbox.services.deliver import deliver_pending
from tests.conftest import TODAY
from tests.factories.breaches import LATE, Case, case

pytestmark = pytest.mark.django_db


def at(hours: float) -> int:
    """The reminders written at so many hours from the awareness."""
    with clock.frozen(business=TODAY + timedelta(hours=hours)):
        count = remind_breaches()
        deliver_pending(limit=100)
    return count


def told(one: Case) -> list[str]:
    return list(
        Notice.objects.filter(link=one.breach.get_absolute_url()).order_by("pk").values_list("subject", flat=True)
    )


def test_each_step_once_until_it_is_notified() -> None:
    one = case().describe().confirm().to_notify()
    steps = [0.5, 1, 1, 24, 30, 48, 60, 68, 71, 72, 80, 96, 120]
    assert [at(hours) for hours in steps] == [0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1]
    with clock.frozen(business=TODAY + timedelta(hours=121)):
        one.notify(delay=LATE)
    assert at(200) == 0


def test_after_five_hours_down_one_reminder_not_five() -> None:
    case().confirm()
    assert at(67.9) == 1  # those of H+1, 24, 48 and 60 were missed too
    assert at(72.9) == 1
    assert list(BreachReminder.objects.order_by("pk").values_list("number", flat=True)) == [4, 7]


def test_a_suspicion_is_not_counted_down() -> None:
    case()
    assert at(100) == 0


def test_escalation_and_words() -> None:
    one = case(drill=True).confirm()
    from_titulaire_and_declarer = 2
    at(48)
    assert len(told(one)) == from_titulaire_and_declarer
    assert told(one)[0].startswith("EXERCICE – Violation EXE-2022-0001 – il reste 24")
    at(73)
    assert told(one)[-1].endswith("dépassée de 1\u00a0h 00\u00a0min")


def test_a_corrected_awareness_is_reminded_anew() -> None:
    one = case(detected_at=TODAY - timedelta(days=4)).confirm()
    assert at(24) == 1
    with clock.frozen(business=TODAY + timedelta(hours=24)):
        correct_awareness(
            breach_id=one.pk, actor=one.adjoint, aware_at=TODAY - timedelta(hours=40), reason="Les journaux"
        )
    assert at(24) == 1
    assert BreachReminder.objects.order_by("pk").last().number == 4  # type: ignore[union-attr]
