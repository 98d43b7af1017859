"""Detailed reports by page and by machine: one path, whole or nothing, judged at once, forgotten with their month."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from homologation.domain.details import COLUMNS
from homologation.models import SupervisionCase, SupervisionDetail, SupervisionReport, SupervisionRow
from homologation.services import cases
from homologation.services.details import deposit_details
from homologation.services.monthly import Depositor
from homologation.services.supervise import compute_month, forget_detail
from homologation.supervision_selectors import details_of, judgement_of
from indicators.models import ActivityToken
from indicators.services.tokens import make_token, revoke_token
from portal.accounts.actors import Actor
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.clock import PARIS
from portal.common.refusals import Refused
from portal.outbox.models import Notice
from portal.outbox.services.deliver import deliver_pending
from portal.registry.models import Supplier
from tests.factories import people
from tests.factories.dossier import Dossier
from tests.factories.dossiers import order_in
from tests.factories.supervision import HEADER, MONTH, counted, line, report_of, totals
from tests.integration.refusals import refused_by_postgres, sql

pytestmark = pytest.mark.django_db
DETAILED = ";".join(COLUMNS)


def said(finess: str, user: str = "u1", rest: str = "40;50;oui;0;0;0") -> str:
    return f"{finess};2022-10;{user};{rest}"


def deposit(one: Dossier, *lines: str, reason: str = "") -> list[Any]:
    by = Depositor(one.supplier, reason)
    return list(deposit_details(file=totals(*lines, header=DETAILED), by=by))


@pytest.fixture
def equipped() -> Dossier:
    """A pharmacy with logs of October: two accounts, no alert."""
    one = order_in("signed_firm")
    people.attach(one.place, one.titulaire.role)
    counted(one.place, one.company, {"u1": (40, 50), "u2": (20, 30)})
    compute_month(MONTH, [one.place.pk])
    return one


def test_a_detail_raises_its_alerts_at_once_and_again_changes_nothing(equipped: Dossier) -> None:
    one, report = equipped, report_of(equipped.place)
    assert [told.rule for told in judgement_of(report).untold] == ["SUP-02", "SUP-06", "SUP-07"]
    assert not SupervisionCase.objects.exists()
    assert deposit(one, said(one.place.finess), said(one.place.finess, "u2", "20;30;non;;1;0")) == [
        (one.place.finess, MONTH)
    ]
    found = judgement_of(report)
    assert [(alert.rule, alert.user) for alert in found.alerts] == [("SUP-06", "u1"), ("SUP-07", "u2")]
    assert [told.rule for told in found.untold] == ["SUP-02"]  # nobody of 2.2 is named as the report names them
    case = SupervisionCase.objects.get()
    assert [alert["rule"] for alert in case.alerts] == ["SUP-06", "SUP-07"]
    deliver_pending()
    told = Notice.objects.filter(subject="Rapport INSi détaillé de 10/2022")
    assert told.count() == 2 and "2 alertes" in told[0].body
    assert deposit(one, said(one.place.finess), said(one.place.finess, "u2", "20;30;non;;1;0")) == []
    assert SupervisionDetail.objects.count() == 2


def test_a_correction_says_why_and_closes_what_it_makes_moot(equipped: Dossier) -> None:
    one = equipped
    deposit(one, said(one.place.finess))
    with pytest.raises(Refused, match="motif"):
        deposit(one, said(one.place.finess, rest="40;50;oui;2;0;0"))
    deposit(one, said(one.place.finess, rest="40;50;oui;2;0;0"), reason="Tickets retrouvés")
    assert [(row.revision, row.reason, row.tickets) for row in details_of(one.place.pk, MONTH)] == [
        (2, "Tickets retrouvés", 2)
    ]
    case = SupervisionCase.objects.get()
    assert case.state == "closed" and "révision 2" in case.end_note


def test_details_of_others_are_refused_and_nothing_is_taken(equipped: Dossier) -> None:
    one, stranger = equipped, people.pharmacy()
    with pytest.raises(Refused, match="n’est pas équipée par vous"):
        deposit(one, said(one.place.finess), said(stranger.finess))
    with pytest.raises(Refused, match="Seul un fournisseur"):
        deposit_details(file=totals(said(one.place.finess), header=DETAILED), by=Depositor(one.titulaire))
    with pytest.raises(Refused, match="300 caractères"):
        deposit(one, said(one.place.finess), reason="x" * 301)
    assert not SupervisionDetail.objects.exists()


def test_accounts_that_totals_do_not_tell_come_from_the_detail() -> None:
    one = order_in("signed_firm")
    client, text = Client(), token_of(one.company)
    assert post(client, text, line(one.place.finess, 60, 80)).json()["outcome"] == "accepted"
    lines = (said(one.place.finess), said(one.place.finess, "u2", "20;30;non;;0;0"))
    assert post(client, text, *lines, head=DETAILED).json() == {
        "file": "essai.csv",
        "sha256": sha256_of_body(*lines, head=DETAILED),
        "kind": "details",
        "outcome": "accepted",
        "changed": [{"finess": one.place.finess, "month": "2022-10"}],
    }
    report = report_of(one.place)
    assert report.deposited_by_id is None and report.token is not None and report.token.label == "serveur"
    assert [alert.rule for alert in judgement_of(report).alerts] == ["SUP-06"]


def token_of(company: Supplier) -> str:
    return make_token(supplier=company, label="serveur", days=30, actor=Actor.system())[1]


def body(*lines: str, head: str = HEADER) -> bytes:
    return "\n".join([head, *lines, ""]).encode()


def sha256_of_body(*lines: str, head: str = HEADER) -> str:
    return hashlib.sha256(body(*lines, head=head)).hexdigest()


def post(client: Client, text: str, *lines: str, head: str = HEADER, query: str = "", kind: str = "text/csv") -> Any:
    return client.post(
        f"{reverse('homologation:api_monthly')}?fichier=essai.csv{query}",
        body(*lines, head=head),
        content_type=kind,
        headers={"Authorization": f"Bearer {text}"},
    )


def test_the_machine_has_the_same_refusals_as_the_page() -> None:
    one = order_in("signed_firm")
    client, text, finess = Client(), token_of(one.company), one.place.finess
    assert post(client, text, line(finess, 60, 80)).status_code == 200
    assert post(client, text, line(finess, 60, 80)).json()["outcome"] == "unchanged"
    refused = post(client, text, line(finess, 61, 80))
    told = refused.json()
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert (told["code"], told["status"]) == ("lines_refused", 422) and told["type"].endswith("#lines_refused")
    assert [(error["code"], error["field"]) for error in told["errors"]] == [("reason_missing", "reason")]
    assert post(client, text, line(finess, 61, 80), query="&motif=Doublons").json()["outcome"] == "accepted"
    assert report_of(one.place).reason == "Doublons"
    event = AuditEvent.objects.filter(object_type="homologation_supervisionreport").latest("pk")
    assert event.actor_id is None
    other = post(client, token_of(people.supplier()), line(finess, 60, 80)).json()
    assert "n’est pas équipée par vous" in other["errors"][0]["detail"]
    assert post(client, text, "x" * 10).status_code == 422
    assert SupervisionReport.objects.count() == 2


def test_no_token_no_method_no_kind() -> None:
    one = order_in("signed_firm")
    client, text = Client(), token_of(one.company)
    for wrong in ("", "lgo_inconnu"):
        assert post(client, wrong, line(one.place.finess, 1, 1)).json()["code"] == "bad_token"
    revoke_token(ActivityToken.objects.get().pk, actor=Actor.system())
    assert post(client, text, line(one.place.finess, 1, 1)).json()["code"] == "bad_token"
    text = token_of(one.company)
    assert (
        post(client, text, line(one.place.finess, 1, 1), kind="application/json").json()["code"] == "bad_content_type"
    )
    shown = client.get(reverse("homologation:api_monthly"), headers={"Authorization": f"Bearer {text}"})
    assert (shown.status_code, shown["Allow"]) == (405, "POST")
    assert not SupervisionReport.objects.exists()


COUNTS: dict[str, Any] = {
    **dict.fromkeys(("calls", "retrieval", "cpx", "prescriptions"), 1),
    **dict.fromkeys(("verification", "failed", "org"), 0),
    "origin": "computed",
    "input": "0" * 64,
}
ACCOUNT = {"calls": 1, "failed": 0, "off_hours": 0, "prescriptions": 1, "active_days": 1}


def machine_month() -> date:
    """The month of PostgreSQL's clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT date_trunc('month', statement_timestamp() AT TIME ZONE 'Europe/Paris')::date")
        found: date = cursor.fetchone()[0]
    return found


