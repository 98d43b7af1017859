"""``manage.py demo_cast``: the whole cast, once, through the services, and its JSON."""

from __future__ import annotations

import io
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from attestations.domain.lifecycle import ATTESTATION
from attestations.models import Attestation
from homologation.duty_selectors import reminders_to, workplace_of
from homologation.mandate_selectors import mandates_of
from homologation.services.duties import read_reminder
from indicators.models import DailyCounter, Deposit, MeasureResult, UsageQuestion
from orders.domain.lifecycle import INSTALLATION, LIVE, ORDER
from orders.models import Installation, Order
from portal.accounts.models import User
from portal.audit.models import AuditEvent
from portal.audit.selectors import broken_events
from portal.common import clock
from portal.common.clock import PARIS
from portal.demo.cast import ADJOINT, PREPARATEUR
from portal.demo.clock import DEMO_START
from portal.demo.services.activity import ACTIVITY, ask_for_activity
from portal.demo.services.play import actor_of
from portal.documents.models import Document
from portal.outbox.models import Job, OutboxMessage
from portal.outbox.services.jobs import run_waiting
from portal.registry.models import Supplier
from tests.integration.refusals import check_deferred

pytestmark = pytest.mark.django_db
# What the cast cannot show on 15/11/2022, and why.
ORDER_LATER: set[str] = set()
INSTALLATION_LATER: set[str] = set()
VA_LATER = {"voided", "signed_late"}


@pytest.fixture
def demo(settings: Settings, tmp_path: Path) -> None:
    settings.PORTAL_DEMO = True
    settings.ACTIVITY_FOLDER, settings.ACTIVITY_THREADS = tmp_path / "activity", 1


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("demo_cast", *arguments, stdout=out)
    return out.getvalue()


def test_refused_elsewhere_than_in_the_demonstration() -> None:
    with pytest.raises(CommandError, match="PORTAL_DEMO=1"):
        run("--json")
    assert not Supplier.objects.exists() and not User.objects.exists()


def _counts() -> tuple[int, ...]:
    return tuple(m.objects.count() for m in (Order, User, AuditEvent, OutboxMessage, Document, Attestation))


def test_the_cast(demo: None) -> None:
    with clock.frozen(business=DEMO_START):
        printed = run("--json")
        check_deferred()
        _states_are_all_there()
        _nothing_waits_and_everything_holds()
        _time_only_went_forward()
        described = json.loads(printed)
        _json_says_what_the_issue_asks(described)
        before = _counts()
        assert json.loads(run("--json")) == described
        assert run().count("@") == len(described["accounts"])
        assert _counts() == before
        _the_staff_has_what_to_do()
        _the_first_logs_are_deposited()
    _later_logs_fill_the_pages()


def _states_are_all_there() -> None:
    assert set(Order.objects.values_list("state", flat=True)) == set(ORDER.states) - ORDER_LATER
    assert set(Installation.objects.values_list("state", flat=True)) == set(INSTALLATION.states) - INSTALLATION_LATER
    assert set(Attestation.objects.values_list("state", flat=True)) == set(ATTESTATION.states) - VA_LATER


def _nothing_waits_and_everything_holds() -> None:
    assert not OutboxMessage.objects.filter(delivered_at=None).exists()
    assert not Document.objects.filter(sha256=None).exists()
    assert not AuditEvent.objects.filter(at__gt=DEMO_START).exists()
    for object_type, object_id in set(AuditEvent.objects.values_list("object_type", "object_id")):
        assert not list(broken_events(object_type, object_id))


def _time_only_went_forward() -> None:
    """Acts in the order of their dates, numbers in the order of drafts, deadlines at their very instant."""
    at = list(AuditEvent.objects.order_by("id").values_list("at", flat=True))
    assert at == sorted(at)
    drafted = list(Order.objects.order_by("number").values_list("created_at", flat=True))
    assert drafted == sorted(drafted)
    expired, lapsed = Order.objects.get(state="expired"), Order.objects.get(state="lapsed")
    assert expired.ended_at == expired.expires_at == datetime(2022, 11, 4, tzinfo=PARIS)
    assert lapsed.ended_at == lapsed.conditional_until == datetime(2022, 10, 24, tzinfo=PARIS)


def _json_says_what_the_issue_asks(described: dict[str, Any]) -> None:
    assert set(described) == {"accounts", "suppliers"}
    roles = {account["role"] for account in described["accounts"]}
    assert roles == {"supplier", "distributor", "titulaire", "adjoint", "preparateur", "instructor", "validator"}
    for account in described["accounts"]:
        assert set(account) == {"login", "password", "role", "organisation"}
        user = User.objects.get(email=account["login"])
        assert user.check_password(account["password"])
    for supplier in described["suppliers"]:
        assert set(supplier) == {"name", "siret", "software", "pharmacies"}
        assert all(set(software) == {"name", "version", "number"} for software in supplier["software"])
        assert all(set(pharmacy) == {"finess", "name"} for pharmacy in supplier["pharmacies"])
    first = described["suppliers"][0]
    assert first["software"][0]["number"] and len(first["pharmacies"]) >= 2
    assert None in [software["number"] for supplier in described["suppliers"] for software in supplier["software"]]
    finess = [pharmacy["finess"] for pharmacy in first["pharmacies"]]
    assert (
        Order.objects.filter(state__in=LIVE, supplier__siret=first["siret"]).count() == len(finess) == len(set(finess))
    )


def _the_staff_has_what_to_do() -> None:
    """The adjoint a mandate that runs, the préparateur a reminder to acknowledge."""
    adjoint, preparateur = actor_of(ADJOINT[0]), actor_of(PREPARATEUR[0])
    assert [one.section for one in mandates_of(adjoint, adjoint.organisation_id, DEMO_START).running] == [2, 3]
    [reminder] = reminders_to(workplace_of(preparateur), preparateur.name)
    assert reminder.noted_at is None and reminder.case.state == "acted"
    assert read_reminder(reminder_id=reminder.pk, actor=preparateur).noted_by_id == preparateur.user_id


def _the_first_logs_are_deposited() -> None:
    assert Job.objects.filter(kind=ACTIVITY).count() == 1, "asked for once"
    assert run_waiting() == 1
    assert Job.objects.get(kind=ACTIVITY).state == "done", Job.objects.get(kind=ACTIVITY).error
    assert Deposit.objects.filter(state="accepted").count() == 2 and not Deposit.objects.exclude(rejected=0).exists()
    [twins] = UsageQuestion.objects.all()
    assert (twins.kind, twins.facts["month"]) == ("twins", "2022-09")


def _later_logs_fill_the_pages() -> None:
    later = datetime(2023, 4, 3, 9, tzinfo=PARIS)
    with clock.frozen(business=later):
        ask_for_activity(later)
        assert run_waiting() == 1
    assert Deposit.objects.filter(state="accepted").count() == 4
    realised = Order.objects.filter(state="realised").values_list("pharmacy__lineage", flat=True)
    results = MeasureResult.objects.filter(year=2023, lineage__in=realised, code="EPRESC", denominator__gt=300)
    assert results.count() == len(realised) and not results.filter(rate=None).exists()
    assert DailyCounter.objects.filter(day=date(2023, 3, 31)).exists()
