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

from indicators.models import DailyCounter
from indicators.services.compute import compute_current
from portal.accounts.models import User
from portal.common import clock
from tests.factories import people
from tests.factories.dossiers import Dossier, paris
from tests.integration.indicators.test_compute import prescriptions, realised
from tests.integration.indicators.test_freezing import ASIDE, FROZEN, decided
from tests.integration.indicators.test_lineages import ordered
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


@pytest.fixture
def midway(tmp_path: Path) -> Iterator[Dossier]:
    """A VA signed on 10 February 2023: 9 January and 9 February come before it, 10 February and 10 March count."""
    found, logs = realised(tmp_path / "midway", answered=paris("2023-02-10"))
    lines = [line for at in (1, 2, 3) for line in prescriptions(found, f"2023-{at:02d}", at, 10 - at, first=at * 100)]
    lines += [line.replace("-10T", "-09T") for line in prescriptions(found, "2023-02", 5, 5, first=900)]
    with clock.frozen(business=MAY):
        assert logs.run(logs.write("a.csv", *lines))[1] == 0
        compute_current(MAY)
        yield found


def flat(words: str) -> str:
    return " ".join(words.split())


def test_why_adds_up_where_the_va_falls_within_the_year(midway: Dossier) -> None:
    assert "16,66 %" not in page(midway.titulaire) and "25 % (5 sur 20" in page(midway.titulaire)
    months = flat(text(midway, "why", "EPRESC", annee="2023"))
    assert '1 sur 10 <span class="fr-hint-text">avant la VA, non compté</span>' in months
    assert '2 sur 10 <span class="fr-hint-text">et 5 sur 10 avant la VA, non comptés</span>' in months
    assert "<strong>25 %</strong>" in months and "<strong>5 sur 20</strong>" in months, "what the result says"
    assert "On compte à partir du 10/02/2023" in months and "d’autres données sont arrivées" not in months
    february = flat(text(midway, "why", "EPRESC", annee="2023", mois="02"))
    assert '5 sur 10 <span class="fr-hint-text">avant la VA, non compté</span>' in february
    assert "2 sur 10</td>" in february
    card = flat(page(midway.titulaire, annee="2023"))
    assert "avant la VA, non compté" in card and "<strong>5 sur 20</strong>" in card
    words = flat(
        " ".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(get(midway, "report").content)).pages)
    )
    assert "1 sur 10 (avant la VA, non compté)" in words and "Total compté 25 % 5 sur 20" in words


def test_why_says_that_other_data_came_since_the_result(midway: Dossier) -> None:
    DailyCounter.objects.filter(day=date(2023, 3, 10)).update(prescriptions_e=4)
    assert "Le résultat affiché, 5 sur 20, date du 20/05/2023" in flat(text(midway, "why", "EPRESC"))


def test_why_without_a_va_counts_nothing(tmp_path: Path) -> None:
    found, logs = ordered(tmp_path / "logs")
    with clock.frozen(business=MAY):
        assert logs.run(logs.write("a.csv", *prescriptions(found, "2023-01", 3, 7)))[1] == 0
        compute_current(MAY)
        words = flat(text(found, "why", "EPRESC"))
    assert "3 sur 10" in words and "<strong>0 sur 0</strong>" in words and "Aucune VA n’est signée" in words


def test_the_figures_to_declare(one: Dossier) -> None:
    found = text(one, "declaration")
    assert "26/02/2024" in found and "40 prescriptions exécutées" in found and "à confirmer" in found
    assert "calculé le 20/05/2023" in found
    assert "certifié par la HAS</strong> – 200,00 € par an, <strong>à confirmer</strong>" in found
    assert "Logiciel référencé Ségur</strong> – montant non précisé" in found and "organisationnelle" not in found
    assert "certifié par la HAS" not in text(one, "declaration", annee="2022"), "neutralised for 2022"


def test_files_hold_what_the_page_says(one: Dossier) -> None:
    answer = get(one, "usage_csv", "mois", annee="2023")
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body), delimiter=";"))
    assert [(row["Mois"], row["dont e-prescriptions"]) for row in rows][:2] == [
        ("01/01/2023", "1"),
        ("01/02/2023", "2"),
    ]
    assert len(rows) == 5
    days = b"".join(get(one, "usage_csv", "jours").streaming_content).decode("utf-8-sig").splitlines()
    assert len(days) == 5 and days[1].startswith(f"10/01/2023;{one.place.finess};{one.company.name};")
    assert get(one, "usage_csv", "ans").status_code == 404
    book = openpyxl.load_workbook(io.BytesIO(get(one, "usage_xlsx").content))
    assert book.sheetnames == ["Mois", "Jours"]
    sheet = list(book["Jours"].iter_rows(values_only=True))
    assert sheet[1][0].date() == date(2023, 1, 10) and sheet[1][sheet[0].index("Prescriptions exécutées")] == 10


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
