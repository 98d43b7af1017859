"""A plan that a supplier and a pharmacy make together: every version kept, each side in turn."""

from __future__ import annotations

from datetime import date

import pytest

from orders.domain.plans import Dates, standing
from orders.models import Order, Plan, PlanRevision
from orders.selectors import plans_visible_to
from orders.services.plans import agree, ask, ask_supplier, draft_from_plan, open_plan, propose
from portal.accounts.domain.roles import Role
from portal.common.refusals import Refused
from portal.outbox.models import Notice, OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from tests.conftest import MACHINE
from tests.factories import people
from tests.factories.dossiers import Dossier, dossier
from tests.integration.refusals import refused_by_postgres, sql
from tests.integration.threads import at_once

FIRST = Dates(date(2022, 12, 1), date(2022, 12, 15), date(2022, 12, 16))
OTHER = Dates(date(2022, 12, 2), date(2023, 1, 16), date(2023, 1, 17))


def asked() -> tuple[Dossier, Plan]:
    """A titulaire has asked the supplier of a software."""
    one = dossier(referenced=False)
    plan = ask_supplier(
        programme=people.PROGRAMME, version_id=one.version.pk, actor=one.titulaire, words="Référencé quand ?"
    )
    return one, plan


def code_of(plan: Plan) -> str:
    """Where the plan stands."""
    return standing([revision.as_step() for revision in plan.revisions.all()]).code


@pytest.mark.django_db
def test_each_side_in_turn() -> None:
    one, plan = asked()
    assert code_of(plan) == "question"
    propose(plan_id=plan.pk, actor=one.supplier, dates=FIRST, words="Référencement en décembre")
    propose(plan_id=plan.pk, actor=one.titulaire, dates=OTHER, words="Pas avant Noël")
    with pytest.raises(Refused) as refused:
        agree(plan_id=plan.pk, actor=one.titulaire, seen=3)
    assert refused.value.codes == ("own_proposal",)
    with pytest.raises(Refused) as refused:
        agree(plan_id=plan.pk, actor=one.supplier, seen=2)
    assert refused.value.codes == ("stale",)
    agree(plan_id=plan.pk, actor=one.supplier, seen=3)
    assert code_of(plan) == "agreement"
    kept = [(r.number, r.side, r.order_on, r.author_id, r.organisation_id) for r in plan.revisions.all()]
    assert kept[2] == (3, "pharmacy", OTHER.order_on, one.titulaire.user_id, one.titulaire.organisation_id)
    assert len(kept) == 4
    deliver_pending()
    OutboxMessage.objects.update(delivered_at=None, available_at=MACHINE)
    deliver_pending()
    for actor, expected in ((one.supplier, 2), (one.titulaire, 2)):
        assert Notice.objects.filter(user=actor.user_id, subject__startswith="Plan commun").count() == expected


@pytest.mark.django_db
def test_a_supplier_starts_and_drafts_in_one_click() -> None:
    one = dossier(referenced=False)
    plan = open_plan(
        programme=people.PROGRAMME,
        pharmacy_id=one.place.pk,
        version_id=one.version.pk,
        actor=one.supplier,
        dates=FIRST,
        words="",
    )
    with pytest.raises(Refused) as refused:
        draft_from_plan(plan_id=plan.pk, actor=one.titulaire)
    assert refused.value.codes == ("not_allowed",)
    order = draft_from_plan(plan_id=plan.pk, actor=one.supplier)
    assert (order.state, order.pharmacy, order.software_version) == ("draft", one.place, one.version)
    assert draft_from_plan(plan_id=plan.pk, actor=one.supplier) == order
    assert Order.objects.count() == 1


@pytest.mark.django_db
def test_strangers() -> None:
    one, plan = asked()
    other = dossier()
    adjoint = people.attach(one.place, Role.ADJOINT)
    for actor in (other.supplier, other.titulaire, adjoint, people.administrator()):
        with pytest.raises(Refused) as refused:
            ask(plan_id=plan.pk, actor=actor, words="?")
        assert refused.value.codes == ("not_allowed",)
    for actor, seen in ((other.supplier, 0), (other.titulaire, 0), (adjoint, 1), (people.administrator(), 1)):
        assert plans_visible_to(actor).count() == seen
    with pytest.raises(Refused) as refused:
        ask_supplier(programme=people.PROGRAMME, version_id=one.version.pk, actor=adjoint, words="?")
    assert refused.value.codes == ("not_allowed",)
    with pytest.raises(Refused) as refused:
        open_plan(
            programme=people.PROGRAMME,
            pharmacy_id=one.place.pk,
            version_id=one.version.pk,
            actor=other.supplier,
            dates=FIRST,
            words="",
        )
    assert refused.value.codes == ("unknown_software",)
    distributor = people.member(people.distributor_for(one.company).organisation, Role.DISTRIBUTOR)
    assert plans_visible_to(distributor).count() == 0
    propose(plan_id=plan.pk, actor=distributor, dates=FIRST, words="")
    assert plans_visible_to(distributor).count() == 1


@pytest.mark.django_db
def test_what_postgresql_refuses() -> None:
    one, plan = asked()
    proposal = propose(plan_id=plan.pk, actor=one.supplier, dates=FIRST, words="")
    with refused_by_postgres("Cannot update or delete"):
        sql("UPDATE orders_planrevision SET words = 'x' WHERE id = %s", proposal.pk)
    with refused_by_postgres("Cannot update or delete"):
        sql("DELETE FROM orders_planrevision WHERE id = %s", proposal.pk)
    copied = (
        "INSERT INTO orders_planrevision (plan_id, number, kind, side, author_id, organisation_id, at, words, answers_id)"
        " SELECT plan_id, 9, 'agreement', %s, author_id, organisation_id, at, '', id FROM orders_planrevision WHERE id = %s"
    )
    with refused_by_postgres("answers a proposal of the other side"):
        sql(copied, "supplier", proposal.pk)
    with refused_by_postgres("plan_revision_kind"):
        sql(copied.replace("'agreement'", "'question'"), "pharmacy", proposal.pk)


@pytest.mark.usefixtures("committed_db")
def test_agreeing_twice_at_once_is_agreeing_once() -> None:
    one, plan = asked()
    propose(plan_id=plan.pk, actor=one.supplier, dates=FIRST, words="")

    def act() -> str:
        try:
            return agree(plan_id=plan.pk, actor=one.titulaire, seen=2).kind
        except Refused as refused:
            return refused.codes[0]

    assert sorted(at_once([act, act])) == ["agreement", "already_agreed"]
    assert PlanRevision.objects.count() == 3
