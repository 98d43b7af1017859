"""A documents folder of its own, the two templates as kinds, and people who sign."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from orders.domain.snapshot import order_snapshot
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, Organisation, User
from portal.accounts.models.people import OrganisationKind
from portal.common import clock
from portal.documents.models import Document
from portal.documents.seal.authority import demo_authority
from portal.documents.services.request import request_document
from tests.conftest import own_database
from tests.factories import sealing as seals
from tests.factories.sealing import Sealed
from tests.unit.documents import parts

Ask = Callable[..., Document]


@pytest.fixture(autouse=True)
def documents_folder(settings: Any, tmp_path: Path) -> Path:
    settings.DOCUMENTS_FOLDER = tmp_path / "documents"
    return tmp_path / "documents"


@pytest.fixture(autouse=True)
def held_clocks() -> Iterator[None]:
    """A committed run would otherwise depend on the hour of the machine."""
    with clock.frozen(business=parts.ISSUED, machine=parts.MACHINE):
        yield


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's authority of this run: its keys are made once."""
    with clock.frozen(machine=parts.MACHINE):
        return demo_authority(tmp_path_factory.mktemp("seal") / "authority")


@pytest.fixture
def sealing(held_clocks: None, documents_folder: Path, authority: Path) -> Iterator[None]:
    """Documents are sealed and time-stamped."""
    with seals.sealing(authority, documents_folder):
        yield


@pytest.fixture(scope="module")
def register(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    authority: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """A register of its own for a file of tests, and sealing on while it is filled: afterwards, only to be read."""
    folder = tmp_path_factory.mktemp("documents")
    held = clock.frozen(business=parts.ISSUED, machine=parts.MACHINE)
    with own_database(django_db_blocker), held, seals.sealing(authority, folder):
        yield


@pytest.fixture(scope="module")
def _store(register: None) -> Sealed:
    return seals.sealed()


@pytest.fixture
def sealed(_store: Sealed, sealing: None) -> Sealed:
    """Sealed documents made once a file of tests."""
    return _store


@pytest.fixture
def snapshot() -> dict[str, Any]:
    return order_snapshot(parts.ORDER, parts.rules())


@pytest.fixture
def ask(snapshot: dict[str, Any]) -> Ask:
    """Ask for a document, of the subject ``order-1`` unless said otherwise."""

    def asked(**changes: Any) -> Document:
        given: dict[str, Any] = {
            "kind": "order",
            "subject_type": "orders_order",
            "subject_id": "order-1",
            "thread": "order-1",
            "number": "BC-2022-000123",
            "snapshot": snapshot,
            "at": parts.ISSUED,
        }
        return request_document(**(given | changes))

    return asked


@pytest.fixture
def titulaire(db: None) -> Actor:
    pharmacy = Organisation.objects.create(kind=OrganisationKind.PHARMACY, name="Pharmacie de l’Hôtel de Ville")
    user = User.objects.create_user("titulaire@example.fr", None, first_name="Hélène", last_name="Œuvrard")
    membership = Membership.objects.create(
        user=user, organisation=pharmacy, role=Role.TITULAIRE.value, since=parts.ISSUED - timedelta(days=1)
    )
    return Actor.of(membership, "request-1")
