"""A place to play in: a database and a folder that are made for the purpose and thrown away, no mail, no real PDF."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import OperationalError, ProgrammingError

from portal.common.refusals import refuse
from portal.documents.render import Rendered
from portal.documents.services.render import render_document
from portal.documents.services.request import TOPIC
from portal.outbox import registry

_LOCK = 0x5E6072
"""Advisory lock of the real database: one simulation at a time, and a killed one frees it."""
_INSUFFICIENT_PRIVILEGE, _IN_USE = "42501", "55006"
# From the template that nobody uses, in the one locale that every server has.
_EMPTY = "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'"


@contextmanager
def elsewhere(waiting: Callable[[], None]) -> Iterator[None]:
    """Everything written in the block goes to an empty database and folder, removed at its end.

    What a killed run left is removed first. ``waiting`` is called when another run has to end before. Not within a
    transaction: the connection is closed. Raises ``Refused`` when no database can be created.
    """
    name = f"{str(connection.settings_dict['NAME'])[:50]}_simulation"
    with (
        _database(name, waiting),
        _folder(Path(settings.PORTAL_VAR) / name),
        registry.replaced(TOPIC, [_sketch_requested]),
    ):
        yield


@contextmanager
def _database(scratch: str, waiting: Callable[[], None]) -> Iterator[None]:
    real = {name: str(connection.settings_dict[name]) for name in ("NAME", "USER", "PASSWORD")}
    connection.close()
    keeper = connection.copy()
    keeper.settings_dict.update(_owner())
    try:
        _lock(keeper, waiting)
        _drop(keeper, scratch)
        _create(keeper, scratch)
        _lead_to({"NAME": scratch, **_owner()})
        try:
            yield
        finally:
            _lead_to(real)
            _drop(keeper, scratch)
    finally:
        keeper.close()


def _owner() -> dict[str, str]:
    """Who makes the tables, where it is not the portal's own role."""
    owner = settings.DATABASE_OWNER
    return dict(zip(("USER", "PASSWORD"), owner, strict=True)) if owner else {}


def _lead_to(changed: dict[str, str]) -> None:
    connection.close()
    connection.settings_dict.update(changed)
    ContentType.objects.clear_cache()  # its numbers are those of one database


def _lock(keeper: BaseDatabaseWrapper, waiting: Callable[[], None]) -> None:
    with keeper.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if cursor.fetchone() != (True,):
            waiting()
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])


def _create(keeper: BaseDatabaseWrapper, name: str) -> None:
    try:
        _execute(keeper, f'CREATE DATABASE "{name}" {_EMPTY}')
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") != _INSUFFICIENT_PRIVILEGE:
            raise
        user = keeper.settings_dict["USER"]
        raise refuse(
            "no_createdb",
            f"La simulation joue dans une base à part, et le rôle PostgreSQL « {user} » n’a pas le droit d’en créer. "
            f'Demandez : ALTER ROLE "{user}" CREATEDB ; ou lancez la simulation sur l’installation embarquée.',
        ) from error


def _drop(keeper: BaseDatabaseWrapper, name: str) -> None:
    """A plain DROP ends autovacuum at work there, which FORCE may not; FORCE ends what a killed run left connected."""
    try:
        _execute(keeper, f'DROP DATABASE IF EXISTS "{name}"')
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != _IN_USE:
            raise
        _execute(keeper, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _execute(keeper: BaseDatabaseWrapper, statement: str) -> None:
    with keeper.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def _folder(folder: Path) -> Iterator[None]:
    """Documents go to a folder of their own, mails nowhere."""
    before = settings.DOCUMENTS_FOLDER, settings.EMAIL_BACKEND
    shutil.rmtree(folder, ignore_errors=True)
    settings.DOCUMENTS_FOLDER = folder
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    try:
        yield
    finally:
        settings.DOCUMENTS_FOLDER, settings.EMAIL_BACKEND = before
        shutil.rmtree(folder, ignore_errors=True)


def _sketch_requested(payload: dict[str, Any]) -> None:
    render_document(UUID(payload["id"]), draw=_sketch)


def _sketch(html: str) -> Rendered:
    """Another file for another HTML, without drawing it: signatures go by the hash."""
    return Rendered(content=b"%PDF " + hashlib.sha256(html.encode()).hexdigest().encode(), pages=1)
