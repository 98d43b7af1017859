"""What the demonstration shows of INSi: one closed breach with its receipt, one drill, months fine and one alert."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pytest_django import Settings

from homologation.models import Breach, BreachReceipt, SupervisionCase, SupervisionReport
from homologation.supervision_selectors import judgement_of
from portal.common import clock
from portal.demo.clock import DEMO_START
from portal.demo.services.activity import ask_for_activity
from portal.demo.services.make import make_demo
from portal.outbox.services.deliver import deliver_pending
from portal.outbox.services.jobs import run_waiting

pytestmark = pytest.mark.django_db


def test_the_register_and_the_reports_of_the_demonstration(settings: Settings, tmp_path: Path) -> None:
    settings.PORTAL_DEMO = True
    settings.ACTIVITY_FOLDER, settings.ACTIVITY_THREADS = tmp_path / "activity", 1
    with clock.frozen(business=DEMO_START):
        assert make_demo()
        shown = list(Breach.objects.order_by("drill").values_list("drill", "state", "first_sent_at", "ended_at"))
        assert [(drill, state, sent is not None) for drill, state, sent, _ in shown] == [
            (False, "closed", True),
            (True, "closed", False),
        ]
        assert all(ended is not None and ended < DEMO_START for *_, ended in shown)
        assert BreachReceipt.objects.count() == 1
        ask_for_activity(DEMO_START)
        while run_waiting():
            deliver_pending()
        port = SupervisionReport.objects.filter(pharmacy__name__icontains="du Port").order_by("month")
        alerts = {report.month: [alert.rule for alert in judgement_of(report).alerts] for report in port}
        assert len(alerts) == 7
        assert {month for month, found in alerts.items() if "SUP-01" in found} == {date(2022, 10, 1)}
        [case] = SupervisionCase.objects.filter(pharmacy__name__icontains="du Port", month=date(2022, 10, 1))
        assert case.who == "one_person" and case.state == "alert"
        assert SupervisionReport.objects.exclude(revision=1).count() == 0
