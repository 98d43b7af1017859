"""A supplier's pages: packs by the page and by a file, its pharmacies without an answer of theirs, the form handed over."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from homologation.models import FormHandover, PrefillPack
from homologation.services.answer import confirm_answers
from homologation.services.handovers import hand_over_form
from orders.services.sign import Consent, sign_order
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.refusals import Refused
from portal.outbox.models import Notice
from portal.outbox.services.deliver import deliver_pending
from tests.conftest import TODAY
from tests.factories import people
from tests.integration.homologation.test_duties import browser
from tests.integration.homologation.test_prefill import MODE, MONTHS, Scene
from tests.integration.refusals import refused_by_postgres

pytestmark = pytest.mark.django_db

SECRET = "Une mesure que seule la pharmacie connaît"
NIR = "185057800608436"


class Desk(Scene):
    """The supplier in its browser."""

    def __init__(self) -> None:
        super().__init__()
        self.client: Client = browser(self.supplier)
        self.version: UUID = self.order.version.pk

    def url(self, name: str, pk: UUID | None = None) -> str:
        return reverse(f"homologation:{name}", args=[pk or self.version])

    def page(self, name: str, pk: UUID | None = None) -> str:
        return self.client.get(self.url(name, pk)).content.decode()

    def send(self, content: Any) -> Any:
        sent = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.client.post(self.url("pack_import"), {"file": SimpleUploadedFile("pack.json", sent)})

    def file(self, **values: Any) -> dict[str, Any]:
        given: dict[str, Any] = json.loads(self.client.get(self.url("pack_json")).content)
        return given | {"values": {name.replace("__", "."): value for name, value in values.items()}}


def test_a_pack_is_published_on_the_page_and_reaches_the_dossier() -> None:
    desk = Desk()
    page = desk.page("pack_publish")
    assert "Publier un préremplissage" in page and "s2.2.personnes" not in page and "s5.q1" not in page
    typed = {
        MODE: "mensuel",
        MONTHS: "12",
        "s4.rapport": "oui",
        "s1.logiciels-row": ["r1"],
        "s1.logiciels-r1-nom": "Logiciel d’essai",
        "s1.logiciels-r1-nature": "lgo",
    }
    assert desk.client.post(desk.url("pack_publish"), typed).status_code == 302
    pack = PrefillPack.objects.get()
    row = {"row": "r1", "nom": "Logiciel d’essai", "nature": "lgo"}
    assert pack.values == {MODE: "mensuel", MONTHS: 12, "s4.rapport": True, "s1.logiciels": [row]}
    deliver_pending()
    assert desk.status(MODE) == ("mensuel", "proposed")
    again = desk.client.get(desk.url("pack_publish")).content.decode()
    assert 'value="Logiciel d’essai"' in again and 'value="12"' in again


def test_a_row_is_added_without_losing_what_was_typed_nor_publishing() -> None:
    desk = Desk()
    typed = {MODE: "mensuel", "s1.logiciels-row": ["r1"], "s1.logiciels-r1-nom": "Un", "ajouter": "s1.logiciels"}
    page = desk.client.post(desk.url("pack_publish"), typed).content.decode()
    assert 'value="Un"' in page and 'name="s1.logiciels-r2-nom"' in page
    assert not PrefillPack.objects.exists()


def test_each_refusal_is_beside_its_field_and_nothing_typed_is_lost() -> None:
    desk = Desk()
    typed = {MONTHS: "9000", "s2.3.precisions": f"Voir {NIR}", "s2.1.certificat_expiration": "31/02/2023"}
    response = desk.client.post(desk.url("pack_publish"), typed)
    assert response.status_code == 200 and NIR in response.content.decode()
    assert set(response.context["form"].errors) == {"s2.1.certificat_expiration", "s2.3.precisions"}
    mended = typed | {"s2.1.certificat_expiration": "", "s2.3.precisions": "Voir le menu"}
    response = desk.client.post(desk.url("pack_publish"), mended)
    assert set(response.context["form"].errors) == {MONTHS}
    assert "Un nombre de 1 à 240 est attendu" in response.content.decode()
    empty = desk.client.post(desk.url("pack_publish"), {})
    assert "remplissez au moins une question" in empty.content.decode()
    assert not PrefillPack.objects.exists()


def test_a_file_takes_the_same_way() -> None:
    desk = Desk()
    assert desk.send(desk.file(s2__3__mode="mensuel", s2__3__conservation_mois=6)).status_code == 302
    pack = PrefillPack.objects.get()
    assert pack.values == {MODE: "mensuel", MONTHS: 6}
    last = json.loads(desk.client.get(desk.url("pack_json")).content)
    assert last["values"] == pack.values
    assert desk.send(last).status_code == 302
    assert [one.sha256 for one in PrefillPack.objects.all()] == [pack.sha256] * 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff", "pas lisible"),
        ([], "n’est pas un préremplissage"),
        ({"schema": 2}, "n’est pas un préremplissage"),
        ({"schema": 1, "questionnaire": {"code": "AUTRE", "version": "1.0.0"}}, "répond à un autre questionnaire"),
        (
            {"schema": 1, "questionnaire": {"code": "INSI-AUTOHOMOLOGATION", "version": "1.0.0"}, "values": []},
            "« values » est un objet",
        ),
    ],
)
def test_a_file_that_is_no_pack(content: Any, said: str) -> None:
    desk = Desk()
    page = desk.send(content)
    assert page.status_code == 200 and said in page.content.decode()
    assert not PrefillPack.objects.exists()


def test_a_file_is_refused_whole_and_each_key_at_fault_is_named() -> None:
    desk = Desk()
    page = desk.send(desk.file(s2__3__mode="parfois", s2__2__mesures="À nous", s9__x=1, s2__3__conservation_mois=6))
    words = page.content.decode()
    for key in (MODE, "s2.2.mesures", "s9.x"):
        assert f"{key} : " in words
    assert f"{MONTHS} : " not in words and not PrefillPack.objects.exists()


def test_history_and_who_uses_it() -> None:
    desk = Desk()
    desk.publish(s2__3__mode="demande")
    desk.publish(s2__3__mode="mensuel", s2__3__conservation_mois=12)
    page = desk.page("pack")
    assert "Pack 1" in page and "Pack 2" in page and desk.case.place.name in page
    assert "0 dossier en tient une réponse" in page and "1 dossier en tient une réponse" in page


def test_a_supplier_sees_what_becomes_of_its_own_keys_and_no_answer() -> None:
    desk = Desk()
    desk.publish(s2__3__mode="mensuel", s2__3__conservation_mois=12, s4__rapport=True)
    confirm_answers(dossier_id=desk.case.pk, actor=desk.case.titulaire, keys=["s4.rapport"])
    desk.case.say(MODE, "demande")
    desk.case.say("s2.2.mesures", SECRET)
    page = desk.page("client", desk.case.place.pk)
    assert "À confirmer par la pharmacie" in page and "Confirmée" in page
    assert "La pharmacie a sa propre réponse" in page and "À la demande" not in page and SECRET not in page
    board = desk.client.get(reverse("homologation:clients")).content.decode()
    assert desk.case.place.name in board and "En cours" in board and SECRET not in board
    for name in ("dossier", "export"):
        assert desk.client.get(reverse(f"homologation:{name}", args=[desk.case.pk])).status_code == 404
    assert desk.client.get(reverse("homologation:section", args=[desk.case.pk, 2])).status_code == 404


def test_another_supplier_and_the_distributor_see_nothing() -> None:
    desk, other = Desk(), Desk()
    distributor = people.member(people.distributor_for(desk.order.company).organisation, Role.DISTRIBUTOR)
    for client in (other.client, browser(distributor)):
        for name in ("pack", "pack_publish", "pack_import", "pack_json"):
            assert client.get(desk.url(name)).status_code == 404
        for name in ("client", "handover"):
            assert client.get(desk.url(name, desk.case.place.pk)).status_code == 404
    assert desk.case.place.name not in other.client.get(reverse("homologation:clients")).content.decode()


def test_a_dossier_on_another_suppliers_software_stays_unseen() -> None:
    """The pharmacy changed its supplier: the new one equips it, the dossier speaks of the former one's software."""
    former = Desk()
    former.publish(s2__3__mode="mensuel")
    later = replace(former.order, company=people.supplier(), drafted=None)
    later = replace(later, version=people.software(later.company))
    later = replace(later, supplier=people.member(later.company.organisation, Role.SUPPLIER))
    later.draft(TODAY)
    later.issue(TODAY)
    consent = Consent(True, later.shown(), replaces=str(former.order.pk))
    sign_order(order_id=later.pk, actor=former.case.titulaire, consent=consent)
    page = browser(later.supplier).get(former.url("client", former.case.place.pk)).content.decode()
    assert "n’a pas encore ouvert de dossier avec votre logiciel" in page and "Tous les mois" not in page


