"""The VA's services: what each refuses, and that a refusal writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from attestations.domain.rules import Decision
from attestations.models import Attestation, Reserve, Statement
from attestations.services.prepare import retract_va
from attestations.services.sign import VaConsent, answer_lifted, lift_reserve, refuse_va, sign_va
from portal.accounts.domain.roles import Role
from portal.audit.models import AuditEvent
from portal.common.refusals import Refused
from portal.documents.models import Document, Signature
from portal.outbox.models import OutboxMessage
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.dossiers import CODES, Dossier, decisions, installation_in, order_in, paris, va_in

pytestmark = pytest.mark.django_db
HERE = "Saint-Malo"


def refused(act: Callable[[], Any]) -> list[tuple[str, str]]:
    """Codes and fields of a refusal, after proving that it wrote nothing."""
    counted = (AuditEvent, OutboxMessage, Signature, Reserve, Attestation)
    before = [model.objects.count() for model in counted]
    answered = Statement.objects.exclude(accepted=None).count()
    with pytest.raises(Refused) as error:
        act()
    assert [model.objects.count() for model in counted] == before
    assert Statement.objects.exclude(accepted=None).count() == answered
    return [(refusal.code, refusal.field) for refusal in error.value.refusals]


def sign(one: Dossier, answers: dict[str, Decision], consent: VaConsent) -> Any:
    return sign_va(attestation_id=one.va.pk, actor=one.titulaire, decisions=answers, consent=consent)


def test_preparing() -> None:
    early = order_in("signed_firm")
    assert refused(lambda: early.prepare(TODAY)) == [("not_installed", "")]
    one = va_in("to_sign")
    assert refused(lambda: one.prepare(TODAY)) == [("va_exists", "")]
    assert refused(lambda: one.prepare(TODAY, actor=one.titulaire)) == [("not_allowed", "")]
    late = installation_in("installed")
    assert refused(lambda: late.prepare(paris("2023-04-28", 14))) == [("va_closed", "")]


def test_signing_needs_a_place_a_consent_and_the_document_shown() -> None:
    one = va_in("to_sign")
    whole = decisions(CODES)
    assert refused(lambda: sign(one, whole, VaConsent(True, "", HERE))) == [("document_pending", "")]
    shown = one.shown("va")
    assert refused(lambda: sign(one, {}, VaConsent(True, shown, HERE))) == [("unanswered", code) for code in CODES]
    assert refused(lambda: sign(one, whole, VaConsent(True, shown, " "))) == [("missing_field", "place")]
    assert refused(lambda: sign(one, whole, VaConsent(False, shown, HERE))) == [("no_consent", "consent")]
    assert refused(lambda: sign(one, whole, VaConsent(True, "0" * 64, HERE))) == [("other_document", "")]
    silent = decisions(CODES) | {"mss": Decision(False, " ")}
    assert refused(lambda: sign(one, silent, VaConsent(True, shown, HERE))) == [("missing_reason", "mss_reason")]
    assert refused(lambda: sign(one, decisions(CODES, CODES), VaConsent(True, shown, HERE))) == [("all_refused", "")]
    assert sign(one, whole, VaConsent(True, shown, HERE)).state == "signed"


def test_only_a_titulaire_signs() -> None:
    one = va_in("to_sign")
    for actor in (one.supplier, people.attach(one.place, Role.ADJOINT)):
        assert refused(partial(one.answer, actor=actor)) == [("not_allowed", "")]


@pytest.mark.parametrize(("second", "fine"), [(59, True), (60, False)])
def test_signing_at_the_closing_instant(second: int, fine: bool) -> None:
    one = va_in("to_sign")
    one.shown("va")
    late = paris("2023-04-28", 13, 59).replace(second=59) if fine else paris("2023-04-28", 14)
    if fine:
        assert one.answer(late).state == "signed"
    else:
        assert refused(lambda: one.answer(late, refused=("mss",))) == [("late_with_reserves", "")]
        assert one.answer(late).state == "signed_late"
        assert (one.order.state, one.order.realised_at, one.installation.state) == ("signed_firm", None, "installed")


def test_refusing_the_whole_says_why() -> None:
    one = va_in("to_sign")
    one.shown("va")
    refuse = partial(refuse_va, attestation_id=one.va.pk, actor=one.titulaire)
    assert refused(partial(refuse, reason=" ")) == [("missing_field", "reason")]
    assert refuse(reason=" Rien ").end_reason == "Rien"
    assert one.installation.va_state == "refused"


def test_taking_a_va_back() -> None:
    one = va_in("to_sign")
    one.shown("va")
    taken = retract_va(attestation_id=one.va.pk, actor=one.supplier)
    assert (taken.state, one.installation.va_state) == ("voided", "voided")
    assert Document.objects.get(kind="va").void_reason == "VA reprise par le fournisseur"
    assert one.prepare(TODAY).number.endswith("-2")


def test_lifting_says_what_was_done() -> None:
    one = va_in("signed_with_reserves")
    key = Reserve.objects.get().pk

    def lift(reserve: int, note: str = "Fait") -> Any:
        return lift_reserve(attestation_id=one.va.pk, reserve_id=reserve, actor=one.supplier, note=note)

    assert refused(lambda: lift(key, " ")) == [("missing_field", "note")]
    assert refused(lambda: lift(0)) == [("no_reserve", "")]
    assert lift(key).note == "Fait"
    assert refused(lambda: lift(key)) == [("no_reserve", "")]


def test_answering_what_was_lifted() -> None:
    one = va_in("signed_with_reserves")

    def answer(answers: dict[str, Decision], shown: str) -> Any:
        return answer_lifted(
            attestation_id=one.va.pk, actor=one.titulaire, decisions=answers, consent=VaConsent(True, shown, HERE)
        )

    assert refused(lambda: answer({}, one.shown("va_signed"))) == [("nothing_lifted", "")]
    one.lift("mss", paris("2022-11-08"))
    shown = one.shown("va_signed")
    assert refused(lambda: answer({}, shown)) == [("unanswered", "mss")]
    assert refused(lambda: answer({"mss": Decision(False)}, shown)) == [("missing_reason", "mss_reason")]
    assert refused(lambda: answer(decisions(("mss",)), "x")) == [("other_document", "")]
    assert answer(decisions(("mss",)), shown).state == "signed"


def test_two_reserves_are_answered_one_by_one() -> None:
    one = installation_in("installed")
    one.prepare()
    one.answer(refused=("mss", "certificates"))
    one.lift("mss", paris("2022-11-08"))
    assert one.answer_lifted(("mss",), paris("2022-11-09")).state == "signed_with_reserves"
    assert one.order.state == "signed_firm"
    one.lift("certificates", paris("2022-11-10"))
    assert one.answer_lifted(("certificates",), paris("2022-11-11")).state == "signed"
    assert one.order.state == "realised"
    assert Signature.objects.filter(document__kind__startswith="va").count() == 3
