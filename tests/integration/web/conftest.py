"""One world for all web tests, built once a run through the services; each test takes back what it did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from pytest_django import DjangoDbBlocker

from portal.common import clock
from portal.documents import render
from tests.conftest import LOADED, MACHINE, asleep
from tests.factories.quick_pdf import stand_in
from tests.integration.web.world import TODAY, World, make_world
from tests.shared import copy_of, made_once, new_database, pointed_at

WORLD = "test_portal_world"


@pytest.fixture(scope="session")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[str, World]]:
    """A database that holds the world, and what the tests know of it."""
    with django_db_blocker.unblock():
        known = made_once(WORLD, _build)
        with copy_of(WORLD) as database:
            yield database, World(UUID(known["past"]), known["sessions"])


def _build() -> dict[str, Any]:
    new_database(WORLD, LOADED)
    with pytest.MonkeyPatch.context() as patch, clock.frozen(business=TODAY, machine=MACHINE):
        patch.setattr(render, "rendered", stand_in)
        with pointed_at(WORLD), asleep():
            world = make_world()
    return {"past": str(world.past), "sessions": world.sessions}


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
