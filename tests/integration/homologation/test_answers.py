"""Answers are kept with their origin, nothing typed is lost, and two people never overwrite each other."""

from __future__ import annotations

import pytest

from homologation.domain.answers import Status
from homologation.models import Answer, AnswerRevision
from homologation.services.answer import STALE, Statement, confirm_answers, save_answers
from homologation.services.facts import Reading
from portal.accounts.domain.roles import Role
from portal.audit.models import AuditEvent
from portal.common.refusals import Refused
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.insi import Case, case, case_in
from tests.unit.homologation.forms import values

pytestmark = pytest.mark.django_db

KEY = "s2.2.mesures"


def current(one: Case, key: str = KEY) -> tuple[object, str, int]:
    row = Answer.objects.select_related("revision").get(dossier=one.pk, key=key).revision
    return row.value, row.status, row.number


def test_each_answer_is_a_revision_by_somebody() -> None:
    one = case()
    assert one.say(KEY, "Tous les mois").written == (KEY,)
    one.say(KEY, "Tous les trois mois", by=one.adjoint)
    rows = AnswerRevision.objects.filter(dossier=one.pk, key=KEY)
    assert [(row.value, row.number, row.said_by_id, row.role) for row in rows] == [
        ("Tous les mois", 1, one.titulaire.user_id, "titulaire"),
        ("Tous les trois mois", 2, one.adjoint.user_id, "adjoint"),
    ]
    assert current(one) == ("Tous les trois mois", "modified", 2)
    events = AuditEvent.objects.filter(object_id=str(one.pk), verb="answer")
    assert [event.data["keys"] for event in events] == [[KEY], [KEY]]
    assert "mois" not in str([event.data for event in events])


def test_the_same_answer_again_writes_nothing() -> None:
    one = case()
    one.say(KEY, "Tous les mois")
    before = AuditEvent.objects.count()
    assert one.say(KEY, "Tous les mois").written == ()
    assert one.say("s4.destinataire", "  ").written == ()
    assert AuditEvent.objects.count() == before and current(one)[2] == 1


def test_an_emptied_answer_and_why_there_is_none() -> None:
    one = case()
    one.say(KEY, "Tous les mois")
    one.say(KEY, "")
    assert current(one) == (None, "empty", 2)
    one.say(KEY, status=Status.UNKNOWN)
    assert current(one) == (None, "unknown", 3)
    review = "s2.2.derniere_revue"
    assert [r.code for r in one.say(review, status=Status.VOID).refusals] == ["missing_reason"]
    assert one.say(review, status=Status.VOID, reason="Ouverture hier").written == (review,)


def test_one_wrong_answer_does_not_lose_the_others() -> None:
    one = case()
    said = [
        Statement(KEY, Status.MODIFIED, "NIR 1 85 05 78 006 084 36"),
        Statement("s2.2.frequence_revue", Status.MODIFIED, 6),
        Statement("s9.rien", Status.MODIFIED, 6),
    ]
    saved = save_answers(dossier_id=one.pk, actor=one.titulaire, statements=said)
    assert saved.written == ("s2.2.frequence_revue",)
    assert [(r.code, r.field) for r in saved.refusals] == [("patient_number", KEY), ("unknown_question", "s9.rien")]


def test_two_people_at_once() -> None:
    one = case()
    one.say(KEY, "Mienne", by=one.adjoint, seen=0)
    mine = Statement(KEY, Status.MODIFIED, "La mienne", seen=0)
    saved = save_answers(dossier_id=one.pk, actor=one.titulaire, statements=[mine])
    assert saved.written == () and [(r.code, r.field) for r in saved.refusals] == [(STALE, KEY)]
    kept = Statement(KEY, Status.MODIFIED, "La mienne", seen=0, keep=1)
    assert save_answers(dossier_id=one.pk, actor=one.titulaire, statements=[kept]).written == (KEY,)
    assert current(one) == ("La mienne", "modified", 2)


def test_a_page_that_did_not_touch_an_answer_does_not_fight_for_it() -> None:
    one = case()
    one.say(KEY, "Avant")
    one.say(KEY, "Après", by=one.adjoint)
    for untouched in (Statement(KEY, Status.MODIFIED, "Avant", seen=1), Statement(KEY, Status.MODIFIED, "", seen=0)):
        saved = save_answers(dossier_id=one.pk, actor=one.titulaire, statements=[untouched])
        assert (saved.written, saved.refusals) == ((), ())
    assert current(one)[0] == "Après"


def test_proposals_are_confirmed_by_the_pharmacy() -> None:
    first = case_in("approved")
    one = first.again()
    assert current(one)[1] == "proposed"
    assert one.say(KEY, values()[KEY]).written == ()
    assert confirm_answers(dossier_id=one.pk, actor=one.adjoint, keys=[KEY]) == (KEY,)
    row = one.last(KEY)
    assert row is not None
    assert (row.status, row.provenance, row.source) == ("confirmed", "carried_over", str(first.pk))
    with pytest.raises(Refused) as refused:
        confirm_answers(dossier_id=one.pk, actor=one.adjoint, keys=[KEY])
    assert refused.value.codes == ("nothing_proposed",)
    one.say("s2.2.frequence_revue", 3)
    assert current(one, "s2.2.frequence_revue") == (3, "modified", 2)


def test_a_whole_section_is_confirmed_key_by_key() -> None:
    one = case_in("approved").again()
    reading = Reading(one.dossier, TODAY)
    keys = [question.key for question in reading.form.section(2).questions]
    done = confirm_answers(dossier_id=one.pk, actor=one.titulaire, keys=keys)
    assert len(done) == 8
    last = AuditEvent.objects.filter(object_id=str(one.pk), verb="confirm").latest("pk")
    assert last.data["keys"] == sorted(done)
    assert all((row := one.last(key)) and row.number == 2 for key in done)


@pytest.mark.parametrize("state", ["to_decide", "approved", "refused", "withdrawn", "abandoned"])
def test_nothing_is_said_outside_the_filling_in(state: str) -> None:
    with pytest.raises(Refused) as refused:
        case_in(state).say(KEY, "Trop tard")
    assert refused.value.codes == ("wrong_state",)


def test_strangers_say_nothing() -> None:
    one = case()
    other = people.attach(people.pharmacy(), Role.TITULAIRE)
    for actor in (other, people.administrator(), people.member(people.supplier().organisation, Role.SUPPLIER)):
        with pytest.raises(Refused) as refused:
            one.say(KEY, "Intrus", by=actor)
        assert refused.value.codes == ("not_allowed",)
