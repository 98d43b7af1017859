"""What every ring of tests shares: held clocks, the loaded programme, strict pages, databases to commit in."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from django.test import Client
from django.test.utils import setup_databases, teardown_databases
from hypothesis import HealthCheck
from hypothesis import settings as drawn_examples
from pytest_django import DjangoDbBlocker, Settings

from homologation.services.load import load_questionnaires
from portal.common import clock
from portal.common.clock import PARIS
from portal.outbox import reactions
from portal.outbox.services import publish
from portal.programmes.services.load import load_catalogue
from portal.referencing.services.load import load_requirements
from tests.strict_pages import RaisingUndefined, StrictClient

TODAY = datetime(2022, 11, 15, 10, 0, tzinfo=PARIS)
MACHINE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

# The machines are shared: no test is judged by how long an example takes.
drawn_examples.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
drawn_examples.load_profile("shared")


@pytest.fixture(autouse=True)
def held_time() -> Iterator[None]:
    """Both clocks stand still, whatever the hour of the machine."""
    with clock.frozen(business=TODAY, machine=MACHINE):
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, django_db_modify_db_settings: None
) -> Iterator[None]:
    """The test database, with the programme loaded as in any running portal.

    In place of pytest-django's own, which makes no database for tests that only ask for ``committed_db``.
    """
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing folder
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default": None})
        load_catalogue()
        load_requirements()
        load_questionnaires()
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database of its own where acts really commit: threads, deferred triggers, ``on_commit``.

    Cloned from the test database and dropped afterwards: a flush would TRUNCATE, which the proofs refuse.
    No worker wakes by itself: the test calls ``deliver_pending``.
    """
    with own_database(django_db_blocker) as clone:
        yield clone


@contextmanager
def own_database(blocker: DjangoDbBlocker) -> Iterator[str]:
    """A clone of the test database, in place of it for the length of a block; its name. No worker wakes by itself."""
    with blocker.unblock(), clone_of_test_database() as clone, pointed_at(clone), asleep():
        yield clone


@contextmanager
def clone_of_test_database() -> Iterator[str]:
    """The name of a copy of it, which is removed afterwards."""
    template = str(connections.settings["default"]["NAME"])
    clone = f"{template}_{uuid4().hex[:10]}"
    connection.close()
    _maintain(f'CREATE DATABASE "{clone}" TEMPLATE "{template}"')
    try:
        yield clone
    finally:
        _maintain(f'DROP DATABASE "{clone}" WITH (FORCE)')


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


@contextmanager
def asleep() -> Iterator[None]:
    """No commit wakes a worker."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(publish, "_wake_worker", lambda: None)
        monkeypatch.setattr(reactions, "_wake", lambda: None)
        yield


def _point_at(name: str) -> None:
    # Connections of other threads read the first, the one already made for this thread the second.
    connections.settings["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def _maintain(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def strict_templates(settings: Settings) -> None:
    """A template that names what its view does not give is a failure."""
    templates = copy.deepcopy(django_settings.TEMPLATES)
    for engine in templates:
        engine.setdefault("OPTIONS", {})["string_if_invalid"] = RaisingUndefined("%s")
    settings.TEMPLATES = templates


@pytest.fixture
def client(strict_templates: None) -> Client:
    """Django's client, strict about what pages hold."""
    return StrictClient()
