"""Monthly reports from counters and from totals: written once, corrected by revisions, judged, told."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from homologation.documents import paper_of
from homologation.models import SupervisionCase, SupervisionReport, SupervisionRow
from homologation.services.cases import analyse
from homologation.services.missing import tell_missing
from homologation.services.monthly import Depositor
from homologation.services.supervise import compute_month, compute_past_months, forget_detail
from homologation.services.totals import deposit_totals
from homologation.supervision_selectors import judgement_of, staff_of
from indicators.models import DailyCounter, UserMonth
from portal.accounts.domain.roles import Role
from portal.accounts.models import User
from portal.common import clock
from portal.common.refusals import Refused
from portal.outbox.models import Notice
from portal.outbox.services.deliver import deliver_pending
from portal.outbox.services.publish import publish
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.dossiers import order_in, paris
from tests.factories.insi import case as dossier_of
from tests.factories.supervision import MONTH, alerted, counted, line, report_of, totals
from tests.integration.refusals import refused_by_postgres, sql

pytestmark = pytest.mark.django_db
USERS = {"u1": (30, 50), "u2": (20, 30)}


def test_the_counters_make_one_report_and_only_a_change_makes_another() -> None:
    place, one, other = people.pharmacy(), people.supplier(), people.supplier()
    counted(place, one, USERS)
    counted(place, other, {"u2": (5, 5)})
    assert compute_month(MONTH) == 1
    report = report_of(place)
    assert (report.calls, report.prescriptions, report.revision, report.reason) == (55, 85, 1, "")
    assert [(row.user_ref, row.calls, row.prescriptions) for row in report.rows.order_by("user_ref")] == [
        ("u1", 30, 50),
        ("u2", 25, 35),
    ]
    assert (report.log_from, report.log_until) == (MONTH, date(2022, 11, 1))
    assert compute_month(MONTH) == compute_past_months(TODAY) == 0
    UserMonth.objects.filter(user_ref="u1").update(insi_failed=3)
    assert compute_past_months(TODAY) == 1
    corrected = report_of(place)
    assert corrected.revision == 2 and "journaux" in corrected.reason and corrected.input != report.input


def test_an_alert_opens_one_case_and_a_correction_closes_it() -> None:
    place, company = people.pharmacy(), people.supplier()
    case = alerted(place, company)
    assert [alert["rule"] for alert in case.alerts] == ["SUP-01"] and case.who == "one_person"
    DailyCounter.objects.filter(pharmacy=place, insi_calls=120).update(prescriptions=130)
    compute_month(MONTH)
    case.refresh_from_db()
    assert (case.state, case.ended_by) == ("closed", None)
    assert "révision 2" in case.end_note
    [other] = SupervisionCase.objects.exclude(pk=case.pk)
    assert [alert["rule"] for alert in other.alerts] == ["SUP-03"]


def test_the_titulaire_is_told_each_report_with_its_pdf() -> None:
    place = people.pharmacy()
    people.attach(place, Role.TITULAIRE)
    people.attach(place, Role.ADJOINT)
    alerted(place, people.supplier())
    deliver_pending()
    [notice] = Notice.objects.all()
    assert "1 alerte à examiner" in notice.body and notice.link == report_of(place).get_absolute_url()
    assert "SUP-02 : aucune personne habilitée n’a d’identifiant" in notice.body
    assert len(mail.outbox) == 1
    paper = paper_of(report_of(place))
    assert paper is not None and paper.is_rendered and paper.title == "Rapport mensuel INSi"
    assert "u1" not in json.dumps(paper.snapshot["alerts"])


def test_accounts_are_people_of_the_pharmacy_s_own_dossier_and_judged_by_it() -> None:
    one = dossier_of()
    row = {"personne": "Anne (préparatrice)", "fonction": "preparateur", "moyen": "cpx", "identifiant": "u1"}
    one.say("s2.2.personnes", [{**row, "row": "r1", "depuis": "2022-01-01"}])
    counted(one.place, people.supplier(), USERS)
    compute_month(MONTH)
    assert staff_of(one.place).names == {"u1": "Anne (préparatrice)"}
    found = judgement_of(report_of(one.place))
    assert [(alert.rule, alert.user) for alert in found.alerts] == [("SUP-02", "u2")]
    assert staff_of(people.pharmacy()).people == ()


def test_months_of_a_confirmed_misuse_are_no_history() -> None:
    place, company = people.pharmacy(), people.supplier()
    for number in range(1, 8):
        counted(place, company, {"u1": (30, 50), "u2": (20, 30)}, date(2022, number, 1))
        compute_month(date(2022, number, 1))
    counted(place, company, USERS)
    compute_month(MONTH)
    assert judgement_of(report_of(place)).months == 7
    titulaire = people.attach(place, Role.TITULAIRE)
    counted(place, company, {"u1": (90, 50)}, date(2022, 8, 1))
    compute_month(date(2022, 8, 1))
    assert judgement_of(report_of(place)).months == 8
    case = SupervisionCase.objects.get(pharmacy=place, month=date(2022, 8, 1))
    analyse(case_id=case.pk, actor=titulaire, cause="misuse_one", analysis="Vu.")
    assert judgement_of(report_of(place)).months == 7


def test_accounts_are_forgotten_after_the_months_that_are_compared_and_totals_stay() -> None:
    place, company = people.pharmacy(), people.supplier()
    for month in (date(2021, 9, 1), date(2021, 10, 1), MONTH):
        counted(place, company, USERS, month)
        compute_month(month)
    assert forget_detail(TODAY) == 2
    assert set(SupervisionRow.objects.values_list("report__month", flat=True)) == {date(2021, 10, 1), MONTH}
    assert SupervisionReport.objects.count() == 3


def test_a_late_report_is_asked_for_once() -> None:
    one = order_in("realised")
    with clock.frozen(business=paris("2023-01-10", 23)):
        assert tell_missing(clock.business_now()) == 0
    with clock.frozen(business=paris("2023-01-11", 1)):
        assert (tell_missing(clock.business_now()), tell_missing(clock.business_now())) == (1, 0)
        deliver_pending()
    assert Notice.objects.filter(subject="Rapport INSi de 12/2022 manquant").count() == 1
    counted(one.place, one.company, USERS, date(2022, 12, 1))
    compute_month(date(2022, 12, 1))
    with clock.frozen(business=paris("2023-01-12")):
        assert tell_missing(clock.business_now()) == 0


def test_after_a_longer_stop_every_missing_month_is_told_in_one_message() -> None:
    one = order_in("realised")
    with clock.frozen(business=paris("2023-01-11")):
        tell_missing(clock.business_now())  # 12/2022, then the worker stops until May
    counted(one.place, one.company, USERS, date(2023, 4, 1))
    compute_month(date(2023, 4, 1))
    with clock.frozen(business=paris("2023-05-11")):
        assert (tell_missing(clock.business_now()), tell_missing(clock.business_now())) == (1, 0)
        deliver_pending()
    [notice] = Notice.objects.filter(subject__startswith="Rapports INSi manquants")
    assert notice.subject == "Rapports INSi manquants : 12/2022, 01/2023, 02/2023, 03/2023"
    assert "02/2023, attendu le 10/03/2023" in notice.body
    with clock.frozen(business=paris("2023-06-11")):
        assert tell_missing(clock.business_now()) == 1  # May is new


def test_a_month_told_before_months_were_grouped_is_not_told_again() -> None:
    one = order_in("realised")
    publish("supervision.missing", {"pharmacy": str(one.place.pk), "month": "2022-12-01"}, dedup="old")
    with clock.frozen(business=paris("2023-01-11")):
        assert tell_missing(clock.business_now()) == 0
        deliver_pending()
    assert Notice.objects.filter(subject="Rapport INSi de 12/2022 manquant").count() == 1


def test_totals_are_taken_whole_and_corrected_with_a_reason() -> None:
    one = order_in("signed_firm")
    finess = one.place.finess
    [report] = deposit_totals(file=totals(line(finess, 50, 40)), by=Depositor(one.supplier))
    assert (report.origin, report.supplier, report.calls) == ("deposited", one.company, 50)
    assert SupervisionCase.objects.get(pharmacy=one.place).alerts[0]["rule"] == "SUP-01"
    assert deposit_totals(file=totals(line(finess, 50, 40)), by=Depositor(one.supplier)) == []
    with pytest.raises(Refused, match="motif de la correction"):
        deposit_totals(file=totals(line(finess, 30, 40)), by=Depositor(one.supplier))
    [corrected] = deposit_totals(file=totals(line(finess, 30, 40)), by=Depositor(one.supplier, "Doublons retirés"))
    assert (corrected.revision, corrected.reason) == (2, "Doublons retirés")
    with pytest.raises(Refused, match="numéro de patient"):
        deposit_totals(file=totals(line(finess, 3, 4)), by=Depositor(one.supplier, "Pour 1841276451089"))


def test_a_month_of_totals_says_what_it_could_not_check(client: Client) -> None:
    one = order_in("signed_firm")
    people.attach(one.place, Role.TITULAIRE)
    client.force_login(User.objects.get(pk=one.titulaire.user_id or 0))
    [report] = deposit_totals(file=totals(line(one.place.finess, 10, 20)), by=Depositor(one.supplier))
    deliver_pending()
    notice = Notice.objects.filter(subject="Appels INSi de 10/2022 : aucune alerte, vérification partielle").first()
    paper, page = paper_of(report), client.get(report.get_absolute_url()).content.decode()
    assert notice is not None and paper is not None
    rules = {"SUP-02", "SUP-03", "SUP-06", "SUP-07", "SUP-08", "STA-02"}
    assert {told["rule"] for told in paper.snapshot["untold"]} == rules
    assert [rule for rule in rules if rule not in notice.body or f"Règle {rule}" not in page] == []


def test_totals_of_others_are_refused_and_nothing_is_taken() -> None:
    one, stranger = order_in("signed_firm"), people.pharmacy()
    good = line(one.place.finess, 10, 20)
    for bad in (line(stranger.finess, 1, 2), line(one.place.finess, 1, 2, "2022-09"), line("990000001", 1, 2)):
        with pytest.raises(Refused, match="n’est pas équipée par vous"):
            deposit_totals(file=totals(good, bad), by=Depositor(one.supplier))
    with pytest.raises(Refused, match="Seul un fournisseur"):
        deposit_totals(file=totals(good), by=Depositor(one.titulaire))
    assert not SupervisionReport.objects.exists()


def test_logs_prevail_over_totals() -> None:
    one = order_in("signed_firm")
    deposit_totals(file=totals(line(one.place.finess, 10, 20)), by=Depositor(one.supplier))
    counted(one.place, one.company, USERS)
    assert compute_month(MONTH) == 1
    assert (report_of(one.place).origin, report_of(one.place).revision) == ("computed", 2)
    with pytest.raises(Refused, match="autre source"):
        deposit_totals(file=totals(line(one.place.finess, 10, 21)), by=Depositor(one.supplier, "Non"))


def test_the_command_says_what_it_found() -> None:
    place = people.pharmacy()
    counted(place, people.supplier(), {"u1": (9, 4)})
    out = StringIO()
    call_command("compute_supervision", month="2022-10", finess=place.finess, json=True, stdout=out)
    said = json.loads(out.getvalue())
    assert (said["written"], said["reports"][0]["calls"]) == (1, 9)
    assert said["reports"][0]["alerts"][0]["rule"] == "SUP-01"
    call_command("compute_supervision", month="2022-10", finess=place.finess, stdout=out)
    assert "10/2022 : 0 rapport écrit." in out.getvalue() and "SUP-01" in out.getvalue()
    for bad in ({"month": "2022-11"}, {"month": "x"}, {"month": "2022-10", "finess": "999999999"}):
        with pytest.raises(CommandError):
            call_command("compute_supervision", **bad)


def test_a_report_is_written_for_good() -> None:
    place = people.pharmacy()
    counted(place, people.supplier(), USERS)
    compute_month(MONTH)
    report = report_of(place)
    with refused_by_postgres("Cannot update"):
        SupervisionReport.objects.filter(pk=report.pk).update(calls=1)
    with refused_by_postgres("Cannot update"):
        SupervisionRow.objects.filter(report=report).update(calls=1)
    with refused_by_postgres("Cannot update or delete"):
        sql("DELETE FROM homologation_supervisionreport WHERE id = %s", report.pk)
    wrong = {"calls": "supervision_parts", "failed": "supervision_parts", "input": "supervision_input"}
    values = {"calls": 1, "failed": 99, "input": "x"}
    base = {name: getattr(report, name) for name in ("calls", "retrieval", "verification", "failed", "cpx", "org")}
    base |= {"prescriptions": 0, "pharmacy": place, "month": MONTH, "made_at": TODAY, "input": "a" * 64}
    for name, constraint in wrong.items():
        with refused_by_postgres(constraint):
            given = base | {name: values[name], "revision": 2, "reason": "x", "origin": "computed"}
            SupervisionReport.objects.create(**given)
    with refused_by_postgres("supervision_corrected"):
        SupervisionReport.objects.create(**base, revision=2, origin="computed")
    with refused_by_postgres("supervision_origin"):
        SupervisionReport.objects.create(**base, revision=2, reason="x", origin="deposited")
    with refused_by_postgres("supervision_first_day"):
        SupervisionReport.objects.create(**base | {"month": date(2022, 10, 2)}, revision=1, origin="computed")
