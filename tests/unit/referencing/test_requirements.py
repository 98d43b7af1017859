"""Requirements as data: what a file may say, and what it asks of a profile."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from portal.referencing.domain.requirements import BadRequirements, parse, requirement_of

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = ROOT / "portal/programmes/catalogue/PHA-LGO-Va1/requirements-1.toml"


@pytest.fixture
def content() -> dict[str, Any]:
    return copy.deepcopy(tomllib.loads(SHIPPED.read_text(encoding="utf-8")))


def test_the_shipped_list(content: dict[str, Any]) -> None:
    listed = parse(content)
    codes = [r.code for r in listed.applicable([])]
    assert 12 <= len(codes) <= 20
    assert {"INS.01", "DMP.01", "MSS.01", "PSC.01", "EPR.01", "VIT.01", "DP.01", "PORT.01", "CNDA.01"} <= set(codes)
    assert all(r.source and r.to_confirm for r in listed.applicable(["montage"])), "the ANS's own list is unknown"


def test_a_conditional_profile_adds_its_own(content: dict[str, Any]) -> None:
    listed = parse(content)
    assert "CNDA.03" not in {r.code for r in listed.applicable([])}
    assert "CNDA.03" in {r.code for r in listed.applicable(["montage"])}
    assert listed.required_proofs(["montage"]) - listed.required_proofs([]) == {"CNDA.03.01.01"}


def test_a_preconisation_blocks_nothing(content: dict[str, Any]) -> None:
    listed = parse(content)
    assert "PORT.02" in {r.code for r in listed.applicable([])}
    assert "PORT.02" not in listed.blocking([])
    assert not [code for code in listed.required_proofs([]) if code.startswith("PORT.02")]


def test_the_requirement_of_a_proof() -> None:
    assert requirement_of("SC.PSC.06.01.02") == "SC.PSC.06"
    assert requirement_of("MSS/CDA.01.01.01") == "MSS/CDA.01"


def _first(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = content["chapters"][1]["requirements"][0]
    return found


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda c: c.pop("charter"), "charter"),
        (lambda c: _first(c).update(nature="conseil"), "INS.01.nature"),
        (lambda c: _first(c).update(criticality="haute"), "INS.01.criticality"),
        (lambda c: _first(c).update(confidence="Z"), "INS.01.confidence"),
        (lambda c: _first(c).update(profile="inconnu"), "profil inconnu"),
        (lambda c: _first(c).update(code="INS.02"), "INS.02 est donné deux fois|autre exigence"),
        (lambda c: _first(c).update(scenarios=[]), "au moins une preuve"),
        (lambda c: _first(c)["scenarios"][0]["proofs"][0].update(code="DMP.01.09.01"), "autre exigence"),
        (lambda c: c.update(profiles=[]), "general"),
        (
            lambda c: _first(c)["scenarios"][0].update(
                proofs=[{"code": f"INS.01.01.{n:02d}", "label": "x"} for n in range(1, 12)]
            ),
            "10 preuves",
        ),
    ],
)
def test_what_is_wrong_is_named(break_it: Any, words: str, content: dict[str, Any]) -> None:
    break_it(content)
    with pytest.raises(BadRequirements, match=words):
        parse(content)
