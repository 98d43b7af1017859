"""A draft from its first line to its publication: who may, what is refused, what PostgreSQL itself refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.refusals import Refused
from portal.outbox.models import Job, Notice
from portal.outbox.services.deliver import deliver_pending
from portal.programmes.models import RuleSetVersion
from portal.programmes.selectors import ruleset_for, version_for
from portal.rulemaking.domain.lifecycle import DATE, PUBLICATION
from portal.rulemaking.models import Amendment
from portal.rulemaking.services.approve import approve_amendment
from portal.rulemaking.services.draft import (
    OutageReport,
    discard_amendment,
    edit_amendment,
    edit_outage,
    report_outage,
    send_back,
    start_amendment,
    submit_amendment,
)
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.dossiers import dossier, paris
from tests.integration.refusals import refused_by_postgres
from tests.integration.rulemaking import drafts

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def author() -> Actor:
    return people.administrator(Role.INSTRUCTOR)


@pytest.fixture
def approver() -> Actor:
    return people.administrator(Role.VALIDATOR)


def refused(act: Any, *codes: str) -> None:
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.codes == codes


def test_from_draft_to_the_rules_in_force(author: Actor, approver: Actor) -> None:
    draft = drafts.moved(author, "va", "2023-09-20")
    published = drafts.publish(draft, author, approver, TODAY + HOUR)
    version = published.published
    assert version is not None and (version.number, version.known_from) == (101, TODAY + HOUR)
    assert version_for(people.PROGRAMME, TODAY, TODAY).number == 1
    assert version_for(people.PROGRAMME, TODAY, TODAY + HOUR).pk == version.pk
    assert ruleset_for(people.PROGRAMME, TODAY, TODAY + HOUR).closes("va") == paris("2023-09-20", 14)
    job = Job.objects.get()
    assert job.params == {"programme": people.PROGRAMME, "version": 101}
    events = AuditEvent.objects.filter(object_id=str(draft.pk)).order_by("seq")
    assert [event.verb for event in events] == ["create", "edit", "submit", "publish"]
    assert events.last().rule_set == f"{people.PROGRAMME} v101"  # type: ignore[union-attr]
    deliver_pending()
    assert {n.user_id for n in Notice.objects.filter(subject__startswith="Règles à approuver")} == {approver.user_id}


@pytest.mark.parametrize("case", ["author", "last editor", "submitter"])
def test_the_same_person_never_approves(case: str, author: Actor, approver: Actor) -> None:
    other = people.administrator(Role.VALIDATOR)
    first, last, asks = {
        "author": (approver, author, author),
        "last editor": (author, approver, author),
        "submitter": (author, author, approver),
    }[case]
    draft = drafts.start(first)
    drafts.edit(draft, last, lambda content: drafts.closing(content, "va", "2023-09-20"))
    submit_amendment(amendment_id=draft.pk, actor=asks)
    seen = drafts.seen(draft)
    refused(lambda: approve_amendment(amendment_id=draft.pk, actor=approver, seen=seen), "same_person")
    assert RuleSetVersion.objects.filter(number__gt=100).count() == Job.objects.count() == 0
    assert approve_amendment(amendment_id=draft.pk, actor=other, seen=seen).state == "published"


def test_an_instructor_does_not_approve(author: Actor) -> None:
    draft = drafts.moved(author, "va", "2023-09-20")
    submit_amendment(amendment_id=draft.pk, actor=author)
    second = people.administrator(Role.INSTRUCTOR)
    refused(lambda: approve_amendment(amendment_id=draft.pk, actor=second, seen=drafts.seen(draft)), "not_allowed")


def test_four_eyes_in_postgres(author: Actor, approver: Actor) -> None:
    draft = drafts.moved(author, "va", "2023-09-20")
    drafts.publish(draft, author, approver)
    with refused_by_postgres("publication_final"):
        Amendment.objects.filter(pk=draft.pk).update(published_by=author.user_id)
    with refused_by_postgres("text_frozen"):
        Amendment.objects.filter(pk=draft.pk).update(content={})
    with refused_by_postgres("text_frozen"):
        Amendment.objects.filter(pk=draft.pk).update(edited_by=approver.user_id)
    with refused_by_postgres("amendment_four_eyes"):
        Amendment.objects.filter(pk=draft.pk).update(submitted_by=approver.user_id)
    with refused_by_postgres("(?i)cannot delete"):
        Amendment.objects.all().delete()


def test_effects_that_changed_are_shown_again(author: Actor, approver: Actor) -> None:
    with clock.frozen(business=paris("2023-03-01")):
        draft = drafts.moved(author, "signature", "2023-04-15")
        submit_amendment(amendment_id=draft.pk, actor=author)
        read = drafts.seen(draft)
    one = dossier()
    one.draft(at=paris("2023-03-02"))
    one.issue(at=paris("2023-03-02", 11))
    with clock.frozen(business=paris("2023-03-03")):
        refused(lambda: approve_amendment(amendment_id=draft.pk, actor=approver, seen=read), "effects_changed")
        assert approve_amendment(amendment_id=draft.pk, actor=approver, seen=drafts.seen(draft)).state == "published"


def test_a_publication_meanwhile_changes_what_is_approved(author: Actor, approver: Actor) -> None:
    slow, quick = drafts.moved(author, "va", "2023-09-20"), drafts.moved(author, "va", "2023-10-20")
    submit_amendment(amendment_id=slow.pk, actor=author)
    seen = drafts.seen(slow)
    drafts.publish(quick, author, approver)
    with clock.frozen(business=TODAY + HOUR):
        refused(lambda: approve_amendment(amendment_id=slow.pk, actor=approver, seen=seen), "retroactive_shortening")


def test_two_publications_at_the_same_instant(author: Actor, approver: Actor) -> None:
    first, second = drafts.moved(author, "va", "2023-09-20"), drafts.moved(author, "va", "2023-10-20")
    drafts.publish(first, author, approver)
    submit_amendment(amendment_id=second.pk, actor=author)
    seen = drafts.seen(second)
    refused(lambda: approve_amendment(amendment_id=second.pk, actor=approver, seen=seen), "published_meanwhile")
    with clock.frozen(business=TODAY + timedelta(seconds=1)):
        done = approve_amendment(amendment_id=second.pk, actor=approver, seen=drafts.seen(second))
    assert done.published is not None and done.published.number == 102


def test_sent_back_then_taken_up(author: Actor, approver: Actor) -> None:
    draft = drafts.moved(author, "va", "2023-09-20")
    submit_amendment(amendment_id=draft.pk, actor=author)
    refused(lambda: drafts.edit(draft, author, lambda content: content), "wrong_state")
    back = send_back(amendment_id=draft.pk, actor=approver, remark=" Précisez la source ")
    assert (back.state, back.remark, back.submitted_at) == ("draft", "Précisez la source", None)
    deliver_pending()
    assert Notice.objects.filter(user=author.user_id, body__contains="Précisez la source").count() == 1
    drafts.edit(draft, author, lambda content: {**content, "source": "Arrêté du 1er mars"})
    drafts.publish(draft, author, approver)
    assert discard_refused(draft, author)


def discard_refused(draft: Amendment, actor: Actor) -> bool:
    refused(lambda: discard_amendment(amendment_id=draft.pk, actor=actor), "wrong_state")
    return True


def test_two_editors(author: Actor, approver: Actor) -> None:
    draft = drafts.start(author)
    stale = draft.version
    drafts.edit(draft, author, lambda content: {**content, "title": "Un"})
    draft.version = stale

    def late() -> None:
        from_stale = {**draft.content, "title": "Deux"}
        edit_amendment(amendment_id=draft.pk, actor=approver, content=from_stale, expected_version=stale)

    refused(late, "stale")


def test_unreadable_rules_are_refused_with_their_reason(author: Actor) -> None:
    draft = drafts.start(author)
    refused(lambda: drafts.edit(draft, author, lambda c: {**c, "signature_link_days": 0}), "bad_rules")
    refused(lambda: drafts.edit(draft, author, lambda c: drafts.closing(c, "signature", "2022-02-01")), "bad_rules")
    draft.refresh_from_db()
    assert draft.version == 0


def test_strangers(author: Actor) -> None:
    draft = drafts.start(author)
    for stranger in (dossier().supplier, dossier().titulaire, Actor.system()):
        refused(lambda who=stranger: start_amendment(base_id=drafts.version(1).pk, actor=who), "not_allowed")
        if stranger.user_id:
            refused(lambda who=stranger: submit_amendment(amendment_id=draft.pk, actor=who), "not_allowed")
    refused(lambda: start_amendment(base_id=0, actor=author), "unknown_version")


@pytest.mark.parametrize(
    ("reach", "given", "applies_from"),
    [(PUBLICATION, None, TODAY), (DATE, paris("2022-10-01"), paris("2022-10-01"))],
)
def test_the_reach_of_what_is_published(
    reach: str, given: Any, applies_from: Any, author: Actor, approver: Actor
) -> None:
    draft = drafts.start(author)

    def change(content: dict[str, Any]) -> dict[str, Any]:
        later = drafts.closing(content, "va", "2023-09-20")
        return {**later, "applies_from": given.isoformat()} if given else later

    drafts.edit(draft, author, change, reach)
    version = drafts.publish(draft, author, approver).published
    assert version is not None and version.applies_from == applies_from


def test_a_prepared_version_is_published_as_another_row(author: Actor, approver: Actor) -> None:
    """Version 5 brings a reach and dates of its own; its row stays as it was loaded."""
    draft = drafts.start(author, 5)
    with clock.frozen(business=paris("2023-03-01")):
        refused(lambda: submit_amendment(amendment_id=draft.pk, actor=author), "retroactive_shortening")
    drafts.edit(
        draft, author, lambda c: {**c, "calendar": [r for r in c["calendar"] if r["nature"] != "deposit_proofs"]}
    )
    version = drafts.publish(draft, author, approver).published
    assert version is not None and version.number == 101 and drafts.version(5).published_at is None


REPORT = OutageReport(paris("2022-11-14", 9), paris("2022-11-14", 18), frozenset({"signature"}), "Panne de l’hébergeur")


def test_an_incident_of_ours(author: Actor, approver: Actor) -> None:
    one = dossier()
    one.draft(at=paris("2022-10-14"))
    order = one.issue(at=paris("2022-10-14", 11))
    assert order.expires_at == paris("2022-11-14", 0)
    hit = OutageReport(paris("2022-11-13", 22), paris("2022-11-14", 18), REPORT.natures, REPORT.description)
    draft = report_outage(programme=people.PROGRAMME, report=hit, actor=author)
    drafts.publish(draft, author, approver)
    rules = ruleset_for(people.PROGRAMME, TODAY, TODAY)
    (outage,) = rules.outages
    assert outage.extended_to == paris("2022-11-17", 0), "the end of the working day after the report"
    assert rules.extended("signature", paris("2022-11-14", 0)) == outage.extended_to
    later = drafts.moved(author, "va", "2023-09-20")
    with clock.frozen(business=TODAY + HOUR):
        drafts.publish(later, author, approver)
        assert ruleset_for(people.PROGRAMME, TODAY, TODAY + HOUR).outages == rules.outages


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ended_at": REPORT.began_at}, "bad_outage"),
        ({"ended_at": TODAY + timedelta(seconds=1)}, "bad_outage"),
        ({"extended_to": REPORT.ended_at - timedelta(seconds=1)}, "bad_extension"),
    ],
)
def test_a_wrong_report(changes: dict[str, Any], code: str, author: Actor) -> None:
    given = OutageReport(**{**REPORT.__dict__, **changes})
    refused(lambda: report_outage(programme=people.PROGRAMME, report=given, actor=author), code)


def test_an_incident_taken_up_again(author: Actor) -> None:
    draft = report_outage(programme=people.PROGRAMME, report=REPORT, actor=author)
    changed = OutageReport(REPORT.began_at, REPORT.ended_at, frozenset({"va"}), "Autre", paris("2022-11-20", 12))
    edited = edit_outage(amendment_id=draft.pk, actor=author, report=changed, expected_version=draft.version)
    assert edited.content["natures"] == ["va"] and edited.content["description"] == "Autre"
