"""The versions shipped after the first: what they say, and how a later file amends an earlier one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.common.clock import end_of_paris_day, paris_date
from portal.programmes.domain.amend import amended
from portal.programmes.domain.parse import FORM_FIELDS, parse
from portal.programmes.domain.ruleset import BadRuleSet, Outage, RequiredField, RuleSet
from portal.programmes.services.load import CATALOGUE, _contents_of, catalogue_codes
from tests.unit.programmes.catalogue import raw, rules

SECOND = timedelta(seconds=1)
VERSIONS = {number: parse(content) for number, content in _contents_of(CATALOGUE / "PHA-LGO-Va1").items()}


def at(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("version", "nature", "closes"),
    [
        (2, "signature", at(2022, 12, 18, 13)),
        (2, "installation", at(2023, 3, 31, 12)),
        (2, "va", at(2023, 3, 31, 12)),
        (2, "deposit_proofs", at(2022, 10, 17, 22)),
        (3, "deposit_proofs", at(2022, 12, 21, 23)),
        (3, "va", at(2023, 4, 28, 12)),
        (4, "deposit_proofs", None),
        (5, "va", at(2023, 9, 20, 12)),
        (5, "signature", at(2023, 3, 15, 13)),
        (6, "deposit_balance", at(2023, 12, 14, 13)),
        (6, "va", at(2023, 9, 20, 12)),
    ],
)
def test_the_extensions(version: int, nature: str, closes: datetime | None) -> None:
    assert VERSIONS[version].closes(nature) == closes


def test_every_date_says_where_it_comes_from() -> None:
    assert sorted(VERSIONS) == [1, 2, 3, 4, 5, 6]
    for number, read in VERSIONS.items():
        assert read.version == number and read.zone == "Europe/Paris"
        assert all(m.source and (m.certain or m.note) for m in read.calendar), number
        assert [required.field for required in read.required_fields] == list(FORM_FIELDS)
        assert all(required.since is None for required in read.required_fields)
    assert VERSIONS[1].applies_from is None and VERSIONS[5].applies_from == at(2022, 2, 1, 23)


@pytest.mark.parametrize(("version", "last_whole"), [(2, date(2022, 6, 19)), (3, date(2022, 8, 23))])
def test_the_last_day_whose_120_days_are_whole(version: int, last_whole: date) -> None:
    """The desk closes at the end of a day: 120 days after the last whole one."""
    closes = VERSIONS[version].closes("deposit_proofs")
    assert closes is not None
    assert end_of_paris_day(last_whole + timedelta(days=120)) == closes
    assert paris_date(closes - SECOND) - timedelta(days=120) == last_whole


def test_amending_by_key_by_table_and_by_value() -> None:
    content = amended(
        raw(),
        {
            "amends": 1,
            "title": "autre",
            "va": {"reserve_days": 31},
            "calendar": [{**raw()["calendar"][1], "day": "2023-06-01"}],
            "drop": {"calendar": ["va_closes"]},
            "eligible_categories": ["620"],
        },
    )
    read = parse(content)
    assert (read.title, read.va_reserve_days, read.eligible_categories) == ("autre", 31, frozenset({"620"}))
    assert read.closes("signature") == at(2023, 6, 1, 12) and read.closes("va") is None
    assert len(read.calendar) == len(rules().calendar) - 1 and "amends" not in content and "drop" not in content
    with pytest.raises(BadRuleSet, match="inconnu"):
        amended(raw(), {"drop": {"calendar": ["inconnu"]}})


OUTAGE = Outage(
    "panne", at(2023, 3, 15, 10), at(2023, 3, 15, 15), at(2023, 3, 16, 23), frozenset({"signature"}), "Panne", "P"
)


@pytest.mark.parametrize(
    ("cutoff", "nature", "moved"),
    [
        (OUTAGE.began_at - SECOND, "signature", False),
        (OUTAGE.began_at, "signature", True),
        (OUTAGE.ended_at - SECOND, "signature", True),
        (OUTAGE.ended_at, "signature", False),
        (OUTAGE.began_at, "va", False),
    ],
)
def test_an_outage_moves_the_cutoffs_that_it_hit(cutoff: datetime, nature: str, moved: bool) -> None:
    read = replace(rules(), outages=(OUTAGE,))
    assert read.extended(nature, cutoff) == (OUTAGE.extended_to if moved else cutoff)


def test_the_closing_itself_is_moved() -> None:
    read = replace(rules(), outages=(OUTAGE, replace(OUTAGE, code="2", extended_to=at(2023, 3, 15, 20))))
    assert read.closes("signature") == OUTAGE.extended_to
    assert read.closes("deposit_advance") == rules().closes("deposit_advance")
    assert read.milestone("signature", "opens") == rules().milestone("signature", "opens")


def test_a_field_is_required_from_its_instant_on() -> None:
    since = at(2022, 12, 12, 13)
    required = RequiredField("client_name", since, "essai")
    read = replace(rules(), required_fields=(required,))
    assert [read.required_at(since + shift) for shift in (-SECOND, 0 * SECOND, SECOND)] == [
        (),
        ("client_name",),
        ("client_name",),
    ]


def _table(finess: str, **changes: Any) -> dict[str, Any]:
    return {"finess": finess, "ceiling_ht": "10.00", "source": "essai", "confidence": "C"} | changes


def _second_wave() -> RuleSet:
    content = raw()
    content["prestations"] = [
        {"code": "b", "label": "vague 2", "after": ["A1"], "source": "essai"},
        {"code": "a", "label": "vague 1 + 2", "never_after": ["A1", "A0"], "source": "essai"},
    ]
    content["money"] = {
        **content["money"],
        "tiers": [],
        "beneficiaries": [_table("1", prestation="b"), _table("1", prestation="a", ceiling_ht="30.00"), _table("2")],
    }
    return parse(content)


@pytest.mark.parametrize(
    ("finess", "had", "label", "ceiling"),
    [
        ("1", {"A1"}, "vague 2", "10.00"),
        ("1", set(), "vague 1 + 2", "30.00"),
        ("1", {"A0", "A1"}, "vague 2", "10.00"),
        ("1", {"A0"}, "", None),
        ("2", set(), "vague 1 + 2", "10.00"),
        ("3", set(), "vague 1 + 2", None),
    ],
)
def test_prestation_and_ceiling_of_a_client(finess: str, had: set[str], label: str, ceiling: str | None) -> None:
    read = _second_wave().for_client(finess, frozenset(had))
    tier = read.money.ceiling()
    assert (read.prestation_label, tier and tier.ceiling_ht) == (label, ceiling and Decimal(ceiling))


def test_rules_that_ask_nothing_of_the_client_are_the_same_for_all() -> None:
    assert not rules().depends_on_client and _second_wave().depends_on_client
    assert rules().for_client("1", frozenset({"X"})) == rules()


def _set(key: str, value: Any) -> dict[str, Any]:
    return raw() | {key: value}


_OUTAGE: dict[str, Any] = {
    "code": "x", "began_at": "2023-03-15T10:00:00+00:00", "ended_at": "2023-03-15T11:00:00+00:00",
    "extended_to": "2023-03-16T11:00:00+00:00", "natures": ["va"], "description": "d", "confidence": "P",
}  # fmt: skip


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (_set("applies_from", "2022-02-02T00:00:00"), "fuseau"),
        (_set("applies_from", "hier"), "hier"),
        (_set("required_fields", [{"field": "colour", "source": "S"}]), "colour"),
        (_set("signature_link_days", 0), "jours"),
        (_set("calendar", [*raw()["calendar"], raw()["calendar"][0]]), "deux fois"),
        (_set("calendar", [{**raw()["calendar"][0], "day": "2024-01-01"}, raw()["calendar"][1]]), "après sa clôture"),
        (_set("outages", [{**_OUTAGE, "ended_at": _OUTAGE["began_at"]}]), "se suivre"),
        (_set("outages", [{**_OUTAGE, "extended_to": _OUTAGE["began_at"]}]), "se suivre"),
        (_set("outages", [{**_OUTAGE, "natures": ["fête"]}]), "fête"),
        (_set("money", {**raw()["money"], "vat_percent": "Infinity"}), "montant"),
        (_set("money", {**raw()["money"], "vat_percent": "101"}), "100 %"),
        (_set("money", {**raw()["money"], "beneficiaries": [_table("1", ceiling_ht="0")]}), "supérieur à 0"),
    ],
)
def test_damage_is_named(content: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRuleSet, match=words):
        parse(content)


def test_the_codes_of_the_catalogue() -> None:
    """A file that only says what it changes names no programme of its own."""
    assert catalogue_codes() == ["PHA-LGO-Va1"]
