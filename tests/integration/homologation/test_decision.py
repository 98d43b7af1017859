"""The course of a dossier: who decides, on what exactly, for how long; and the answers taken out and back in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import ProtectedError

from homologation.domain.answers import Status
from homologation.domain.consent import CONSENT_VERSION
from homologation.domain.decision import NewReserve
from homologation.domain.validity import Validity
from homologation.dossier.content import content_of
from homologation.messages import MESSAGES
from homologation.models import AnswerRevision
from homologation.services import decide
from homologation.services.exchange import export_dossier, import_answers
from homologation.services.machine import HOMOLOGATIONS
from homologation.services.open import open_dossier
from portal.accounts.domain.roles import Role
from portal.accounts.models import StepUpDocument, User
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.canonical import sha256_of
from portal.common.refusals import Refused
from portal.demo.services.step_up import confirm_identity
from portal.outbox.models import Notice, OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from tests.conftest import MACHINE, TODAY
from tests.factories import people
from tests.factories.insi import Case, case, case_in

pytestmark = pytest.mark.django_db

RESERVE = NewReserve("Écrire la procédure", "Le titulaire", date(2023, 3, 1))


def codes(block: Any) -> tuple[str, ...]:
    with pytest.raises(Refused) as refused:
        block()
    return refused.value.codes


def test_an_unfinished_dossier_is_not_submitted() -> None:
    one = case()
    assert codes(one.submit) == ("not_validated", "blocked")
    one.fill(s5__q3__contact=None)
    assert codes(one.submit) == ("blocked",)


def test_from_the_first_answer_to_the_decision() -> None:
    one = case().fill().submit()
    dossier = one.dossier
    assert dossier.state == "to_decide" and dossier.submitted_by_id == one.adjoint.user_id
    decided = one.approve(months=24).dossier
    assert (decided.state, decided.decided_by_id, decided.months) == ("approved", one.titulaire.user_id, 24)
    assert (decided.valid_from, decided.valid_until) == (date(2022, 11, 15), date(2024, 11, 15))
    assert decided.snapshot_sha256 == dossier.snapshot_sha256
    assert decided.validity(date(2024, 11, 14)) is Validity.ENDING
    assert decided.validity(date(2024, 11, 15)) is Validity.ENDED
    verbs = AuditEvent.objects.filter(object_id=str(one.pk)).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["create", "answer", "submit", "approve"]


def test_only_the_titulaire_decides() -> None:
    one = case_in("to_decide")
    assert codes(lambda: one.approve(actor=one.adjoint)) == ("not_allowed",)
    for end in (decide.refuse_dossier, decide.send_back):
        assert codes(lambda end=end: end(dossier_id=one.pk, actor=one.adjoint, reason="Non")) == ("not_allowed",)
    stranger = people.attach(people.pharmacy(), Role.TITULAIRE)
    assert codes(lambda: one.approve(actor=stranger)) == ("not_allowed",)
    assert one.dossier.state == "to_decide"


def test_the_decision_needs_ones_identity_for_this_very_snapshot() -> None:
    one = case_in("to_decide")
    sha256 = one.dossier.snapshot_sha256

    def approve(**changes: Any) -> None:
        given: dict[str, Any] = {"months": 12, "reserves": (), "consent": True, "shown_sha256": sha256} | changes
        decide.approve_dossier(dossier_id=one.pk, actor=one.titulaire, decision=decide.Decision(**given))

    assert codes(approve) == ("step_up_missing",)
    confirm_identity(one.titulaire.user_id or 0, "0" * 64, CONSENT_VERSION)
    assert codes(approve) == ("step_up_missing",)
    confirm_identity(one.titulaire.user_id or 0, sha256, "va-1")
    assert codes(approve) == ("step_up_missing",)
    with clock.frozen(machine=MACHINE + timedelta(minutes=1)):  # the latest one is taken
        confirm_identity(one.titulaire.user_id or 0, sha256, CONSENT_VERSION)
    assert codes(lambda: approve(consent=False)) == ("no_consent",)
    assert codes(lambda: approve(shown_sha256="0" * 64)) == ("other_snapshot",)
    assert codes(lambda: approve(months=10**6)) == ("bad_duration",)
    assert not StepUpDocument.objects.exclude(used_at=None).exists()
    approve()
    assert StepUpDocument.objects.exclude(used_at=None).count() == 1


def test_what_expired_since_forbids_the_decision() -> None:
    certificate = {
        "s2__1__moyens": ["certificat"],
        "s2__1__certificat": "INSi 42",
        "s2__1__certificat_expiration": "2023-02-01",
        "s2__1__administrateur": "Le titulaire",
    }
    one = case().fill(**certificate).submit()
    with clock.frozen(business=TODAY + timedelta(days=100), machine=clock.machine_now()):
        assert codes(one.approve) == ("blocked",)


def test_reserves() -> None:
    one = case().fill(s5__q4=False).submit()
    assert codes(one.approve) == ("needs_reserve",)
    assert codes(lambda: one.approve(reserves=(RESERVE,))) == ("too_long_with_reserves",)
    one.approve(months=6, reserves=(RESERVE,))
    assert one.dossier.state == "approved"
    assert [(r.text, r.owner, r.due_on) for r in one.dossier.reserves.all()] == [
        (RESERVE.text, RESERVE.owner, RESERVE.due_on)
    ]


def test_sent_back_then_submitted_again() -> None:
    one = case_in("to_decide")
    first = one.dossier.snapshot_sha256
    assert codes(lambda: decide.send_back(dossier_id=one.pk, actor=one.titulaire, reason=" ")) == ("missing_field",)
    decide.send_back(dossier_id=one.pk, actor=one.titulaire, reason="Revoir la partie 3")
    assert one.dossier.snapshot is None
    one.say("s2.2.mesures", "Revue refaite")
    assert one.submit().dossier.snapshot_sha256 != first
    event = AuditEvent.objects.get(object_id=str(one.pk), verb="send_back")
    assert event.data["reason"] == "Revoir la partie 3"


def test_a_renewal_replaces_what_was_approved() -> None:
    old = case_in("approved")
    new = old.again()
    assert (new.dossier.number, new.dossier.previous_id) == (2, old.pk)
    assert codes(lambda: open_dossier(programme=people.PROGRAMME, actor=old.titulaire)) == ("dossier_exists",)
    assert codes(new.submit) == ("not_validated",)
    new.fill(s2__2__mesures="Revue refaite")
    new.submit().approve()
    assert (old.dossier.state, new.dossier.state) == ("replaced", "approved")


def test_the_same_answers_give_the_same_hash_wherever_they_are_read_back() -> None:
    one = case_in("approved").again()
    one.say("s2.2.frequence_revue", 3)
    one.say("s5.q2.precisions", "Au coffre")
    one.say("s2.2.derniere_revue", status=Status.VOID, reason="Équipe nouvelle")
    export = export_dossier(one.dossier)
    decide.abandon_dossier(dossier_id=one.pk, actor=one.titulaire, reason="Recommencer")
    other = one.again()
    assert export_dossier(other.dossier)["sha256"] != export["sha256"]
    import_answers(dossier_id=other.pk, actor=other.titulaire, content=export)
    assert export_dossier(other.dossier) == export
    assert import_answers(dossier_id=other.pk, actor=other.titulaire, content=export) == ()
    row = other.last("s2.2.frequence_revue")
    assert row is not None and row.imported == export["sha256"] and row.said_by_id == other.titulaire.user_id


def test_an_export_of_another_pharmacy_or_a_changed_one_is_refused() -> None:
    one, two = case().fill(), case()
    export = export_dossier(one.dossier)

    def take(into: Case, content: Any) -> Any:
        return lambda: import_answers(dossier_id=into.pk, actor=into.titulaire, content=content)

    assert codes(take(two, export)) == ("other_subject",)
    assert codes(take(one, export | {"sha256": "0" * 64})) == ("bad_export",)
    assert codes(take(one, [])) == ("bad_export",)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"source": "x" * 81}, "bad_source"),
        ({"source": "1850578006084"}, "bad_source"),
        ({"source": "Mme Martin"}, "bad_source"),
        ({"reason": "1850578006084"}, "patient_number"),
        ({"reason": "\0"}, "bad_export"),
    ],
)
def test_an_export_written_by_hand_is_read_whole(changes: dict[str, str], code: str) -> None:
    one = case().fill()
    snapshot = export_dossier(one.dossier)["snapshot"]
    said = snapshot["answers"]["s4.destinataire"] | changes
    snapshot = snapshot | {"answers": snapshot["answers"] | {"s4.destinataire": said}}
    content = {"snapshot": snapshot, "sha256": sha256_of(snapshot)}
    assert codes(lambda: import_answers(dossier_id=one.pk, actor=one.titulaire, content=content)) == (code,)


@pytest.mark.parametrize("state", ["draft", "to_decide", "approved", "refused", "withdrawn", "replaced", "abandoned"])
def test_every_state_is_reached_and_exported(state: str) -> None:
    one = case_in(state)
    assert one.dossier.state == state
    export = export_dossier(one.dossier)
    keys = set(AnswerRevision.objects.filter(dossier=one.pk, current__isnull=False).values_list("key", flat=True))
    assert set(export["snapshot"]["answers"]) == keys


def test_the_titulaire_is_told_and_whoever_filled_in_too() -> None:
    assert set(MESSAGES) == HOMOLOGATIONS.announces
    one = case_in("to_decide")
    decide.send_back(dossier_id=one.pk, actor=one.titulaire, reason="Revoir la partie 3")
    for _ in range(2):
        deliver_pending()
        OutboxMessage.objects.update(delivered_at=None, available_at=MACHINE)
    told = Notice.objects.filter(organisation=one.place.organisation_id).values_list("user", "subject", "body")
    assert sorted((user, subject.partition(" : ")[2]) for user, subject, _ in told) == sorted(
        [(one.titulaire.user_id, "une décision vous attend"), (one.adjoint.user_id, "dossier à revoir")]
    )
    assert "« Revoir la partie 3 »" in str(list(told))


def test_a_proof_outlives_whoever_gave_it() -> None:
    one = case_in("approved")
    for who in (one.titulaire, one.adjoint):
        with pytest.raises(ProtectedError):
            User.objects.get(pk=who.user_id or 0).delete()


def test_a_withdrawal_does_not_cut_the_history() -> None:
    """The next dossier takes up the answers of the withdrawn one, and its exports say what changed since."""
    one = case_in("withdrawn")
    again = one.again()
    assert again.dossier.previous_id == one.pk
    last = again.last("s2.3.mode")
    assert last is not None and (last.status, last.provenance, last.source) == ("proposed", "carried_over", str(one.pk))
    again.fill(s2__3__mode="demande")
    changes = content_of(again.dossier, TODAY)["changes"]
    assert changes["previous"] == one.dossier.number
    assert [line["key"] for line in changes["lines"]] == ["s2.3.mode"]


def test_a_refused_or_abandoned_dossier_is_no_history() -> None:
    one = case_in("refused")
    assert one.again().dossier.previous_id is None
    held = case_in("approved")
    abandoned = held.again()
    decide.abandon_dossier(dossier_id=abandoned.pk, actor=held.titulaire, reason="Recommencer")
    assert held.again().dossier.previous_id == held.pk
