"""The public registry: nobody logs in, the same filters everywhere, nothing personal."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from portal.common import clock
from portal.referencing.domain.decisions import Decision
from portal.referencing.selectors.dossiers import alarms
from portal.referencing.selectors.public import Filters, public_history, public_rows
from portal.referencing.services import prepare
from portal.referencing.services.quarantine import see_alarm
from portal.registry.domain.referencing import Status
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.referencing import AFTER, DECIDED, DEPOSITED, case, case_in

pytestmark = pytest.mark.django_db
PAGES = ("public", "public_csv", "public_json", "public_feed")


def test_a_draft_shows_only_by_the_date_its_supplier_announces() -> None:
    one = case_in("draft")
    assert public_rows(people.PROGRAMME, TODAY) == []
    day = clock.paris_date(TODAY) + timedelta(days=30)
    with clock.frozen(business=TODAY):
        prepare.announce_date(dossier_id=one.pk, actor=one.supplier, day=day, note="")
    [row] = public_rows(people.PROGRAMME, TODAY)
    assert (row.status, row.announced, row.since) == (Status.ANNOUNCED, day, None)


def test_an_announced_date_ends_with_the_decision() -> None:
    one = case_in("under_review").judge()
    with clock.frozen(business=DECIDED - timedelta(days=1)):
        prepare.announce_date(dossier_id=one.pk, actor=one.supplier, day=clock.paris_date(AFTER), note="")
    assert public_rows(people.PROGRAMME, TODAY)[0].announced
    one.propose(Decision.REFERENCE).decide(Decision.REFERENCE)
    [row] = public_rows(people.PROGRAMME, TODAY)
    assert row.announced is None and row.status is Status.REFERENCED and row.since == DECIDED


def test_since_is_the_start_of_the_last_run() -> None:
    one = case_in("complete")
    assert public_rows(people.PROGRAMME, TODAY)[0].since == DEPOSITED
    one.review().judge("INS.01").ask_corrections().correct()
    assert public_rows(people.PROGRAMME, TODAY)[0].since == DECIDED - timedelta(days=2)


def test_history_says_since_when_it_was_known() -> None:
    one = case_in("referenced")
    back = DECIDED + timedelta(days=2)
    one.propose(Decision.WITHDRAW, at=AFTER, effective_at=back, retroactive=True).decide(Decision.WITHDRAW, at=AFTER)
    first = public_history(people.PROGRAMME, TODAY, one.version.pk)[0]
    assert (first.label, first.effective_at, first.recorded_at) == ("Retiré", back, AFTER)
    assert public_history(people.PROGRAMME, AFTER - timedelta(seconds=1), one.version.pk)[0].label == "Référencé"


def test_a_backdated_withdrawal_is_an_alarm_until_somebody_looked() -> None:
    one = case_in("referenced")
    back = DECIDED + timedelta(days=2)
    one.propose(Decision.WITHDRAW, at=AFTER, effective_at=back, retroactive=True).decide(Decision.WITHDRAW, at=AFTER)
    [alarm] = alarms(people.PROGRAMME, TODAY)
    assert alarm.effective_at == back
    see_alarm(event_id=alarm.pk, actor=one.instructor, note="Commandes vérifiées")
    assert alarms(people.PROGRAMME, TODAY) == []


def test_a_withdrawal_of_the_day_is_none() -> None:
    case_in("withdrawn")
    assert alarms(people.PROGRAMME, TODAY) == []


def test_filters() -> None:
    one = case_in("referenced")
    case(name="Autre").ready().submit()

    def found(**given: str) -> set[str]:
        return {row.software for row in public_rows(people.PROGRAMME, TODAY, Filters(**given))}

    assert found() == {"Logiciel à référencer", "Autre"}
    assert found(text="REFERENCER") == found(status="referenced") == {"Logiciel à référencer"}
    assert found(supplier=one.company.siret) == {"Logiciel à référencer"}
    assert found(text="zzz") == set()


def test_csv_and_json_say_the_same_under_the_same_filters(client: Client) -> None:
    one = case_in("referenced")
    with clock.frozen(business=AFTER):
        prepare.declare_obsolete(dossier_id=one.pk, actor=one.supplier, label="Avant la 0.9", note="")
    case(name="=1+1").ready().submit()
    query = {"statut": "referenced"}
    rows = list(
        csv.DictReader(
            io.StringIO(client.get(reverse("referencing:public_csv"), query).content.decode("utf-8-sig")), delimiter=";"
        )
    )
    [version] = client.get(reverse("referencing:public_json"), query).json()["versions"]
    assert len(rows) == 1
    assert rows[0]["numero_unique"] == version["numero_unique"]
    assert rows[0]["depuis_le"] == version["depuis_le"] == "2022-10-20"
    assert version["versions_obsoletes"] == ["Avant la 0.9"]
    everything = client.get(reverse("referencing:public_csv")).content.decode("utf-8-sig")
    assert "'=1+1" in everything, "a spreadsheet must not compute a cell"


def test_the_feed_is_atom_newest_first(client: Client) -> None:
    one = case_in("referenced")
    answer = client.get(reverse("referencing:public_feed"))
    assert answer["Content-Type"].startswith("application/atom+xml")
    name = "{http://www.w3.org/2005/Atom}"
    root = ElementTree.fromstring(answer.content)  # noqa: S314  (our own feed)
    entries = root.findall(f"{name}entry")
    assert entries[0].findtext(f"{name}title") == f"{one.version} : Référencé"
    assert (entries[0].findtext(f"{name}updated") or "").startswith("2022-10-20")
    assert len({entry.findtext(f"{name}id") for entry in entries}) == len(entries) == 4


def test_unchanged_is_said_without_the_content(client: Client) -> None:
    one = case_in("under_review").judge()
    for page in PAGES[1:]:
        url = reverse(f"referencing:{page}")
        first = client.get(url)
        assert "max-age=300" in first["Cache-Control"]
        assert client.get(url, headers={"if-none-match": first["ETag"]}).status_code == 304
    etag = client.get(reverse("referencing:public_json"))["ETag"]
    one.propose(Decision.REFERENCE).decide(Decision.REFERENCE)
    changed = client.get(reverse("referencing:public_json"), headers={"if-none-match": etag})
    assert changed.status_code == 200 and changed["ETag"] != etag


def test_nothing_personal(client: Client) -> None:
    one = case_in("referenced")
    urls = [reverse(f"referencing:{page}") for page in PAGES]
    urls.append(reverse("referencing:public_version", args=[one.version.pk]))
    people_here = {part for u in User.objects.all() for part in (u.email, u.last_name)} | {one.company.contact_name}
    for url in urls:
        page = client.get(url).content.decode()
        assert str(one.version.software.name) in page
        assert not [word for word in people_here if word in page], url


def test_an_unknown_version_is_not_found_and_nothing_is_posted(client: Client) -> None:
    one = case_in("draft")
    assert client.get(reverse("referencing:public_version", args=[one.version.pk])).status_code == 404
    assert client.post(reverse("referencing:public")).status_code == 405
