"""Mandates by part: what an adjoint may fill in, everywhere it may be tried, and how a mandate begins and ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse

from homologation.domain.mandates import NewMandate
from homologation.models import AnswerRevision, SectionMandate
from homologation.services import decide
from homologation.services.answer import confirm_answers
from homologation.services.exchange import export_dossier, import_answers
from homologation.services.mandates import give_mandate, revoke_mandate
from homologation.services.prefill import answer_proposal
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership
from portal.accounts.selectors import person
from portal.audit.models import AuditEvent
from portal.audit.selectors import broken_events
from portal.common import clock
from portal.common.clock import PARIS
from portal.common.refusals import Refused
from portal.outbox.services.deliver import deliver_pending
from tests.factories import people
from tests.factories.insi import Case, case
from tests.integration.homologation.test_prefill import Scene
from tests.integration.refusals import check_deferred, refused_by_postgres
from tests.integration.web.world import as_

pytestmark = pytest.mark.django_db
TODAY, LAST = date(2022, 11, 15), date(2022, 11, 30)
MONTHS, MODE, REPORT = "s2.3.conservation_mois", "s2.3.mode", "s4.rapport"
PAGE = "homologation:mandates"


def membership_of(actor: Actor) -> Membership:
    return Membership.objects.get(user=actor.user_id, organisation=actor.organisation_id)


def give(one: Case, *sections: int, to: Actor | None = None, **days: date) -> list[SectionMandate]:
    """A mandate of the titulaire, by default to the adjoint, from today to the end of the month."""
    given = NewMandate(sections, **({"starts_on": TODAY, "last_day": LAST} | days))
    return give_mandate(actor=one.titulaire, membership_id=membership_of(to or one.adjoint).pk, given=given)


def refused(act: Any) -> Refused:
    with pytest.raises(Refused) as found:
        act()
    return found.value


def test_without_a_mandate_an_adjoint_fills_in_everything() -> None:
    one = case()
    assert one.say(MONTHS, 12, by=one.adjoint).written == (MONTHS,)
    assert one.say(REPORT, True, by=one.adjoint).written == (REPORT,)


def test_with_one_he_fills_in_its_part_alone() -> None:
    one = case()
    give(one, 2)
    assert one.say(MONTHS, 12, by=one.adjoint).written == (MONTHS,)
    before = AnswerRevision.objects.count()
    said = refused(lambda: one.say(REPORT, True, by=one.adjoint))
    assert said.codes == ("no_mandate",) and "partie 4" in said.refusals[0].message
    assert "partie 2 jusqu’au 30/11/2022 inclus" in said.refusals[0].message
    assert AnswerRevision.objects.count() == before
    assert one.say(REPORT, True).written == (REPORT,), "the titulaire is never limited"
    other = people.attach(one.place, Role.ADJOINT)
    assert one.say(REPORT, False, by=other).written == (REPORT,), "another adjoint is not"


def test_what_is_wrong_and_not_his_is_refused_as_not_his() -> None:
    """A value that would be refused anyhow, sent to a part that is not his: what was typed stays on the page."""
    one = case()
    give(one, 1)
    assert refused(lambda: one.say(MONTHS, -3, by=one.adjoint)).codes == ("no_mandate",)
    assert one.say(MONTHS, None, by=one.adjoint).written == (), "nothing changes: nothing is refused"


def test_it_ends_by_its_date_alone() -> None:
    one = case()
    give(one, 2, last_day=TODAY)
    with clock.frozen(business=datetime(2022, 11, 15, 23, 59, 59, tzinfo=PARIS)):
        assert one.say(MONTHS, 12, by=one.adjoint).written == (MONTHS,)
    with clock.frozen(business=datetime(2022, 11, 16, tzinfo=PARIS)):
        said = refused(lambda: one.say(MONTHS, 13, by=one.adjoint))
        assert "a pris fin le 15/11/2022 au soir" in said.refusals[0].message


def test_it_begins_by_its_date_alone() -> None:
    one = case()
    give(one, 2, starts_on=date(2022, 11, 20))
    assert "commence le 20/11/2022" in refused(lambda: one.say(MONTHS, 12, by=one.adjoint)).refusals[0].message
    with clock.frozen(business=datetime(2022, 11, 20, tzinfo=PARIS)):
        assert one.say(MONTHS, 12, by=one.adjoint).written == (MONTHS,)


def test_it_is_revoked_with_a_reason_once() -> None:
    one = case()
    [row] = give(one, 2)
    with clock.frozen(business=clock.business_now() + timedelta(minutes=5)):
        assert refused(lambda: revoke_mandate(actor=one.titulaire, mandate_id=row.pk, reason=" ")).codes == (
            "missing_field",
        )
        revoke_mandate(actor=one.titulaire, mandate_id=row.pk, reason="Elle part en congé")
        said = refused(lambda: one.say(MONTHS, 12, by=one.adjoint))
        assert "a été retiré le 15/11/2022 (Elle part en congé)" in said.refusals[0].message
        assert refused(lambda: revoke_mandate(actor=one.titulaire, mandate_id=row.pk, reason="Encore")).codes == (
            "already_revoked",
        )
        give(one, 2)
        assert one.say(MONTHS, 12, by=one.adjoint).written == (MONTHS,), "and given anew the same day"
    events = AuditEvent.objects.filter(object_type=SectionMandate._meta.db_table).order_by("id")
    assert [event.verb for event in events] == ["give", "revoke", "give"]
    assert not list(broken_events(SectionMandate._meta.db_table, str(row.pk)))


def test_one_that_is_over_is_not_revoked() -> None:
    one = case()
    [row] = give(one, 2, last_day=TODAY)
    with clock.frozen(business=datetime(2022, 11, 16, tzinfo=PARIS)):
        assert refused(lambda: revoke_mandate(actor=one.titulaire, mandate_id=row.pk, reason="Trop tard")).codes == (
            "mandate_over",
        )


def test_proposals_are_confirmed_taken_and_declined_in_his_parts_alone() -> None:
    scene = Scene()
    one = scene.case
    one.say(MODE, "demande")
    scene.publish(s2__3__mode="mensuel", s2__3__conservation_mois=12)
    give(one, 1)
    whole = [key for key in one.dossier.questionnaire.form.by_key if key.startswith("s2.")]
    for act in (
        lambda: confirm_answers(dossier_id=one.pk, actor=one.adjoint, keys=[MONTHS]),
        lambda: confirm_answers(dossier_id=one.pk, actor=one.adjoint, keys=whole),
        lambda: answer_proposal(dossier_id=one.pk, actor=one.adjoint, key=MODE, take=True),
        lambda: answer_proposal(dossier_id=one.pk, actor=one.adjoint, key=MODE, take=False),
    ):
        assert refused(act).codes == ("no_mandate",)
    give(one, 2)
    assert MONTHS in confirm_answers(dossier_id=one.pk, actor=one.adjoint, keys=whole)
    answer_proposal(dossier_id=one.pk, actor=one.adjoint, key=MODE, take=True)


def test_an_import_is_judged_on_what_it_changes() -> None:
    one = case()
    one.say(MONTHS, 12)
    one.say(REPORT, True)
    content = export_dossier(one.dossier)
    one.say(MONTHS, 24)
    give(one, 4)
    load: dict[str, Any] = {"dossier_id": one.pk, "actor": one.adjoint, "content": content}
    assert refused(lambda: import_answers(**load)).codes == ("no_mandate",)
    give(one, 2)
    assert import_answers(**load) == (MONTHS,)


def test_only_who_fills_in_every_part_submits() -> None:
    one = case().fill()
    give(one, 1, 2, 3, 4)
    said = refused(lambda: decide.submit_dossier(dossier_id=one.pk, actor=one.adjoint))
    assert said.codes == ("no_mandate",) and "La partie 5" in said.refusals[0].message
    give(one, 5)
    decide.submit_dossier(dossier_id=one.pk, actor=one.adjoint)


def test_no_two_mandates_overlap() -> None:
    one = case()
    [row] = give(one, 2)
    said = refused(lambda: give(one, 2, 3, starts_on=LAST, last_day=LAST))
    assert said.codes == ("overlap",) and "du 15/11/2022 au 30/11/2022" in said.refusals[0].message
    assert SectionMandate.objects.count() == 1, "all or nothing"
    give(one, 2, starts_on=date(2022, 12, 1), last_day=date(2022, 12, 31))
    fields = {"given_at": row.given_at, "given_by_id": row.given_by_id, "membership_id": row.membership_id}
    with refused_by_postgres("section_mandate_no_overlap"):
        SectionMandate.objects.create(section=2, starts_on=LAST, ends_on=LAST + timedelta(days=1), **fields)
    SectionMandate.objects.create(section=3, starts_on=LAST, ends_on=LAST + timedelta(days=1), **fields)


def test_what_postgresql_refuses() -> None:
    one = case()
    [row] = give(one, 2)
    rows = SectionMandate.objects.filter(pk=row.pk)
    with refused_by_postgres("mandate_frozen"):
        rows.update(ends_on=date(2023, 12, 31))
    with refused_by_postgres("section_mandate_revoked"):
        rows.update(revoked_at=clock.business_now())
    revoke_mandate(actor=one.titulaire, mandate_id=row.pk, reason="Fin")
    with refused_by_postgres("revoked_is_final"):
        rows.update(revoked_at=None, revoked_by=None, revoke_reason="")
    with refused_by_postgres("(?i)cannot delete"):
        rows._raw_delete("default")
    with refused_by_postgres("section_mandate_days"):
        SectionMandate.objects.create(
            membership=row.membership, section=1, starts_on=TODAY, ends_on=TODAY, given_at=row.given_at,
            given_by=row.given_by,
        )  # fmt: skip
    check_deferred()
    with refused_by_postgres("proofs are never removed"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE homologation_sectionmandate")


def test_who_gives_to_whom() -> None:
    one, elsewhere = case(), case()
    target = membership_of(one.adjoint).pk
    given = NewMandate((2,), TODAY, LAST)
    gone = replace(one.titulaire, user_id=people.person().pk)
    for actor in (one.adjoint, gone, people.administrator()):
        assert refused(lambda who=actor: give_mandate(actor=who, membership_id=target, given=given)).codes == (
            "not_allowed",
        )
    for to in (elsewhere.adjoint, one.titulaire, people.attach(one.place, Role.PREPARATEUR)):
        assert refused(lambda who=to: give(one, 2, to=who)).codes == ("unknown_person",)
    [row] = give(one, 2)
    for actor in (one.adjoint, elsewhere.titulaire):
        act = lambda who=actor: revoke_mandate(actor=who, mandate_id=row.pk, reason="Non")  # noqa: E731
        assert refused(act).codes == ("not_allowed",)


def test_the_person_is_told_once() -> None:
    one = case()
    rows = give(one, 2, 4)
    deliver_pending()
    revoke_mandate(actor=one.titulaire, mandate_id=rows[0].pk, reason="Un motif à lire dans le portail")
    deliver_pending()
    mine = [sent for sent in mail.outbox if person(one.adjoint).email in sent.to]
    assert [sent.subject.split(" : ")[-1] for sent in mine] == ["un mandat vous est donné", "un mandat vous est retiré"]
    assert "parties 2, 4, du 15/11/2022 au 30/11/2022 inclus" in str(mine[0].body)
    assert "Un motif à lire" not in str(mine[1].body)


def browser(actor: Actor) -> Any:
    return as_(person(actor).email)


def test_the_pages() -> None:
    one = case()
    titulaire, adjoint, url = browser(one.titulaire), browser(one.adjoint), reverse(PAGE)
    assert "vous remplissez toutes les parties" in adjoint.get(url).content.decode()
    form = {"person": membership_of(one.adjoint).pk, "sections": ["2"], "starts_on": "15/11/2022"}
    wrong = titulaire.post(url, form | {"last_day": "14/11/2022"})
    assert wrong.status_code == 200 and 'value="14/11/2022"' in wrong.content.decode(), "what was typed stays"
    assert titulaire.post(url, form | {"last_day": "30/11/2022"}).status_code == 302
    page = titulaire.get(url).content.decode()
    row = SectionMandate.objects.get()
    revoke = reverse("homologation:mandate_revoke", args=[row.pk])
    assert revoke in page and revoke not in adjoint.get(url).content.decode()
    assert adjoint.get(revoke).status_code == 404
    assert browser(case().titulaire).get(revoke).status_code == 404
    board = adjoint.get(reverse("homologation:dossier", args=[one.pk])).content.decode()
    assert "Remplir la partie 2" in board and "Lire la partie 3" in board and "partie 2 jusqu’au 30/11/2022" in board
    assert titulaire.post(revoke, {"reason": ""}).status_code == 200
    assert titulaire.post(revoke, {"reason": "Fin de la mission"}).status_code == 302
    assert "Fin de la mission" in adjoint.get(url).content.decode()


def test_the_section_is_read_only_where_he_has_no_mandate() -> None:
    one = case()
    give(one, 2)
    adjoint = browser(one.adjoint)
    mine, other = (reverse("homologation:section", args=[one.pk, number]) for number in (2, 4))
    assert f'name="{MONTHS}"' in adjoint.get(mine).content.decode()
    page = adjoint.get(other).content.decode()
    assert "Vous lisez cette partie" in page and f'name="{REPORT}"' not in page and "Enregistrer" not in page
    sent = adjoint.post(other, {REPORT: "oui", f"vu:{REPORT}": "0", "enregistrer": "1"})
    shown = sent.content.decode()
    assert sent.status_code == 409 and "aucun mandat" in shown and "Ce que vous aviez écrit" in shown
    assert one.last(REPORT) is None
    assert f'name="{REPORT}"' in browser(one.titulaire).get(other).content.decode()
