"""Early reviews: each rule opens one, once, tells the titulaires, and is settled by one of three ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from homologation.models import EarlyReview, SupervisionCase
from homologation.services import decide
from homologation.services.breach_answer import document_no_risk
from homologation.services.load import load_questionnaires
from homologation.services.open import open_dossier
from homologation.services.reviews import examine, examine_all, keep_decision
from homologation.services.supervise import compute_month
from homologation.tasks import follow_decisions
from orders.services.sign import Consent, sign_order
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership
from portal.common import clock
from portal.common.clock import PARIS
from portal.common.refusals import Refused
from portal.outbox.models import Notice, OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from portal.outbox.services.jobs import run_waiting
from portal.registry.domain.referencing import Status
from portal.registry.selectors import titulaires_of
from portal.registry.services.ending import Ending, end_membership
from tests.conftest import MACHINE, TODAY
from tests.factories import breaches, people, supervision
from tests.factories.dossier import Dossier, dossier
from tests.factories.insi import Case, case, case_in
from tests.integration.refusals import refused_by_postgres, sql
from tests.unit.homologation.forms import FILE

pytestmark = pytest.mark.django_db


def opened(one: Case) -> list[tuple[str, str]]:
    """(rule, object) of each review of a dossier."""
    return list(EarlyReview.objects.filter(dossier=one.pk).order_by("rule", "object").values_list("rule", "object"))


def rules(one: Case) -> list[str]:
    return [rule for rule, _ in opened(one)]


def test_nothing_has_changed() -> None:
    one = case_in("approved")
    assert examine_all() == 0 and opened(one) == []


def in_service() -> tuple[Case, Dossier]:
    """A dossier approved for the software that is installed."""
    order = dossier()
    order.draft(), order.issue(), order.sign(), order.plan(), order.declare()
    adjoint = people.attach(order.place, Role.ADJOINT)
    opened = open_dossier(programme=people.PROGRAMME, actor=order.titulaire)
    assert opened.software_version_id == order.version.pk
    one = Case(opened.pk, order.place, order.titulaire, adjoint)
    one.fill().submit().approve()
    deliver_pending()
    assert rules(one) == []
    return one, order


def another_software(one: Case, order: Dossier) -> None:
    """A second order, signed in the place of the first one, is installed."""
    other = dossier(place=order.place, titulaire=order.titulaire)
    other.draft(TODAY), other.issue(TODAY)
    with clock.frozen(business=TODAY):
        consent = Consent(True, other.shown(signatory=order.titulaire), replaces=str(order.pk))
        sign_order(order_id=other.pk, actor=order.titulaire, consent=consent)
    other.plan(TODAY, TODAY + timedelta(days=5))
    other.declare(TODAY + timedelta(days=5))


def suspended(one: Case, order: Dossier) -> None:
    people.say(order.version, Status.SUSPENDED, TODAY + timedelta(hours=1))


def withdrawn(one: Case, order: Dossier) -> None:
    people.say(order.version, Status.WITHDRAWN, TODAY + timedelta(hours=1))


def closed_in_scope(one: Case, order: Dossier) -> None:
    with clock.frozen(business=TODAY + timedelta(hours=1)):
        breach = breaches.again(one.place, one.titulaire, one.adjoint)
        breach.describe().confirm()
        document_no_risk(breach_id=breach.pk, actor=one.titulaire, reason="Données chiffrées")
        breach.close(in_scope=True)


def exposed(one: Case, order: Dossier) -> None:
    with clock.frozen(business=TODAY + timedelta(hours=1)):
        breaches.again(one.place, one.titulaire, one.adjoint).confirm().describe(certificate_exposed=True)


def titulaire_gone(one: Case, order: Dossier) -> None:
    second = people.attach(one.place, Role.TITULAIRE, since=TODAY + timedelta(minutes=1))
    former = Membership.objects.get(user=one.titulaire.user_id, role=Role.TITULAIRE.value)
    ending = Ending(reason="left", last_day=TODAY.date())
    with clock.frozen(business=TODAY + timedelta(hours=2)):
        end_membership(membership_id=former.pk, actor=people.administrator(), ending=ending)
    assert second.user_id != former.user_id


def misused_twice(one: Case, order: Dossier) -> None:
    for month in (date(2022, 9, 1), date(2022, 10, 1)):
        supervision.counted(one.place, order.company, {"u1": (90, 40), "u2": (30, 40)}, month)
        compute_month(month, [one.place.pk])
        case = SupervisionCase.objects.get(pharmacy=one.place, month=month)
        with clock.frozen(business=TODAY + timedelta(hours=3)):
            supervision.brought_to(case, "analysed", one.titulaire)


EVENTS: list[tuple[Callable[[Case, Dossier], None], str]] = [
    (another_software, "REV-01"),
    (suspended, "REV-02"),
    (withdrawn, "REV-02"),
    (exposed, "REV-03"),
    (titulaire_gone, "REV-04"),
    (closed_in_scope, "REV-05"),
    (misused_twice, "REV-06"),
]


@pytest.mark.parametrize(("happens", "rule"), EVENTS, ids=[event.__name__ for event, _ in EVENTS])
def test_what_happens_below_opens_one_review_by_the_outbox(happens: Callable[..., None], rule: str) -> None:
    one, order = in_service()
    happens(one, order)
    with clock.frozen(business=TODAY + timedelta(days=6)):
        settle_outbox()
        assert rules(one) == [rule]
        told = Notice.objects.filter(subject__contains="à revoir")
        owners = titulaires_of(one.place, clock.business_now()).count()
        assert told.count() == owners >= 1 and told[0].link == f"/insi/{one.pk}/#revues"
        assert rule in told[0].body
        before = told.count()
        OutboxMessage.objects.update(delivered_at=None, available_at=MACHINE)
        settle_outbox()
        assert examine(one.pk) == 0 and rules(one) == [rule] and told.count() == before


def settle_outbox() -> None:
    deliver_pending()
    while run_waiting():
        deliver_pending()
    assert not OutboxMessage.objects.exclude(error="").exists()


@pytest.mark.parametrize("of_scope", [False, None])
def test_a_breach_out_of_scope_or_a_drill_opens_nothing(of_scope: bool | None) -> None:
    one = case_in("approved")
    with clock.frozen(business=TODAY + timedelta(hours=1)):
        breach = breaches.again(one.place, one.titulaire, one.adjoint, drill=of_scope is None)
        breach.describe(certificate_exposed=of_scope is None).confirm()
        document_no_risk(breach_id=breach.pk, actor=one.titulaire, reason="Données chiffrées")
        breach.close(in_scope=of_scope is None)
        deliver_pending()
    assert rules(one) == []


def test_a_certificate_that_expires_is_seen_by_the_daily_task_alone() -> None:
    one = case().fill(**{"s2.1.certificat_expiration": "2023-04-30"}).submit().approve()
    with clock.frozen(business=datetime(2023, 4, 30, 23, tzinfo=PARIS)):
        follow_decisions()
        assert opened(one) == []
    with clock.frozen(business=datetime(2023, 5, 1, 0, 30, tzinfo=PARIS)):
        follow_decisions()
        follow_decisions()
        assert opened(one) == [("REV-03", "expired:2023-04-30")]


def test_a_major_questionnaire_opens_a_review_of_every_decision(tmp_path: Path) -> None:
    one = case_in("approved")
    folder = tmp_path / people.PROGRAMME
    folder.mkdir()
    text = FILE.read_text()
    (folder / "questionnaire-insi-1.0.0.toml").write_text(text)
    minor = text.replace('version = "1.0.0"', 'version = "1.1.0"').replace("most = 24", "most = 36")
    minor = minor.replace('change_class = "major"', 'change_class = "minor"')
    (folder / "questionnaire-insi-1.1.0.toml").write_text(minor)
    load_questionnaires(tmp_path)
    settle_outbox()
    assert rules(one) == []
    major = minor.replace('version = "1.1.0"', 'version = "2.0.0"')
    major = major.replace('change_class = "minor"', 'change_class = "major"')
    (folder / "questionnaire-insi-2.0.0.toml").write_text(major)
    load_questionnaires(tmp_path)
    settle_outbox()
    assert rules(one) == ["REV-07"]


def test_rien_ne_change_is_the_titulaire_s_and_says_why() -> None:
    one, order = in_service()
    suspended(one, order)
    with clock.frozen(business=TODAY + timedelta(hours=2)):
        settle_outbox()
        review = EarlyReview.objects.get(dossier=one.pk)
        with pytest.raises(Refused) as nothing:
            keep_decision(review_id=review.pk, actor=one.titulaire, reason=" ")
        assert nothing.value.codes == ("missing_field",)
        for stranger in (one.adjoint, people.attach(people.pharmacy(), Role.TITULAIRE)):
            with pytest.raises(Refused) as refused:
                keep_decision(review_id=review.pk, actor=stranger, reason="Rien")
            assert refused.value.codes == ("not_allowed",)
        keep_decision(review_id=review.pk, actor=one.titulaire, reason="L’éditeur annonce la fin de la suspension")
        review.refresh_from_db()
        assert (review.state, review.ended_by_id) == ("kept", one.titulaire.user_id)
        with pytest.raises(Refused):
            keep_decision(review_id=review.pk, actor=one.titulaire, reason="Encore")
        assert examine(one.pk) == 0
    with clock.frozen(business=TODAY + timedelta(days=9)):
        people.say(order.version, Status.REFERENCED, TODAY + timedelta(days=9))
        people.say(order.version, Status.SUSPENDED, TODAY + timedelta(days=9, hours=1))
    with clock.frozen(business=TODAY + timedelta(days=10)):
        settle_outbox()
        assert rules(one) == ["REV-02", "REV-02"]


def test_a_renewal_or_a_withdrawal_settles_what_is_open() -> None:
    one = case_in("approved")
    certificate_gone(one)
    renewed = one.again().fill().submit()
    assert EarlyReview.objects.get(dossier=one.pk).state == "open"
    with clock.frozen(business=TODAY + timedelta(hours=2)):
        renewed.approve()
    review = EarlyReview.objects.get(dossier=one.pk)
    assert (review.state, review.successor_id, review.reason) == ("renewed", renewed.pk, "")
    with clock.frozen(business=TODAY + timedelta(hours=3)):
        assert examine(renewed.pk) == 0  # what was known at the decision opens nothing
        certificate_gone(renewed)
    with clock.frozen(business=TODAY + timedelta(hours=5)):
        decide.withdraw_dossier(dossier_id=renewed.pk, actor=renewed.titulaire, reason="Cession")
        assert EarlyReview.objects.get(dossier=renewed.pk).state == "withdrawn"
        certificate_gone(renewed, opens=False)


def certificate_gone(one: Case, *, opens: bool = True) -> None:
    """An hour later a breach is known, which exposed a certificate."""
    with clock.frozen(business=clock.business_now() + timedelta(hours=1)):
        breaches.again(one.place, one.titulaire, one.adjoint).confirm().describe(certificate_exposed=True)
        assert examine(one.pk) == opens


def test_an_expired_decision_is_to_be_renewed_and_not_reviewed() -> None:
    one = case_in("approved")
    until = one.dossier.valid_until
    assert until is not None
    with clock.frozen(business=datetime(until.year, until.month, until.day, tzinfo=PARIS)):
        certificate_gone(one, opens=False)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"ended_at": TODAY}, "early_review_ended"),
        ({"reason": "Parce que"}, "early_review_kept"),
        ({"fact": ""}, "fact_frozen"),
        ({"object": "autre"}, "fact_frozen"),
    ],
)
def test_postgresql_refuses_a_review_that_says_two_things(change: dict[str, Any], name: str) -> None:
    one = case_in("approved")
    certificate_gone(one)
    with refused_by_postgres(name):
        EarlyReview.objects.filter(dossier=one.pk).update(**change)


def test_a_settled_review_is_final_and_none_is_deleted() -> None:
    one = case_in("approved")
    certificate_gone(one)
    review = EarlyReview.objects.get(dossier=one.pk)
    with clock.frozen(business=TODAY + timedelta(hours=2)):
        keep_decision(review_id=review.pk, actor=one.titulaire, reason="Certificat révoqué et remplacé le jour même")
    with refused_by_postgres("ended_final"):
        EarlyReview.objects.filter(pk=review.pk).update(reason="Autre")
    with refused_by_postgres("Cannot delete"):
        sql("DELETE FROM homologation_earlyreview WHERE id = %s", review.pk)
    with refused_by_postgres("early_review_once"):
        EarlyReview.objects.create(
            dossier_id=one.pk,
            rule=review.rule,
            cause=review.cause,
            object=review.object,
            fact="x",
            opened_at=TODAY,
        )
