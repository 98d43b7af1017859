"""One world for all web tests, built once through the services; each test takes back what it did."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django import DjangoDbBlocker

from portal.common import clock
from portal.documents import render
from tests.conftest import MACHINE, asleep, clone_of_test_database, pointed_at
from tests.factories.quick_pdf import stand_in
from tests.integration.web.world import TODAY, World, make_world


@pytest.fixture(scope="session")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[str, World]]:
    """The database that holds the world, and what the tests know of it."""
    with django_db_blocker.unblock(), clone_of_test_database() as database:
        with pytest.MonkeyPatch.context() as patch, clock.frozen(business=TODAY, machine=MACHINE):
            patch.setattr(render, "rendered", stand_in)
            with pointed_at(database), asleep():
                world = make_world()
        yield database, world


@pytest.fixture(scope="module")
def played(built: tuple[str, World], django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """That database in place of the test database; the transaction of each test is taken back."""
    database, world = built
    with django_db_blocker.unblock(), pointed_at(database):
        yield world


@pytest.fixture
def world(played: World, db: None, strict_templates: None) -> World:
    """The world as it was built."""
    cache.clear()
    return played
