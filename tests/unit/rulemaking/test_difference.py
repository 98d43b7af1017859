"""The difference in words is complete: no field of a rule set changes without a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.programmes.domain.parse import parse
from portal.programmes.domain.ruleset import Beneficiary, Money, Outage, Prestation, RuleSet
from portal.programmes.services.load import CATALOGUE, _contents_of
from portal.rulemaking.domain.difference import DIFFERS, differences
from portal.rulemaking.domain.rows import ROW_TABLES
from tests.unit.programmes.catalogue import rules

AT = datetime(2023, 3, 15, 10, tzinfo=UTC)
FULL: RuleSet = replace(
    rules(),
    applies_from=AT,
    prestations=(Prestation("a", "A", frozenset({"X"}), frozenset({"Y"}), "essai"),),
    outages=(Outage("o", AT, AT + timedelta(1), AT + timedelta(2), frozenset({"va"}), "Panne", "P"),),
    money=replace(rules().money, beneficiaries=(Beneficiary("350000001", "a", Decimal(10), "essai", "C"),)),
    required_fields=(replace(rules().required_fields[0], since=AT), *rules().required_fields[1:]),
)


def _other(value: Any, name: str) -> Any:
    """Another value of the same kind."""
    if value is None:
        return AT
    if "confidence" in name:
        return "U" if value != "U" else "C"
    if name == "nature":
        return "deposit_proofs"
    if name == "bound":
        return "opens" if value == "closes" else "closes"
    if isinstance(value, bool):
        return not value
    if isinstance(value, datetime | date):
        return value + timedelta(days=1)
    if isinstance(value, int | Decimal):
        return value + 1
    if isinstance(value, str):
        return value + "x"
    return value | {"autre"}


def _variants(value: Any) -> Iterator[tuple[str, Any]]:
    """Every way of changing one leaf of a value, with its path; rows are also added, removed and moved."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            leaf = getattr(value, field.name)
            inner = _variants(leaf) if _has_leaves(leaf) else iter([("", _other(leaf, field.name))])
            yield from ((f"{field.name}.{path}", replace(value, **{field.name: new})) for path, new in inner)
    elif isinstance(value, tuple):
        for index, row in enumerate(value):
            others = _variants(row) if _has_leaves(row) else iter([("", _other(row, ""))])
            yield from ((f"{index}.{path}", (*value[:index], new, *value[index + 1 :])) for path, new in others)
            if not _is_pair(value):
                yield f"-{index}", (*value[:index], *value[index + 1 :])
        if len(value) > 1 and not _is_pair(value):
            yield "order", value[::-1]
    elif isinstance(value, Mapping):
        yield from ((str(key), {**value, key: f"{text}x"}) for key, text in value.items())
        yield "new", {**value, "new": "x"}
        yield "less", dict(list(value.items())[1:])


def _is_pair(value: tuple[Any, ...]) -> bool:
    """The departments of an overseas rate and the rate: not a list."""
    return bool(value) and isinstance(value[0], frozenset)


def _has_leaves(value: Any) -> bool:
    return isinstance(value, tuple | Mapping) or (is_dataclass(value) and not isinstance(value, type))


VARIANTS = dict(_variants(FULL))


def test_every_field_has_its_words() -> None:
    assert set(DIFFERS) == {field.name for field in fields(RuleSet)}
    rows = {"outages", "required_fields", "prestations", "checklist", "certificates", "va_statements"}
    samples: dict[str, Any] = {name: getattr(FULL, name)[0] for name in rows}
    samples |= {"tiers": FULL.money.tiers[0], "beneficiaries": FULL.money.beneficiaries[0]}
    assert set(ROW_TABLES) == set(samples)
    for name, sample in samples.items():
        assert set(ROW_TABLES[name].fields) == {field.name for field in fields(sample)}, name


def test_the_variants_reach_every_leaf() -> None:
    assert {path.split(".")[0] for path in VARIANTS} == {field.name for field in fields(RuleSet)}
    assert {path.split(".")[1] for path in VARIANTS if path.startswith("money.")} == {f.name for f in fields(Money)}
    assert len(VARIANTS) > 150


@pytest.mark.parametrize("path", sorted(VARIANTS))
def test_changing_any_field_yields_a_sentence(path: str) -> None:
    after = VARIANTS[path]
    assert after != FULL
    for one, other in ((FULL, after), (after, FULL)):
        found = differences(one, other)
        assert found and all(change.words.strip() for change in found), path


def test_equal_rules_differ_in_nothing() -> None:
    assert differences(FULL, replace(FULL)) == ()


def _said(number: int) -> list[str]:
    content = _contents_of(CATALOGUE / "PHA-LGO-Va1")[number]
    return [change.words.replace("\u00a0", " ") for change in differences(rules(), parse(content))]


def test_the_sentence_of_a_moved_date() -> None:
    assert (
        "La signature de la VA doit intervenir avant le 28/04/2023 à 14 h 00 → avant le 20/09/2023 à 14 h 00 "
        "(+145 jours)" in _said(5)
    )
    assert any(
        words.startswith(
            "Nouvelle date : Le dépôt des preuves de référencement doit intervenir jusqu’au 21/12/2022 inclus"
        )
        for words in _said(3)
    )
    assert "Portée : tous les actes → les actes à compter du 02/02/2022 à 0 h 00" in _said(5)


@pytest.mark.parametrize(
    ("nature", "bound", "shift", "shortens"),
    [
        ("signature", "closes", timedelta(seconds=-1), True),
        ("signature", "closes", timedelta(seconds=1), False),
        ("signature", "opens", timedelta(seconds=1), True),
        ("signature", "opens", timedelta(seconds=-1), False),
    ],
)
def test_what_shortens(nature: str, bound: str, shift: timedelta, shortens: bool) -> None:
    calendar = tuple(
        replace(m, at=m.at + shift) if (m.nature, m.bound) == (nature, bound) else m for m in FULL.calendar
    )
    (change,) = differences(FULL, replace(FULL, calendar=calendar))
    assert change.shortens == shortens


@pytest.mark.parametrize(
    ("change", "shortens"),
    [
        ({"signature_link_days": 29}, True),
        ({"signature_link_days": 31}, False),
        ({"conditional": replace(FULL.conditional, limit_days=119)}, True),
        ({"conditional": replace(FULL.conditional, limit_days=121)}, False),
        ({"calendar": FULL.calendar[1:]}, False),
        ({"required_fields": FULL.required_fields[1:]}, False),
    ],
)
def test_what_else_shortens(change: dict[str, Any], shortens: bool) -> None:
    assert any(found.shortens for found in differences(FULL, replace(FULL, **change))) == shortens
