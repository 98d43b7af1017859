"""100,000 audit events: publishing the daily root, proving one event, verifying the whole journal.

Run with ``python manage.py shell -c "from benchmarks.audit import main; main()"``; everything happens in a database and
a folder of its own, removed afterwards. Chains of two to ten events, as orders, installations and VAs have. Figures:
seconds and events a second, beside the bare work: reading the same rows, and hashing as many canonical texts.
"""

from __future__ import annotations

import hashlib
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from portal.accounts.actors import Actor
from portal.audit import files
from portal.audit.domain.events import Recorded, content_of, hash_of
from portal.audit.domain.proof import verify_proof
from portal.audit.models import AuditEvent
from portal.audit.proofs import inclusion_proof
from portal.audit.publishing import publish_root
from portal.audit.services import COLUMNS, recorded
from portal.audit.verification import verify_journal
from portal.common import clock
from portal.common.canonical import canonical
from portal.demo.services.scratch import elsewhere

EVENTS, BATCH, DAYS = 100_000, 5_000, 10


def main() -> None:
    """Print one line a measure."""
    with tempfile.TemporaryDirectory() as folder, elsewhere(lambda: None):
        call_command("migrate", verbosity=0, interactive=False)
        before, settings.AUDIT_FOLDER = settings.AUDIT_FOLDER, folder
        try:
            _measure()
        finally:
            settings.AUDIT_FOLDER = before


def _measure() -> None:
    _report("writing them (bulk, for the benchmark)", _time(_fill))
    _report("bare: reading the rows", _time(lambda: sum(1 for _ in _rows())))
    texts = [canonical(content_of(recorded(event))) for event in AuditEvent.objects.all()[:1_000]]
    _report("bare: hashing as many texts", _time(lambda: [hashlib.sha256(texts[n % 1_000]) for n in range(EVENTS)]))
    _report("publish_root", _time(publish_root))
    sizes = [path(clock.machine_now().date()).stat().st_size / 1e6 for path in (files.heads_path, files.public_path)]
    print(f"{'files, MB (with heads, public)':<44}{sizes[0]:>9.2f} {sizes[1]:>9.2f}")
    _report("verify_journal, one root", _time(_verify))
    event = AuditEvent.objects.order_by("pk")[EVENTS // 2]
    _report("inclusion_proof of one event", _time(lambda: inclusion_proof(event)), 1)
    proof = inclusion_proof(event)
    print(f"{'its JSON, bytes':<44}{len(json.dumps(proof.as_json())):>9}")
    _report("verify_proof", _time(lambda: verify_proof(proof)), 1)
    for day in range(1, DAYS):
        with clock.frozen(machine=clock.machine_now() + timedelta(days=day)):
            publish_root()
    _report(f"verify_journal, {DAYS} roots", _time(_verify))
    print(f"{'highest memory, MB':<44}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:>9.0f}")


def _verify() -> None:
    report = verify_journal()
    if not report.ok or report.checked != EVENTS:
        raise SystemExit(f"{report.checked} events, {report.faults[:3]}")


def _rows() -> Iterator[tuple[Any, ...]]:
    return AuditEvent.objects.order_by("object_type", "object_id", "seq").values_list(*COLUMNS).iterator(BATCH)


def _fill() -> None:
    made = _events()
    while batch := list(islice(made, BATCH)):
        AuditEvent.objects.bulk_create(batch)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_auditevent")


def _events() -> Iterator[AuditEvent]:
    now, actor = clock.machine_now() - timedelta(days=1), Actor.system()
    written = chain = 0
    while written < EVENTS:
        chain, previous = chain + 1, ""
        for seq in range(1, min(2 + chain % 9, EVENTS - written) + 1):
            event = AuditEvent(
                object_type="orders_order",
                object_id=str(UUID(int=chain << 64)),
                thread=str(UUID(int=chain << 64)),
                seq=seq,
                at=now,
                recorded_at=now,
                role=actor.role.value,
                verb="issue",
                from_state="draft",
                to_state="issued",
                rule_set="PHA-LGO-Va1 v1",
                data={"changed": {"issued_at": [None, now.isoformat()], "amount_ttc": [None, "1050.00"]}},
                prev_hash=previous,
            )
            event.hash = previous = hash_of(Recorded(*(getattr(event, name) for name in COLUMNS)))
            written += 1
            yield event


def _report(name: str, spent: float, count: int = EVENTS) -> None:
    print(f"{name:<44}{spent:>9.3f} s {count / spent:>12.0f} a second")


def _time(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
