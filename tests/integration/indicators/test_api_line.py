"""Deposit by machine behind a real socket: a line that is cut, a second sender in the middle of it."""

from __future__ import annotations

import time
from pathlib import Path

from django.db import connection

from indicators.services.background import read_waiting
from indicators.services.locks import SENDING
from tests.integration.indicators.deposits import depositor, figures
from tests.integration.indicators.machines import Machine, begun, served, token_of
from tests.integration.indicators.test_api import code_of
from tests.unit.indicators.logs import log


def _sending() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s)", [SENDING])
        return bool(cursor.fetchone()[0])


def test_a_cut_line_resumes_and_two_senders_do_not_mix(committed_db: str, tmp_path: Path) -> None:
    """Behind a real socket: a second sender while the first is in the middle, then the first one's line is cut."""
    ours = depositor(tmp_path / "logs")
    machine = Machine(ours, token_of(ours.supplier.siret))
    content = log(*(ours.event(number) for number in range(20)))
    url = machine.address(content)
    with served() as place:
        line = begun(place, machine, url, len(content), content[:1000])
        deadline = time.monotonic() + 20
        while not _sending() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert code_of(machine.patch(url, 0, content[:10])) == (423, "being_sent")
        line.close()
        while (at := machine.offset(url)) < 1000 and time.monotonic() < deadline:
            time.sleep(0.05)
    assert at == 1000
    assert machine.patch(url, at, content[at:]).status_code == 204
    read_waiting(ours.supplier.pk)
    assert figures() == {f"{ours.places[0]} 2022-11-02": 20}
