"""Pieces: joined through the safe door, replaced with nothing lost, withdrawn with a reason, frozen with a submission."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from homologation.models import EvidenceRevision, InsiEvidence
from homologation.services import decide
from homologation.services.evidence import (
    join_to_breach,
    join_to_case,
    replace_evidence,
    withdraw_evidence,
)
from homologation.services.exchange import export_dossier, import_answers
from homologation.services.facts import Reading
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, User
from portal.audit.models import AuditEvent
from portal.common.canonical import sha256_of
from portal.common.refusals import Refused
from portal.documents import storage
from portal.documents.services.verify import verify_all
from portal.registry.services.erase import erase_person
from tests.conftest import TODAY
from tests.factories import breaches, people
from tests.factories.evidence_pieces import QUESTION, given, incoming, joined
from tests.factories.insi import Case, case, case_in
from tests.factories.supervision import alerted
from tests.integration.refusals import check_deferred, refused_by_postgres, sql
from tests.unit.homologation.forms import risk

pytestmark = pytest.mark.django_db
NIR = "1 85 05 78 006 084 36"


def codes(caught: pytest.ExceptionInfo[Refused]) -> set[str]:
    return set(caught.value.codes)


def test_a_piece_is_kept_under_its_hash_with_who_and_when() -> None:
    one = case()
    piece = joined(one, given(valid_until=date(2023, 1, 1)))
    kept = piece.revisions.get()
    assert (piece.ref, piece.kind, piece.question, piece.pharmacy_id) == ("PJ1", "question", QUESTION, one.place.pk)
    assert (kept.number, kept.title, kept.label, kept.suffix) == (1, "Procédure de revue", "procedure.pdf", ".pdf")
    assert (kept.at, kept.by_id, kept.valid_until) == (TODAY, one.adjoint.user_id, date(2023, 1, 1))
    assert storage.read(kept.sha256) == incoming().content and kept.size == len(incoming().content)
    event = AuditEvent.objects.get(object_id=str(piece.pk))
    assert event.verb == "create" and "Procédure" not in str(event.data)
    assert joined(one, given(text="autre")).ref == "PJ2" and joined(case()).ref == "PJ1"


def test_replacing_keeps_every_version_and_withdrawing_keeps_all() -> None:
    one = case()
    piece = joined(one)
    replace_evidence(evidence_id=piece.pk, actor=one.titulaire, given=given("Procédure 2", "deux"))
    first, second = piece.revisions.order_by("number")
    assert (second.number, second.title) == (2, "Procédure 2")
    assert storage.read(first.sha256) != storage.read(second.sha256)
    assert [file.pk for file in Reading(one.dossier, TODAY).evidence] == [second.pk]
    withdraw_evidence(evidence_id=piece.pk, actor=one.adjoint, reason="  Procédure abandonnée ")
    piece = InsiEvidence.objects.get(pk=piece.pk)
    assert (piece.state, piece.withdraw_reason) == ("withdrawn", "Procédure abandonnée")
    assert (piece.withdrawn_at, piece.withdrawn_by_id) == (TODAY, one.adjoint.user_id)
    assert Reading(one.dossier, TODAY).evidence == [] and piece.revisions.count() == 2
    acts: list[Callable[[], Any]] = [
        lambda: replace_evidence(evidence_id=piece.pk, actor=one.titulaire, given=given(text="trois")),
        lambda: withdraw_evidence(evidence_id=piece.pk, actor=one.titulaire, reason="Encore"),
    ]
    for act in acts:
        with pytest.raises(Refused) as caught:
            act()
        assert codes(caught) == {"wrong_state"}


def test_the_same_file_is_joined_once_to_the_same_thing() -> None:
    one = case()
    piece = joined(one)
    with pytest.raises(Refused, match="PJ1") as caught:
        joined(one, given("Autre titre"))
    assert codes(caught) == {"file_known"}
    joined(one, key="s2.3.mode")
    with pytest.raises(Refused) as caught:
        replace_evidence(evidence_id=piece.pk, actor=one.titulaire, given=given())
    assert codes(caught) == {"unchanged"}
    replace_evidence(evidence_id=piece.pk, actor=one.titulaire, given=given(valid_until=date(2024, 1, 1)))
    replace_evidence(evidence_id=piece.pk, actor=one.titulaire, given=given(text="deux"))
    assert joined(one).ref == "PJ3"  # the former version of PJ1 is no double


def test_what_is_refused_leaves_nothing() -> None:
    one = case()
    for said, field in ((given(NIR), "title"), (given(" "), "title")):
        with pytest.raises(Refused) as caught:
            joined(one, said)
        assert [refusal.field for refusal in caught.value.refusals] == [field]
    for key, row in (("inconnue", ""), (QUESTION, "r1"), ("s3.risques", "r1")):
        with pytest.raises(Refused) as caught:
            joined(one, given(text="jamais gardé"), key=key, row=row)
        assert codes(caught) <= {"unknown_question", "unknown_risk"}
    piece = joined(one)
    with pytest.raises(Refused) as caught:
        withdraw_evidence(evidence_id=piece.pk, actor=one.titulaire, reason=f"De {NIR}")
    assert codes(caught) == {"patient_number"}
    assert InsiEvidence.objects.count() == 1 and incoming("jamais gardé").sha256 not in set(storage.stored_hashes())


def test_a_risk_of_the_dossier_may_be_backed() -> None:
    one = case().fill(s3__risques=[risk("x"), risk("y"), risk("z")])
    piece = joined(one, key="s3.risques", row="y")
    assert (piece.kind, piece.row) == ("risk", "y")


def test_a_breach_and_an_alert_take_pieces_that_are_not_the_dossiers() -> None:
    one = case()
    breach = breaches.again(one.place, one.titulaire, one.adjoint)
    alert = alerted(one.place, people.supplier())
    for piece, kind in (
        (join_to_breach(breach_id=breach.pk, actor=one.adjoint, given=given()), "breach"),
        (join_to_case(case_id=alert.pk, actor=one.adjoint, given=given()), "case"),
    ):
        assert piece.kind == kind and piece.revisions.count() == 1
    assert Reading(one.dossier, TODAY).evidence == []
    one.fill().submit()
    join_to_breach(breach_id=breach.pk, actor=one.adjoint, given=given(text="pendant"))
    kinds = InsiEvidence.objects.order_by("kind", "number").values_list("kind", flat=True)
    assert list(kinds) == ["breach", "breach", "case"]


def test_pieces_do_not_change_between_submission_and_decision() -> None:
    one = case()
    piece = joined(one)
    one.fill().submit()
    assert [said["ref"] for said in (one.dossier.snapshot or {})["evidence"]] == ["PJ1"]
    acts: list[Callable[[], Any]] = [
        lambda: joined(one, given(text="autre")),
        lambda: replace_evidence(evidence_id=piece.pk, actor=one.titulaire, given=given(text="autre")),
        lambda: withdraw_evidence(evidence_id=piece.pk, actor=one.titulaire, reason="Motif"),
    ]
    for act in acts:
        with pytest.raises(Refused, match="attend sa décision") as caught:
            act()
        assert codes(caught) == {"being_decided"}
    decide.send_back(dossier_id=one.pk, actor=one.titulaire, reason="Une pièce manque")
    joined(one, given(text="autre"))
    one.submit().approve()
    assert [said["ref"] for said in (one.dossier.snapshot or {})["evidence"]] == ["PJ1", "PJ2"]
    withdraw_evidence(evidence_id=piece.pk, actor=one.titulaire, reason="Motif")
    assert sha256_of(one.dossier.snapshot) == one.dossier.snapshot_sha256  # what was decided stays


def test_a_decision_without_a_piece_has_the_hash_that_it_had_before_pieces_existed() -> None:
    one = case_in("approved")
    snapshot = one.dossier.snapshot or {}
    assert snapshot["schema"] == 1 and "evidence" not in snapshot
    joined(one.again())
    kept = one.dossier
    assert kept.snapshot == snapshot and sha256_of(snapshot) == kept.snapshot_sha256
    assert export_dossier(kept) == {"snapshot": snapshot, "sha256": kept.snapshot_sha256}


def test_an_export_with_pieces_taken_back_gives_the_same_hash() -> None:
    one = case().fill()
    joined(one, given(valid_until=date(2023, 6, 1)))
    export = export_dossier(one.dossier)
    assert export["snapshot"]["evidence"][0]["valid_until"] == "2023-06-01"
    decide.abandon_dossier(dossier_id=one.pk, actor=one.titulaire, reason="Recommencer")
    other = one.again()
    import_answers(dossier_id=other.pk, actor=one.titulaire, content=export)
    assert export_dossier(other.dossier) == export


def test_erasing_who_joined_a_piece_leaves_it_whole() -> None:
    one = case()
    piece = joined(one)
    replace_evidence(evidence_id=piece.pk, actor=one.adjoint, given=given(text="deux"))
    withdraw_evidence(evidence_id=piece.pk, actor=one.adjoint, reason="Motif")
    Membership.objects.filter(user=one.adjoint.user_id).update(until=TODAY)
    erase_person(one.adjoint.user_id or 0)
    piece = InsiEvidence.objects.get(pk=piece.pk)
    assert User.objects.get(pk=one.adjoint.user_id or 0).email == ""
    assert (piece.deposited_by_id, piece.withdrawn_by_id) == (one.adjoint.user_id, one.adjoint.user_id)
    assert all(storage.read(file.sha256) for file in piece.revisions.all()) and piece.revisions.count() == 2
    with refused_by_postgres("foreign key"):
        sql("DELETE FROM accounts_user WHERE id = %s", one.adjoint.user_id or 0)


def test_postgresql_refuses_what_must_not_be() -> None:
    one, stranger = case(), breaches.case()
    piece = joined(one)
    with refused_by_postgres("Cannot"):
        sql("DELETE FROM homologation_insievidence WHERE id = %s", piece.pk)
    check_deferred()
    for table in ("evidencerevision", "insievidence, homologation_evidencerevision"):
        with refused_by_postgres("never removed"):
            sql(f"TRUNCATE homologation_{table}")
    for change in ({"title": "autre"}, {"sha256": "0" * 64}):
        with refused_by_postgres("Cannot"):
            EvidenceRevision.objects.filter(evidence=piece).update(**change)
    with refused_by_postgres("identity_frozen"):
        InsiEvidence.objects.filter(pk=piece.pk).update(question="s2.3.mode")
    with refused_by_postgres("insi_evidence_withdrawn"):
        InsiEvidence.objects.filter(pk=piece.pk).update(withdraw_reason="Motif")
    with refused_by_postgres("audit event"):
        InsiEvidence.objects.filter(pk=piece.pk).update(
            state="withdrawn", withdrawn_at=TODAY, withdrawn_by=one.adjoint.user_id, withdraw_reason="Motif"
        )
    for about, words in (
        ({"kind": "autre", "question": QUESTION}, "insi_evidence_about"),
        ({"kind": "question"}, "insi_evidence_about"),
        ({"kind": "question", "question": QUESTION, "row": "x"}, "insi_evidence_about"),
        ({"kind": "risk", "question": QUESTION, "row": "x"}, "insi_evidence_about"),
        ({"kind": "breach"}, "insi_evidence_about"),
        ({"kind": "case", "breach_id": stranger.pk}, "of_its_pharmacy"),
        ({"kind": "breach", "breach_id": stranger.pk}, "of_its_pharmacy"),
    ):
        with refused_by_postgres(words):
            _row(one, **about)
    withdraw_evidence(evidence_id=piece.pk, actor=one.adjoint, reason="Motif")
    with refused_by_postgres("withdrawn_final"):
        InsiEvidence.objects.filter(pk=piece.pk).update(withdraw_reason="Autre")
    last = piece.revisions.get()
    with refused_by_postgres("still_held"), transaction.atomic():
        last.pk, last.number = None, 2
        last.save(force_insert=True)


def _row(one: Case, **about: Any) -> None:
    InsiEvidence.objects.create(
        id=uuid4(), pharmacy=one.place, number=9, deposited_at=TODAY, deposited_by_id=one.adjoint.user_id or 0, **about
    )


def test_the_check_of_the_folder_knows_and_reads_every_version() -> None:
    one = case()
    piece = joined(one)
    replace_evidence(evidence_id=piece.pk, actor=one.adjoint, given=given(text="deux"))
    first, second = piece.revisions.order_by("number")
    report = verify_all()
    assert not report.faults and not {first.sha256, second.sha256} & set(report.unknown_files)
    kept = storage.path_of(first.sha256).read_bytes()
    storage.path_of(first.sha256).write_bytes(b"autre chose")
    [fault] = verify_all().faults
    assert (fault.document_id, fault.number, fault.kind) == (str(piece.pk), "PJ1 version 1", "evidence")
    assert fault.problem == "fichier modifié"
    storage.path_of(first.sha256).write_bytes(kept)


def test_strangers_join_nothing() -> None:
    one = case()
    breach = breaches.again(one.place, one.titulaire, one.adjoint)
    stranger = people.attach(people.pharmacy(), Role.TITULAIRE)
    acts: list[Callable[[], Any]] = [
        lambda: joined(one, by=stranger),
        lambda: join_to_breach(breach_id=breach.pk, actor=stranger, given=given()),
    ]
    for act in acts:
        with pytest.raises(Refused) as caught:
            act()
        assert codes(caught) == {"not_allowed"}
