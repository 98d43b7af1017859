"""The titulaire's page: what is reached, what is missing, what it is worth, and where the figures come from."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from indicators.services.compute import compute_current
from portal.accounts.actors import Actor
from portal.accounts.models import User
from portal.common import clock
from portal.outbox.services.deliver import deliver_pending
from tests.factories import people
from tests.integration.indicators.test_compute import JUNE, NEXT_YEAR, prescriptions, realised

pytestmark = pytest.mark.django_db


def page(actor: Actor, **query: str) -> str:
    assert actor.user_id is not None
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    answer = client.get(reverse("indicators:usage"), query)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def test_what_is_missing_and_what_it_is_worth(tmp_path: Path) -> None:
    one, logs = realised(tmp_path / "logs")
    with clock.frozen(business=JUNE):
        assert "Rien n’est encore calculé" in page(one.titulaire)
        logs.run(logs.write("a.csv", *prescriptions(one, "2023-01", 29, 71)))
        deliver_pending()
        text = page(one.titulaire)
    assert "Il vous manque 6 ordonnances exécutées par e-prescription" in text and "il en faut 10 de plus" in text
    assert "29 % (29 sur 100 prescriptions exécutées)" in text and "250,00 €" in text
    assert "février 2023, mars 2023, avril 2023, mai 2023" in text and "Données incomplètes" in text
    assert "janvier 2023" in text and "À confirmer" in text and "provisoire" in text


def test_a_year_that_is_over_and_an_amount_nobody_states(tmp_path: Path) -> None:
    one, logs = realised(tmp_path / "logs")
    lines = [line for at in range(1, 13) for line in prescriptions(one, f"2023-{at:02d}", 4, 6, first=at * 100)]
    with clock.frozen(business=NEXT_YEAR):
        logs.run(logs.write("a.csv", *lines))
        compute_current(NEXT_YEAR)
        text, present = page(one.titulaire, annee="2023"), page(one.titulaire)
        assert "rapportent en 2024" in page(one.titulaire, annee="1900")
    assert (
        "Le seuil est atteint." in text
        and "<strong>250,00 €</strong> au vu des seuils atteints" in text
        and "provisoire" not in text
    )
    assert "non précisée – condition de toute la rémunération" in present


def test_another_pharmacy_reads_its_own_figures_only(tmp_path: Path) -> None:
    one, logs = realised(tmp_path / "logs")
    other, _ = realised(tmp_path / "other", place=people.pharmacy())
    with clock.frozen(business=JUNE):
        logs.run(logs.write("a.csv", *prescriptions(one, "2023-01", 29, 71)))
        compute_current(JUNE)
        assert "29 sur 100" not in page(other.titulaire)


def test_a_rate_of_nothing_has_its_gauge_too(tmp_path: Path) -> None:
    one, logs = realised(tmp_path / "logs")
    with clock.frozen(business=JUNE):
        logs.run(logs.write("a.csv", *prescriptions(one, "2023-01", 0, 71)))
        deliver_pending()
        text = page(one.titulaire)
    assert "Taux de 0 % pour un seuil de 35 %" in text