def test_accounts_still_looked_at_cannot_be_deleted_even_past_the_service(equipped: Dossier) -> None:
    """PostgreSQL counts by its own clock: a month of its present is kept whatever the portal's clock says."""
    present = machine_month()
    with clock.frozen(business=datetime(present.year, present.month, 28, tzinfo=PARIS)):
        recent = SupervisionReport.objects.create(
            pharmacy=equipped.place, month=present, revision=1, made_at=clock.business_now(), **COUNTS
        )
        kept = SupervisionRow.objects.create(report=recent, user_ref="u1", **ACCOUNT)
        detail = SupervisionDetail.objects.create(
            pharmacy=equipped.place,
            month=present,
            revision=1,
            user_ref="u1",
            calls=1,
            prescriptions=1,
            maintenance=False,
            supplier=equipped.company,
            made_at=clock.business_now(),
            deposited_by_id=equipped.supplier.user_id,
        )
        for table, pk in (("supervisionrow", kept.pk), ("supervisiondetail", detail.pk)):
            with refused_by_postgres("kept_while_read"):
                sql(f"DELETE FROM homologation_{table} WHERE id = %s", pk)  # noqa: S608  (names of ours)
        # The machine's clock is behind: October 2022 is forgotten by it, the present is not.
        assert forget_detail(clock.business_now()) == 2
        assert set(SupervisionRow.objects.values_list("pk", flat=True)) == {kept.pk}


