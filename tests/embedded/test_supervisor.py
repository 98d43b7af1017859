"""``make run`` on the stand-in project: ready, watched, stopped, and never an orphan."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.config.embedded import environment
from portal.config.embedded.options import REPOSITORY
from portal.config.embedded.paths import Layout
from portal.config.embedded.roles import OWNER, OWNER_PASSWORD_FILE, PASSWORD_FILE
from portal.config.embedded.session import Lease
from tests.embedded.processes import Running, Stack, find, free_port, those_of, wait_for, wait_until_none

pytestmark = pytest.mark.e2e


@pytest.fixture
def port() -> int:
    """A free port."""
    return free_port()


@pytest.fixture
def portal(stack: Stack, port: int) -> Iterator[Running]:
    """The running stand-in portal."""
    running = stack.run(port=port)
    running.read_until("Arrêt : Ctrl-C")
    yield running
    if running.process.poll() is None:
        running.process.terminate()
        running.finish()


def _get(port: int, path: str = "/") -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10.0)
    connection.request("GET", path)
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def test_it_says_where_and_with_which_account(portal: Running, port: int) -> None:
    """The address answers; the demo account is printed."""
    assert f"http://127.0.0.1:{port}/" in portal.text
    assert "a@example.test" in portal.text
    assert "mot-de-passe" in portal.text
    assert _get(port) == "groups=1"
    beside = re.search(r"http://127\.0\.0\.1:(\d+)/ \(fournisseur d'identité fictif", portal.text)
    assert beside is not None
    assert _get(int(beside[1])) == "identity"


def test_sigterm_stops_everything_in_order(portal: Running, stack: Stack) -> None:
    """Status 0, nothing left, and a database that needs no recovery."""
    portal.process.terminate()
    assert portal.finish() == 0, portal.text
    assert "Tout est arrêté." in portal.text
    assert wait_until_none(stack.tree, 0.5) == {}
    assert "database system is shut down" in (stack.var / "log/postgres.log").read_text()


def test_a_second_start_keeps_the_data_and_is_up_in_ten_seconds(portal: Running, stack: Stack, port: int) -> None:
    """The stand-in adds one row at each start."""
    portal.process.send_signal(signal.SIGINT)
    assert portal.finish() == 0
    began = time.monotonic()
    again = stack.run(port=port)
    again.read_until("Arrêt : Ctrl-C")
    assert time.monotonic() - began < 10.0
    assert _get(port) == "groups=2"
    again.process.terminate()
    assert again.finish() == 0


def test_a_killed_supervisor_leaves_no_orphan(portal: Running, stack: Stack, port: int) -> None:
    """Even with a request and a job in full work: gunicorn's workers, Celery's pool, PostgreSQL's sessions go too."""
    with socket.create_connection(("127.0.0.1", port)) as browser:
        browser.sendall(b"GET /slow HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        sign = stack.tree / "napping"
        nap = f"from portal.config.celery import nap; nap.delay({str(sign)!r})"
        assert stack.manage("shell", "-c", nap).finish() == 0
        assert wait_for(lambda: sign.exists() and (stack.var / "slow").exists())
        assert len(those_of(stack.tree)) > 10
        portal.kill()
        assert wait_until_none(stack.tree, 5.0) == {}


@pytest.mark.parametrize(
    ("program", "name", "log"),
    [
        ("portal.config.wsgi", "web", "web.log"),
        ("celery -A portal.config.celery worker", "worker", "worker.log"),
        ("portal.demo.identity.wsgi", "identity", "identity.log"),
        ("postgres -D", "PostgreSQL", "postgres.log"),
    ],
)
def test_a_child_that_dies_ends_the_run(portal: Running, stack: Stack, program: str, name: str, log: str) -> None:
    """With its name, the end of its log, and status 1."""
    written = stack.var / "log" / log
    assert wait_for(lambda: written.exists() and written.stat().st_size), "it says something once it has started"
    os.kill(find(stack.tree, program), signal.SIGKILL)
    assert portal.finish() == 1
    assert f"Erreur : {name} s'est arrêté (signal SIGKILL)." in portal.text
    assert "  | " in portal.text
    assert f"Journal : {written}" in portal.text
    assert wait_until_none(stack.tree, 2.0) == {}


def test_a_command_joins_the_running_engines(portal: Running, stack: Stack) -> None:
    """One PostgreSQL for both, and the portal goes on afterwards."""
    command = stack.manage("count", "0.2")
    assert command.finish() == 0
    assert "groups=1" in command.text
    assert portal.process.poll() is None
    assert sum("postgres -D" in line for line in those_of(stack.tree).values()) == 1


def test_a_second_run_says_where_the_first_one_is(portal: Running, stack: Stack, port: int) -> None:
    """Two portals on the same data would send every message twice."""
    second = stack.run(port=free_port())
    assert second.finish() == 1
    assert "déjà" in second.text
    assert f"http://127.0.0.1:{port}/" in second.text
    assert portal.process.poll() is None


def test_a_taken_port_is_one_clear_line(stack: Stack, port: int) -> None:
    """Before anything is started."""
    with socket.create_server(("127.0.0.1", port)):
        run = stack.run(port=port)
        assert run.finish() == 1
    assert run.text.startswith(f"Erreur : le port {port} est déjà pris")
    assert run.text.count("\n") == 1


def test_a_failing_step_is_named_with_what_it_said(stack: Stack, port: int) -> None:
    """And nothing stays behind."""
    (stack.tree / "fakeapp/management/commands/load_programmes.py").write_text("raise RuntimeError('règle illisible')")
    run = stack.run(port=port)
    assert run.finish() == 1
    assert "l'étape « load_programmes » a échoué (code 1)" in run.text
    assert "règle illisible" in run.text
    assert wait_until_none(stack.tree, 2.0) == {}


def test_an_interrupted_first_start_stops_in_order(stack: Stack, port: int) -> None:
    """Ctrl-C while PostgreSQL's data are being made; the next start works."""
    run = stack.run(port=port)
    run.read_until("Moteurs")
    run.process.send_signal(signal.SIGINT)
    assert run.finish() == 0
    assert wait_until_none(stack.tree, 2.0) == {}
    again = stack.run(port=port)
    again.read_until("Arrêt : Ctrl-C")
    again.process.terminate()
    assert again.finish() == 0


def test_given_engines_are_used_instead_of_embedded_ones(stack: Stack, folder: Path, port: int) -> None:
    """``DATABASE_URL`` and ``CELERY_BROKER_URL``: production, so no demo data in them."""
    layout = Layout(folder / "other")
    layout.prepare()
    with Lease(layout, ("postgres", "redis")) as lease:
        url = environment.database_url(lease.run, (layout.secrets / PASSWORD_FILE).read_text())
        owner = environment.database_url(lease.run, (layout.secrets / OWNER_PASSWORD_FILE).read_text(), OWNER)
        given = {
            "DATABASE_URL": url,
            "DATABASE_OWNER_URL": owner,
            "CELERY_BROKER_URL": environment.broker_url(lease.run),
        }
        run = stack.run(port=port, **given)
        run.read_until("Arrêt : Ctrl-C")
        assert "a@example.test" not in run.text
        assert _get(port) == "groups=0"
        assert not (stack.var / "postgres/data").exists()
        assert not any("postgres -D" in line or "redis-server" in line for line in those_of(stack.tree).values())
        run.process.terminate()
        assert run.finish() == 0


def test_a_killed_make_stops_the_portal(stack: Stack, port: int) -> None:
    """``make`` is what the person started: its sudden end stops what it started, in order."""
    shutil.copy(REPOSITORY / "Makefile", stack.tree)
    (stack.tree / "scripts").mkdir()
    for script in ("os_packages", "venv"):
        (stack.tree / f"scripts/{script}.sh").write_text("exit 0\n")
    (stack.tree / ".venv/bin").mkdir(parents=True)
    (stack.tree / ".venv/bin/python").write_text(f'#!/bin/sh\nexec "{stack.python}" "$@"\n')
    (stack.tree / ".venv/bin/python").chmod(0o755)
    variables = {
        **stack.environ,
        "PORTAL_VAR": str(stack.var),
        "PORT": str(port),
        "PORTAL_IDENTITY_PORT": str(free_port()),
    }
    make = Running(["make", "run"], variables, stack.tree)
    make.read_until("Arrêt : Ctrl-C")
    make.kill()
    assert wait_until_none(stack.tree, 20.0) == {}
    assert "database system is shut down" in (stack.var / "log/postgres.log").read_text()
