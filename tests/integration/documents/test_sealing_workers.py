"""Workers that seal: killed half-way or two at once, one document comes of it, with one seal of each kind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from orders.domain.snapshot import order_snapshot
from portal.documents import storage
from portal.documents.models import Document
from portal.documents.services.render import render_document
from portal.documents.services.verify import verify_all
from portal.documents.services.verify_file import verify_file
from portal.outbox.models import OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from tests.factories import sealing as seals
from tests.factories.gates import wait_for
from tests.integration.threads import at_once
from tests.unit.documents.parts import CONDITIONAL, MACHINE, ROOT, SIGNATURE

KILLED = """
import sys, time, django
django.setup()
from datetime import datetime
from portal.common import clock
from portal.documents import storage
from portal.outbox.services.deliver import deliver_pending
store = storage.store
def interrupted(content):
    if sys.argv[1] == "stored":
        store(content)
    print(len(content), flush=True)
    time.sleep(120)
storage.store = interrupted
with clock.frozen(machine=datetime.fromisoformat(sys.argv[2])):
    deliver_pending()
"""


@pytest.fixture
def waiting(committed_db: str, sealing: None) -> Document:
    """An order whose document is asked for, in a database that other processes see."""
    return seals.request("order", order_snapshot(CONDITIONAL, seals.RULES))


@pytest.mark.parametrize("point", ["sealed", "stored"])
def test_killed_between_the_seal_and_the_commit(
    point: str, waiting: Document, committed_db: str, authority: Path, tmp_path: Path
) -> None:
    worker = _worker(point, committed_db, authority, tmp_path)
    assert worker.stdout is not None and int(worker.stdout.readline()) > 0, "the seal was not reached"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    left = set(storage.stored_hashes())
    assert len(left) == (1 if point == "stored" else 0)
    assert not Document.objects.get().is_rendered
    wait_for(lambda: deliver_pending() == 1, "the message, free once PostgreSQL has seen its holder's end")
    assert deliver_pending() == 0
    _once(left)


def test_two_workers_on_one_document(waiting: Document) -> None:
    hashes = at_once([lambda: render_document(waiting.pk).sha256] * 2, threads=2)
    assert len(set(hashes)) == 1
    assert deliver_pending() == 1
    _once(set())


def test_two_workers_on_one_signature(waiting: Document) -> None:
    deliver_pending()
    shown = Document.objects.get()
    block = replace(SIGNATURE, document_sha256=shown.sha256 or "")
    signed = seals.request("order_signed", order_snapshot(CONDITIONAL, seals.RULES, block), base=shown)
    hashes = at_once([lambda: render_document(signed.pk).sha256] * 2, threads=2)
    assert len(set(hashes)) == 1
    verdict = verify_file(storage.read(hashes[0] or ""))
    assert (verdict.genuine, [s["field"] for s in verdict.signers]) == (True, ["Sig_Emetteur", "Sig_Client"])


def _worker(point: str, database: str, authority: Path, var: Path) -> subprocess.Popen[str]:
    """A process of its own that delivers what waits, with the seal of this run, and stands still at ``point``."""
    shutil.copytree(authority, var / "seal")
    base, _, rest = os.environ["DATABASE_URL"].partition("?")
    url = f"{base.rpartition('/')[0]}/{database}" + (f"?{rest}" if rest else "")
    given = {"DATABASE_URL": url, "PORTAL_VAR": str(var), "PORTAL_DEMO": "1"}
    given |= {"SEAL_BACKEND": "pkcs12", "TSA_URLS": "demo:", "DJANGO_SETTINGS_MODULE": "portal.config.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", KILLED, point, MACHINE.isoformat()],
        env=os.environ | given,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def _once(orphans: set[str]) -> None:
    """One document, one message, one file that it bears; ``orphans``: files that a dead worker left, told of."""
    document, message = Document.objects.get(), OutboxMessage.objects.get()
    assert message.delivered_at is not None
    verdict = verify_file(storage.read(document.sha256 or ""))
    assert (verdict.genuine, [signer["field"] for signer in verdict.signers]) == (True, ["Sig_Emetteur"])
    report = verify_all()
    assert (report.checked, report.faults, set(report.unknown_files)) == (1, [], orphans)
