"""The journal: chained, whole, and closed to everybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection

from portal.accounts.actors import Actor
from portal.audit.models import AuditEvent
from portal.audit.selectors import broken_events, thread_events
from portal.audit.services import Entry, record
from portal.common import clock
from tests.conftest import MACHINE, TODAY
from tests.factories.dossiers import order_in, va_in
from tests.integration.refusals import check_deferred, refused_by_postgres, sql

FIELDS = ["verb", "data", "at", "recorded_at", "actor_id", "role", "hash", "prev_hash", "from_state", "xact", "thread"]


@pytest.mark.django_db
@pytest.mark.parametrize("field", FIELDS)
def test_no_row_changes(field: str) -> None:
    one = order_in("issued")
    last = AuditEvent.objects.filter(object_id=str(one.pk)).latest("seq")
    with refused_by_postgres("(?i)cannot update"):
        sql(f"UPDATE audit_auditevent SET {field} = {field} WHERE id = %s", last.pk)  # noqa: S608
    with refused_by_postgres("(?i)cannot update"):
        last.save()


@pytest.mark.django_db
def test_no_row_goes() -> None:
    one = order_in("draft")
    with refused_by_postgres("(?i)cannot (update or )?delete"):
        AuditEvent.objects.filter(object_id=str(one.pk)).delete()
    with refused_by_postgres("(?i)cannot (update or )?delete"):
        sql("DELETE FROM audit_auditevent")


def test_no_truncate(committed_db: str) -> None:
    order_in("draft")
    for statement in (
        "TRUNCATE audit_auditevent",
        "TRUNCATE audit_auditevent CASCADE",
        "TRUNCATE audit_auditroot",
        "TRUNCATE audit_readevent",
        "TRUNCATE accounts_user CASCADE",
    ):
        with pytest.raises(DatabaseError, match="proofs are never removed"):
            sql(statement)
    assert AuditEvent.objects.exists()


@pytest.mark.django_db
def test_a_whole_life_is_chained() -> None:
    one = va_in("signed")
    events = list(thread_events(str(one.pk)))
    told = [(event.object_type.split("_")[-1], event.verb, event.from_state, event.to_state) for event in events]
    assert told == [
        ("order", "create", "", "draft"),
        ("order", "issue", "draft", "issued"),
        ("order", "sign_firm", "issued", "signed_firm"),
        ("installation", "create", "", "to_plan"),
        ("installation", "plan", "to_plan", "planned"),
        ("installation", "declare", "planned", "installed"),
        ("attestation", "create", "", "to_sign"),
        ("attestation", "sign", "to_sign", "signed"),
        ("installation", "validate", "installed", "validated"),
        ("order", "realise", "signed_firm", "realised"),
    ]
    for object_type, object_id in {(event.object_type, event.object_id) for event in events}:
        chain = [event for event in events if event.object_id == object_id]
        assert [event.seq for event in chain] == list(range(1, len(chain) + 1))
        assert [event.prev_hash for event in chain] == ["", *(event.hash for event in chain[:-1])]
        assert list(broken_events(object_type, object_id)) == []
    assert all(event.recorded_at == MACHINE for event in events)
    signed = events[2]
    assert (signed.actor_id, signed.organisation_id) == (one.titulaire.user_id, one.place.organisation_id)
    assert (signed.role, signed.rule_set, signed.request_id) == ("titulaire", "PHA-LGO-Va1 v1", "essai")
    assert signed.data["changed"]["signed_at"] == [None, signed.at.isoformat()]
    assert events[-1].actor_id is None and events[-1].role == "system"


@contextmanager
def triggers_aside() -> Iterator[None]:
    """As somebody with every right on the server would."""
    check_deferred()
    sql("ALTER TABLE audit_auditevent DISABLE TRIGGER USER")
    yield
    check_deferred()
    sql("ALTER TABLE audit_auditevent ENABLE TRIGGER USER")


FORGED = ["seq = 9", "verb = 'x'", "data = '{\"a\": 1}'", "at = at + interval '1 s'", "role = 'x'", "request_id = 'x'",
          "to_state = 'x'", "rule_set = 'x'", "thread = 'x'", "prev_hash = 'x'", "actor_id = NULL",
          "organisation_id = NULL", "recorded_at = recorded_at + interval '1 us'"]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("change", FORGED)
def test_a_forgery_past_the_triggers_is_seen(change: str) -> None:
    one = order_in("issued")
    with triggers_aside():
        sql(f"UPDATE audit_auditevent SET {change} WHERE object_id = %s AND verb = 'issue'", str(one.pk))  # noqa: S608
    assert [event.to_state for event in broken_events("orders_order", str(one.pk))] in (["issued"], ["x"])


@pytest.mark.django_db
def test_a_missing_link_is_seen() -> None:
    one = order_in("signed_firm")
    with triggers_aside():
        sql("DELETE FROM audit_auditevent WHERE object_id = %s AND verb = 'issue'", str(one.pk))
    assert [event.verb for event in broken_events("orders_order", str(one.pk))] == ["sign_firm"]


@pytest.mark.django_db
def test_the_transaction_is_stamped_by_postgresql() -> None:
    event = record(Entry("essai", "1", "x", TODAY), Actor.system())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        assert cursor.fetchone() == (AuditEvent.objects.get(pk=event.pk).xact,)
    with clock.frozen(business=MACHINE), refused_by_postgres("audit_event_seq"):
        forged = AuditEvent.objects.get(pk=event.pk)
        forged.pk, forged.hash = None, "x"
        forged.save(force_insert=True)
