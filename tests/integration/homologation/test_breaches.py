"""The course of a breach, its two clocks across the changes of hour, and what PostgreSQL itself refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from homologation.domain.breach_lifecycle import BREACH
from homologation.models import Breach, BreachEntry, BreachNotification
from homologation.presentation_breach import awareness_words
from homologation.services import breach_answer as answer
from homologation.services import breach_declare as declare
from homologation.services.breach_answer import Sending
from homologation.services.breach_declare import Delay, Description, Signs
from homologation.services.breach_sheet import sheet
from portal.accounts.domain.roles import Role
from portal.accounts.models import User
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.canonical import sha256_of
from portal.common.clock import PARIS
from portal.common.refusals import Refused
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.breaches import LATE, PARTIAL, Case, again, case, case_in
from tests.factories.insi_papers import body, pdf_text, squeezed
from tests.integration.refusals import check_deferred, refused_by_postgres

pytestmark = pytest.mark.django_db

PATIENT = "1 85 05 78 006 084 36"
SECOND = timedelta(seconds=1)


def codes(block: Any) -> tuple[str, ...]:
    with pytest.raises(Refused) as refused:
        block()
    return refused.value.codes


def test_from_the_first_signs_to_the_closure() -> None:
    one = case().describe(PARTIAL).confirm()
    assert one.breach.deadline_at == TODAY + timedelta(hours=72)
    one.to_notify().notify()
    assert codes(one.complete) == ("still_unknown",)
    one.describe().complement().complete()
    assert codes(one.close) == ("persons_pending",)
    one.persons("required")
    assert codes(one.close) == ("persons_pending",)
    answer.inform_persons(breach_id=one.pk, actor=one.adjoint, informed_at=TODAY, how="Par courrier")
    assert codes(lambda: one.persons("not_required")) == ("already_informed",)
    assert codes(lambda: one.close(effects=" ")) == ("missing_text",)
    one.close()
    check_deferred()
    breach = one.breach
    assert (breach.state, breach.persons, breach.reference) == ("closed", "informed", "VIO-2022-0001")
    first, second = BreachNotification.objects.filter(breach=one.pk).order_by("number")
    assert first.content["contents"]["persons_number"] is None
    assert second.content["contents"]["persons_number"] == "Dit pour persons_number"
    assert first.sha256 == sha256_of(first.content)
    verbs = list(AuditEvent.objects.filter(object_id=str(one.pk)).order_by("seq").values_list("verb", flat=True))
    assert verbs == [
        *("create", "describe", "confirm", "decide_to_notify", "notify", "describe", "complement", "complete"),
        *("settle_persons", "inform_persons", "close"),
    ]


@pytest.mark.parametrize("state", BREACH.states)
def test_every_state_is_reached(state: str) -> None:
    assert case_in(state).breach.state == state
    check_deferred()


def test_a_breach_without_risk_is_kept_and_may_be_judged_anew() -> None:
    one = case_in("documented")
    assert one.breach.persons == "not_required"
    one.to_notify()
    assert (one.breach.state, one.breach.persons) == ("to_notify", "undecided")
    other = case_in("documented").close()
    assert other.breach.state == "closed" and other.breach.first_sent_at is None


def test_nothing_is_sent_before_each_point_is_said() -> None:
    one = case().confirm().to_notify()
    assert codes(one.notify) == ("contents_missing", "kind_missing")
    one.describe({**PARTIAL, "measures": ""})
    assert codes(one.notify) == ("contents_missing",)


@pytest.mark.parametrize(
    ("aware", "deadline"),
    [
        (datetime(2023, 3, 24, 18, tzinfo=PARIS), datetime(2023, 3, 27, 19, tzinfo=PARIS)),
        (datetime(2023, 10, 27, 18, tzinfo=PARIS), datetime(2023, 10, 30, 17, tzinfo=PARIS)),
        (datetime(2023, 6, 2, 23, 59, tzinfo=PARIS), datetime(2023, 6, 5, 23, 59, tzinfo=PARIS)),
        (datetime(2022, 12, 30, 12, tzinfo=PARIS), datetime(2023, 1, 2, 12, tzinfo=PARIS)),
    ],
)
def test_seventy_two_elapsed_hours_through_the_database(aware: datetime, deadline: datetime) -> None:
    with clock.frozen(business=aware):
        one = case().describe().confirm(aware).to_notify()
    assert one.breach.deadline_at == deadline.astimezone(UTC)
    with clock.frozen(business=deadline + SECOND):
        late = deadline + SECOND
        assert codes(lambda: one.notify(late)) == ("missing_reason",)
        assert codes(lambda: one.notify(late, Delay("", "Pourquoi"))) == ("missing_category",)
        with refused_by_postgres("breach_late_says_why"):
            Breach.objects.filter(pk=one.pk).update(first_sent_at=late)
        one.notify(late, LATE)
    assert one.breach.is_late and one.breach.delay_by_id == one.adjoint.user_id


def test_on_the_last_second_no_reason_is_asked() -> None:
    one = case().describe().confirm().to_notify()
    with clock.frozen(business=TODAY + timedelta(hours=73)):
        one.notify(TODAY + timedelta(hours=72))
    assert not one.breach.is_late


def test_a_corrected_awareness_keeps_both_and_hides_no_delay() -> None:
    one = case(detected_at=TODAY - timedelta(days=5)).describe().confirm().to_notify().notify()
    earlier = TODAY - timedelta(hours=72, seconds=1)

    def correct(aware_at: datetime, reason: str = "Relu", delay: Delay | None = None) -> None:
        declare.correct_awareness(breach_id=one.pk, actor=one.adjoint, aware_at=aware_at, reason=reason, delay=delay)

    assert codes(lambda: correct(earlier)) == ("missing_reason",)
    assert codes(lambda: correct(TODAY - SECOND, " ")) == ("missing_text",)
    assert codes(lambda: correct(TODAY - timedelta(days=6), delay=LATE)) == ("before_detection",)
    correct(earlier, delay=LATE)
    check_deferred()
    kept = BreachEntry.objects.filter(breach=one.pk, kind="awareness").order_by("pk")
    assert list(kept.values_list("aware_at", flat=True)) == [TODAY, earlier]
    assert one.breach.is_late
    with refused_by_postgres("awareness_kept"):
        Breach.objects.filter(pk=one.pk).update(
            aware_at=TODAY - SECOND, deadline_at=TODAY - SECOND + timedelta(hours=72)
        )


@pytest.mark.real_pdf
def test_a_deadline_missed_once_is_told_by_every_export() -> None:
    """Corrected to a later awareness, the former deadline, which had passed, still shows (compliance facts §2)."""
    former, later = TODAY - timedelta(days=4), TODAY - timedelta(days=1)
    one = case(detected_at=TODAY - timedelta(days=5)).describe().confirm(former).to_notify()
    assert awareness_words(sheet(one.breach, TODAY)["awareness"]) == []  # never corrected: the sheet says it already
    declare.correct_awareness(breach_id=one.pk, actor=one.adjoint, aware_at=later, reason="Relu, alerte vaine")
    one.notify()
    told = sheet(one.breach, TODAY)["awareness"]
    assert [(entry["passed"], entry["text"]) for entry in told] == [
        (True, "Les journaux le montrent"),
        (False, "Relu, alerte vaine"),
    ]
    assert BreachNotification.objects.get(breach=one.pk).content["awareness"] == told
    assert not one.breach.is_late
    client = Client()
    client.force_login(User.objects.get(pk=one.titulaire.user_id or 0))
    missed = "dépassée une première fois"
    fetched = {
        name: body(client.get(reverse(f"homologation:{name}", args=args)))
        for name, args in (
            ("breaches_csv", []),
            ("breaches_pdf", []),
            ("breach_json", [one.pk]),
            ("breach_pdf", [one.pk]),
        )
    }
    assert missed in fetched["breaches_csv"].decode()
    assert json.loads(fetched["breach_json"])["content"]["awareness"] == told
    for name in ("breaches_pdf", "breach_pdf"):
        assert squeezed(missed) in squeezed(pdf_text(fetched[name])), name


@pytest.mark.parametrize(("corrected_after", "passed"), [(timedelta(hours=70), False), (timedelta(hours=74), True)])
def test_a_deadline_is_missed_only_once_it_has_passed(corrected_after: timedelta, passed: bool) -> None:
    one = case(detected_at=TODAY - timedelta(days=1)).describe().confirm()
    with clock.frozen(business=TODAY + corrected_after):
        again_at = TODAY + timedelta(hours=60)
        declare.correct_awareness(breach_id=one.pk, actor=one.adjoint, aware_at=again_at, reason="Relu")
        told = sheet(one.breach, clock.business_now())["awareness"]
    assert [entry["passed"] for entry in told] == [passed, False]
    words = " ".join(awareness_words(told))
    assert ("dépassée une première fois" in words) is passed and "remplacée" in words


def test_numbers_have_no_gaps_and_drills_are_apart() -> None:
    one = case()
    others = [
        again(one.place, one.titulaire, one.adjoint, drill=drill).breach.reference for drill in (True, False, True)
    ]
    assert [one.breach.reference, *others] == ["VIO-2022-0001", "EXE-2022-0001", "VIO-2022-0002", "EXE-2022-0002"]
    assert case().breach.reference == "VIO-2022-0001"
    with clock.frozen(business=TODAY + timedelta(days=90)):
        assert again(one.place, one.titulaire, one.adjoint).breach.reference == "VIO-2023-0001"
    breach = one.breach
    breach.pk, breach.number = people.pharmacy().pk, 7
    with refused_by_postgres("breach_without_gaps"):
        breach.save(force_insert=True)
    with refused_by_postgres("(?i)never_deleted|cannot delete"):
        Breach.objects.filter(pk=one.pk).delete()


def texts(one: Case) -> list[Any]:
    """Every act that takes a text of somebody's, with a patient's number in it."""
    by: dict[str, Any] = {"breach_id": one.pk, "actor": one.titulaire}
    said = f"Le patient {PATIENT}"
    return [
        lambda: declare.declare_breach(actor=one.titulaire, signs=Signs(TODAY, "person", said)),
        lambda: one.describe({"nature": said}),
        lambda: one.describe(cause=said),
        lambda: one.describe(systems=said),
        lambda: declare.add_note(text=said, **by),
        lambda: declare.dismiss_breach(reason=said, **by),
        lambda: declare.confirm_breach(aware_at=TODAY, note=said, **by),
    ]


def texts_afterwards(one: Case) -> list[Any]:
    by: dict[str, Any] = {"breach_id": one.pk, "actor": one.titulaire}
    said, sending = f"Le patient {PATIENT}", Sending(TODAY, "mail", PATIENT)
    return [
        lambda: answer.document_no_risk(reason=said, **by),
        lambda: answer.notify_breach(sending=sending, delay=Delay(), **by),
        lambda: answer.notify_breach(sending=Sending(TODAY, "mail"), delay=Delay("other", said), **by),
        lambda: declare.correct_awareness(aware_at=TODAY - SECOND, reason=said, **by),
        lambda: one.persons("not_required", said),
    ]


def test_no_text_takes_a_patients_number() -> None:
    for block in texts(case()) + texts_afterwards(case_in("to_notify")):
        assert codes(block) == ("patient_number",)
    done = case_in("completed").persons("not_required")
    assert codes(lambda: done.close(facts=PATIENT)) == ("patient_number",)
    required = case_in("confirmed").persons("required")
    by: dict[str, Any] = {"breach_id": required.pk, "actor": required.titulaire}
    assert codes(lambda: answer.inform_persons(informed_at=TODAY, how=PATIENT, **by)) == ("patient_number",)


def test_who_may() -> None:
    one = case()
    stranger = people.attach(people.pharmacy(), Role.TITULAIRE)
    supplier = people.member(people.supplier().organisation, Role.SUPPLIER)
    for actor in (stranger, supplier):
        assert codes(lambda actor=actor: declare.add_note(breach_id=one.pk, actor=actor, text="x")) == ("not_allowed",)
    adjoint: dict[str, Any] = {"breach_id": one.pk, "actor": one.adjoint, "reason": "x"}
    assert codes(lambda: declare.dismiss_breach(**adjoint)) == ("not_allowed",)
    one.confirm()
    assert codes(lambda: answer.document_no_risk(**adjoint)) == ("not_allowed",)
    done = case_in("completed").persons("not_required")
    assert codes(lambda: done.close(done.adjoint)) == ("not_allowed",)


def test_two_people_describing_lose_nothing() -> None:
    one = case().describe()
    said = Description(contents=PARTIAL)
    stale = lambda: declare.describe_breach(breach_id=one.pk, actor=one.titulaire, said=said, seen=0)  # noqa: E731
    assert codes(stale) == ("stale",)
    declare.describe_breach(breach_id=one.pk, actor=one.titulaire, said=said, seen=one.breach.version)
    kept = BreachEntry.objects.filter(breach=one.pk, kind="description").order_by("pk")
    assert [row.said["contents"]["persons_number"] for row in kept if row.said] == ["Dit pour persons_number", None]


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("suspicion", {"signs": "autre"}, "identity_frozen"),
    ("suspicion", {"aware_at": TODAY, "deadline_at": TODAY + timedelta(hours=72)}, "breach_aware"),
    ("confirmed", {"deadline_at": TODAY + timedelta(hours=72, seconds=1)}, "breach_seventy_two_hours"),
    ("confirmed", {"first_sent_at": TODAY}, "breach_sent"),
    ("confirmed", {"persons": "exempt_a"}, "breach_persons"),
    ("confirmed", {"persons": "informed"}, "breach_persons"),
    ("suspicion", {"kinds": ["autre"]}, "breach_kinds_known"),
    ("documented", {"no_risk_reason": ""}, "breach_no_risk_says_why"),
    ("notified", {"first_sent_at": TODAY + SECOND}, "first_sent_frozen"),
    ("closed", {"facts": "autre"}, "ended_is_final"),
    ("not_a_breach", {"end_reason": ""}, "ended_is_final"),
    ("suspicion", {"occurred_from": TODAY, "occurred_to": TODAY - SECOND}, "breach_span"),
    ("suspicion", {"ended_at": TODAY}, "breach_ended"),
]


@pytest.mark.parametrize(("state", "change", "name"), WRONG)
def test_postgresql_refuses(state: str, change: dict[str, Any], name: str) -> None:
    one = case_in(state)
    with refused_by_postgres(name):
        Breach.objects.filter(pk=one.pk).update(**change)


def test_what_was_said_and_sent_is_for_good() -> None:
    one = case_in("notified")
    for model in (BreachEntry, BreachNotification):
        with refused_by_postgres("(?i)append_only|cannot update"):
            model.objects.filter(breach=one.pk).update(breach=one.pk)
    with refused_by_postgres("breach_entry_kind"):
        BreachEntry.objects.create(breach=one.breach, kind="note", at=TODAY, by_id=one.adjoint.user_id or 0)
