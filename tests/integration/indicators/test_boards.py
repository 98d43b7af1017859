"""A supplier compares its own pharmacies, the administration all of them; what is odd is asked and answered."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from indicators.domain.lifecycle import EXPLAINED, MOOT, OPEN
from indicators.models import UsageQuestion
from indicators.services.compute import compute_year
from indicators.services.questions import ask_about_year, explain
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import User
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.refusals import Refused
from portal.outbox.services.deliver import deliver_pending
from tests.factories import people
from tests.factories.dossiers import Dossier
from tests.integration.indicators.deposits import Depositor
from tests.integration.indicators.test_compute import JUNE, NEXT_YEAR, prescriptions, realised
from tests.unit.indicators.logs import event as any_event

pytestmark = pytest.mark.django_db


@dataclass
class Scene:
    """Two suppliers, a pharmacy each, at 30 % and 40 % of e-prescriptions in January and February."""

    one: Dossier
    logs: Depositor
    other: Dossier
    other_logs: Depositor


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    one, logs = realised(tmp_path / "one")
    other, other_logs = realised(tmp_path / "other")
    with clock.frozen(business=JUNE):
        for dossier, depositor, share in ((one, logs, 3), (other, other_logs, 4)):
            lines = [
                line
                for month in (1, 2)
                for line in prescriptions(dossier, f"2023-{month:02d}", share, 10 - share, first=month * 100)
            ]
            depositor.run(depositor.write("a.csv", *lines))
        compute_year(people.PROGRAMME, 2023)
        yield Scene(one, logs, other, other_logs)


def get(actor: Actor, name: str, *args: object, **query: str) -> Any:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id or 0))
    return client.get(reverse(f"indicators:{name}", args=args), {"indicateur": "EPRESC"} | query)


def text(answer: Any) -> str:
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode()).replace("\u00a0", " ")


def test_a_supplier_compares_its_own_pharmacies(scene: Scene) -> None:
    found = text(get(scene.one.supplier, "board"))
    assert scene.one.place.name in found and scene.other.place.name not in found
    assert "1 pharmacie." in found and "de 30 à moins de 35 %" in found and "Les pharmacies que vous équipez" in found
    missing = "2023-03, 2023-04, 2023-05"
    files = text(get(scene.one.supplier, "board_csv"))
    assert f"{scene.one.place.finess};{scene.one.place.name}" in files and missing in files
    assert scene.other.place.finess not in files
    assert "sans taux à atteindre" not in found and get(scene.one.titulaire, "board").status_code == 404


def test_the_administration_compares_all(scene: Scene) -> None:
    actor = people.administrator()
    found = text(get(actor, "board", indicateur="RIEN"))
    assert "Alimentation du DMP" in found, "an unknown indicator gives the first one of the year"
    found = text(get(actor, "board"))
    assert "2 pharmacies." in found and scene.one.place.name in found
    assert "de 40 à moins de 45 %" in found and "50 %" in found, "one of two in the department has reached it"
    answer = get(actor, "board_xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert {row[0] for row in sheet.iter_rows(min_row=2, values_only=True)} == {
        scene.one.place.finess,
        scene.other.place.finess,
    }
    assert "Rien n’est encore calculé" in text(get(actor, "board", annee="2022", indicateur="MSS"))


def days(one: Dossier, count: int, each: int = 6) -> list[str]:
    """So many days of March, the same in every pharmacy, prescriptions apart by a minute."""
    start = datetime(2023, 3, 1, 8, tzinfo=UTC)
    cells = {"finess": one.place.finess, "type": "prescription", "apcv": "", "prescriber_setting": "city"}
    instants = [start + timedelta(days=day, minutes=at) for day in range(count) for at in range(each)]
    return [
        any_event(9000 + at, **cells, e_prescription="0", occurred_at=f"{when:%Y-%m-%dT%H:%M:%S}Z")
        for at, when in enumerate(instants)
    ]


def test_identical_months_are_asked_once_and_answered(scene: Scene) -> None:
    for one, logs in ((scene.one, scene.logs), (scene.other, scene.other_logs)):
        logs.run(logs.write("mars.csv", *days(one, 10)))
    assert (ask_about_year(2023), ask_about_year(2023)) == (1, 0)
    asked = UsageQuestion.objects.get()
    owner = scene.one.supplier if asked.pharmacy == scene.one.place else scene.other.supplier
    stranger = scene.other.supplier if owner == scene.one.supplier else scene.one.supplier
    assert "Aucune question" in text(get(stranger, "questions"))
    assert "ont exactement les mêmes chiffres" in text(get(owner, "questions"))
    assert get(stranger, "question", asked.pk).status_code == 404
    assert "Répondre" in text(get(owner, "question", asked.pk))
    with pytest.raises(Refused):
        explain(question_id=asked.pk, actor=stranger, answer="Moi non plus")
    explain(question_id=asked.pk, actor=owner, answer="Un essai de paramétrage, corrigé depuis.")
    asked = UsageQuestion.objects.get()
    assert asked.state == EXPLAINED and "Un essai de paramétrage" in text(get(owner, "question", asked.pk))
    assert "Aucune question" in text(get(owner, "questions")) and "Expliquée" in text(
        get(owner, "questions", toutes="1")
    )
    assert ask_about_year(2023) == 0, "explained once, not asked again"
    events = AuditEvent.objects.filter(object_id=str(asked.pk)).order_by("seq").values_list("verb", flat=True)
    assert list(events) == ["create", "explain"]
    with pytest.raises(DatabaseError), transaction.atomic():
        UsageQuestion.objects.update(answer="autre")


def test_figures_that_change_close_the_question(scene: Scene) -> None:
    for one, logs in ((scene.one, scene.logs), (scene.other, scene.other_logs)):
        logs.run(logs.write("mars.csv", *days(one, 10)))
    assert ask_about_year(2023) == 1
    scene.logs.run(scene.logs.write("suite.csv", *[line.replace("-03-", "-04-") for line in days(scene.one, 1)]))
    assert ask_about_year(2023) == 0 and UsageQuestion.objects.get().state == OPEN, "another month changes nothing"
    more = [line.replace("00002", "00003", 1) for line in days(scene.one, 1)]
    scene.logs.run(scene.logs.write("correction.csv", *more))
    assert ask_about_year(2023) == 0
    assert UsageQuestion.objects.get().state == MOOT


def test_a_month_in_one_second_is_asked_when_the_deposit_is_accepted(scene: Scene) -> None:
    cells = {"finess": scene.one.place.finess, "occurred_at": "2023-04-03T23:59:59+02:00"}
    scene.logs.run(scene.logs.write("lot.csv", *[any_event(7000 + at, **cells) for at in range(20)]))
    deliver_pending()
    asked = UsageQuestion.objects.get()
    assert (asked.kind, asked.facts) == ("second", {"month": "2023-04", "events": 20, "total": 20})
    assert "portent la même seconde" in text(get(people.administrator(Role.VALIDATOR), "question", asked.pk))


def test_uses_before_the_installation_and_a_threshold_reached_in_december(scene: Scene) -> None:
    cells = {"finess": scene.one.place.finess, "occurred_at": "2022-10-01T09:00:00+02:00", "apcv": "1"}
    scene.logs.run(scene.logs.write("tot.csv", any_event(1, **cells)))
    assert ask_about_year(2022) == 1
    assert UsageQuestion.objects.get().facts["first"] == "2022-10-01"
    months = [f"2023-{month:02d}" for month in range(3, 12)]
    with clock.frozen(business=NEXT_YEAR):
        lines = [
            line for at, m in enumerate(months) for line in prescriptions(scene.one, m, 3, 7, first=2000 + at * 50)
        ]
        lines += prescriptions(scene.one, "2023-12", 14, 6, first=4000)  # 47 of 130: 46 would be enough
        scene.logs.run(scene.logs.write("fin.csv", *lines))
        compute_year(people.PROGRAMME, 2023)
        assert ask_about_year(2023) == 0
        scene.logs.run(scene.logs.write("un de plus.csv", *prescriptions(scene.one, "2023-12", 0, 4, first=5000)))
        compute_year(people.PROGRAMME, 2023)  # 47 of 134: 46 would miss it
        assert ask_about_year(2023) == 1
    assert UsageQuestion.objects.get(kind="december").facts["november"] == [33, 110]


def test_a_threshold_reached_in_december_by_who_counted_nothing_before_is_asked_about(tmp_path: Path) -> None:
    one, logs = realised(tmp_path / "logs")
    months = [f"2023-{month:02d}" for month in range(1, 13)]
    lines = [line for at, month in enumerate(months) for line in prescriptions(one, month, 0, 1, first=100 + at)]
    claims = [
        any_event(1_000 + at, finess=one.place.finess, occurred_at="2023-12-05T09:00:00+01:00", apcv=str(int(not at)))
        for at in range(20)
    ]
    with clock.frozen(business=NEXT_YEAR):
        assert logs.run(logs.write("a.csv", *lines, *claims))[1] == 0
        compute_year(people.PROGRAMME, 2023)
        assert ask_about_year(2023) == 1
        asked = UsageQuestion.objects.get()
        assert (asked.kind, asked.facts) == ("december", {"measure": "APCV", "november": [0, 0], "december": [1, 20]})
        assert "ne comptait rien fin novembre" in text(get(one.supplier, "question", asked.pk))
