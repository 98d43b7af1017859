"""What an object was at an instant, from its events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.audit.domain.as_of import as_of
from portal.audit.domain.events import Recorded

START = datetime(2022, 11, 1, 9, tzinfo=UTC)


def event(key: str, hours: int, to_state: str, data: Any = None) -> Recorded:
    at = START + timedelta(hours=hours)
    return Recorded(
        hours, "order", key, "", 1, at, at, None, None, "system", "x", "", to_state, "", data or {}, "", "", ""
    )


EVENTS = [
    event("a", 0, "draft", {"changed": {"amount": [None, "1.00"], "signed": [None, None]}}),
    event("b", 1, "draft"),
    event("a", 2, "issued", {"changed": {"amount": ["1.00", "2.00"]}, "words": "no field"}),
    event("a", 3, "", {"outcome": "no change at all"}),
    event("a", 4, "signed", {"changed": {"signed": [None, "2022"], "amount": ["2.00", None]}}),
]


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        (0, []),
        (1, [("a", "draft", 1, {"amount": "1.00", "signed": None})]),
        (2, [("a", "draft", 1, {"amount": "1.00", "signed": None}), ("b", "draft", 1, {})]),
        (4, [("a", "issued", 3, {"amount": "2.00", "signed": None}), ("b", "draft", 1, {})]),
        (9, [("a", "signed", 4, {"amount": None, "signed": "2022"}), ("b", "draft", 1, {})]),
    ],
)
def test_the_past_before_an_instant(hours: int, found: list[tuple[str, str, int, dict[str, Any]]]) -> None:
    pasts = as_of(EVENTS, START + timedelta(hours=hours))
    assert [(past.object_id, past.state, past.acts, past.fields) for past in pasts] == found


def test_an_act_at_the_very_instant_is_not_before_it() -> None:
    at = START + timedelta(hours=2)
    assert as_of(EVENTS, at)[0].state == "draft"
    assert as_of(EVENTS, at + timedelta(microseconds=1))[0].state == "issued"
    assert as_of(EVENTS, at + timedelta(microseconds=1))[0].at == at
