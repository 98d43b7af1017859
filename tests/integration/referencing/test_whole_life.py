"""A dossier through the services: every state is reached, each act leaves its public status."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership
from portal.common import clock
from portal.common.refusals import Refused
from portal.outbox.models import Notice
from portal.outbox.services.deliver import deliver_pending
from portal.referencing.domain.decisions import Decision
from portal.referencing.domain.lifecycle import REFERENCING
from portal.referencing.models import Proposal
from portal.referencing.services import decide, instruct, prepare, submit
from portal.referencing.services.deadlines import apply_deadlines
from portal.registry.domain.referencing import Status, first_instant, status_at
from portal.registry.models import Referencing
from portal.registry.selectors import history
from tests.factories import people
from tests.factories import referencing as made
from tests.factories.referencing import AFTER, DECIDED, DEPOSITED, Case, case, case_in

pytestmark = pytest.mark.django_db

PUBLIC = {
    "draft": Status.ANNOUNCED,
    "submitted": Status.SUBMITTED,
    "to_complete": Status.TO_COMPLETE,
    "complete": Status.COMPLETE,
    "under_review": Status.COMPLETE,
    "to_correct": Status.TO_CORRECT,
    "referenced": Status.REFERENCED,
    "suspended": Status.SUSPENDED,
    "refused": Status.REFUSED,
    "abandoned": Status.ABANDONED,
    "lapsed": Status.LAPSED,
    "withdrawn": Status.WITHDRAWN,
    "replaced": Status.REPLACED,
}


def status_of(one: Case, at: datetime = AFTER) -> Status:
    return status_at(history(people.PROGRAMME, one.version.pk), at, at)


@pytest.mark.parametrize("state", REFERENCING.states)
def test_every_state_is_reached_and_said(state: str) -> None:
    one = case_in(state)
    assert one.state == state
    assert status_of(one) is PUBLIC[state]


def test_complete_since_the_last_piece_not_since_it_was_said() -> None:
    one = case_in("complete")
    assert one.dossier.complete_at == DEPOSITED
    assert first_instant(history(people.PROGRAMME, one.version.pk), Status.COMPLETE, AFTER) == DEPOSITED
    assert status_of(one, made.SUBMITTED + timedelta(hours=1)) is Status.SUBMITTED  # as known then
    assert status_of(one) is Status.COMPLETE


def test_a_piece_asked_for_moves_the_instant_when_it_is_deposited_again() -> None:
    one = case_in("to_complete")
    again = made.ASKED + timedelta(days=1)
    one.deposit("INS.01.01.01", at=again)
    one.answer().confirm()
    assert one.dossier.complete_at == again


def test_a_piece_asked_for_by_mistake_does_not() -> None:
    one = case_in("to_complete").answer().confirm()
    assert one.dossier.complete_at == DEPOSITED
    assert status_of(one) is Status.COMPLETE


def test_nothing_new_and_no_word_is_no_answer() -> None:
    one = case_in("to_complete")
    with pytest.raises(Refused) as refused:
        one.answer(reply=" ")
    assert refused.value.codes == ("unanswered",)


def test_missing_proofs_keep_the_dossier_here() -> None:
    one = case().open().charter().deposit_all(without=("INS.01.01.01", "DMP.01.01.02"))
    with pytest.raises(Refused, match=r"2 preuves attendues manquent encore, pour : DMP\.01, INS\.01"):
        one.submit()
    one.deposit("INS.01.01.01")
    one.deposit("DMP.01.01.02")
    assert one.submit().state == "submitted"


def test_a_conditional_profile_asks_for_its_own_proofs() -> None:
    one = case().open(profiles=("montage",)).charter().deposit_all(without=("CNDA.03.01.01",))
    with pytest.raises(Refused, match=r"CNDA\.03"):
        one.submit()


def test_corrections_are_counted_and_come_back() -> None:
    one = case_in("to_correct")
    assert (one.dossier.iterations, one.request.points) == (1, ["INS.01"])
    one.deposit("INS.01.01.01", at=made.JUDGED + timedelta(days=1))
    one.correct(reply="")
    assert one.state == "under_review" and one.dossier.complete_at == DEPOSITED
    with pytest.raises(Refused) as refused:
        one.propose(Decision.REFERENCE)
    assert refused.value.codes == ("unmet",)
    one.judge(at=DECIDED - timedelta(days=1)).propose(Decision.REFERENCE).decide(Decision.REFERENCE)
    assert one.state == "referenced"


def test_the_number_comes_with_the_decision() -> None:
    one = case_in("referenced")
    stored = Referencing.objects.get(version=one.version)
    assert stored.number == Proposal.objects.get(dossier=one.pk).number
    assert one.dossier.referenced_at == one.dossier.decided_at == DECIDED


def test_the_person_who_proposed_does_not_decide() -> None:
    one = case_in("under_review").judge().propose(Decision.REFERENCE)
    membership = Membership.objects.create(
        user_id=one.instructor.user_id or 0,
        organisation_id=one.validator.tenant,
        role=Role.VALIDATOR.value,
        since=people.SINCE,
    )
    both = Actor.of(membership)
    with pytest.raises(Refused) as refused:
        one.decide(Decision.REFERENCE, actor=both)
    assert refused.value.codes == ("same_person",)
    assert one.decide(Decision.REFERENCE).state == "referenced"


def test_a_proposal_sent_back_is_kept_and_another_may_follow() -> None:
    one = case_in("under_review").judge().propose(Decision.REFUSE)
    with clock.frozen(business=DECIDED):
        decide.send_back(dossier_id=one.pk, actor=one.validator, answer="Motifs trop courts")
    one.propose(Decision.REFERENCE, at=DECIDED).decide(Decision.REFERENCE, at=DECIDED)
    outcomes = list(Proposal.objects.filter(dossier=one.pk).order_by("pk").values_list("outcome", flat=True))
    assert outcomes == ["sent_back", "taken"]


def test_a_number_already_taken_is_refused_when_proposed() -> None:
    taken = Referencing.objects.get(version=case_in("referenced").version).number
    one = case(name="Un autre").under_review().judge()
    with pytest.raises(Refused) as refused:
        one.propose(Decision.REFERENCE, number=str(taken))
    assert refused.value.codes == ("number_taken",)


@pytest.mark.parametrize(("shift", "refused"), [(-1, True), (0, False), (1, False)])
def test_no_effect_before_the_dossier_was_complete(shift: int, refused: bool) -> None:
    one = case_in("under_review").judge()
    at = DEPOSITED + timedelta(seconds=shift)
    if refused:
        with pytest.raises(Refused) as error:
            one.propose(Decision.REFERENCE, effective_at=at)
        assert error.value.codes == ("too_early",)
        return
    one.propose(Decision.REFERENCE, effective_at=at).decide(Decision.REFERENCE)
    assert one.dossier.referenced_at == at and status_of(one) is Status.REFERENCED


def test_a_retroactive_withdrawal_holds_from_its_effect_on() -> None:
    one = case_in("referenced").suspend()
    back = DECIDED + timedelta(days=2)
    with pytest.raises(Refused) as refused:
        one.propose(Decision.WITHDRAW, at=AFTER, effective_at=back)
    assert refused.value.codes == ("not_retroactive",)
    one.propose(Decision.WITHDRAW, at=AFTER, effective_at=back, retroactive=True)
    one.decide(Decision.WITHDRAW, at=AFTER + timedelta(hours=1))
    now, changes = AFTER + timedelta(days=1), history(people.PROGRAMME, one.version.pk)
    assert [status_at(changes, at, now) for at in (back - timedelta(seconds=1), back, AFTER, now)] == [
        Status.REFERENCED,
        Status.WITHDRAWN,
        Status.WITHDRAWN,
        Status.WITHDRAWN,
    ]
    assert status_at(changes, back, back) is Status.REFERENCED  # what was known then stays so


def test_a_withdrawal_ahead_leaves_the_status_until_then() -> None:
    one = case_in("referenced")
    ahead = AFTER + timedelta(days=10)
    one.propose(Decision.WITHDRAW, at=AFTER, effective_at=ahead).decide(Decision.WITHDRAW, at=AFTER)
    assert one.state == "withdrawn"
    assert [status_of(one, at) for at in (ahead - timedelta(seconds=1), ahead)] == [
        Status.REFERENCED,
        Status.WITHDRAWN,
    ]


@pytest.mark.parametrize(("shift", "moved"), [(-1, 0), (0, 1), (1, 1)])
def test_an_answer_that_did_not_come_lapses_at_its_limit(shift: int, moved: int) -> None:
    one = case_in("to_complete")
    limit = clock.end_of_paris_day(made.DUE_ON)
    with clock.frozen(business=limit + timedelta(seconds=shift)):
        assert apply_deadlines() == moved
        assert apply_deadlines() == 0
    assert one.state == ("lapsed" if moved else "to_complete")
    if moved:
        assert "31/10/2022" in one.dossier.end_reason and one.dossier.ended_by is None


def test_an_extension_goes_further() -> None:
    one = case_in("to_complete")
    with clock.frozen(business=made.ASKED):
        with pytest.raises(Refused) as refused:
            instruct.extend(dossier_id=one.pk, actor=one.instructor, due_on=made.DUE_ON, reason="")
        assert refused.value.codes == ("no_longer",)
        later = made.DUE_ON + timedelta(days=10)
        instruct.extend(dossier_id=one.pk, actor=one.instructor, due_on=later, reason="Congés")
    with clock.frozen(business=AFTER):
        assert apply_deadlines() == 0


def test_giving_up_is_typed_out_and_closes_the_proposal() -> None:
    one = case_in("under_review").judge().propose(Decision.REFERENCE)
    with pytest.raises(Refused) as refused, clock.frozen(business=DECIDED):
        submit.abandon_dossier(dossier_id=one.pk, actor=one.supplier, typed="oui", reason="")
    assert refused.value.codes == ("not_typed",)
    assert one.abandon().state == "abandoned"
    assert Proposal.objects.get(dossier=one.pk).outcome == Proposal.MOOT


def test_a_draft_given_up_before_the_charter_was_never_public() -> None:
    one = case().open().abandon()
    assert one.state == "abandoned" and history(people.PROGRAMME, one.version.pk) == []


def test_one_live_dossier_a_version_and_none_for_what_is_referenced() -> None:
    one = case_in("draft")
    with pytest.raises(Refused) as refused:
        one.open()
    assert refused.value.codes == ("dossier_exists",)
    by_hand = case(name="Référencé à la main")
    people.reference(by_hand.version, at=made.OPENED - timedelta(days=3), complete=made.OPENED - timedelta(days=9))
    with pytest.raises(Refused) as refused:
        by_hand.open()
    assert refused.value.codes == ("already_referenced",)


def test_after_a_refusal_a_new_dossier_may_be_opened() -> None:
    one = case_in("refused")
    first = one.pk
    assert one.open(at=AFTER).pk != first


def test_each_side_is_told_once() -> None:
    case_in("to_complete")
    deliver_pending()
    subjects = sorted(Notice.objects.values_list("subject", flat=True))
    assert subjects == [
        "Compléments demandés – Logiciel à référencer 1.0",
        "Dossier de Logiciel à référencer 1.0 déposé",
    ]


def test_an_announced_date_is_ahead_and_kept() -> None:
    one = case_in("draft")
    with clock.frozen(business=AFTER):
        today = clock.paris_date(AFTER)
        with pytest.raises(Refused) as refused:
            prepare.announce_date(dossier_id=one.pk, actor=one.supplier, day=today - timedelta(days=1), note="")
        assert refused.value.codes == ("past",)
        for days in (10, 40):
            prepare.announce_date(dossier_id=one.pk, actor=one.supplier, day=today + timedelta(days=days), note="")
    assert [a.day - today for a in one.dossier.announcements.order_by("pk")] == [timedelta(10), timedelta(40)]


def test_a_replacement_needs_another_version_referenced() -> None:
    one = case_in("referenced")
    stranger = case(name="Autre logiciel").open()
    with clock.frozen(business=AFTER):
        with pytest.raises(Refused) as refused:
            decide.name_successor(dossier_id=one.pk, actor=one.supplier, successor_id=stranger.pk)
        assert refused.value.codes == ("successor",)
        later = case(company=one.company, name=one.version.software.name, label="3.0").open()
        decide.name_successor(dossier_id=one.pk, actor=one.supplier, successor_id=later.pk)
        with pytest.raises(Refused) as refused:
            decide.replace_version(dossier_id=one.pk, actor=one.instructor)
        assert refused.value.codes == ("successor",)
