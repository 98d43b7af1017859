"""What stands beside the answers of a dossier, month by month, breach by breach, act by act; and their origins."""

from __future__ import annotations

import hashlib
import io
import json
import re
from datetime import date, timedelta

import pypdf
import pytest
from django.test import Client
from django.urls import reverse

from homologation.domain.answers import Answer as Said
from homologation.domain.answers import Provenance, Status
from homologation.dossier import documents
from homologation.dossier.content import content_of
from homologation.dossier.files import archive_of
from homologation.models import SupervisionCase
from homologation.services.breach_declare import correct_awareness
from homologation.services.inspect import make_link
from homologation.services.supervise import compute_month
from homologation.services.write import write_answer
from portal.accounts.models import User
from portal.common import clock
from portal.documents.domain.blocks import instant
from portal.documents.templatetags.document_text import moment_exact
from portal.outbox.services.deliver import deliver_pending
from tests.conftest import TODAY
from tests.factories import breaches, people
from tests.factories.insi import Case, case, case_in
from tests.factories.insi_papers import pdf_text, squeezed, unzipped
from tests.factories.supervision import brought_to, counted
from tests.integration.homologation.test_quorum import Two
from tests.integration.web.counting import BUDGET, asked, shown
from tests.unit.homologation.forms import person, risk

pytestmark = pytest.mark.django_db


def test_supervision_breaches_and_pieces_stand_in_the_dossier(committed_month: Case) -> None:
    one = committed_month
    said = content_of(one.dossier, TODAY)
    months = {line["month"]: line for line in said["supervision"]}
    assert (min(months, key=_month), max(months, key=_month), len(months)) == ("11/2021", "10/2022", 12)
    last = months["10/2022"]
    assert (last["state"], last["calls"], last["prescriptions"]) == ("Reçu", 120, 80) and "SUP-01" in last["alerts"]
    assert months["08/2022"]["state"] == "Non attendu" and months["08/2022"]["calls"] is None
    [piece] = said["pieces"]
    assert (piece["ref"], piece["keys"]) == ("P1", ["s4.rapport"]) and re.fullmatch("[0-9a-f]{64}", piece["sha256"])
    told = {q["key"]: q for section in said["sections"] for q in section["questions"]}
    assert told["s4.rapport"]["evidence"] == ["P1"] and told["s4.destinataire"]["evidence"] == []
    files = unzipped(archive_of(one.dossier, TODAY))
    assert hashlib.sha256(files[f"pieces/P1-{piece['file']}"]).hexdigest() == piece["sha256"]
    assert "u1" not in json.dumps(said["supervision"])  # no account


def _month(words: str) -> str:
    return "".join(reversed(words.split("/")))


@pytest.fixture
def committed_month() -> Case:
    """A dossier of a pharmacy with one report, whose month is told by an alert."""
    one = case().fill()
    counted(one.place, people.supplier(), {"u1": (90, 40), "u2": (30, 40)})
    compute_month(date(2022, 10, 1), [one.place.pk])
    deliver_pending()
    return one


def test_what_was_done_of_an_alert_is_told_without_naming_anybody(committed_month: Case) -> None:
    one = committed_month
    brought_to(SupervisionCase.objects.get(pharmacy=one.place), "acted", one.titulaire)
    [told] = content_of(one.dossier, TODAY)["supervision"][-1]["cases"]
    assert told.startswith("Action engagée – Mésusage individuel – ") and told.endswith(" – rappels lus : 0 sur 1")
    assert "Préparatrice" not in json.dumps(content_of(one.dossier, TODAY)["supervision"], ensure_ascii=False)


def test_a_missing_month_between_two_reports_is_said() -> None:
    one = case().fill()
    supplier = people.supplier()
    for month in (date(2022, 8, 1), date(2022, 10, 1)):
        counted(one.place, supplier, {"u1": (10, 40)}, month=month)
        compute_month(month, [one.place.pk])
    states = {line["month"]: line["state"] for line in content_of(one.dossier, TODAY)["supervision"]}
    assert (states["07/2022"], states["08/2022"], states["09/2022"], states["10/2022"]) == ("Non attendu", "Reçu", "MANQUANT", "Reçu")  # fmt: skip


def test_the_register_is_an_extract_or_says_that_it_is_empty() -> None:
    one = case()
    assert content_of(one.dossier, TODAY)["breaches"]["rows"] == []
    breach = breaches.again(one.place, one.titulaire, one.adjoint)
    breach.describe().confirm().to_notify().notify()
    breaches.again(one.place, one.titulaire, one.adjoint, drill=True)
    said = content_of(one.dossier, TODAY)["breaches"]
    assert (said["notified"], said["unsent"], said["drills"]) == (1, 0, 1)
    [row] = said["rows"]
    assert row["reference"] == "VIO-2022-0001" and row["first_sent_at"] and not row["late"]
    assert "mauvais destinataire" not in json.dumps(said, ensure_ascii=False)
    stranger = breaches.case()
    assert stranger.breach.reference and content_of(one.dossier, TODAY)["breaches"]["notified"] == 1


