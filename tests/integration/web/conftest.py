"""One world for each test module, built once through the services; each test takes back what it did."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import transaction
from pytest_django import DjangoDbBlocker

from portal.common import clock
from portal.documents import render
from tests.conftest import MACHINE
from tests.factories.quick_pdf import stand_in
from tests.integration.web.world import TODAY, World, make_world


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The world in an open transaction, never committed; the transaction of each test nests in it."""
    with django_db_blocker.unblock(), transaction.atomic():
        with pytest.MonkeyPatch.context() as patch, clock.frozen(business=TODAY, machine=MACHINE):
            patch.setattr(render, "rendered", stand_in)
            world = make_world()
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(played: World, db: None, strict_templates: None) -> World:
    """The world as it was built."""
    cache.clear()
    return played
