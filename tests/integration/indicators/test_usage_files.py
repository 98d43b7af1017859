"""Why a rate is what it is, what to declare, and the same figures as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from django.test import Client
from django.urls import reverse

from indicators.services.compute import compute_current
from portal.accounts.models import User
from portal.common import clock
from tests.factories import people
from tests.factories.dossiers import Dossier, paris
from tests.integration.indicators.test_compute import prescriptions, realised
from tests.integration.indicators.test_freezing import ASIDE, FROZEN, decided
from tests.integration.indicators.test_usage_page import page

pytestmark = pytest.mark.django_db
MAY = paris("2023-05-20")


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Dossier]:
    """Four whole months known, at 10, 20, 30 and 40 %, on 20 May."""
    found, logs = realised(tmp_path / "logs")
    lines = [line for at in range(1, 5) for line in prescriptions(found, f"2023-{at:02d}", at, 10 - at, first=at * 100)]
    with clock.frozen(business=MAY):
        logs.run(logs.write("janvier à avril.csv", *lines))
        compute_current(MAY)
        yield found


def get(one: Dossier, name: str, *args: str, **query: str) -> Any:
    client = Client()
    client.force_login(User.objects.get(pk=one.titulaire.user_id or 0))
    return client.get(reverse(f"indicators:{name}", args=args), query)


def text(one: Dossier, name: str, *args: str, **query: str) -> str:
    answer = get(one, name, *args, **query)
    assert answer.status_code == 200
    return str(answer.content.decode()).replace("\u00a0", " ")


def test_the_page_estimates_the_end_of_the_year_and_advises(one: Dossier) -> None:
    found = page(one.titulaire)
    # 10 of 40 known; 8 months of 10: at 30 % (3 last), at worst 10 %, at best 40 %.
    assert "<strong>28,33 %</strong>, en dessous du seuil (entre 15 % et 35 %)" in found
    assert "Calculé sur vos 4 mois entiers connus" in found and "Scannez le QR code" in found
    assert "provisoires jusqu’au 26/02/2024 inclus" in found


def test_what_comes_next_year_is_announced_with_the_rate_of_today(one: Dossier) -> None:
    found = page(one.titulaire)
    assert "Ce qui sera mesuré ensuite" in found and "E-prescription (ville)" in found
    assert "Ce qui sera mesuré ensuite" not in page(one.titulaire, annee="2022"), "a year that is over has no next one"


def test_why_goes_down_to_days_and_deposits(one: Dossier) -> None:
    months = text(one, "why", "EPRESC")
    assert "avril 2023" in months and "Choisissez un mois" in months
    april = text(one, "why", "EPRESC", mois="04")
    assert "lundi 10 avril" in april and "4 sur 10" in april and "janvier à avril.csv" in april
    assert "Aucun jour compté" in text(one, "why", "EPRESC", mois="05")
    assert "Choisissez un mois" in text(one, "why", "EPRESC", mois="13")
    assert get(one, "why", "RIEN").status_code == 404


def test_the_figures_to_declare(one: Dossier) -> None:
    found = text(one, "declaration")
    assert "26/02/2024" in found and "40 prescriptions exécutées" in found and "à confirmer" in found
    assert "calculé le 20/05/2023" in found


def test_files_hold_what_the_page_says(one: Dossier) -> None:
    answer = get(one, "usage_csv", "mois", annee="2023")
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body), delimiter=";"))
    assert [(row["Mois"], row["prescriptions_e"]) for row in rows][:2] == [("01/01/2023", "1"), ("01/02/2023", "2")]
    assert len(rows) == 5
    days = b"".join(get(one, "usage_csv", "jours").streaming_content).decode("utf-8-sig").splitlines()
    assert len(days) == 5 and days[1].startswith(f"10/01/2023;{one.place.finess};{one.company.name};")
    assert get(one, "usage_csv", "ans").status_code == 404
    book = openpyxl.load_workbook(io.BytesIO(get(one, "usage_xlsx").content))
    assert book.sheetnames == ["Mois", "Jours"]
    sheet = list(book["Jours"].iter_rows(values_only=True))
    assert sheet[1][0].date() == date(2023, 1, 10) and sheet[1][sheet[0].index("prescriptions")] == 10


def test_the_report_says_the_same_in_words(one: Dossier) -> None:
    reader = pypdf.PdfReader(io.BytesIO(get(one, "report").content))
    words = " ".join(" ".join(each.extract_text() for each in reader.pages).replace("\u00a0", " ").split())
    assert "Usages du logiciel en 2023" in words and one.place.name in words
    assert "25 %" in words and "10 sur 40" in words and "entre 15 % et 35 %" in words and "avril 2023" in words
    early = pypdf.PdfReader(io.BytesIO(get(one, "report", annee="2022").content))
    assert "amorçage" in early.pages[0].extract_text()


def test_decisions_are_read_by_the_titulaire(one: Dossier) -> None:
    decided(ASIDE)
    compute_current(MAY)
    found = page(one.titulaire)
    assert "Neutralisé par décision du 20/05/2023 (Décision 2024-03)" in found and ASIDE.reason in found
    with clock.frozen(business=paris("2024-03-15")):
        decided(FROZEN)
        assert "figés depuis le 15/03/2024 (Décision 2024-07)" in page(one.titulaire, annee="2023")


def test_a_stranger_finds_nothing(one: Dossier) -> None:
    client = Client()
    client.force_login(User.objects.get(pk=people.administrator().user_id or 0))
    for name, *args in (("why", "EPRESC"), ("declaration",), ("report",), ("usage_xlsx",), ("usage_csv", "mois")):
        assert client.get(reverse(f"indicators:{name}", args=args)).status_code == 404