@pytest.mark.real_pdf
def test_what_changed_since_the_last_dossier_is_told_in_words() -> None:
    old = case_in("approved")
    new = old.again()
    rows = [risk("x", gravite="forte"), risk("y"), risk("w")]
    staff = [person("1"), person("3", "adjoint")]
    new.fill(s2__2__mesures="Revue refaite seul", s3__risques=rows, s2__2__personnes=staff)
    said = content_of(new.dossier, TODAY)["changes"]
    assert said["previous"] == 1
    lines = {(line["key"], line["kind"]): line for line in said["lines"]}
    assert lines["s2.2.mesures", "Modifié"]["before"] == "Revue avec toute l’équipe."
    assert {kind for key, kind in lines if key == "s2.2.personnes"} == {"Ajouté", "Retiré"}
    assert "P3" in lines["s2.2.personnes", "Ajouté"]["after"]
    assert lines["s2.2.personnes", "Ajouté"]["label"].endswith("– ligne 2")
    assert lines["s3.risques", "Modifié"]["label"].endswith("– Gravité – ligne 1")
    assert {"risk": "Risque x", "move": "↑ plus élevé"} in said["moves"]
    text = pdf_text(documents.draft_copy(new.dossier, TODAY))
    assert squeezed("Par rapport au dossier n° 1") in text and squeezed("Risque x : ↑ plus élevé") in text
    assert content_of(old.dossier, TODAY)["changes"]["previous"] == 0


def test_the_journal_tells_who_did_what_and_saves_are_told_together() -> None:
    one = case()
    for _ in range(3):
        one.say("s2.2.frequence_revue", 3)
        one.say("s2.2.frequence_revue", 4)
    said = content_of(one.fill().submit().approve().dossier, TODAY)["journal"]
    told = [(line["verb"], line["count"]) for line in said["lines"]]
    assert told == [("create", 1), ("answer", 7), ("submit", 1), ("approve", 1)] and said["count"] == 10
    assert re.fullmatch("[0-9a-f]{64}", said["head"])


def test_an_answer_hidden_by_another_is_printed_and_says_so() -> None:
    one = case().fill(s2__1__moyens=["certificat"], s2__1__certificat="INSi 42")
    one.say("s2.1.moyens", ["cpx"])
    told = {q["key"]: q for s in content_of(one.dossier, TODAY)["sections"] for q in s["questions"]}
    assert (told["s2.1.certificat"]["text"], told["s2.1.certificat"]["asked"]) == ("INSi 42", False)


def test_an_origin_that_names_nothing_known_is_kept_as_it_is() -> None:
    one = case()
    for provenance in (Provenance.CARRIED_OVER, Provenance.EDITOR_PACK):
        said = Said("Texte", Status.CONFIRMED, "", provenance, "n’importe quoi")
        write_answer(one.dossier, "s4.destinataire", said, one.titulaire)
        told = {q["key"]: q for s in content_of(one.dossier, TODAY)["sections"] for q in s["questions"]}
        assert "n’importe quoi – confirmée par" in told["s4.destinataire"]["origin"]


def test_an_inspector_costs_the_database_little(client: Client) -> None:
    one = case_in("approved")
    deliver_pending()
    _, token = make_link(dossier_id=one.pk, actor=one.titulaire, recipient="A", reason="B", days=1)
    queries = asked(client, reverse("homologation:inspection", args=[token]))
    assert len(queries) <= BUDGET, shown(queries)


@pytest.mark.real_pdf
def test_the_extract_of_the_register_tells_a_deadline_missed_before_a_correction() -> None:
    one = case().fill()
    breach = breaches.case(place=one.place, detected_at=TODAY - timedelta(days=5))
    breach.confirm(TODAY - timedelta(days=4))
    correct_awareness(
        breach_id=breach.pk, actor=breach.adjoint, aware_at=TODAY - timedelta(days=1), reason="Relu, alerte vaine"
    )
    [row] = content_of(one.dossier, TODAY)["breaches"]["rows"]
    assert [told["passed"] for told in row["corrected"]] == [True] and not row["late"]
    printed = squeezed(pdf_text(documents.draft_copy(one.dossier, TODAY)))
    assert squeezed("dépassée une première fois") in printed


@pytest.mark.real_pdf
def test_the_decision_names_each_titulaire_who_decided_and_when() -> None:
    two = Two()
    two.decides(two.first)()
    with clock.frozen(business=TODAY + timedelta(hours=2)):
        two.decides(two.second)()
    decision = content_of(two.case.dossier, TODAY)["decision"]
    first, last = (User.objects.get(pk=who.user_id or 0).full_name for who in (two.first, two.second))
    assert decision["signer"] == last
    [other] = decision["others"]
    assert (other["signer"], other["signed_at"]) == (first, instant(TODAY))
    printed = pdf_text(documents.draft_copy(two.case.dossier, TODAY))
    assert squeezed(f"Avec l’accord de {first}, Titulaire, le {moment_exact(other['signed_at'])}") in printed


def test_where_one_titulaire_decides_no_other_is_named() -> None:
    assert content_of(case_in("approved").dossier, TODAY)["decision"]["others"] == []


@pytest.mark.real_pdf
def test_the_synthesis_shows_each_of_the_twelve_months(committed_month: Case) -> None:
    pages = pypdf.PdfReader(io.BytesIO(documents.draft_copy(committed_month.dossier, TODAY))).pages
    [page] = [text for one in pages if "3. Synthèse" in (text := one.extract_text())][-1:]
    assert all(month in squeezed(page) for month in ("11/21", "12/21", "09/22", "10/22"))
    assert "SUP-01" in page and "120" in page and "80" in page
