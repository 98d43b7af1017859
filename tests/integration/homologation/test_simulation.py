"""A new version of the questionnaire is tried on the real dossiers before it is loaded, and changes nothing."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from homologation.models import AnswerRevision, QuestionnaireVersion
from homologation.services.load import load_questionnaires
from portal.audit.models import AuditEvent
from tests.factories.insi import case, case_in
from tests.unit.homologation.forms import FILE

pytestmark = pytest.mark.django_db


def file_of(folder: Path, number: str, changes: dict[str, str]) -> Path:
    text = FILE.read_text().replace('version = "1.0.0"', f'version = "{number}"')
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "PHA-LGO-Va1").mkdir(exist_ok=True)
    path = folder / "PHA-LGO-Va1" / f"questionnaire-insi-{number}.toml"
    path.write_text(text)
    return path


def simulated(path: Path, *more: str) -> str:
    out = StringIO()
    call_command("load_questionnaires", "--simulate", str(path), *more, stdout=out)
    return out.getvalue()


def stored() -> tuple[int, int, int]:
    return QuestionnaireVersion.objects.count(), AnswerRevision.objects.count(), AuditEvent.objects.count()


def test_every_dossier_in_force_or_open_is_counted_and_nothing_changes(tmp_path: Path) -> None:
    case_in("approved"), case().fill(s2__2__frequence_revue=20), case_in("abandoned")
    before = stored()
    path = file_of(tmp_path, "1.1.0", {"most = 24": "most = 36"})
    found: dict[str, Any] = json.loads(simulated(path, "--json"))
    assert (found["since"], found["version"], found["problems"]) == ("1.0.0", "1.1.0", [])
    assert found["dossiers"] == {"approved": 1, "draft": 1}
    assert found["fates"]["s2.2.frequence_revue"]["reconfirmed"] == 2
    assert found["fates"]["s2.2.mesures"] == {
        "carried": 2,
        "reconfirmed": 0,
        "merged": 0,
        "dropped": {},
        "unanswered": 0,
    }
    assert "s2.2.frequence_revue : 2 reprises, question changée" in simulated(path)
    assert stored() == before


def test_what_would_be_lost_is_counted_with_its_reason_and_the_missing_map_is_said(tmp_path: Path) -> None:
    case().fill(s2__2__frequence_revue=20), case().fill(s2__2__frequence_revue=6)
    path = file_of(tmp_path, "2.0.0", {"most = 24": "most = 12"})
    out = StringIO()
    with pytest.raises(CommandError, match="complétez sa migration") as refused:
        call_command("load_questionnaires", "--simulate", str(path), stdout=out)
    assert refused.value.returncode == 1
    assert "À corriger : s2.2.frequence_revue : maximum abaissé" in out.getvalue()
    assert "2 abandonnées (maximum abaissé)" in out.getvalue()


@pytest.mark.parametrize("text", ["", "code = 1", "pas du toml ["])
def test_a_file_that_is_no_questionnaire_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "autre.toml"
    path.write_text(text)
    with pytest.raises(CommandError) as refused:
        simulated(path)
    assert refused.value.returncode == 2
    with pytest.raises(CommandError):
        simulated(tmp_path / "absent.toml")


def test_a_renewal_over_two_versions_keeps_what_each_map_keeps(tmp_path: Path) -> None:
    one = case_in("approved")
    file_of(tmp_path, "1.0.0", {})
    file_of(tmp_path, "1.1.0", {"most = 24": "most = 36"})
    file_of(tmp_path, "1.2.0", {"most = 24": "most = 48"})
    assert [version.number for version in load_questionnaires(tmp_path)] == [2, 3]
    renewed = one.again()
    assert renewed.dossier.questionnaire.number == 3
    last = renewed.last("s2.2.frequence_revue")
    assert last is not None and (last.status, last.source) == ("proposed", str(one.pk))
