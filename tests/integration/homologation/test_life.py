"""The end of a decision recalled, what a renewal takes over and shows, and what monthly reports say to the dossier."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from homologation.domain.answers import Status
from homologation.life_messages import tell_end
from homologation.models import EarlyReview, ValidityReminder
from homologation.services import decide
from homologation.services.facts import Reading
from homologation.services.open import open_dossier
from homologation.services.reviews import examine
from homologation.services.supervise import compute_month
from homologation.services.validity_reminders import remind_ends
from homologation.tasks import follow_decisions
from portal.accounts.models import User
from portal.common import clock
from portal.common.clock import PARIS
from portal.outbox.models import Notice, OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from portal.registry.models import Pharmacy
from tests.conftest import MACHINE, TODAY
from tests.factories import breaches, people
from tests.factories.dossiers import va_in
from tests.factories.insi import Case, case, case_in
from tests.factories.supervision import MONTH, counted
from tests.integration.refusals import refused_by_postgres
from tests.unit.homologation.forms import person, risk

pytestmark = pytest.mark.django_db


def told(one: Case, day: date) -> list[int]:
    """The reminders sent so far, once the task has run on a day."""
    with clock.frozen(business=datetime(day.year, day.month, day.day, 9, tzinfo=PARIS)):
        follow_decisions()
        deliver_pending()
    return list(ValidityReminder.objects.filter(dossier=one.pk).order_by("pk").values_list("days", flat=True))


def test_the_end_is_recalled_before_and_after_until_it_is_renewed() -> None:
    one = case_in("approved")
    until = one.dossier.valid_until
    assert until == date(2023, 11, 15)
    last = until - timedelta(days=1)
    assert told(one, last - timedelta(days=91)) == []
    assert told(one, last - timedelta(days=90)) == [90]
    assert told(one, last - timedelta(days=80)) == [90]
    assert told(one, last - timedelta(days=5)) == [90, 7]  # a stop: the last due one alone
    assert told(one, last) == [90, 7, 0]
    assert told(one, last + timedelta(days=31)) == [90, 7, 0, -30]
    assert told(one, date(2024, 1, 14)) == [90, 7, 0, -30, -61]
    mails = list(of_the_end(one).values_list("subject", "body"))
    assert [subject.split(" : ")[0] for subject, _ in mails] == [
        *["Homologation INSi à renouveler"] * 3,
        *["Homologation INSi expirée"] * 2,
    ]
    assert "vaut jusqu’au 14/11/2023 inclus" in mails[2][1] and "a pris fin le 14/11/2023" in mails[3][1]
    with clock.frozen(business=datetime(2024, 1, 20, tzinfo=PARIS)):
        renewed = one.again()
        assert "dossier n° 2, qui la remplacera, est commencé" in _said_next(one)
        renewed.fill(**{"s2.2.derniere_revue": "2024-01-02"}).submit().approve()
    assert told(one, date(2024, 3, 14)) == [90, 7, 0, -30, -61, -66]


def of_the_end(one: Case) -> QuerySet[Notice]:
    """What the titulaire read of the end of a decision."""
    written = Notice.objects.filter(user=one.titulaire.user_id, subject__regex="renouveler|expirée")
    return written.order_by("pk")


def _said_next(one: Case) -> str:
    row = ValidityReminder.objects.create(dossier_id=one.pk, days=-66, sent_at=clock.business_now())
    tell_end({"id": row.pk})
    return Notice.objects.filter(user=one.titulaire.user_id).latest("pk").body


def test_twice_is_once_and_a_closed_pharmacy_is_left_alone() -> None:
    one = case_in("approved")
    with clock.frozen(business=datetime(2023, 11, 14, 9, tzinfo=PARIS)):
        assert [remind_ends(), remind_ends()] == [1, 0]
        deliver_pending()
        before = Notice.objects.count()
        OutboxMessage.objects.update(delivered_at=None, available_at=MACHINE)
        deliver_pending()
        assert Notice.objects.count() == before
    Pharmacy.objects.filter(pk=one.place.pk).update(closed_on=date(2023, 12, 1))
    assert told(one, date(2023, 12, 20)) == [0]
    with refused_by_postgres("validity_reminder_once"):
        ValidityReminder.objects.create(dossier_id=one.pk, days=0, sent_at=TODAY)


def test_a_reminder_delivered_after_the_end_of_its_reason_says_nothing() -> None:
    one = case_in("approved")
    with clock.frozen(business=datetime(2023, 11, 14, 9, tzinfo=PARIS)):
        remind_ends()
        decide.withdraw_dossier(dossier_id=one.pk, actor=one.titulaire, reason="Cession")
        deliver_pending()
    assert ValidityReminder.objects.count() == 1 and not of_the_end(one).exists()


def as_titulaire(one: Case, client: Client) -> Client:
    client.force_login(User.objects.get(pk=one.titulaire.user_id or 0))
    return client


def test_a_renewal_proposes_what_was_said_and_shows_what_changes(client: Client) -> None:
    one = case().fill()
    one.say("s2.1.precisions", status=Status.UNKNOWN)
    one.submit().approve()
    renewed = one.again()
    first = renewed.last("s4.destinataire")
    assert first is not None
    assert (first.status, first.provenance, first.source) == ("proposed", "carried_over", str(one.pk))
    assert renewed.last("s2.1.precisions") is None
    page = as_titulaire(one, client).get(reverse("homologation:section", args=[renewed.pk, 4])).content.decode()
    assert "Repris du dossier précédent : n° 1" in page
    url = reverse("homologation:changes", args=[renewed.pk])
    page = client.get(url).content.decode()
    assert "Aucune réponse n’a changé" in page and "je ne sais pas" in page
    renewed.say("s2.2.mesures", "Revue annuelle avec toute l’équipe.")
    renewed.say("s3.risques", [risk("x", gravite="forte"), risk("y"), risk("w")])
    renewed.say("s2.2.frequence_revue", 3)
    page = client.get(url).content.decode()
    assert "<ins>annuelle</ins>" in page and "Le risque restant monte." in page
    assert page.count("Ajouté") == 1 and page.count("Retiré") == 1
    assert client.get(reverse("homologation:changes", args=[one.pk])).status_code == 404
    renewed.fill().submit()
    assert url in client.get(reverse("homologation:approve", args=[renewed.pk])).content.decode()
    board = client.get(one.dossier.get_absolute_url()).content.decode()
    assert "dossier n° 2</a>, ouvert le" in board and ">Renouveler<" not in board


def test_the_page_of_a_decision_leads_to_the_three_ends(client: Client) -> None:
    one = case_in("approved")
    with clock.frozen(business=TODAY + timedelta(hours=1)):
        breaches.again(one.place, one.titulaire, one.adjoint).confirm().describe(certificate_exposed=True)
        assert examine(one.pk) == 1
        review = EarlyReview.objects.get()
        keep = reverse("homologation:review_keep", args=[review.pk])
        page = as_titulaire(one, client).get(one.dossier.get_absolute_url()).content.decode()
        for way in (keep, reverse("homologation:withdraw", args=[one.pk]), ">Renouveler<"):
            assert way in page
        assert "Règle REV-03" in page
        assert "Revue à faire" in client.get(reverse("homologation:index")).content.decode()
        refused = client.post(keep, {"reason": ""})
        assert refused.status_code == 200 and EarlyReview.objects.get().state == "open"
        assert client.post(keep, {"reason": "Certificat révoqué le jour même"}).status_code == 302
        page = client.get(one.dossier.get_absolute_url()).content.decode()
        assert "rien ne change" in page and "Certificat révoqué le jour même" in page and keep not in page
        client.force_login(User.objects.get(pk=one.adjoint.user_id or 0))
        assert keep not in client.get(one.dossier.get_absolute_url()).content.decode()


def test_a_risk_is_compared_as_the_form_ranks_it_once_stored() -> None:
    """INSI-R03 reads the levels as PostgreSQL gives them back: the order of the keys of a JSON object is lost."""
    one, worse = case(), {"gravite_residuelle": "forte", "vraisemblance_residuelle": "forte"}
    one.fill(**{"s3.risques": [risk("x", **worse, acceptation="Vu"), risk("y"), risk("z")]})
    assert "INSI-R03" in findings(one)


def findings(one: Case) -> set[str]:
    return {finding.rule for finding in Reading(one.dossier, clock.business_now()).assessment.findings}


def test_accounts_of_the_last_report_are_among_the_persons() -> None:
    one = case().fill()
    assert "INSI-R08" not in findings(one)
    counted(one.place, people.supplier(), {"u1": (10, 20), "u9": (3, 20), "u8": (0, 20)})
    compute_month(MONTH, [one.place.pk])
    found = [f.message for f in Reading(one.dossier, TODAY).assessment.findings if f.rule == "INSI-R08"]
    assert len(found) == 1 and "« u9 »" in found[0]
    one.say("s2.2.personnes", [person("1"), person("9", "preparateur")])
    assert "INSI-R08" not in findings(one)


def test_a_late_report_blocks_once_it_was_awaited() -> None:
    attestation = va_in("signed")  # in the first days of November: December's report is the first whole one
    opened = open_dossier(programme=people.PROGRAMME, actor=attestation.titulaire)
    one = Case(opened.pk, attestation.place, attestation.titulaire, attestation.titulaire)
    for day, late in ((TODAY, False), (at(2023, 1, 10), False), (at(2023, 1, 11), True), (at(2022, 12, 20), False)):
        with clock.frozen(business=day):
            assert ("INSI-R12" in findings(one)) is late, day
    counted(one.place, attestation.company, {"u1": (10, 20)}, date(2022, 12, 1))
    with clock.frozen(business=at(2023, 1, 11)):
        compute_month(date(2022, 12, 1), [one.place.pk])
        assert "INSI-R12" not in findings(one)


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 10, tzinfo=PARIS)
