"""What every ring of tests shares: held clocks, the loaded programme, strict pages, databases to commit in."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection, connections
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as drawn_examples
from pytest_django import DjangoDbBlocker

from homologation.services.load import load_questionnaires
from portal.common import clock
from portal.common.clock import PARIS
from portal.outbox import reactions
from portal.outbox.services import publish
from portal.programmes.services.load import load_catalogue
from portal.referencing.services.load import load_requirements
from tests.shared import copy_of, drop_database, made_once, new_database, pointed_at
from tests.strict_pages import RaisingUndefined, StrictClient

TODAY = datetime(2022, 11, 15, 10, 0, tzinfo=PARIS)
MACHINE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
LOADED = "test_portal_loaded"
"""The database with its tables and the programme, whose copies are the test databases."""

# The machines are shared: no test is judged by how long an example takes.
drawn_examples.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
drawn_examples.load_profile("shared")


def pytest_collection_finish() -> None:
    """What is there once all tests are read stays to the end: the garbage collector looks at it no more."""
    gc.collect()
    gc.freeze()


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
    name = str(connection.settings_dict["TEST"]["NAME"] or "test_portal")  # of this worker, says pytest-django
    with django_db_blocker.unblock():
        made_once(LOADED, _load)
        new_database(name, LOADED)
    with pointed_at(name):
        yield
    with django_db_blocker.unblock():
        drop_database(name)


def _load() -> None:
    new_database(LOADED)
    with pointed_at(LOADED):
        call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
        load_catalogue()
        load_requirements()
        load_questionnaires()


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
    with copy_of(str(connections.settings["default"]["NAME"])) as clone:
        yield clone


@contextmanager
def asleep() -> Iterator[None]:
    """No commit wakes a worker."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(publish, "_wake_worker", lambda: None)
        monkeypatch.setattr(reactions, "_wake", lambda: None)
        yield


@pytest.fixture
def strict_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that names what its view does not give is a failure.

    Said to the engine that is there: another one would read all its templates again.
    """
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)
    monkeypatch.setattr(engine.engine, "string_if_invalid", RaisingUndefined("%s"))


@pytest.fixture
def client(strict_templates: None) -> Client:
    """Django's client, strict about what pages hold."""
    return StrictClient()
