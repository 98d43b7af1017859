"""Every state can be reached by the services alone."""

from __future__ import annotations

import pytest

from attestations.domain.lifecycle import ATTESTATION
from orders.domain.lifecycle import INSTALLATION, ORDER
from portal.audit.models import AuditEvent
from portal.audit.selectors import broken_events
from tests.factories.dossiers import (
    INSTALLATION_STORIES,
    ORDER_STORIES,
    VA_STORIES,
    installation_in,
    order_in,
    va_in,
)

pytestmark = pytest.mark.django_db


def test_every_state_has_a_story() -> None:
    assert set(ORDER_STORIES) == set(ORDER.states)
    assert set(INSTALLATION_STORIES) == set(INSTALLATION.states)
    assert set(VA_STORIES) == set(ATTESTATION.states)


@pytest.mark.parametrize("state", ORDER_STORIES)
def test_order(state: str) -> None:
    _chains_hold(order_in(state).pk)


@pytest.mark.parametrize("state", INSTALLATION_STORIES)
def test_installation(state: str) -> None:
    _chains_hold(installation_in(state).pk)


@pytest.mark.parametrize("state", VA_STORIES)
def test_va(state: str) -> None:
    _chains_hold(va_in(state).pk)


def _chains_hold(order_id: object) -> None:
    chains = set(AuditEvent.objects.filter(thread=str(order_id)).values_list("object_type", "object_id"))
    assert chains
    for object_type, object_id in chains:
        assert list(broken_events(object_type, object_id)) == []
