"""The limits kept with an order are computed: they move with an event, never by themselves."""

from __future__ import annotations

import pytest

from orders.models import Order
from tests.conftest import TODAY
from tests.factories.dossiers import order_in
from tests.integration.refusals import refused_by_postgres


@pytest.mark.parametrize("name", ["expires_at", "conditional_until"])
def test_a_limit_moves_with_its_event_only(name: str, committed_db: str) -> None:
    one = order_in("signed_conditional")
    with refused_by_postgres("limits_have_an_event"):
        Order.objects.filter(pk=one.pk).update(**{name: TODAY})
