"""A decision covers the reports and the dossier before it; each night every hash is computed again."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from homologation.domain.snapshot import SCHEMA, WITH_SUPERVISION, read_export
from homologation.models import BreachNotification, InsiDossier, PrefillPack, SupervisionReport, SupervisionRow
from homologation.services.exchange import export_dossier, import_answers
from homologation.services.facts import Reading
from homologation.services.supervise import compute_month
from homologation.services.verify import verify_proofs
from homologation.tasks import verify_proofs as nightly
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.common.canonical import sha256_of
from portal.config.celery import app
from portal.outbox.models import Notice
from portal.outbox.services.deliver import deliver_pending
from tests.conftest import TODAY
from tests.factories import breaches, people
from tests.factories.insi import Case, case, case_in
from tests.factories.supervision import MONTH, counted, report_of
from tests.integration.homologation.test_prefill import Scene
from tests.integration.refusals import check_deferred, sql

pytestmark = pytest.mark.django_db


def with_report() -> Case:
    one = case().fill()
    counted(one.place, people.supplier(), {"u1": (30, 50), "u2": (20, 30)})
    compute_month(MONTH, [one.place.pk])
    return one


def test_what_is_decided_on_covers_the_reports() -> None:
    one = with_report()
    report = report_of(one.place)
    snapshot = one.submit().dossier.snapshot
    assert snapshot is not None and snapshot["schema"] == WITH_SUPERVISION
    assert snapshot["supervision"] == [{"month": "2022-10", "revision": 1, "input": report.input}]
    assert (snapshot["previous"], snapshot["evidence"]) == ("", [])
    assert read_export(export_dossier(one.dossier)) == snapshot


def test_a_report_that_comes_while_a_decision_is_awaited_blocks_nothing() -> None:
    one = with_report().submit()
    counted(one.place, people.supplier(), {"u3": (5, 5)}, date(2022, 9, 1))
    compute_month(date(2022, 9, 1), [one.place.pk])
    assert sha256_of(Reading(one.dossier, TODAY).snapshot) == one.dossier.snapshot_sha256
    one.approve()
    held = one.dossier
    renewed = one.again()
    told = Reading(renewed.dossier, TODAY).snapshot
    assert [report["month"] for report in told["supervision"]] == ["2022-09", "2022-10"]
    assert told["previous"] == held.snapshot_sha256


def test_without_anything_new_the_form_is_the_first_one() -> None:
    snapshot = case_in("to_decide").dossier.snapshot
    assert snapshot is not None and snapshot["schema"] == SCHEMA and "supervision" not in snapshot


def test_an_export_with_reports_is_taken_back_and_gives_the_same_hash() -> None:
    one = with_report()
    export = json.loads(json.dumps(export_dossier(one.dossier)))
    assert import_answers(dossier_id=one.pk, actor=one.titulaire, content=export) == ()
    assert export_dossier(one.dossier)["sha256"] == export["sha256"]


def past_the_triggers(table: str, statement: str, key: Any) -> None:
    """As somebody who owns the database could write."""
    check_deferred()
    sql(f"ALTER TABLE homologation_{table} DISABLE TRIGGER USER")
    sql(statement, key)
    check_deferred()
    sql(f"ALTER TABLE homologation_{table} ENABLE TRIGGER USER")


def tampered(table: str, change: str, key: Any) -> None:
    past_the_triggers(table, f"UPDATE homologation_{table} SET {change} WHERE id = %s", key)  # noqa: S608  (ours)


def a_pack() -> str:
    pack = Scene().publish(s2__3__mode="mensuel")
    tampered("prefillpack", """values = '{"s2.3.mode": "demande"}'""", pack.pk)
    return f"pack {PrefillPack.objects.get().pk}"


def a_notification() -> str:
    sent = BreachNotification.objects.get(breach=breaches.case_in("notified").pk)
    tampered("breachnotification", "content = jsonb_set(content, '{signs}', '\"Autre\"')", sent.pk)
    return f"notification {sent.pk}"


def a_report() -> str:
    report = report_of(with_report().place)
    tampered("supervisionreport", "prescriptions = prescriptions + 1", report.pk)
    return f"rapport {report.pk}"


def an_account() -> str:
    report = report_of(with_report().place)
    tampered("supervisionrow", "prescriptions = prescriptions + 1", SupervisionRow.objects.filter(report=report)[0].pk)
    return f"rapport {report.pk}"


def a_dossier() -> str:
    one = case_in("approved")
    tampered("insidossier", "snapshot = jsonb_set(snapshot, '{matrix}', '\"9\"')", one.pk)
    return f"dossier {one.pk}"


def a_chain() -> str:
    """The first dossier rewritten whole, its hash too: the next one still holds the former hash."""
    one = case_in("approved")
    renewed = one.again().fill().submit()
    snapshot = {**(one.dossier.snapshot or {}), "matrix": "9"}
    text = json.dumps(snapshot).replace("'", "''")
    tampered("insidossier", f"snapshot = '{text}', snapshot_sha256 = '{sha256_of(snapshot)}'", one.pk)
    return f"dossier {renewed.pk}"


@pytest.mark.parametrize("damage", [a_pack, a_notification, a_report, an_account, a_dossier, a_chain])
def test_what_was_altered_is_found_and_told_once_to_the_administration(damage: Callable[[], str]) -> None:
    instructor = people.administrator(Role.INSTRUCTOR)
    found = damage()
    assert verify_proofs() == [found]
    nightly()
    deliver_pending()
    told = Notice.objects.filter(subject__startswith="Homologation INSi : empreintes")
    assert [one.user_id for one in told] == [instructor.user_id] and found in told[0].body


def test_nothing_is_found_where_nothing_was_altered() -> None:
    one = with_report().submit().approve()
    one.again().fill().submit()
    breaches.case_in("completed")
    Scene().publish(s2__3__mode="mensuel")
    assert InsiDossier.objects.filter(snapshot__isnull=False).count() == 2 and SupervisionReport.objects.exists()
    assert verify_proofs() == []
    assert app.conf.beat_schedule["insi-proofs"]["task"] == "homologation.tasks.verify_proofs"


def test_a_report_whose_accounts_were_forgotten_is_left_out() -> None:
    report = report_of(with_report().place)
    past_the_triggers("supervisionrow", "DELETE FROM homologation_supervisionrow WHERE report_id = %s", report.pk)
    assert verify_proofs() == [f"rapport {report.pk}"]
    with clock.frozen(business=TODAY + timedelta(days=800), machine=TODAY + timedelta(days=800)):
        assert verify_proofs() == []
