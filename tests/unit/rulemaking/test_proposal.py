"""What a draft would publish, and whether it may go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.programmes.domain.parse import parse
from portal.programmes.domain.ruleset import RuleSet
from portal.rulemaking.domain.guards import AmendmentFacts, guard_publish, guard_submit
from portal.rulemaking.domain.lifecycle import ARRETE, DATE, INCIDENT, ORIGIN, PUBLICATION
from portal.rulemaking.domain.proposal import Proposal, proposed
from tests.unit.programmes.catalogue import raw, rules

NOW = datetime(2023, 3, 15, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OUTAGE: dict[str, Any] = {
    "code": "panne", "title": "Panne", "source": "essai", "began_at": "2023-03-15T10:00:00+00:00",
    "ended_at": "2023-03-15T14:00:00+00:00", "extended_to": "2023-03-16T23:00:00+00:00", "natures": ["signature"],
    "description": "Panne", "confidence": "P",
}  # fmt: skip


def moved(nature: str, day: str, **changes: Any) -> dict[str, Any]:
    """Version 1 with one closing on another day."""
    content = raw() | changes
    content["calendar"] = [
        {**row, "day": day} if (row["nature"], row["bound"]) == (nature, "closes") else row
        for row in content["calendar"]
    ]
    return content


def facts(content: dict[str, Any], reach: str = ORIGIN, kind: str = ARRETE, **changes: Any) -> AmendmentFacts:
    after = parse(proposed(Proposal(kind, content, reach), raw(), 101, NOW))
    return replace(AmendmentFacts(NOW, kind, rules(), after, "", 9, frozenset({1, 2})), **changes)


def codes(given: AmendmentFacts) -> list[str]:
    return [refusal.code for refusal in guard_submit(given)]


@pytest.mark.parametrize(
    ("reach", "expected"),
    [(ORIGIN, None), (PUBLICATION, NOW), (DATE, datetime(2022, 10, 1, tzinfo=UTC))],
)
def test_the_reach(reach: str, expected: datetime | None) -> None:
    content = raw() | {"applies_from": "2022-10-01T00:00:00+00:00"}
    read = parse(proposed(Proposal(ARRETE, content, reach), raw(), 101, NOW))
    assert (read.applies_from, read.version) == (expected, 101)


def test_a_text_keeps_the_outages_in_force() -> None:
    row = {key: value for key, value in OUTAGE.items() if key not in ("title", "source")}
    in_force = raw() | {"outages": [row]}
    assert proposed(Proposal(ARRETE, raw()), in_force, 101, NOW)["outages"] == [row]
    assert "outages" not in proposed(Proposal(ARRETE, in_force), raw(), 101, NOW)


def test_an_outage_is_added_to_whatever_is_in_force() -> None:
    in_force = moved("va", "2023-09-20", applies_from="2022-02-02T00:00:00+00:00")
    content = proposed(Proposal(INCIDENT, OUTAGE), in_force, 102, NOW)
    read = parse(content)
    assert (read.title, len(read.outages), read.version) == ("Panne", 1, 102)
    assert read.closes("va") == parse(in_force).closes("va") and read.applies_from == parse(in_force).applies_from
    assert read.closes("signature") == datetime(2023, 3, 16, 23, tzinfo=UTC)
    again = proposed(Proposal(INCIDENT, OUTAGE | {"description": "Autre"}), content, 103, NOW)
    assert [row["description"] for row in again["outages"]] == ["Autre"]


def test_what_may_be_submitted() -> None:
    assert codes(facts(moved("va", "2023-09-20"))) == []
    assert codes(facts(raw())) == ["no_change"]
    assert codes(facts(raw() | {"title": "Autre titre"})) == ["no_change"]
    assert codes(facts(moved("va", "2023-04-27"))) == ["retroactive_shortening"]
    assert codes(facts(moved("va", "2023-04-27"), PUBLICATION)) == []
    unread: dict[str, Any] = {"after": None, "fault": "zone"}
    assert codes(facts(raw(), **unread)) == ["bad_rules"]


@pytest.mark.parametrize(("shift", "refused"), [(-SECOND, True), (0 * SECOND, False), (SECOND, False)])
def test_a_shortening_reaches_no_act_already_done(shift: timedelta, refused: bool) -> None:
    content = moved("va", "2023-04-27", applies_from=(NOW + shift).isoformat())
    assert codes(facts(content, DATE)) == (["retroactive_shortening"] if refused else [])


@pytest.mark.parametrize(("shift", "refused"), [(-SECOND, True), (0 * SECOND, True), (SECOND, False)])
def test_the_extension_of_an_outage_is_still_to_come(shift: timedelta, refused: bool) -> None:
    content = OUTAGE | {"extended_to": (NOW + shift).isoformat()}
    assert codes(facts(content, kind=INCIDENT)) == (["extension_past"] if refused else [])


@pytest.mark.parametrize(("actor", "refused"), [(1, True), (2, True), (3, False), (None, False)])
def test_four_eyes(actor: int | None, refused: bool) -> None:
    given = facts(moved("va", "2023-09-20"), actor_id=actor)
    assert [refusal.code for refusal in guard_publish(given)] == (["same_person"] if refused else [])
    nothing: RuleSet = rules()
    assert [r.code for r in guard_publish(replace(given, after=nothing, actor_id=3))] == ["no_change"]
