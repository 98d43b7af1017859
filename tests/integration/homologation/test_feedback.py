"""From an alert to its breach and back; from what ended to the next dossier's risks: told, never applied."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from homologation.dossier.content import content_of
from homologation.models import Breach, SupervisionCase
from homologation.presentation_breach import register_rows
from homologation.services import breach_answer, breach_declare, cases
from homologation.services.breach_declare import Signs
from homologation.services.breach_sheet import register, sheet
from portal.accounts.models import User
from portal.common import clock
from portal.common.refusals import Refused
from tests.conftest import TODAY
from tests.factories import breaches, people
from tests.factories.insi import Case, case
from tests.factories.supervision import alerted, brought_to
from tests.integration.refusals import refused_by_postgres
from tests.unit.homologation.forms import values

pytestmark = pytest.mark.django_db

RISKS = "s3.risques"


def client_of(one: Case) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=one.titulaire.user_id or 0))
    return client


def approved() -> Case:
    return case().fill().submit().approve()


def later() -> Any:
    return clock.frozen(business=TODAY.replace(day=20))


def test_an_escalated_alert_and_its_breach_name_each_other() -> None:
    one = approved()
    alert = brought_to(alerted(one.place, people.supplier()), "escalated", one.titulaire)
    breach = Breach.objects.get(case=alert)
    client = client_of(one)
    assert alert.get_absolute_url() in client.get(breach.get_absolute_url()).content.decode()
    assert breach.get_absolute_url() in client.get(alert.get_absolute_url()).content.decode()
    told = sheet(breach, TODAY)
    assert told["case"]["month"] == "2022-10" and "SUP-01" in told["case"]["rules"]
    assert told["case"]["cause"] == "misuse_one"
    heads, row = register_rows(register(one.place, [breach], None, None, TODAY))
    assert row[heads.index("Alerte d’origine")].startswith("Alerte INSi de 10/2022 (SUP-01")
    lines = csv.reader(io.StringIO(client.get(reverse("homologation:breaches_csv")).content.decode()), delimiter=";")
    assert any("Alerte INSi de 10/2022" in cell for line in lines for cell in line)
    said = content_of(one.dossier, TODAY)
    assert [line["case"] for line in said["breaches"]["rows"]] == [str(alert)]
    [told_case] = said["supervision"][-1]["cases"]
    assert told_case.startswith(f"Escaladée en suspicion de violation {breach.reference}")


def test_postgresql_keeps_the_link_true() -> None:
    one = approved()
    alert = brought_to(alerted(one.place, people.supplier()), "escalated", one.titulaire)
    other = brought_to(alerted(people.pharmacy(), people.supplier()), "alert", one.titulaire)
    signs = Signs(TODAY, "alert", "Vu")
    with pytest.raises(Refused):
        breach_declare.declare_breach(actor=one.titulaire, signs=signs, case=other)
    other.pharmacy = alert.pharmacy  # as code that mixes up pharmacies would
    with refused_by_postgres("case_of_the_pharmacy"):
        breach_declare.declare_breach(actor=one.titulaire, signs=signs, case=other)
    with refused_by_postgres("breach_of_an_alert"):
        breach_declare.declare_breach(actor=one.titulaire, signs=Signs(TODAY, "person", "Vu"), case=alert)
    with refused_by_postgres("case_id"):
        breach_declare.declare_breach(actor=one.titulaire, signs=signs, case=alert)
    with refused_by_postgres("identity_frozen"):
        Breach.objects.filter(case=alert).update(case=None)


def closed_breach(one: Case, row: str) -> Breach:
    pending = breaches.again(one.place, one.titulaire, one.adjoint).describe().confirm().to_notify().notify()
    pending.complete().persons("not_required")
    closure = breach_answer.Closure("Les faits", "Les effets", "Les mesures", in_scope=True, risk_row=row)
    return breach_answer.close_breach(breach_id=pending.pk, actor=one.titulaire, closure=closure)


def test_a_closed_breach_proposes_a_higher_likelihood_at_the_next_dossier() -> None:
    one = approved()
    first = values()[RISKS][0]
    with later():
        breach = closed_breach(one, first["row"])
        assert (breach.risk_row, breach.risk) == (first["row"], first["risque"])
        renewed = one.again()
        page = reverse("homologation:section", args=[renewed.pk, 3])
        shown = client_of(one).get(page).content.decode()
        assert f"Origine : violation {breach.reference}, close le 20/11/2022." in shown
        assert "vraisemblance de modérée à forte" in shown
        last = renewed.last(RISKS)
        assert last is not None and last.value is not None
        assert last.value[0]["vraisemblance"] == first["vraisemblance"]  # nothing is applied
        assert len(content_of(renewed.dossier, TODAY)["risks"]["raises"]) == 1
        raised = [row | {"vraisemblance": "forte"} for row in values()[RISKS][:1]] + values()[RISKS][1:]
        renewed.fill(s3__risques=raised)
        assert content_of(renewed.dossier, TODAY)["risks"]["raises"] == []
        assert "Vraisemblances à revoir" not in client_of(one).get(page).content.decode()
    assert content_of(one.dossier, TODAY)["risks"]["raises"] == []


def test_a_closed_alert_does_the_same_and_a_form_names_the_risk() -> None:
    one = approved()
    second = values()[RISKS][1]
    with later():
        alert = brought_to(alerted(one.place, people.supplier()), "analysed", one.titulaire, misuse=False)
        client = client_of(one)
        url = reverse("homologation:case_close", args=[alert.pk])
        assert second["risque"] in client.get(url).content.decode()
        wrong = client.post(url, {"note": "Vu.", "risk_row": "inconnu"}).content.decode()
        assert "Vu." in wrong and SupervisionCase.objects.get(pk=alert.pk).state == "analysed"
        client.post(url, {"note": "Vu.", "risk_row": second["row"]})
        assert SupervisionCase.objects.get(pk=alert.pk).risk == second["risque"]
        [line] = content_of(one.again().dossier, TODAY)["risks"]["raises"]
    assert line.startswith("Risque 2, ") and "alerte INSi de 10/2022, close le 20/11/2022" in line
    with refused_by_postgres("ended_final"):
        SupervisionCase.objects.filter(pk=alert.pk).update(risk="Autre")


def test_no_risk_is_named_where_none_is_known() -> None:
    one = case()
    alert = brought_to(alerted(one.place, people.supplier()), "analysed", one.titulaire, misuse=False)
    assert "risk_row" not in client_of(one).get(reverse("homologation:case_close", args=[alert.pk])).content.decode()
    with pytest.raises(Refused, match="choisissez-en un autre"):
        cases.close(case_id=alert.pk, actor=one.titulaire, note="Vu.", risk_row="x")
    with refused_by_postgres("supervision_case_risk"):
        SupervisionCase.objects.filter(pk=alert.pk).update(risk_row="x", risk="Un risque")
