"""The pages of a new arrêté: what is typed is kept, dates are Paris readings, effects come as tables and files."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.common import clock
from portal.outbox.models import Job
from portal.programmes.selectors import ruleset_for
from portal.rulemaking.models import Amendment
from tests.integration.web.world import (
    INSTRUCTOR,
    SUBMITTED,
    SUPPLIER,
    TODAY,
    VALIDATOR,
    WRITTEN,
    World,
    as_,
)


def shown(client: Client, url: str) -> dict[str, Any]:
    """The values of the form as a browser would send them back."""
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {
        name: "" if value is None else str(form.fields[name].prepare_value(value)) for name, value in values.items()
    }


@pytest.fixture
def url(world: World) -> str:
    return reverse("rulemaking:edit", args=[world.amendment(WRITTEN).pk])


def closing_of(world: World) -> tuple[str, str]:
    content = Amendment.objects.get(pk=world.amendment(WRITTEN).pk).content
    (row,) = (row for row in content["calendar"] if row["code"] == "va_closes")
    return row["day"], row["hour"]


def test_saving_what_is_shown_changes_nothing(url: str, world: World) -> None:
    before = world.amendment(WRITTEN).content
    client = as_(INSTRUCTOR)
    assert client.post(url, shown(client, url)).status_code == 302
    after = world.amendment(WRITTEN).content
    added = {"vat_confidence": "C"}
    assert after == {**before, "money": {**before["money"], **added}}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("20/09/2023 14:00", ("2023-09-20", "14:00:00")),
        ("29/02/2024 23h59", ("2024-02-29", "23:59:00")),
        ("31/12/2023 23:59", ("2023-12-31", "23:59:00")),
        ("01/01/2024 00:00", ("2024-01-01", "00:00:00")),
        ("26/03/2023 01:59", ("2023-03-26", "01:59:00")),
        ("26/03/2023 03:00", ("2023-03-26", "03:00:00")),
        ("29/10/2023 01:59", ("2023-10-29", "01:59:00")),
        ("29/10/2023 03:00", ("2023-10-29", "03:00:00")),
    ],
)
def test_a_date_as_typed(typed: str, stored: tuple[str, str], url: str, world: World) -> None:
    client = as_(INSTRUCTOR)
    assert client.post(url, shown(client, url) | {"va_closes_at": typed}).status_code == 302
    assert closing_of(world) == stored


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("va_closes_at", "26/03/2023 02:30", "heure d’été"),
        ("va_closes_at", "29/10/2023 02:30", "heure d’hiver"),
        ("va_closes_at", "29/02/2023 14:00", "n’existe pas dans le calendrier"),
        ("va_closes_at", "20/09/2023", "Ajoutez l’heure"),
        ("va_closes_source", "", "Indiquez d’où vient cette date"),
        ("signature_closes_at", "01/02/2022 14:00", "après sa clôture"),
        ("balance_percent", "71,00", "100 %"),
        ("tier_0_floor_ht", "876,00", "plancher"),
        ("limit_days", "0", "supérieure ou égale à 1"),
        ("title", "", "obligatoire"),
    ],
)
def test_what_is_refused_is_kept_as_typed(field: str, typed: str, words: str, url: str, world: World) -> None:
    client = as_(INSTRUCTOR)
    sent = shown(client, url) | {"source": "Arrêté d’essai", field: typed}
    before = closing_of(world)
    response = client.post(url, sent)
    page = response.content.decode()
    assert response.status_code == 200 and words in page
    assert "Arrêté d’essai" in page and (not typed or f'value="{typed}"' in page)
    assert closing_of(world) == before


def test_a_date_is_added_and_removed(url: str, world: World) -> None:
    client = as_(INSTRUCTOR)
    added = {"deposit_proofs_closes_at": "22/12/2022 00:00", "deposit_proofs_closes_source": "GEER"}
    sent = shown(client, url) | added | {"deposit_advance_closes_at": ""}
    assert client.post(url, sent).status_code == 302
    natures = {row["nature"] for row in world.amendment(WRITTEN).content["calendar"]}
    assert "deposit_proofs" in natures and "deposit_advance" not in natures
    page = client.get(world.amendment(WRITTEN).get_absolute_url()).content.decode().replace("\u00a0", " ")
    assert "Nouvelle date : Le dépôt des preuves de référencement doit intervenir jusqu’au 21/12/2022 inclus" in page
    assert "Date retirée : Le dépôt de la demande d’avance" in page and "(+145 jours)" in page


def test_the_effects_as_page_and_files(world: World) -> None:
    client, pk = as_(INSTRUCTOR), world.amendment(WRITTEN).pk
    page = client.get(reverse("rulemaking:effects", args=[pk]))
    rows = page.context["page"].paginator.object_list
    assert rows, "the cast has expired and lapsed orders"
    text = client.get(reverse("rulemaking:effects_csv", args=[pk])).content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    told = json.loads(client.get(reverse("rulemaking:effects_json", args=[pk])).content)
    assert [line[0] for line in lines[1:]] == [row["number"] for row in told["rows"]] == [row.number for row in rows]
    assert told["totals"]["revived"] == sum(row.revived for row in rows)


def test_approving_from_the_page(world: World) -> None:
    client, draft = as_(VALIDATOR), world.amendment(SUBMITTED)
    url = reverse("rulemaking:publish", args=[draft.pk])
    page = client.get(url)
    seen = page.context["seen"]
    assert f'name="seen" value="{seen}"' in page.content.decode()
    stale = client.post(url, {"seen": "0" * 64, "read": "on"})
    assert stale.status_code == 200 and "Les effets ont changé" in stale.content.decode()
    unread = client.post(url, {"seen": seen})
    assert unread.status_code == 200 and "Cochez la case" in unread.content.decode()
    assert client.post(url, {"seen": seen, "read": "on"}).status_code == 302
    rules = ruleset_for(draft.programme_id, TODAY, clock.business_now())
    assert rules.title == SUBMITTED
    progress = client.get(reverse("rulemaking:progress", args=[draft.pk]))
    assert progress.status_code == 200 and "En attente" in progress.content.decode()
    Job.objects.filter(kind="orders.apply_rules").update(state="done", finished_at=TODAY)
    assert client.get(reverse("rulemaking:progress", args=[draft.pk])).status_code == 286
    public = Client.get(as_(""), reverse("rulemaking:calendar"), {"le": "14/11/2022"}).content.decode()
    assert "jugé aujourd’hui par <strong>PHA-LGO-Va1 v101</strong>" in public
    assert "La règle connue ce jour-là était <strong>PHA-LGO-Va1 v1</strong>" in public


def test_an_incident_from_the_page(world: World) -> None:
    client = as_(INSTRUCTOR)
    url = reverse("rulemaking:report_outage")
    sent = {"began_at": "14/11/2022 09:00", "ended_at": "14/11/2022 18:00", "natures": ["va"], "description": "Panne"}
    wrong = client.post(url, sent | {"ended_at": "14/11/2022 08:00"})
    assert wrong.status_code == 200 and 'value="14/11/2022 08:00"' in wrong.content.decode()
    assert client.post(url, sent).status_code == 302
    made = Amendment.objects.get(kind="incident")
    again = reverse("rulemaking:edit", args=[made.pk])
    assert (
        client.post(again, shown(client, again) | {"natures": ["va"], "description": "Panne longue"}).status_code == 302
    )
    page = client.get(made.get_absolute_url()).content.decode()
    assert (
        "17/11/2022" in page
        and "Panne longue" not in as_(SUPPLIER).get(reverse("rulemaking:incidents")).content.decode()
    )