def test_the_form_is_handed_over_seen_by_both_and_corrected() -> None:
    desk = Desk()
    url = desk.url("handover", desk.case.place.pk)
    assert desk.client.post(url, {"handed_on": "15/11/2022", "note": "Sur place"}).status_code == 302
    deliver_pending()
    told = Notice.objects.filter(subject="Homologation INSi : formulaire remis")
    assert {one.user_id for one in told} == {desk.case.titulaire.user_id, desk.case.adjoint.user_id}
    with clock.frozen(business=TODAY + timedelta(days=3), machine=clock.machine_now()):
        assert desk.client.post(url, {"handed_on": "17/11/2022"}).status_code == 302
    rows = FormHandover.objects.order_by("number").values_list("number", "handed_on", "by")
    by = desk.supplier.user_id
    assert list(rows) == [(1, date(2022, 11, 15), by), (2, date(2022, 11, 17), by)]
    index = browser(desk.case.adjoint).get(reverse("homologation:index")).content.decode()
    assert "17/11/2022" in index and "Sur place" not in index
    page = desk.page("client", desk.case.place.pk)
    assert "15/11/2022" in page and "17/11/2022" in page and "Sur place" in page
    assert AuditEvent.objects.filter(object_type="homologation_formhandover").count() == 2
    with refused_by_postgres("not_to_come"):
        row = FormHandover.objects.latest("number")
        kept = {f.attname: getattr(row, f.attname) for f in row._meta.fields if f.attname != "id"}
        FormHandover.objects.create(**kept | {"number": 3, "handed_on": row.at.date() + timedelta(days=1)})


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"handed_on": date(2022, 11, 16)}, ("handed_on", "handed_on")),
        ({"handed_on": date(2022, 11, 14)}, ("handed_on", "handed_on")),
        ({"note": f"Patient {NIR}"}, ("patient_number", "note")),
    ],
)
def test_a_hand_over_that_is_refused(changes: dict[str, Any], refusal: tuple[str, str]) -> None:
    desk = Desk()
    given: dict[str, Any] = {
        "pharmacy_id": desk.case.place.pk,
        "actor": desk.supplier,
        "handed_on": date(2022, 11, 15),
    } | changes
    with pytest.raises(Refused) as refused:
        hand_over_form(**given)
    assert [(one.code, one.field) for one in refused.value.refusals] == [refusal]
    assert not FormHandover.objects.exists()


def test_a_pharmacy_that_is_not_equipped_is_handed_nothing() -> None:
    desk = Desk()
    place = people.pharmacy()
    with pytest.raises(Refused) as refused:
        hand_over_form(pharmacy_id=place.pk, actor=desk.supplier, handed_on=date(2022, 11, 15))
    assert refused.value.codes == ("not_equipped",)
    assert desk.client.get(desk.url("handover", place.pk)).status_code == 404


def test_the_home_says_that_help_is_awaited_and_the_menu_leads_there() -> None:
    desk = Desk()
    asker = browser(desk.case.adjoint)
    words = {"key": "s2.3.mode", "text": "Comment ?"}
    assert asker.post(desk.url("help_ask", desk.case.pk), words).status_code == 302
    page = desk.client.get("/")
    assert "1 demande d’aide INSi attend votre réponse" in page.content.decode()
    labels = [item["label"] for item in page.context["nav_items"]]
    assert {"Dossiers INSi", "Demandes d’aide INSi"} <= set(labels)
    seen: Actor = desk.supplier
    assert "À traiter" in browser(seen).get(reverse("homologation:helps")).content.decode()