def test_details_are_forgotten_with_the_accounts_of_their_month(equipped: Dossier) -> None:
    deposit(equipped, said(equipped.place.finess))
    with clock.frozen(business=datetime(2023, 11, 30, tzinfo=PARIS)):
        assert forget_detail(clock.business_now()) == 0
    with clock.frozen(business=datetime(2023, 12, 1, tzinfo=PARIS)):
        assert forget_detail(clock.business_now()) == 3
    assert not SupervisionDetail.objects.exists() and not SupervisionRow.objects.exists()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"token": None, "deposited_by": None}, "supervision_detail_by_one"),
        ({"user_ref": "Jeanne Martin"}, "supervision_detail_ref"),
        ({"month": date(2022, 10, 2)}, "supervision_detail_first_day"),
        ({"revision": 2}, "supervision_detail_corrected"),
    ],
)
def test_postgresql_refuses_a_detail_that_says_something_else(change: dict[str, Any], name: str) -> None:
    one = order_in("signed_firm")
    given = {
        "pharmacy": one.place,
        "month": MONTH,
        "revision": 1,
        "user_ref": "u1",
        "calls": 1,
        "prescriptions": 1,
        "maintenance": False,
        "supplier": one.company,
        "made_at": clock.business_now(),
        "deposited_by_id": one.supplier.user_id,
    } | change
    if "deposited_by" in change:
        del given["deposited_by_id"]
    with refused_by_postgres(name):
        SupervisionDetail.objects.create(**given)


def test_a_detail_deposited_in_the_portal_answers_the_case_that_asked_for_it(equipped: Dossier) -> None:
    one = equipped
    deposit(one, said(one.place.finess))
    case = SupervisionCase.objects.get()
    cases.ask_detail(case_id=case.pk, actor=one.titulaire)
    deposit(one, said(one.place.finess, rest="40;50;oui;2;0;0"), reason="Tickets retrouvés")
    case.refresh_from_db()
    assert case.state == "detail_received" and case.detail_received_at is not None
    assert case.detail == "Rapport détaillé déposé dans le portail : révision 2, 1 compte."
    event = AuditEvent.objects.filter(object_id=str(case.pk), verb="receive_detail").get()
    assert event.actor is None
