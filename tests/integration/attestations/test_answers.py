"""The VA's services: what each refuses, and that a refusal writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from attestations.domain.rules import Decision
from attestations.models import Attestation, Reserve, Statement
from attestations.services.fill import fill_va
from attestations.services.prepare import retract_va
from attestations.services.sign import VaConsent, answer_lifted, lift_reserve, refuse_va, sign_va
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.audit.models import AuditEvent
from portal.common import clock
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


def fill(one: Dossier, answers: dict[str, Decision], place: str = HERE, actor: Actor | None = None) -> Document:
    return fill_va(attestation_id=one.va.pk, actor=actor or one.titulaire, decisions=answers, place=place)


def sign(one: Dossier, consent: VaConsent, actor: Actor | None = None) -> Any:
    return sign_va(attestation_id=one.va.pk, actor=actor or one.titulaire, consent=consent)


def test_preparing() -> None:
    early = order_in("signed_firm")
    assert refused(lambda: early.prepare(TODAY)) == [("not_installed", "")]
    one = va_in("to_sign")
    assert refused(lambda: one.prepare(TODAY)) == [("va_exists", "")]
    assert refused(lambda: one.prepare(TODAY, actor=one.titulaire)) == [("not_allowed", "")]
    late = installation_in("installed")
    assert refused(lambda: late.prepare(paris("2023-04-28", 14))) == [("va_closed", "")]


def test_filling_needs_an_answer_to_each_box_and_a_place() -> None:
    one = va_in("to_sign")
    whole = decisions(CODES)
    assert refused(lambda: fill(one, whole)) == [("document_pending", "")]
    one.shown("va")
    assert refused(lambda: fill(one, {})) == [("unanswered", code) for code in CODES]
    assert refused(lambda: fill(one, whole, " ")) == [("missing_field", "place")]
    silent = decisions(CODES) | {"mss": Decision(False, " ")}
    assert refused(lambda: fill(one, silent)) == [("missing_reason", "mss_reason")]
    assert refused(lambda: fill(one, decisions(CODES, CODES))) == [("all_refused", "")]
    for stranger in (one.supplier, people.attach(one.place, Role.ADJOINT)):
        assert refused(partial(fill, one, whole, actor=stranger)) == [("not_allowed", "")]
    assert fill(one, whole).kind == "va_filled"
    assert not Statement.objects.exclude(accepted=None).exists() and one.va.state == "to_sign"


def test_signing_needs_a_consent_and_the_filled_document_shown() -> None:
    one = va_in("to_sign")
    one.shown("va")
    assert refused(lambda: sign(one, VaConsent(True, "0" * 64))) == [("not_filled", "")]
    agreed = one.filled(decisions(CODES))
    assert refused(lambda: sign(one, replace(agreed, given=False))) == [("no_consent", "consent")]
    for other in ("0" * 64, "", one.shown("va")):
        assert refused(partial(sign, one, VaConsent(True, other))) == [("other_document", "")]
    assert sign(one, agreed).state == "signed"


def test_what_was_filled_is_signed_by_who_filled_it_the_same_day() -> None:
    one = va_in("to_sign")
    with clock.frozen(business=paris("2022-11-07", 22)):
        agreed = one.filled(decisions(CODES))
    with clock.frozen(business=paris("2022-11-08", 1)):
        assert refused(lambda: sign(one, agreed)) == [("stale", "")]
    other = replace(people.attach(one.place, Role.TITULAIRE), name="Alix Essai")
    with clock.frozen(business=paris("2022-11-07", 23)):
        assert refused(lambda: sign(one, agreed, other)) == [("stale", "")]
        assert sign(one, agreed).state == "signed"


def test_a_reserve_lifted_after_the_answers_asks_for_them_anew() -> None:
    one = installation_in("installed")
    one.prepare()
    one.answer(refused=("mss", "certificates"))
    one.lift("mss", paris("2022-11-08"))
    with clock.frozen(business=paris("2022-11-09", 9)):
        agreed = one.filled(decisions(("mss",)))
        one.lift("certificates", paris("2022-11-09", 9, 30))
        act = partial(answer_lifted, attestation_id=one.va.pk, actor=one.titulaire, consent=agreed)
        assert refused(act) == [("stale", "")]


def test_what_is_signed_holds_the_answers_and_the_signed_copy_says_the_same() -> None:
    one = va_in("to_sign")
    one.answer(refused=("mss",))
    filled, signed = Document.objects.get(kind="va_filled"), Document.objects.get(kind="va_signed")
    signature = Signature.objects.get(document__kind__startswith="va")
    assert signature.document == filled and signature.document_sha256 == filled.sha256
    for said in ("statements", "place", "dated_on", "pharmacy"):
        assert filled.snapshot[said] == signed.snapshot[said], said
    assert {s["code"]: s["decision"] for s in filled.snapshot["statements"]}["mss"] == "refused"


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

    assert refused(lambda: fill(one, {})) == [("nothing_lifted", "")]
    one.lift("mss", paris("2022-11-08"))
    assert refused(lambda: fill(one, {})) == [("unanswered", "mss")]
    assert refused(lambda: fill(one, {"mss": Decision(False)})) == [("missing_reason", "mss_reason")]
    agreed = one.filled(decisions(("mss",)))
    answer = partial(answer_lifted, attestation_id=one.va.pk, actor=one.titulaire)
    assert refused(lambda: answer(consent=VaConsent(True, "x"))) == [("other_document", "")]
    assert answer(consent=agreed).state == "signed"


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
