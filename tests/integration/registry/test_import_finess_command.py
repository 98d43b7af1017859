"""``manage.py import_finess``: exit status, one JSON object, French output."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from benchmarks.make_finess import Plan, write
from portal.common.clock import frozen
from portal.registry.management.commands.import_finess import Command
from portal.registry.models import Pharmacy
from tests.unit.registry.finess_made_up import finess, official, pharmacies, row

pytestmark = pytest.mark.django_db


def imported(path: Path, *options: str) -> str:
    output = StringIO()
    call_command("import_finess", str(path), *options, stdout=output, stderr=StringIO())
    return output.getvalue()


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "finess.csv"
    bad = row(nofinesset="X1")
    path.write_text(official(*pharmacies(3), bad, row(nofinesset=finess(900), categetab="355")), encoding="utf-8")
    return path


def test_json_is_one_object_with_the_agreed_keys(good: Path) -> None:
    report: dict[str, Any] = json.loads(imported(good, "--json"))
    figures = {name: report[name] for name in ("rows", "pharmacies", "created", "updated", "closed", "unchanged")}
    assert figures == {"rows": 5, "pharmacies": 3, "created": 3, "updated": 0, "closed": 0, "unchanged": 0}
    assert report["rejected"] == [
        {
            "line": 5,
            "column": "nofinesset",
            "value": "X1",
            "reason": "numéro FINESS mal formé : 9 caractères sont attendus, par exemple 010002301",
        }
    ]
    assert (report["warnings"], report["refused"], report["file"]) == ([], None, "finess.csv")
    assert (report["file_date"], len(report["sha256"])) == ("2022-11-01", 64)


def test_the_output_for_people(good: Path) -> None:
    text = imported(good)
    for words in ("fichier du 01/11/2022", "créées : 3", "Lignes rejetées : 1", "ligne 5, nofinesset « X1 »"):
        assert words in text
    assert "inchangées : 3" in imported(good)


def test_a_dry_run_says_that_nothing_is_written(good: Path) -> None:
    assert "rien n’est écrit" in imported(good, "--dry-run")
    assert not Pharmacy.objects.exists()


def test_a_long_list_is_cut_for_people_only(tmp_path: Path) -> None:
    path = tmp_path / "finess.csv"
    path.write_text(official(*pharmacies(30, siret="1")), encoding="utf-8")
    assert "… et 10 autres" in imported(path)
    assert len(json.loads(imported(path, "--json"))["warnings"]) == 30


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_refused_file_exits_1_and_says_why(tmp_path: Path, options: tuple[str, ...]) -> None:
    path = tmp_path / "finess.csv"
    path.write_text(official(row(siret="2,601E+13")), encoding="utf-8")
    output = StringIO()
    with pytest.raises(CommandError, match="tableur") as caught:
        call_command("import_finess", str(path), *options, stdout=output)
    assert caught.value.returncode == 1
    if options:
        report = json.loads(output.getvalue())
        assert "tableur" in report["refused"]
        assert (report["rows"], report["created"]) == (0, 0)
        assert report["rejected"][0]["value"] == "2,601E+13"
    else:
        assert output.getvalue() == ""


def test_a_missing_file_or_a_folder_is_wrong_usage(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "absent.csv", "introuvable"), (tmp_path, "dossier")):
        with pytest.raises(CommandError, match=words) as caught:
            imported(path, "--json")
        assert caught.value.returncode == 2


def test_wrong_usage_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        Command().run_from_argv(["manage.py", "import_finess"])
    assert caught.value.code == 2
    assert "FICHIER" in capsys.readouterr().err


def test_a_file_of_the_generator_with_progress(tmp_path: Path) -> None:
    path = tmp_path / "national.csv"
    write(path, Plan(lines=12_001, pharmacies=2_400, seed=3, geolocated=True))
    output, errors = StringIO(), StringIO()
    with frozen(machine=datetime(2026, 3, 12, tzinfo=UTC)):  # the generated file is dated the day before
        call_command("import_finess", str(path), stdout=output, stderr=errors)
    assert "pharmacies : 2\u202f400" in output.getvalue()
    assert "Lignes rejetées : 0\nAvertissements : 0\n" in output.getvalue()
    assert "… 10\u202f00" in errors.getvalue()
    assert Pharmacy.objects.values("department").distinct().count() == 103
