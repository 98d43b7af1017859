"""« Chaque co-titulaire décide »: each on the same answers and terms, each confirming who they are; a refusal voids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from homologation.domain.consent import CONSENT_VERSION
from homologation.domain.decision import NewReserve
from homologation.models import QuorumSetting, TitulaireAgreement
from homologation.services import decide
from homologation.services.quorum import everyone_decides, set_quorum
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, StepUpDocument
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.refusals import Refused
from portal.demo.services.step_up import confirm_identity
from portal.outbox.models import Notice
from portal.outbox.services.deliver import deliver_pending
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.insi import Case, case
from tests.integration.refusals import refused_by_postgres

pytestmark = pytest.mark.django_db

RESERVE = NewReserve("Écrire la procédure", "Le titulaire", date(2023, 3, 1))


class Two:
    """A pharmacy of two titulaires, each of whom decides, its dossier submitted."""

    def __init__(self) -> None:
        self.case: Case = case()
        self.first: Actor = self.case.titulaire
        self.second: Actor = replace(people.attach(self.case.place, Role.TITULAIRE), name="Alix Essai")
        set_quorum(actor=self.first, everyone=True)
        self.case.fill().submit()

    @property
    def sha256(self) -> str:
        return self.case.dossier.snapshot_sha256

    @property
    def state(self) -> str:
        connection.check_constraints()  # deferred triggers speak now
        return str(self.case.dossier.state)

    def decides(
        self, who: Actor, *, months: int = 12, reserves: tuple[NewReserve, ...] = (), confirmed: bool = True
    ) -> Callable[[], Any]:
        """The decision of one titulaire: the last one approves, any other agrees."""

        def act() -> None:
            if confirmed:
                confirm_identity(who.user_id or 0, self.sha256, CONSENT_VERSION)
            decision = decide.Decision(months, reserves, consent=True, shown_sha256=self.sha256)
            given = set(standing(self.case).values_list("by", flat=True))
            last = given >= {self.first.user_id, self.second.user_id} - {who.user_id}
            verb = decide.approve_dossier if last else decide.agree_dossier
            verb(dossier_id=self.case.pk, actor=who, decision=decision)

        return act


def standing(one: Case) -> Any:
    return TitulaireAgreement.objects.filter(dossier=one.pk, voided_at=None)


def codes(block: Callable[[], Any]) -> tuple[str, ...]:
    with pytest.raises(Refused) as refused, transaction.atomic():
        block()
    return refused.value.codes


def test_each_titulaire_decides_with_their_own_identity() -> None:
    two = Two()
    two.decides(two.first)()
    assert two.state == "to_decide" and two.case.dossier.decided_at is None
    two.decides(two.second)()
    dossier = two.case.dossier
    assert (two.state, dossier.decided_by_id) == ("approved", two.second.user_id)
    given = list(standing(two.case).order_by("pk"))
    assert [one.by_id for one in given] == [two.first.user_id, two.second.user_id]
    assert {one.snapshot_sha256 for one in given} == {dossier.snapshot_sha256} and len(
        {g.step_up_id for g in given}
    ) == 2
    verbs = AuditEvent.objects.filter(object_id=str(two.case.pk)).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["create", "answer", "submit", "agree", "approve"]


def test_nobody_decides_alone_nor_twice_nor_without_their_identity() -> None:
    two = Two()
    assert codes(lambda: two.case.approve()) == ("quorum_missing",)
    assert codes(two.decides(two.first, confirmed=False)) == ("step_up_missing",)
    two.decides(two.first)()
    assert codes(two.decides(two.second, confirmed=False)) == ("step_up_missing",)
    confirm_identity(two.first.user_id or 0, two.sha256, CONSENT_VERSION)
    decision = decide.Decision(12, (), consent=True, shown_sha256=two.sha256)
    again: dict[str, Any] = {"dossier_id": two.case.pk, "actor": two.first, "decision": decision}
    assert codes(lambda: decide.agree_dossier(**again)) == ("already_agreed",)
    assert codes(lambda: decide.approve_dossier(**again)) == ("quorum_missing",)
    assert StepUpDocument.objects.exclude(used_at=None).count() == 1 and two.state == "to_decide"


def test_all_agree_to_the_same_terms() -> None:
    two = Two()
    two.decides(two.first, months=6, reserves=(RESERVE,))()
    assert codes(two.decides(two.second, months=6)) == ("other_terms",)
    assert codes(two.decides(two.second, months=12)) == ("other_terms",)
    two.decides(two.second, months=6, reserves=(RESERVE,))()
    dossier = two.case.dossier
    assert (two.state, dossier.months, dossier.reserves.count()) == ("approved", 6, 1)


def test_an_answer_that_needs_a_reserve_needs_it_of_the_first_too() -> None:
    two = Two()
    decide.send_back(dossier_id=two.case.pk, actor=two.first, reason="Revoir")
    two.case.say("s5.q4", False)
    two.case.submit()
    assert codes(two.decides(two.first)) == ("needs_reserve",)


def test_a_dossier_sent_back_voids_what_was_agreed_even_if_nothing_changes() -> None:
    two = Two()
    two.decides(two.first)()
    before = two.sha256
    decide.send_back(dossier_id=two.case.pk, actor=two.second, reason="Je veux relire")
    [voided] = TitulaireAgreement.objects.filter(dossier=two.case.pk)
    assert (voided.void_reason, voided.voided_at) == ("Je veux relire", TODAY)
    two.case.submit()
    assert two.sha256 == before and not standing(two.case).exists()
    two.decides(two.second)()
    assert two.state == "to_decide"
    two.decides(two.first)()
    assert two.state == "approved"


def test_a_changed_answer_voids_too() -> None:
    two = Two()
    two.decides(two.first)()
    before = two.sha256
    decide.send_back(dossier_id=two.case.pk, actor=two.first, reason="Revoir")
    two.case.say("s2.2.mesures", "Revue refaite")
    two.case.submit()
    assert two.sha256 != before and not standing(two.case).exists()


def test_the_refusal_of_one_ends_the_dossier() -> None:
    two = Two()
    two.decides(two.first)()
    decide.refuse_dossier(dossier_id=two.case.pk, actor=two.second, reason="Risque trop fort")
    assert two.state == "refused" and not standing(two.case).exists()


def test_who_left_is_awaited_no_more_and_who_came_is() -> None:
    two = Two()
    two.decides(two.first)()
    third = people.attach(two.case.place, Role.TITULAIRE)
    assert codes(lambda: two.case.approve(actor=two.second)) == ("quorum_missing",)
    for gone in (two.second, third):
        Membership.objects.filter(user=gone.user_id).update(until=TODAY - timedelta(days=1))
    two.case.approve()
    assert two.state == "approved" and standing(two.case).count() == 1


def test_one_titulaire_decides_as_before_and_is_on_record() -> None:
    one = case()
    set_quorum(actor=one.titulaire, everyone=True)
    one.fill().submit().approve()
    connection.check_constraints()
    assert one.dossier.state == "approved" and standing(one).get().by_id == one.titulaire.user_id


def test_without_that_choice_one_titulaire_suffices() -> None:
    one = case()
    people.attach(one.place, Role.TITULAIRE)
    one.fill().submit()
    decision = decide.Decision(12, (), consent=True, shown_sha256=one.dossier.snapshot_sha256)
    agree: dict[str, Any] = {"dossier_id": one.pk, "actor": one.titulaire, "decision": decision}
    assert codes(lambda: decide.agree_dossier(**agree)) == ("nobody_awaited",)
    one.approve()
    assert one.dossier.state == "approved" and not TitulaireAgreement.objects.exists()


def test_the_choice_is_a_titulaires_and_waits_while_a_dossier_is_decided() -> None:
    two = Two()
    for stranger in (
        two.case.adjoint,
        people.administrator(),
        people.member(people.supplier().organisation, Role.SUPPLIER),
    ):
        assert codes(partial(set_quorum, actor=stranger, everyone=False)) == ("not_allowed",)
    assert codes(lambda: set_quorum(actor=two.first, everyone=False)) == ("being_decided",)
    decide.send_back(dossier_id=two.case.pk, actor=two.first, reason="Revoir")
    assert codes(lambda: set_quorum(actor=two.first, everyone=True)) == ("unchanged",)
    deliver_pending()
    Notice.objects.all().delete()
    set_quorum(actor=two.second, everyone=False)
    assert not everyone_decides(two.case.place.pk)
    deliver_pending()
    [told] = Notice.objects.all()
    assert told.user_id == two.first.user_id and "un titulaire suffit" in told.body
    kept = QuorumSetting.objects.filter(pharmacy=two.case.place).order_by("number").values_list("everyone", flat=True)
    assert list(kept) == [True, False]


def test_the_other_titulaires_are_told_of_an_agreement() -> None:
    two = Two()
    deliver_pending()
    Notice.objects.all().delete()
    two.decides(two.first)()
    deliver_pending()
    [told] = Notice.objects.all()
    assert told.user_id == two.second.user_id and "décidez à votre tour" in told.body


def test_postgres_refuses_what_must_not_be() -> None:
    two = Two()
    two.decides(two.first)()
    given = standing(two.case)
    with refused_by_postgres("agreement_frozen"):
        given.update(months=24)
    with refused_by_postgres("titulaire_agreement_voided"):
        given.update(voided_at=TODAY)
    with refused_by_postgres("Cannot delete"):
        given.get().delete()
    row = given.get()
    kept = {field.attname: getattr(row, field.attname) for field in row._meta.fields if field.attname != "id"}
    kept["step_up_id"] = confirm_identity(two.second.user_id or 0, two.sha256, CONSENT_VERSION).pk
    for name, changes in (
        ("titulaire_agreement_once", {}),
        ("same_snapshot", {"by_id": two.second.user_id, "snapshot_sha256": "0" * 64}),
        ("same_snapshot", {"by_id": two.second.user_id, "months": 24}),
        ("titulaire_agreement_terms", {"by_id": two.second.user_id, "consent": ""}),
    ):
        with refused_by_postgres(name):
            TitulaireAgreement.objects.create(**kept | changes)
    with refused_by_postgres("Cannot update"):
        QuorumSetting.objects.filter(pharmacy=two.case.place).update(everyone=False)


def test_postgres_refuses_an_approval_that_somebody_did_not_give() -> None:
    """Chosen past the service while the dossier was approved by one alone: the commit says no."""
    one = case()
    people.attach(one.place, Role.TITULAIRE)
    one.fill().submit()
    with refused_by_postgres("everyone_agreed"):
        one.approve()
        QuorumSetting.objects.create(
            pharmacy=one.place, number=1, everyone=True, at=TODAY, by_id=one.titulaire.user_id or 0
        )
    assert one.dossier.state == "to_decide"


def test_an_agreement_is_dated_in_business_time() -> None:
    two = Two()
    with clock.frozen(business=TODAY + timedelta(days=2), machine=clock.machine_now()):
        two.decides(two.first)()
    assert standing(two.case).get().at == TODAY + timedelta(days=2)
