"""A préparateur reads what the dossier says of him, acknowledges, and nothing else of the portal is there for him."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from homologation.domain.steps import Said
from homologation.duty_selectors import entitlement_of
from homologation.models import DutyReading, PracticeReminder
from homologation.services import cases
from homologation.services.duties import read_duties, read_reminder
from homologation.services.steps import say_step
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import User
from portal.audit.models import AuditEvent
from portal.common.refusals import Refused
from portal.registry.services.people import attach_to_pharmacy
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.insi import Case, case
from tests.factories.supervision import alerted
from tests.integration.refusals import refused_by_postgres
from tests.strict_pages import StrictClient

pytestmark = pytest.mark.django_db

ROWS = [
    {"row": "r1", "personne": "Anne Lefèvre", "fonction": "titulaire", "moyen": "cpx", "depuis": "2022-11-02"},
    {"row": "r2", "personne": "RENARD Léa", "fonction": "preparateur", "moyen": "certificat", "depuis": "2022-11-03"},
    {
        "row": "r3",
        "personne": "Léa Renard",
        "fonction": "preparateur",
        "moyen": "cpx",
        "depuis": "2021-11-03",
        "jusqu_au": "2022-11-14",
    },
]


def preparateur(place: Any, first: str = "Lea", last: str = "Renard") -> Actor:
    """A new préparateur of the pharmacy, with the names given."""
    user = people.person(first, last)
    membership = attach_to_pharmacy(user=user, pharmacy_id=place.pk, role=Role.PREPARATEUR, since=people.SINCE)
    return Actor.of(membership, request_id="essai")


def decided() -> Case:
    return case().fill(s2__2__personnes=ROWS).submit().approve()


def browser(actor: Actor) -> Client:
    client = StrictClient()
    client.force_login(User.objects.get(pk=actor.user_id or 0))
    return client


def reminded(one: Case, *names: str) -> list[PracticeReminder]:
    """Reminders given to these people on an alert of the pharmacy."""
    alert = alerted(one.place, people.supplier())
    cases.analyse(case_id=alert.pk, actor=one.titulaire, cause="misuse_one", analysis="Vu.")
    cases.engage(
        case_id=alert.pk, actor=one.titulaire, actions=["reminder"], action="Détail confidentiel", recipients=names
    )
    return list(PracticeReminder.objects.filter(case=alert).order_by("position"))


def test_what_the_decided_dossier_says_of_one_and_of_nobody_else() -> None:
    one = decided()
    lea = preparateur(one.place)
    found = entitlement_of(one.place, lea.name, TODAY)
    assert found is not None and [row["row"] for row in found.rows] == ["r2"]  # the third ended the day before
    page = browser(lea).get(reverse("homologation:duties")).content.decode()
    assert "RENARD Léa" in page and "Certificat logiciel" in page and "03/11/2022" in page
    assert "Anne Lefèvre" not in page and "02/11/2022" not in page


def test_nothing_is_said_before_the_decision_nor_of_a_pseudonym() -> None:
    one = case().fill(s2__2__personnes=ROWS)
    lea = preparateur(one.place)
    url = reverse("homologation:duties")
    before = browser(lea).get(url).content.decode()
    assert "n’est pas encore décidé" in before and "RENARD" not in before
    one.submit().approve()
    other = preparateur(one.place, "Zoé", "Martin")
    assert "ne vous nomme pas" in browser(other).get(url).content.decode()


def test_the_duties_are_read_once_and_the_pharmacists_see_who_did() -> None:
    one = decided()
    lea, url = preparateur(one.place), reverse("homologation:duties")
    client = browser(lea)
    assert "J’ai lu ces consignes" in client.get(url).content.decode()
    client.post(url)
    client.post(url)
    row = DutyReading.objects.get()
    assert (row.by_id, row.pharmacy_id, row.at) == (lea.user_id, one.place.pk, TODAY)
    assert "J’ai lu ces consignes" not in client.get(url).content.decode()
    seen = browser(one.adjoint).get(url).content.decode()
    assert "Lea Renard" in seen and "15/11/2022" in seen and "RENARD Léa" not in seen
    event = AuditEvent.objects.get(object_type="homologation_dutyreading")
    assert (event.actor_id, event.verb) == (lea.user_id, "read")
    with refused_by_postgres("Cannot update or delete"):
        row.delete()


def test_he_reads_where_his_e_cps_stands() -> None:
    one = decided()
    url, lea = reverse("homologation:duties"), preparateur(one.place)
    assert "n’a encore rien dit de cette étape" in browser(lea).get(url).content.decode()
    say_step(actor=one.titulaire, key="e-cps", said=Said("doing", "Moi", date(2022, 12, 1), None, "Secret"), seen=0)
    page = browser(lea).get(url).content.decode()
    assert "Votre pharmacie en dit, le 15/11/2022 : En cours" in page and "Secret" not in page
    assert "Votre e-CPS" not in browser(one.titulaire).get(url).content.decode()


def test_only_a_preparateur_of_the_pharmacy_acknowledges() -> None:
    one = decided()
    gone = replace(preparateur(one.place), organisation_id=people.pharmacy().organisation_id)
    for actor in (one.titulaire, one.adjoint, people.administrator(), gone):
        with pytest.raises(Refused) as refused:
            read_duties(actor=actor)
        assert refused.value.codes == ("not_allowed",)
    assert browser(one.adjoint).post(reverse("homologation:duties")).status_code == 404
    assert not DutyReading.objects.exists()


def test_a_reminder_is_read_by_whom_it_names_alone() -> None:
    one = decided()
    mine, others = reminded(one, "Léa RENARD", "Zoé Martin")
    lea, url = preparateur(one.place), reverse("homologation:duties")
    client = browser(lea)
    page = client.get(url).content.decode()
    assert page.count("J’ai lu ce rappel") == 1 and "Détail confidentiel" not in page and "Zoé" not in page
    client.post(url, {"rappel": others.pk})
    client.post(url, {"rappel": "0"})
    client.post(url, {"rappel": "9" * 30})
    assert not PracticeReminder.objects.exclude(noted_at=None).exists()
    client.post(url, {"rappel": mine.pk})
    mine.refresh_from_db()
    assert (mine.noted_by_id, mine.noted_at) == (lea.user_id, TODAY)
    for name in ("Zoé", "Léa"):
        stranger = preparateur(people.pharmacy(), name, "Martin" if name == "Zoé" else "Renard")
        with pytest.raises(Refused):
            read_reminder(reminder_id=(others if name == "Zoé" else mine).pk, actor=stranger)
    with pytest.raises(Refused):
        read_reminder(reminder_id=mine.pk, actor=lea)
    others.refresh_from_db()
    assert others.noted_at is None


PUBLIC_OR_OWN = {"home:notices", "home:switch", "homologation:duties"}


def names(resolver: URLResolver, prefix: str = "") -> list[tuple[str, URLPattern]]:
    """Every named page that has a namespace."""
    found: list[tuple[str, URLPattern]] = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            found += names(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        elif prefix:
            found.append((f"{prefix}{entry.name}", entry))
    return found


def test_every_other_page_of_the_portal_is_closed() -> None:
    """Whatever the arguments: the page is not even asked."""
    client = browser(preparateur(decided().place))
    closed, opened = [], []
    for name, entry in names(get_resolver()):
        values = {"uuid": "00000000-0000-0000-0000-000000000000", "int": "1", "slug": "x", "str": "x", "path": "x"}
        kinds = {key: type(c).__name__.removesuffix("Converter").lower() for key, c in entry.pattern.converters.items()}
        url = reverse(name, kwargs={key: values.get(kind) or "x" for key, kind in kinds.items()})
        if not getattr(entry.callback, "login_required", True):
            continue
        if name in PUBLIC_OR_OWN:
            opened.append(name)
            assert client.get(url).status_code == 200
            continue
        closed.append(name)
        assert client.get(url).status_code == 404, name
        assert client.post(url).status_code == 404, name
    assert set(opened) == PUBLIC_OR_OWN and len(closed) > 150


def test_the_home_leads_to_the_duties_and_the_menu_to_nothing_closed() -> None:
    client = browser(preparateur(decided().place))
    assert client.get("/").url == reverse("homologation:duties")  # type: ignore[attr-defined]
    page = client.get("/", follow=True)
    assert [item["label"] for item in page.context["nav_items"]] == [
        "Consignes INSi",
        "Logiciels référencés",
        "Messages",
    ]
    for item in page.context["nav_items"]:
        assert client.get(item["url"], follow=True).status_code == 200
