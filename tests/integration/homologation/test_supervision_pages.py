"""What the pharmacy reads of its months: those that miss are said, names come from its own dossier, nobody ranks."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from homologation.services.supervise import compute_month
from portal.accounts.models import User
from tests.factories import people
from tests.factories.insi import case as dossier_of
from tests.factories.supervision import MONTH, counted, report_of
from tests.integration.web.counting import BUDGET

pytestmark = pytest.mark.django_db
PEOPLE = {"personne": "Anne Essai", "fonction": "preparateur", "moyen": "cpx", "identifiant": "u1", "row": "r1"}


def test_twelve_months_and_one_report(client: Client) -> None:
    one, company = dossier_of(), people.supplier()
    one.say("s2.2.personnes", [{**PEOPLE, "depuis": "2022-01-01"}])
    for month in (date(2022, 8, 1), MONTH):
        counted(one.place, company, {"u1": (30, 50), "u2": (20, 30)}, month)
        compute_month(month)
    client.force_login(User.objects.get(pk=one.titulaire.user_id or 0))
    page = client.get(reverse("homologation:supervision")).content.decode()
    assert page.count("Rapport manquant") == 1  # September, between two that came
    assert page.count("Non attendu") == 9
    page = client.get(report_of(one.place).get_absolute_url()).content.decode()
    assert "Anne Essai" in page and "Historique insuffisant : 1 mois connus" in page
    assert page.index('<td data-label="Compte">u1') < page.index('<td data-label="Compte">u2')


def test_part_four_lists_the_reports_of_twelve_months(client: Client) -> None:
    one, company = dossier_of(), people.supplier()
    for month in (date(2022, 8, 1), MONTH):
        counted(one.place, company, {"u1": (30, 50), "u2": (20, 30)}, month)
        compute_month(month)
    client.force_login(User.objects.get(pk=one.titulaire.user_id or 0))
    page = client.get(reverse("homologation:section", args=[one.pk, 4])).content.decode()
    assert f'10/2022 : <a class="fr-link" href="{report_of(one.place).get_absolute_url()}">rapport reçu</a>' in page
    assert "Rapports mensuels : 2 reçus sur les douze derniers mois" in page
    assert "50 appels pour 80 prescriptions" in page
    assert "09/2022 : manquant" in page and page.count("non attendu") == 9
    other = client.get(reverse("homologation:section", args=[one.pk, 3])).content.decode()
    assert "Rapports mensuels" not in other
    with CaptureQueriesContext(connection) as told:
        client.get(reverse("homologation:section", args=[one.pk, 4]))
    assert len(told) <= BUDGET
