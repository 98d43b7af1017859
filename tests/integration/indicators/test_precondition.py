"""2024: nothing is earned while the precondition of the year is missed; the same on pages, in files and in JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from django.core.management import call_command

from indicators.domain.lifecycle import NEUTRALISE
from indicators.services.compute import compute_year
from indicators.services.years import Proposal
from portal.common import clock
from tests.factories import people
from tests.factories.dossiers import Dossier
from tests.integration.indicators.deposits import Depositor
from tests.integration.indicators.test_boards import get as board
from tests.integration.indicators.test_boards import text as board_text
from tests.integration.indicators.test_compute import NEXT_YEAR, prescriptions, realised
from tests.integration.indicators.test_freezing import decided
from tests.integration.indicators.test_usage_files import get, text
from tests.integration.indicators.test_usage_page import page
from tests.unit.indicators.logs import event as any_event

pytestmark = pytest.mark.django_db
ASIDE = Proposal(NEUTRALISE, 2024, "EPRESC", "Décision 2025-01", "L’e-prescription n’était pas répandue.")
Scene = tuple[Dossier, Depositor]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """January and February 2024 whole: messages and ApCV reached, e-prescriptions of the town at 10 %."""
    one, logs = realised(tmp_path / "logs")
    cells = {"finess": one.place.finess}
    lines = []
    for month in (1, 2):
        at = {**cells, "occurred_at": f"2024-{month:02d}-10T10:00:00+01:00"}
        lines += prescriptions(one, f"2024-{month:02d}", 1, 9, first=month * 1_000)
        lines += [any_event(month * 1_000 + 100, **at), any_event(month * 1_000 + 101, **at, apcv="0")]
        lines.append(any_event(month * 1_000 + 102, **at, type="dispensation", apcv="", mss_exchange="1"))
    with clock.frozen(business=NEXT_YEAR):
        assert logs.run(logs.write("a.csv", *lines))[1] == 0
        compute_year(people.PROGRAMME, 2024)
        yield one, logs


def met(scene: Scene) -> None:
    """Enough e-prescriptions to fulfil the precondition: 42 of 60."""
    one, logs = scene
    logs.run(logs.write("b.csv", *prescriptions(one, "2024-02", 40, 0, first=5_000)))
    compute_year(people.PROGRAMME, 2024)


def told(one: Dossier) -> dict[str, dict[str, Any]]:
    out = StringIO()
    call_command("compute_indicators", year=2024, finess=one.place.finess, json=True, stdout=out)
    return {row["code"]: row for row in json.loads(out.getvalue())["results"]}


def report(one: Dossier) -> str:
    pages = pypdf.PdfReader(io.BytesIO(get(one, "report").content)).pages
    return " ".join(" ".join(each.extract_text() for each in pages).replace("\u00a0", " ").split())


def test_nothing_is_earned_while_the_precondition_is_missed(scene: Scene) -> None:
    one, _ = scene
    found = page(one.titulaire)
    assert "au vu des seuils atteints à ce jour" not in found
    assert "Rien n’est acquis à ce jour" in found and "10 % pour 70 %" in found
    assert "sous condition : 290,00 €" in found, "240 € of MSS and 50 € of ApCV stay to be seen"
    assert "240,00 € – sous condition : « E-prescription (ville) »" in found
    assert "non précisée – condition de toute la rémunération" in found
    assert "sous condition : « E-prescription (ville) »" in text(one, "declaration")
    words = report(one)
    assert "Rien n’est acquis à ce jour" in words and "240,00 € sous condition" in words


def test_it_is_earned_once_the_precondition_is_met_or_set_aside(scene: Scene) -> None:
    one, _ = scene
    met(scene)
    found = page(one.titulaire)
    assert "<strong>290,00 €</strong> au vu des seuils atteints" in found and "sous condition" not in found
    assert "290,00 € au vu des seuils atteints" in report(one) and "sous condition" not in report(one)


def test_a_precondition_set_aside_by_decision_holds_nothing_back(scene: Scene) -> None:
    decided(ASIDE)
    compute_year(people.PROGRAMME, 2024)
    assert "<strong>290,00 €</strong> au vu des seuils atteints" in page(scene[0].titulaire)


def amounts(answer: Any) -> list[tuple[str, str]]:
    rows = csv.DictReader(io.StringIO(board_text(answer).removeprefix("\ufeff")), delimiter=";")
    return [(row["Montant (€)"], row["Montant sous condition (€)"]) for row in rows]


def test_the_board_and_its_files_say_the_same(scene: Scene) -> None:
    supplier = scene[0].supplier
    found = board_text(board(supplier, "board", indicateur="MSS"))
    assert "n’a pas rempli la condition de l’année, « E-prescription (ville) »" in found
    assert amounts(board(supplier, "board_csv", indicateur="MSS")) == [("", "240,00")]
    met(scene)
    assert "sous condition" not in board_text(board(supplier, "board", indicateur="MSS"))
    assert amounts(board(supplier, "board_csv", indicateur="MSS")) == [("240,00", "")]
    sheet = openpyxl.load_workbook(io.BytesIO(board(supplier, "board_xlsx", indicateur="MSS").content)).active
    heads, row = sheet.iter_rows(values_only=True)
    assert row[heads.index("Montant (€)")] == Decimal(240) and row[heads.index("Montant sous condition (€)")] is None


def test_the_command_says_the_same(scene: Scene) -> None:
    found = told(scene[0])["MSS"]
    assert (found["state"], found["amount"], found["conditional_amount"]) == ("reached", None, "240.00")
    assert found["held_by"] == ["EPRESC"]
    met(scene)
    found = told(scene[0])["MSS"]
    assert (found["amount"], found["conditional_amount"], found["held_by"]) == ("240.00", None, [])
