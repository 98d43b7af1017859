"""What costs much and is the same for every worker: made once a run, by whichever comes first, then copied.

It lies in the folder of the run and in its server, and goes with them: nothing is kept for the next run.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection, connections

from portal.config.embedded.locks import FileLock
from tests.plugins.engines import SHARED

_PATIENCE = 900.0
_WRITTEN = ("documents", "proofs", "audit", "activity", "seal")
"""Folders where the services write, beside the database."""


def made_once(database: str, fill: Callable[[], Any]) -> Any:
    """What ``fill`` gave when it filled this new database, in this worker or before in another.

    Afterwards the database is a template: nobody works in it. A failure is everybody's: each tries again.
    """
    folder = _state().parent / SHARED
    folder.mkdir(exist_ok=True)
    with FileLock(folder / f"{database}.lock") as lock:
        lock.acquire(_PATIENCE)
        told, files = folder / f"{database}.json", folder / database
        if not told.exists():
            found = fill()
            for name in _WRITTEN:
                if (_state() / name).exists():
                    shutil.copytree(_state() / name, files / name, dirs_exist_ok=True)
            told.write_text(json.dumps(found))
        elif files.exists():
            shutil.copytree(files, _state(), dirs_exist_ok=True)
        return json.loads(told.read_text())


@contextmanager
def copy_of(template: str) -> Iterator[str]:
    """The name of a copy of this database, which is removed afterwards."""
    copy = f"{template}_{uuid4().hex[:10]}"
    connection.close()
    new_database(copy, template)
    try:
        yield copy
    finally:
        drop_database(copy)


def new_database(name: str, template: str = "template1") -> None:
    """In place of what a killed run left under this name."""
    drop_database(name)
    _maintain(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Another database in place of the test database."""
    before = str(connections.settings["default"]["NAME"])
    connection.close()
    _point_at(name)
    try:
        yield
    finally:
        connection.close()
        _point_at(before)


def drop_database(name: str) -> None:
    """Whoever still works in it."""
    _maintain(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _maintain(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def _point_at(name: str) -> None:
    # Connections of other threads read the first, the one already made for this thread the second.
    connections.settings["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def _state() -> Path:
    return Path(settings.PORTAL_VAR)
