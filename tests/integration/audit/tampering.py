"""What a superuser can do to the journal past its triggers, and what the command then says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError

from portal.accounts.actors import Actor
from portal.audit.models import AuditEvent
from portal.audit.services import Entry, event_hash, record
from portal.common import clock
from tests.conftest import MACHINE, TODAY
from tests.integration.refusals import check_deferred, sql

TABLES = ("audit_auditevent", "audit_auditroot")


@contextmanager
def superuser() -> Iterator[None]:
    """With every right: triggers disabled, constraints dropped until the test's transaction is taken back."""
    check_deferred()
    for table in TABLES:
        sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    check_deferred()
    for table in TABLES:
        sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def verified(*options: str, status: int = 0) -> dict[str, Any]:
    """The report of the command, which ends with ``status``."""
    said, ended = StringIO(), 0
    try:
        call_command("verify_audit", "--json", *options, stdout=said)
    except CommandError as error:
        ended = error.returncode
    assert ended == status, said.getvalue()
    found: dict[str, Any] = json.loads(said.getvalue())
    return found


def events(chain: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(object_type="orders_order", object_id=chain).order_by("seq"))


def rechain(chain: str, start: int = 1) -> None:
    """Recompute numbers, links and hashes, as whoever knows the function would."""
    previous = ""
    for seq, event in enumerate(events(chain), start=1):
        if seq >= start:
            event.seq, event.prev_hash = seq, previous
            event.hash = event_hash(event)
            event.save()
        previous = event.hash


Tamper = Callable[[str], None]


def altered(chain: str) -> None:
    sql('UPDATE audit_auditevent SET data = \'{"amount": "1.00"}\' WHERE object_id = %s AND seq = 2', chain)


def altered_with_its_hash(chain: str) -> None:
    event = events(chain)[1]
    event.role = "validator"
    event.hash = event_hash(event)
    event.save()


def float(chain: str) -> None:
    sql("UPDATE audit_auditevent SET data = '{\"amount\": 1.5}' WHERE object_id = %s AND seq = 2", chain)


def middle_removed(chain: str) -> None:
    sql("DELETE FROM audit_auditevent WHERE object_id = %s AND seq = 2", chain)


def first_removed(chain: str) -> None:
    sql("DELETE FROM audit_auditevent WHERE object_id = %s AND seq = 1", chain)


def last_published_removed(chain: str) -> None:
    sql("DELETE FROM audit_auditevent WHERE object_id = %s AND seq >= 3", chain)


def whole_chain_removed(chain: str) -> None:
    sql("DELETE FROM audit_auditevent WHERE object_id = %s", chain)


def inserted(chain: str) -> None:
    """A row that fits, between the second and the third, those behind moved on."""
    second = events(chain)[1]
    sql("ALTER TABLE audit_auditevent DROP CONSTRAINT audit_event_seq")
    sql("UPDATE audit_auditevent SET seq = seq + 1 WHERE object_id = %s AND seq > 2", chain)
    forged = AuditEvent.objects.get(pk=second.pk)
    forged.pk, forged.seq, forged.prev_hash, forged.verb = None, 3, second.hash, "forged"
    forged.hash = event_hash(forged)
    forged.save(force_insert=True)


def inserted_and_recomputed(chain: str) -> None:
    inserted(chain)
    rechain(chain)


def swapped(chain: str) -> None:
    sql("ALTER TABLE audit_auditevent DROP CONSTRAINT audit_event_seq")
    sql("UPDATE audit_auditevent SET seq = 5 - seq WHERE object_id = %s AND seq IN (2, 3)", chain)


def swapped_and_recomputed(chain: str) -> None:
    swapped(chain)
    rechain(chain)


def recomputed(chain: str) -> None:
    event = events(chain)[1]
    event.role = "validator"
    event.save()
    rechain(chain)


def shortened_and_recomputed(chain: str) -> None:
    middle_removed(chain)
    rechain(chain)


def backdated(chain: str) -> None:
    """A row that fits at the end of another chain, said to be older than the root."""
    other = AuditEvent.objects.filter(object_type="orders_order").exclude(object_id=chain).latest("seq")
    with clock.frozen(machine=MACHINE - timedelta(days=2)):
        record(Entry(other.object_type, other.object_id, "forged", TODAY), Actor.system())


def backdated_chain(chain: str) -> None:
    with clock.frozen(machine=MACHINE - timedelta(days=2)):
        record(Entry("essai", "forged", "create", TODAY), Actor.system())
