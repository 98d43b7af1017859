"""No session sets the triggers aside: neither by django-pgtrigger's own switch, nor by a table of the same name."""

from __future__ import annotations

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction

from orders.models import Order
from portal.audit.models import AuditEvent
from tests.factories.dossiers import order_in

pytestmark = pytest.mark.django_db


def test_the_switch_of_the_library_does_nothing() -> None:
    """It writes its setting before each statement: with prepared statements that alone is refused."""
    order_in("issued")
    for uris in ((), ("audit.AuditEvent:append_only",)):
        with pytest.raises(DatabaseError), transaction.atomic(), pgtrigger.ignore(*uris), transaction.atomic():
            AuditEvent.objects.update(verb="sign_firm")
        assert not AuditEvent.objects.filter(verb="sign_firm").exists()


def test_neither_does_its_setting() -> None:
    order_in("issued")
    names = "SELECT array_agg(tgname)::text FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT set_config('pgtrigger.ignore', ({names}), true)")
        assert "pgtrigger_" in cursor.fetchone()[0]
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            cursor.execute("UPDATE audit_auditevent SET verb = 'sign_firm'")


SHADOW = """
CREATE TEMPORARY TABLE audit_auditevent ON COMMIT DROP AS SELECT * FROM audit_auditevent;
UPDATE pg_temp.audit_auditevent SET object_type = 'orders_order', object_id = '{order}', from_state = 'issued',
    to_state = 'declined', xact = pg_current_xact_id()::text::bigint;
UPDATE orders_order SET state = 'declined', ended_at = issued_at, end_reason = 'other' WHERE id = '{order}';
SET CONSTRAINTS ALL IMMEDIATE;
"""


def test_a_temporary_journal_is_no_journal() -> None:
    one = order_in("issued")
    with (
        pytest.raises(DatabaseError, match="without its audit event"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(SHADOW.format(order=one.pk))
    assert Order.objects.get(pk=one.pk).state == "issued"
