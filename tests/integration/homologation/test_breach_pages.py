"""The pages of the breach register: what to do now, nothing typed lost, a late notification asks why, what leaves."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pypdf
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from homologation.domain.breach_lifecycle import BREACH
from homologation.models import Breach
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import User
from portal.common import clock
from portal.common.canonical import sha256_of
from portal.common.clock import PARIS
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.breaches import Case, case, case_in

pytestmark = pytest.mark.django_db


def logged(client: Client, actor: Actor) -> Client:
    client.force_login(User.objects.get(pk=actor.user_id or 0))
    return client


def act(client: Client, one: Case, verb: str, **typed: Any) -> HttpResponse:
    response: HttpResponse = client.post(reverse(f"homologation:breach_{verb}", args=[one.pk]), typed)
    return response


def words(content: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(content))
    text = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


@pytest.mark.parametrize("state", BREACH.states)
def test_every_state_says_what_to_do(state: str, client: Client) -> None:
    one = case_in(state)
    page = logged(client, one.titulaire).get(one.breach.get_absolute_url()).content.decode()
    assert "À faire maintenant" in page and BREACH.labels[state] in page


def test_a_declared_suspicion_is_led_to_its_page(client: Client) -> None:
    place = people.pharmacy()
    logged(client, people.attach(place, Role.ADJOINT))
    typed = {"signs": "Un poste volé", "detected_at": "15/11/2022 08:00", "source": "person"}
    url = reverse("homologation:breach_declare")
    refused = client.post(url, typed | {"signs": "Patient 185057800608436"}).content.decode()
    assert "ressemble à un numéro de patient" in refused and "Patient 185057800608436" in refused
    assert client.post(url, typed).status_code == 302
    assert Breach.objects.get().reference == "VIO-2022-0001"


def test_the_description_keeps_what_is_unknown(client: Client) -> None:
    one = case()
    logged(client, one.titulaire)
    typed = {"version": 0, "kinds": ["confidentiality"], "nature": "Envoi à tort", "persons_number-unknown": "on"}
    both = act(client, one, "describe", **typed, **{"nature-unknown": "on"}).content.decode()
    assert "pas les deux" in both and "Envoi à tort" in both
    assert act(client, one, "describe", **typed).status_code == 302
    assert one.breach.contents == {"nature": "Envoi à tort", "persons_number": None}
    other = typed | {"nature": "Autre texte"}
    stale = act(client, one, "describe", **other)
    page = stale.content.decode()
    assert stale.status_code == 409 and "Envoi à tort" in page and "Autre texte" in page
    assert 'name="version" value="1"' in page


def test_one_minute_late_the_page_asks_why(client: Client) -> None:
    spring = datetime(2023, 3, 24, 18, tzinfo=PARIS).astimezone(UTC)
    with clock.frozen(business=spring):
        one = case().describe().confirm(spring).to_notify()
    logged(client, one.titulaire)
    with clock.frozen(business=spring + timedelta(hours=70)):
        shown = client.get(one.breach.get_absolute_url()).content.decode().replace("\u00a0", " ")
        assert "il reste 2 h 00 min" in shown and "27/03/2023 à 19 h 00" in shown
    with clock.frozen(business=spring + timedelta(hours=80)):
        typed = {"sent_at": "27/03/2023 19:01", "channel": "teleservice", "receipt": "N-1"}
        late = act(client, one, "notify", **typed)
        assert late.status_code == 200 and "indiquez les motifs du retard" in late.content.decode()
        why = {"delay_category": "progressive", "delay_reason": "Découverte peu à peu"}
        assert act(client, one, "notify", **typed, **why).status_code == 302
        shown = client.get(one.breach.get_absolute_url()).content.decode()
    assert "notifiée en retard" in shown and "Découverte peu à peu" in shown


def test_a_corrected_hour_does_not_hide_the_old_deadline(client: Client) -> None:
    one = case(detected_at=TODAY - timedelta(days=4)).describe().confirm(TODAY - timedelta(days=4)).to_notify()
    logged(client, one.titulaire)
    assert act(client, one, "correct_awareness", aware_at="15/11/2022 08:00", note="Mal lu").status_code == 302
    page = client.get(one.breach.get_absolute_url()).content.decode()
    assert page.count("Cette échéance est passée sans notification.") == 1


def test_a_stranger_finds_nothing(client: Client) -> None:
    one = case()
    logged(client, people.attach(people.pharmacy(), Role.TITULAIRE))
    for name in ("breach", "breach_pdf", "breach_json", "breach_close"):
        assert client.get(reverse(f"homologation:{name}", args=[one.pk])).status_code == 404


@pytest.mark.real_pdf
def test_the_sheet_and_the_register_say_everything(client: Client) -> None:
    one = case_in("closed")
    logged(client, one.titulaire)
    given = json.loads(client.get(reverse("homologation:breach_json", args=[one.pk])).content)
    assert given["sha256"] == sha256_of(given["content"]) and given["content"]["reference"] == "VIO-2022-0001"
    printed = words(_bytes(client.get(reverse("homologation:breach_pdf", args=[one.pk]))))
    table = client.get(reverse("homologation:breaches_csv")).content.decode("utf-8-sig")
    [row] = list(csv.DictReader(io.StringIO(table), delimiter=";"))
    register = words(_bytes(client.get(reverse("homologation:breaches_pdf"))))
    for said in [*given["content"]["contents"].values(), "Les faits", "Les effets", "Les mesures"]:
        assert said in printed and said in row.values() and said in register
    assert "VIO-2022-0001" in printed and "VIO-2022-0001" in register


@pytest.mark.real_pdf
def test_an_empty_register_says_so_and_drills_are_apart(client: Client) -> None:
    one = case(drill=True)
    logged(client, one.titulaire)
    register = reverse("homologation:breaches_csv")
    assert client.get(register).content.decode().count("\r\n") == 1
    assert "EXE-2022-0001" in client.get(register, {"exercices": "on"}).content.decode()
    assert "EXE" not in client.get(reverse("homologation:breaches")).content.decode()
    empty = words(_bytes(client.get(reverse("homologation:breaches_pdf"), {"au": "31/12/2199"})))
    assert "État néant" in empty and "15/11/2022" in empty and "2199" not in empty
    assert client.get(reverse("homologation:breaches_pdf"), {"du": "hier"}).status_code == 404


def _bytes(response: Any) -> bytes:
    return b"".join(response.streaming_content)
