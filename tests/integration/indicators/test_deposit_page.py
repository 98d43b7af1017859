"""The supplier's pages: a log is sent, read by the worker, its rejects corrected; its pharmacy sees what came for it."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from indicators import storage
from indicators.domain.log_format import HEADER
from indicators.engine.refusals import FileRefused
from indicators.models import Deposit
from indicators.services.background import read_waiting, suppliers_waiting
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, User
from portal.common import clock
from portal.outbox.models import Notice
from portal.outbox.services.deliver import deliver_pending
from portal.registry.models import Pharmacy, SoftwareVersion
from tests.conftest import MACHINE, TODAY
from tests.factories import people
from tests.integration.indicators.deposits import Depositor, figures
from tests.integration.indicators.test_compute import realised
from tests.unit.indicators.logs import log

pytestmark = pytest.mark.django_db


def browser(organisation: Any, role: Role, client: Client | None = None) -> Client:
    """Logged in as somebody who holds this role there."""
    found = Membership.objects.filter(organisation=organisation, role=role.value).first()
    return logged_in(Actor.of(found) if found else people.member(organisation, role), client)


def logged_in(actor: Actor, client: Client | None = None) -> Client:
    client = client or Client()
    client.force_login(User.objects.get(pk=actor.user_id or 0))
    return client


@pytest.fixture
def us(ours: Depositor, client: Client) -> Client:
    return browser(ours.supplier.organisation, Role.SUPPLIER, client)


def send(client: Client, ours: Depositor, *lines: str, name: str = "mars.csv", content: bytes | None = None) -> Any:
    version = SoftwareVersion.objects.get(software__supplier=ours.supplier)
    file = SimpleUploadedFile(name, log(*lines) if content is None else content)
    return client.post(reverse("indicators:deposit_new"), {"version": version.pk, "file": file})


def streamed(client: Client, name: str, deposit: Deposit) -> tuple[Any, str]:
    response: Any = client.get(reverse(f"indicators:{name}", args=[deposit.pk]))
    return response, b"".join(response.streaming_content).decode("utf-8-sig")


def words(response: Any) -> str:
    return str(response.content.decode()).replace("\u00a0", " ")


def test_a_log_is_sent_read_and_told(us: Client, ours: Depositor) -> None:
    assert "Aucun journal déposé" in words(us.get(reverse("indicators:deposits")))
    answer = send(us, ours, ours.event(1), ours.event(2, apcv=""), ours.event(3, finess="000000000"))
    deposit = Deposit.objects.get()
    assert answer["Location"] == reverse("indicators:deposit", args=[deposit.pk])
    page = words(us.get(answer["Location"]))
    assert "Lecture en attente" in page and 'hx-trigger="every 2s"' in page
    assert (suppliers_waiting(), read_waiting(ours.supplier.pk)) == ([ours.supplier.pk], 1)
    page = words(us.get(answer["Location"]))
    assert "hx-trigger" not in page and "Valeur absente" in page and "Pharmacie inconnue" in page
    assert "<strong>2</strong> à corriger" in page
    listed = words(us.get(reverse("indicators:deposits"), {"etat": "to_correct"}))
    assert "mars.csv" in listed and "1 dépôt" in listed
    assert "0 dépôt" in words(us.get(reverse("indicators:deposits"), {"etat": "refused"}))
    assert figures() == {f"{ours.places[0]} 2022-11-02": 1}


def test_the_rejects_corrected_are_taken(us: Client, ours: Depositor) -> None:
    bad = [ours.event(2, apcv=""), ours.event(3, finess="000000000"), "=1;x"]
    send(us, ours, ours.event(1), bad[0], "", *bad[1:], "x" * 70_000)
    deposit = Deposit.objects.get()
    assert us.get(reverse("indicators:rejects", args=[deposit.pk])).status_code == 404, "not read yet"
    read_waiting(ours.supplier.pk)
    sent, text = streamed(us, "rejects_as_sent", deposit)
    assert sent["Content-Disposition"] == 'attachment; filename="mars-a-corriger.csv"'
    assert text.splitlines() == [HEADER, *bad]
    _, told = streamed(us, "rejects", deposit)
    rows = list(csv.DictReader(io.StringIO(told), delimiter=";"))
    assert [(row["ligne"], row["colonne"], row["code"]) for row in rows] == [
        ("3", "apcv", "missing_value"),
        ("5", "finess", "unknown_finess"),
        ("6", "", "malformed_row"),
        ("7", "", "line_too_long"),
    ]
    assert rows[0]["motif"] == "Valeur absente" and rows[2]["event_id"] == "'=1"
    corrected = [ours.event(2, apcv="1"), ours.event(3), ours.event(4)]
    send(us, ours, *corrected, name="corrige.csv")
    read_waiting(ours.supplier.pk)
    assert figures() == {f"{ours.places[0]} 2022-11-02": 4}


def test_rejects_of_json_lines_come_as_json(us: Client, ours: Depositor) -> None:
    good = '{"event_id":"00000001-0000-4000-8000-000000000000","revision":1,"status":"active","finess":"%s"}'
    send(us, ours, content=(good % ours.places[0] + "\n{]\n").encode(), name="a.jsonl")
    read_waiting(ours.supplier.pk)
    deposit = Deposit.objects.get()
    sent, text = streamed(us, "rejects_as_sent", deposit)
    assert (sent["Content-Type"], text.splitlines()[1]) == ("application/x-ndjson", "{]")
    _, told = streamed(us, "rejects", deposit)
    assert [row["finess"] for row in csv.DictReader(io.StringIO(told), delimiter=";")] == [ours.places[0], None]


def test_the_same_file_again_leads_to_its_first_deposit(us: Client, ours: Depositor) -> None:
    first = send(us, ours, ours.event(1))
    assert send(us, ours, ours.event(1), name="autre.csv")["Location"] == first["Location"], "still to be read"
    read_waiting(ours.supplier.pk)
    again = send(us, ours, ours.event(1))
    assert again["Location"] == first["Location"]
    assert "Fichier déjà déposé" in words(us.get(again["Location"]))
    assert Deposit.objects.count() == 1


@pytest.mark.parametrize("missing", ["version", "file", "both", "empty"])
def test_what_is_missing_is_said_and_nothing_lost(us: Client, ours: Depositor, missing: str) -> None:
    version = SoftwareVersion.objects.get(software__supplier=ours.supplier)
    given: dict[str, Any] = {} if missing in ("version", "both") else {"version": version.pk}
    if missing in ("version", "empty"):
        given["file"] = SimpleUploadedFile("a.csv", b"" if missing == "empty" else log(ours.event(1)))
    page = words(us.post(reverse("indicators:deposit_new"), given))
    assert ("Choisissez la version" in page) is (missing in ("version", "both"))
    assert ("Choisissez le fichier" in page) is (missing in ("file", "both"))
    assert ("Aucun évènement" in page) is (missing == "empty")
    assert (f'value="{version.pk}" selected' in page) is (missing in ("file", "empty")), (
        "the version chosen stays chosen"
    )
    assert not Deposit.objects.exists()


def test_its_name_holds_no_patient(us: Client, ours: Depositor) -> None:
    answer = send(us, ours, ours.event(1), name="journal de 1850578006084.csv")
    assert answer.status_code == 200 and "renommez le fichier" in words(answer)
    assert not Deposit.objects.exists()


def test_a_refused_file_is_told_to_its_supplier(us: Client, ours: Depositor) -> None:
    answer = send(us, ours, ours.event(1, user_ref="1850578006084"))
    read_waiting(ours.supplier.pk)
    deliver_pending()
    page = words(us.get(answer["Location"]))
    assert "Fichier refusé" in page and "Ligne à revoir : 2." in page
    notice = Notice.objects.get(organisation=ours.supplier.organisation, subject__startswith="Journal d’activité")
    assert notice.link == answer["Location"] and "numéro de sécurité sociale" in notice.body
    assert "mars.csv</a>" in words(us.get(reverse("home"))), "the board leads there"
    with clock.frozen(business=TODAY, machine=MACHINE.replace(minute=1)):
        send(us, ours, ours.event(1))
        read_waiting(ours.supplier.pk)
    assert "mars.csv</a>" not in words(us.get(reverse("home")))


def test_strangers_see_nothing_and_the_administration_everything(us: Client, ours: Depositor) -> None:
    send(us, ours, ours.event(1), ours.event(2, apcv=""))
    read_waiting(ours.supplier.pk)
    deposit = Deposit.objects.get()
    addresses = [reverse(f"indicators:{name}", args=[deposit.pk]) for name in ("deposit", "rejects", "rejects_as_sent")]
    stranger = browser(people.supplier().organisation, Role.SUPPLIER)
    titulaire = browser(Pharmacy.objects.get(finess=ours.places[0]).organisation, Role.TITULAIRE)
    assert [client.get(url).status_code for client in (stranger, titulaire) for url in addresses] == [404] * 6
    assert "0 dépôt" in words(stranger.get(reverse("indicators:deposits")))
    administrator = logged_in(people.administrator())
    assert [administrator.get(url).status_code for url in addresses] == [200, 404, 404], "lines are the supplier's"
    assert ours.supplier.name in words(administrator.get(reverse("indicators:deposits")))


def test_the_deposits_of_one_pharmacy(us: Client, ours: Depositor) -> None:
    here, there = ours.places
    ours.run(ours.write("ici.csv", ours.event(1)), ours.write("deux.csv", ours.event(2), ours.event(3, finess=there)))
    ours.run(ours.write("moved.csv", ours.event(1, revision="2", occurred_at="2022-10-02T09:00:00Z")))
    url = reverse("indicators:deposits")
    spaced = f"{there[:2]} {there[2:5]} {there[5:8]} {there[8:]}"
    asked = {here: 3, spaced: 1, "999999999": 0, "": 3}
    for finess, count in asked.items():
        assert f'status">{count} dépôt' in words(us.get(url, {"finess": finess})), finess
    wrong = words(us.get(url, {"finess": "35<"}))
    assert "n’est pas un numéro FINESS" in wrong and 'value="35&lt;"' in wrong
    assert "Aucun dépôt ne correspond" in words(us.get(url, {"finess": there, "etat": "refused"}))
    assert f'href="{url}?finess={there}"' in words(us.get(reverse("indicators:coverage")))
    administrator = logged_in(people.administrator())
    chosen = {"fournisseur": str(ours.supplier.pk)}
    link = f'href="{url}?finess={there}&amp;fournisseur={ours.supplier.pk}"'
    assert link in words(administrator.get(reverse("indicators:coverage"), chosen))
    titulaire = browser(Pharmacy.objects.get(finess=here).organisation, Role.TITULAIRE)
    assert "?finess=" not in words(titulaire.get(url)), "a pharmacy's own list has nothing to narrow"


def test_a_reading_that_fails_is_told_put_off_and_taken_up_again(us: Client, ours: Depositor) -> None:
    answer = send(us, ours, ours.event(1))
    (waiting,) = Deposit.objects.all()
    kept = storage.incoming(waiting.pk)
    away = kept.rename(kept.with_suffix(".away"))  # the shared storage is not there for a while
    assert (read_waiting(ours.supplier.pk), read_waiting(ours.supplier.pk)) == (1, 0)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts, waiting.error[:17]) == ("received", 1, "FileNotFoundError")
    assert "Lecture interrompue" in words(us.get(answer["Location"]))
    away.rename(kept)
    with clock.frozen(business=TODAY, machine=MACHINE.replace(hour=10)):
        assert read_waiting(ours.supplier.pk) == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.read_lines, waiting.read_bad) == ("accepted", 1, 0)


def test_a_pharmacy_sees_its_own_share_and_its_missing_months(tmp_path: Any, client: Client) -> None:
    one, logs = realised(tmp_path / "made")
    june = TODAY.replace(year=2023, month=6)
    lines = [logs.event(n, occurred_at=f"2023-{m}-02T09:00:00+01:00") for n, m in ((1, "01"), (2, "02"), (3, "04"))]
    titulaire = browser(one.place.organisation, Role.TITULAIRE, client)
    with clock.frozen(business=june):
        assert "Rien n’est encore reçu" in words(titulaire.get(reverse("indicators:deposits")))
        logs.run(logs.write("a.csv", *lines))
        page = words(titulaire.get(reverse("indicators:deposits")))
        assert "mars 2023 manquant, mai 2023 manquant" in page and "janvier 2023 à avril 2023" in page
        us = browser(one.company.organisation, Role.SUPPLIER)
        assert "mars 2023 manquant" in words(us.get(reverse("indicators:coverage")))
        assert "décembre 2022 manquant" in words(us.get(reverse("indicators:coverage"), {"annee": "2022"}))
        administrator = logged_in(people.administrator())
        asked = {"fournisseur": str(one.company.pk)}
        assert "mars 2023 manquant" in words(administrator.get(reverse("indicators:coverage"), asked))


def test_the_words_of_a_refusal_are_those_of_its_code() -> None:
    assert str(FileRefused("empty")).startswith("Aucun évènement : ")
