"""Reading a rule set: what the catalogue says, and each way of being unreadable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from portal.programmes.domain.parse import parse
from portal.programmes.domain.ruleset import BadRuleSet
from tests.unit.programmes.catalogue import raw, rules


@pytest.mark.parametrize(
    ("nature", "bound", "at", "certain"),
    [
        ("signature", "opens", datetime(2022, 2, 1, 23, tzinfo=UTC), True),
        ("signature", "closes", datetime(2023, 3, 15, 13, tzinfo=UTC), False),
        ("installation", "closes", datetime(2023, 4, 28, 12, tzinfo=UTC), False),
        ("va", "closes", datetime(2023, 4, 28, 12, tzinfo=UTC), False),
        ("deposit_advance", "closes", datetime(2023, 3, 15, 13, tzinfo=UTC), False),
        ("deposit_balance", "closes", datetime(2023, 4, 28, 12, tzinfo=UTC), False),
    ],
)
def test_calendar(nature: str, bound: str, at: datetime, certain: bool) -> None:
    milestone = rules().milestone(nature, bound)
    assert milestone is not None
    assert (milestone.at, milestone.certain) == (at, certain)
    assert milestone.source and (certain or "à confirmer" in milestone.note or "Lecture" in milestone.note)
    if bound == "closes":
        assert rules().closes(nature) == at


def test_what_is_not_given_is_none() -> None:
    assert rules().milestone("va", "opens") is None
    assert rules().closes("deposit_proofs") is None


def test_money_and_days() -> None:
    read = rules()
    assert (read.conditional.limit_days, read.signature_link_days, read.va_reserve_days) == (120, 30, 30)
    assert [tier.ceiling_ht for tier in read.money.tiers] == [Decimal("875.00")]
    assert (read.money.advance_percent, read.money.balance_percent) == (Decimal(30), Decimal(70))
    rates = {code: read.money.vat_for(code) for code in ("35", "2A", "9A", "9B", "9C", "9D", "9F", "9E")}
    reduced, none, full = Decimal("8.50"), Decimal(0), Decimal("20.00")
    assert rates == {
        "35": full, "2A": full, "9A": reduced, "9B": reduced, "9C": none, "9D": reduced, "9F": none, "9E": full
    }  # fmt: skip
    assert read.reference == "PHA-LGO-Va1 v1"


REQUIRED = [
    "programme", "name", "funding_call", "version", "title", "source", "prestation_label", "zone",
    "signature_link_days", "eligible_categories", "conditional", "calendar", "money", "mentions", "coverage",
    "checklist", "certificates", "va_statements", "va",
]  # fmt: skip


@pytest.mark.parametrize("key", REQUIRED)
def test_each_key_is_required(key: str) -> None:
    content = raw()
    del content[key]
    with pytest.raises(BadRuleSet, match=f"clé manquante : '{key}'"):
        parse(content)


def _first(table: str, key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def damage(content: dict[str, Any]) -> None:
        content[table][0][key] = value

    return damage


def _money(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["money"].update(changes)


def _tier(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["money"]["tiers"][0].update(changes)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_first("calendar", "nature", "party"), r"signature_opens\.nature = 'party'"),
        (_first("calendar", "bound", "maybe"), r"bound = 'maybe'"),
        (_first("calendar", "confidence", "A"), r"confidence = 'A'"),
        (_first("calendar", "day", "2022-02-30"), "day"),
        (_first("calendar", "hour", "25:00:00"), "hour"),
        (_money(advance_percent="30.01"), "100 %"),
        (_money(vat_percent="vingt"), "."),
        (_money(tiers=[]), "aucune classe"),
        (_tier(floor_ht="875.01"), "plancher"),
        (_tier(floor_ht="-0.01"), "plancher"),
        (lambda content: content.update(version="un"), "un"),
        (lambda content: content.update(signature_link_days=None), "."),
    ],
)
def test_damage_is_named(damage: Callable[[dict[str, Any]], None], words: str) -> None:
    content = raw()
    damage(content)
    with pytest.raises(BadRuleSet, match=words):
        parse(content)


def test_an_unknown_zone_is_a_bad_rule_set() -> None:
    with pytest.raises(BadRuleSet):
        parse(raw() | {"zone": "Europe/Atlantis"})


def test_a_floor_equal_to_its_ceiling_is_fine() -> None:
    content = raw()
    _tier(floor_ht="875.00")(content)
    assert parse(content).money.tiers[0].floor_ht == 875
    _tier(floor_ht="0.00")(content)
    assert parse(content).money.tiers[0].floor_ht == 0
