"""One throw-away PostgreSQL for the whole test run, started before Django reads its settings.

Load it by ``-p tests.plugins.engines``: in a conftest it would come too late, since pytest-django reads the settings
first. Under xdist only the controller starts it; the workers inherit the environment, and each makes its own
``test_portal_gwN`` in it and has its own folder for what the portal writes. ``TEST_DATABASE_URL`` names another server to use instead; ``DATABASE_URL`` is never used,
for it may be somebody's real data.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from portal.config.embedded import environment
from portal.config.embedded.errors import EmbeddedError
from portal.config.embedded.paths import Layout
from portal.config.embedded.roles import PASSWORD_FILE
from portal.config.embedded.session import Lease

# A person's own settings must not change what the tests see.
_FORGOTTEN = (
    "DATABASE_OWNER_URL",
    "PORT",
    "PORTAL_ALLOWED_HOSTS",
    "PORTAL_BASE_URL",
    "PORTAL_BIND",
    "PORTAL_DEMO",
    "PORTAL_EVIDENCE_KEYS",
    "PORTAL_IDENTITY_PORT",
    "PORTAL_STATE_BRAND",
    "PSC_DISCOVERY_URL",
    "PSC_ENABLED",
)
_IN_MEMORY, _MUCH_ROOM = Path("/dev/shm"), 4 << 30
SHARED = "shared"
"""Folder of the run where ``tests.shared`` notes the databases that it made."""
_WITHOUT_TESTS = frozenset({"-h", "--help", "-V", "--version", "--markers", "--fixtures", "--collect-only", "--co"})


class _Run:
    """What this run started, to be ended with it."""

    folder: Path | None = None
    lease: Lease | None = None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(args: list[str]) -> Generator[None, None, None]:
    """Before pytest-django reads the settings: the variables, and the server they lead to."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ["PORTAL_VAR"] += f"-{worker}"
    else:
        _prepare(start=not _WITHOUT_TESTS.intersection(args))
    return (yield)


def pytest_unconfigure() -> None:
    """Stop the server and remove what the run wrote."""
    if _Run.lease is not None:
        _Run.lease.close()
        _Run.lease = None
    if _Run.folder is not None:
        _drop_shared(_Run.folder / SHARED)
        shutil.rmtree(_Run.folder, ignore_errors=True)
        _Run.folder = None


def _drop_shared(noted: Path) -> None:
    """On a given server; the run's own goes whole."""
    if (given := os.environ.get("TEST_DATABASE_URL")) and noted.is_dir():
        with psycopg.connect(given, autocommit=True) as server:
            for note in noted.glob("*.lock"):
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(note.stem)))


def _prepare(*, start: bool) -> None:
    folder = _Run.folder = Path(tempfile.mkdtemp(prefix="portal-tests-", dir=_memory()))
    for name in _FORGOTTEN:
        os.environ.pop(name, None)
    os.environ |= {
        "PORTAL_ENV": "test",
        "PORTAL_VAR": str(folder / "state"),
        "PORTAL_SECRET_KEY": "for-tests-only-" + "0123456789" * 5,
        "CELERY_BROKER_URL": "memory://",
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or _server(folder, start=start),
    }


def _memory() -> Path | None:
    """Where files are made and removed fastest, if there is much room: a copy of a database is a thousand files."""
    try:
        found = os.statvfs(_IN_MEMORY)
    except OSError:
        return None
    usable = os.access(_IN_MEMORY, os.W_OK) and not found.f_flag & os.ST_NOEXEC
    return _IN_MEMORY if usable and found.f_bavail * found.f_frsize > _MUCH_ROOM else None


def _server(folder: Path, *, start: bool) -> str:
    """The address of a new server; a killed run's one ends by itself and removes its data."""
    if not start:
        return environment.database_url(folder, "absent")
    # Root's PostgreSQL runs under another account, which has to pass through.
    folder.chmod(0o711)
    layout = Layout(folder)  # the keeper removes all of it, even when the run is killed
    layout.prepare()
    try:
        _Run.lease = Lease(layout, ["postgres"], tuning="test")
    except EmbeddedError as error:
        raise pytest.UsageError(str(error)) from error
    return environment.database_url(_Run.lease.run, (layout.secrets / PASSWORD_FILE).read_text())
