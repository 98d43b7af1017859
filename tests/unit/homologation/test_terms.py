"""The figures that no text sets are data, within what the database admits; the legal clocks are said once."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from homologation.catalogue import terms, told
from homologation.domain.breach_clock import COMPLEMENT_WITHIN, NOTIFY_WITHIN, QUALIFY_WITHIN
from homologation.domain.decision import NewReserve, check_terms
from homologation.domain.inspection import check_link
from homologation.domain.steps import BadCatalogue
from homologation.domain.terms import parse_terms, to_confirm
from tests.unit.homologation.forms import FILE, TODAY

PROGRAMME = "PHA-LGO-Va1"
CONTENT = tomllib.loads((FILE.parent / "terms-1.toml").read_text(encoding="utf-8"))


def test_every_figure_has_its_source_and_is_to_be_confirmed() -> None:
    found = terms(PROGRAMME)
    assert all(part.source and not part.confirmed for part in (found.decision, found.detail, found.link))
    assert (to_confirm(False), to_confirm(True)) == (" À confirmer.", "")


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("decision", {"months": [5, 12]}),
        ("decision", {"default": 7}),
        ("decision", {"most_with_reserves": 3}),
        ("decision", {"other": 1}),
        ("detail", {"days": 0}),
        ("link", {"days": [60]}),
        ("link", {"default": 2}),
    ],
)
def test_a_figure_that_cannot_be_kept_is_refused(part: str, change: dict[str, Any]) -> None:
    with pytest.raises(BadCatalogue, match="délais"):
        parse_terms({**CONTENT, part: {**CONTENT[part], **change}})
    with pytest.raises(BadCatalogue):
        parse_terms({name: said for name, said in CONTENT.items() if name != part})


def test_a_link_lasts_what_the_programme_offers() -> None:
    assert [refusal.code for refusal in check_link("Inspecteur", "Contrôle", 30, (1, 3))] == ["bad_duration"]


def test_the_clocks_of_a_breach_are_those_that_the_catalogue_shows() -> None:
    hours = {clock.addressee: clock.hours for clock in told(PROGRAMME).clocks}
    shown = [hours[f"CNIL, notification {phase}"] for phase in ("initiale", "complémentaire")]
    assert [span.total_seconds() / 3600 for span in (NOTIFY_WITHIN, COMPLEMENT_WITHIN)] == shown
    assert QUALIFY_WITHIN.total_seconds() / 3600 == hours["Qualification en interne"]


def test_terms_of_a_decision() -> None:
    later, past = TODAY.replace(year=2023), TODAY
    good = NewReserve("Écrire la procédure", "Le titulaire", later)
    assert (
        check_terms(12, [], TODAY, terms(PROGRAMME).decision) == []
        and check_terms(6, [good], TODAY, terms(PROGRAMME).decision) == []
    )
    assert [r.code for r in check_terms(7, [], TODAY, terms(PROGRAMME).decision)] == ["bad_duration"]
    assert [r.code for r in check_terms(12, [good], TODAY, terms(PROGRAMME).decision)] == ["too_long_with_reserves"]
    assert [r.field for r in check_terms(6, [NewReserve(" ", "", past)], TODAY, terms(PROGRAMME).decision)] == [
        "reserve-0-text",
        "reserve-0-owner",
        "reserve-0-due_on",
    ]
