"""A folder of its own for the published roots, and days that follow one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from portal.accounts.actors import Actor
from portal.audit import sealing
from portal.audit.models import AuditRoot
from portal.audit.publishing import publish_root
from portal.audit.services import Entry, record
from portal.common import clock
from tests.conftest import MACHINE, TODAY
from tests.factories.dossiers import order_in

Publish = Callable[[int], AuditRoot]


@pytest.fixture(autouse=True)
def audit_folder(settings: Settings, tmp_path: Path) -> Path:
    """Where the roots of this test are published."""
    settings.AUDIT_FOLDER = tmp_path / "audit"
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing folder
    return tmp_path / "audit"


@pytest.fixture(autouse=True)
def nobody_seals() -> Iterator[None]:
    """Whatever a test installs is taken away again."""
    yield
    sealing.install(None)


@pytest.fixture
def publish() -> Publish:
    """Publish the root of the day, so many days after the tests' own."""

    def on(day: int) -> AuditRoot:
        with clock.frozen(machine=MACHINE + timedelta(days=day)):
            return publish_root()[0]

    return on


@pytest.fixture
def chain(publish: Publish) -> str:
    """An order of three events in the root of the first day, among others; a fourth event since."""
    one = order_in("signed_firm")
    order_in("issued")
    publish(0)
    with clock.frozen(machine=MACHINE + timedelta(days=1)):
        record(Entry("orders_order", str(one.pk), "late", TODAY), Actor.system())
    return str(one.pk)
