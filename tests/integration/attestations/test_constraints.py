"""What the rows of installations, VAs, boxes and reserves may not say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from attestations.models import Attestation, Reserve, Statement
from orders.models import Installation, InstallationReserve
from tests.conftest import TODAY
from tests.factories.dossiers import installation_in, paris, va_in
from tests.integration.refusals import refused_by_postgres, sql

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)

INSTALLATION_CHECKS: list[tuple[str, dict[str, Any], str]] = [
    ("to_plan", {"state": "planned"}, "installation_planned_pair"),
    ("in_progress", {"planned_for": None}, "installation_planned_pair"),
    ("planned", {"state": "installed"}, "installation_installed_pair"),
    ("planned", {"installed_at": TODAY}, "installation_installed_pair"),
    ("installed", {"installed_at": None}, "installation_installed_pair"),
    ("planned", {"state": "failed"}, "installation_failed_pair"),
    ("failed", {"failure_cause": ""}, "installation_failed_pair"),
    ("failed", {"failed_at": None}, "installation_failed_pair"),
]


@pytest.mark.parametrize(("state", "written", "constraint"), INSTALLATION_CHECKS)
def test_installation(state: str, written: dict[str, Any], constraint: str) -> None:
    one = installation_in(state)
    with refused_by_postgres(constraint):
        Installation.objects.filter(order=one.pk).update(**written)


VA_CHECKS: list[tuple[str, dict[str, Any], str]] = [
    ("to_sign", {"signed_at": TODAY}, "attestation_sign_pair"),
    ("to_sign", {"place": "Ici"}, "attestation_sign_pair"),
    ("to_sign", {"signed_at": TODAY, "signed_by": "me", "place": "Ici"}, "attestation_unsigned_state"),
    ("to_sign", {"state": "signed"}, "attestation_(signed_state|completed)"),
    ("to_sign", {"state": "signed_with_reserves"}, "attestation_signed_state"),
    ("signed_with_reserves", {"state": "signed"}, "attestation_completed"),
    ("signed_with_reserves", {"completed_at": TODAY}, "attestation_completed"),
    ("to_sign", {"state": "refused"}, "attestation_ended_pair"),
    ("to_sign", {"state": "refused", "ended_at": TODAY}, "attestation_ended_pair"),
    ("to_sign", {"end_reason": "x"}, "attestation_ended_pair"),
    ("to_sign", {"prepared_at": TODAY, "state": "signed", "signed_at": TODAY - SECOND, "completed_at": TODAY,
                 "signed_by": "me", "place": "Ici"}, "attestation_dates|frozen"),
    ("signed_with_reserves", {"state": "signed", "completed_at": F("signed_at") - SECOND}, "attestation_dates"),
]  # fmt: skip


@pytest.mark.parametrize(("state", "written", "constraint"), VA_CHECKS)
def test_va(state: str, written: dict[str, Any], constraint: str) -> None:
    one = va_in(state)
    values = {name: one.titulaire.user_id if value == "me" else value for name, value in written.items()}
    with refused_by_postgres(constraint):
        Attestation.objects.filter(order=one.pk).update(**values)


def test_one_va_is_alive() -> None:
    one = va_in("to_sign")
    other = Attestation(order=one.order, number="VA-2", prepared_at=TODAY, prepared_by=one.va.prepared_by)
    with refused_by_postgres("attestation_one_alive"):
        Attestation.objects.bulk_create([other])


@pytest.mark.parametrize("written", [{"signed_at": TODAY}, {"place": "Ailleurs"}, {"number": "VA-1"}])
def test_a_signature_is_final(written: dict[str, Any]) -> None:
    one = va_in("signed_with_reserves")
    with refused_by_postgres("frozen|final"):
        Attestation.objects.filter(order=one.pk).update(**written)


def test_the_words_of_a_box_never_change() -> None:
    va = va_in("to_sign").va
    for written in ({"text": "x"}, {"heading": "x"}, {"code": "x"}, {"position": 9}):
        with refused_by_postgres("words_frozen"):
            Statement.objects.filter(attestation=va, code="mss").update(**written)
    with refused_by_postgres("(?i)cannot (update or )?delete|violates"):
        sql("DELETE FROM attestations_statement")


def test_an_attested_box_stays_attested() -> None:
    boxes = Statement.objects.filter(attestation=va_in("signed_with_reserves").va)
    attested = boxes.filter(code="general")
    for written in ({"accepted": False, "reason": "x"}, {"accepted": None, "decided_at": None}, {"decided_at": TODAY}):
        with refused_by_postgres("accepted_is_final"):
            attested.update(**written)
    assert boxes.filter(accepted=True).count() == 4


def test_answers_of_a_box() -> None:
    boxes = Statement.objects.filter(attestation=va_in("to_sign").va, code="mss")
    with refused_by_postgres("statement_decided_pair"):
        boxes.update(accepted=True)
    with refused_by_postgres("statement_decided_pair"):
        boxes.update(decided_at=TODAY)
    with refused_by_postgres("statement_refusal_says_why"):
        boxes.update(accepted=False, decided_at=TODAY)
    with refused_by_postgres("statement_once"):
        box = boxes.get()
        Statement.objects.create(attestation=box.attestation, position=6, code="mss", text="x")


def test_reserves_of_a_va() -> None:
    one = va_in("signed_with_reserves")
    reserves = Reserve.objects.filter(statement__attestation=one.va)
    with refused_by_postgres("va_reserve_lifted_pair"):
        reserves.update(lifted_at=TODAY)
    with refused_by_postgres("va_reserve_closed_after_lift"):
        reserves.update(closed_at=TODAY)
    with refused_by_postgres("va_reserve_one_open"):
        reserve = reserves.get()
        Reserve.objects.create(statement=reserve.statement, reason="x", due_on=TODAY.date(), raised_at=TODAY)


def test_reserves_of_an_installation() -> None:
    one = installation_in("installed")
    one.raise_reserve()
    reserves = InstallationReserve.objects.filter(installation=one.installation)
    with refused_by_postgres("reserve_lifted_pair"):
        reserves.update(lifted_by=one.supplier.user_id)
    with refused_by_postgres("reserve_dates"):
        reserves.update(lifted_by=one.supplier.user_id, lifted_at=paris("2022-01-01"))
    with refused_by_postgres("reserve_one_open_per_point"):
        reserve = reserves.get()
        reserve.pk = None
        reserve.save(force_insert=True)
