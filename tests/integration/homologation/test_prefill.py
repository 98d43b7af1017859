"""A supplier proposes for its own versions; what a pharmacy settled is never overwritten."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from homologation.domain.answers import Status
from homologation.messages import on_pack_published
from homologation.models import InsiDossier, PrefillPack
from homologation.services.answer import confirm_answers
from homologation.services.facts import Reading
from homologation.services.help import ask_help
from homologation.services.open import learn_all, open_dossier
from homologation.services.prefill import answer_proposal, proposals, publish_pack
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.common.refusals import Refused
from portal.outbox.models import OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.dossiers import dossier as order_dossier
from tests.factories.insi import Case, case, questionnaire
from tests.integration.refusals import refused_by_postgres

pytestmark = pytest.mark.django_db

MODE, MONTHS = "s2.3.mode", "s2.3.conservation_mois"


class Scene:
    """A pharmacy that signed for a version, and the version's supplier."""

    def __init__(self) -> None:
        self.order = order_dossier()
        self.order.draft(TODAY)
        self.order.issue(TODAY)
        self.order.sign(TODAY)
        self.supplier: Actor = self.order.supplier
        adjoint = people.attach(self.order.place, Role.ADJOINT)
        opened = open_dossier(programme=people.PROGRAMME, actor=self.order.titulaire)
        self.case = Case(opened.pk, self.order.place, self.order.titulaire, adjoint)

    def publish(self, actor: Actor | None = None, **values: Any) -> PrefillPack:
        given = {name.replace("__", "."): value for name, value in values.items()}
        who = actor or self.supplier
        pack = publish_pack(version_id=self.order.version.pk, questionnaire=questionnaire(), actor=who, values=given)
        on_pack_published(OutboxMessage.objects.get(topic="insi_pack.published", payload__id=pack.pk).payload)
        return pack

    def status(self, key: str) -> tuple[Any, str]:
        row = self.case.last(key)
        assert row is not None
        return row.value, row.status


def test_a_pack_reaches_open_dossiers_as_proposals() -> None:
    scene = Scene()
    assert scene.case.dossier.software_version_id == scene.order.version.pk
    pack = scene.publish(s2__3__mode="mensuel", s2__3__conservation_mois=12)
    assert scene.status(MODE) == ("mensuel", "proposed")
    row = scene.case.last(MODE)
    assert row is not None and (row.provenance, row.source, row.said_by_id) == ("editor_pack", pack.source, None)
    on_pack_published({"id": pack.pk})
    assert scene.case.last(MODE) == row


def test_a_dossier_opened_later_takes_the_latest_pack() -> None:
    scene = Scene()
    scene.publish(s2__3__mode="demande")
    scene.publish(s2__3__mode="mensuel")
    other = replace(order_dossier(), company=scene.order.company, version=scene.order.version, supplier=scene.supplier)
    other.draft(TODAY)
    other.issue(TODAY)
    other.sign(TODAY)
    opened = open_dossier(programme=people.PROGRAMME, actor=other.titulaire)
    answers = Reading(opened, TODAY).answers
    assert (answers[MODE].value, answers[MODE].status) == ("mensuel", Status.PROPOSED)


def test_what_is_settled_stays_and_the_proposal_waits_beside_it() -> None:
    scene = Scene()
    scene.case.say(MODE, "demande")
    scene.publish(s2__3__mode="mensuel", s2__3__conservation_mois=12)
    assert scene.status(MODE) == ("demande", "modified")
    dossier = scene.case.dossier
    waiting = proposals(dossier, Reading(dossier, TODAY).rows)
    assert list(waiting) == [MODE] and waiting[MODE].value == "mensuel"
    answer_proposal(dossier_id=dossier.pk, actor=scene.case.titulaire, key=MODE, take=False)
    assert proposals(dossier, Reading(dossier, TODAY).rows) == {} and scene.status(MODE) == ("demande", "modified")
    scene.publish(s2__3__mode="mensuel")
    answer_proposal(dossier_id=dossier.pk, actor=scene.case.adjoint, key=MODE, take=True)
    assert scene.status(MODE) == ("mensuel", "confirmed")
    with pytest.raises(Refused):
        answer_proposal(dossier_id=dossier.pk, actor=scene.case.adjoint, key=MODE, take=True)


def test_a_later_pack_takes_the_place_of_a_proposal_and_of_an_unknown() -> None:
    scene = Scene()
    scene.case.say(MONTHS, status=Status.UNKNOWN)
    scene.publish(s2__3__mode="demande")
    scene.publish(s2__3__mode="mensuel", s2__3__conservation_mois=12)
    assert scene.status(MODE) == ("mensuel", "proposed") and scene.status(MONTHS) == (12, "proposed")
    confirm_answers(dossier_id=scene.case.pk, actor=scene.case.titulaire, keys=[MODE])
    scene.publish(s2__3__mode="demande")
    assert scene.status(MODE) == ("mensuel", "confirmed")


def test_a_renewal_keeps_what_the_pharmacy_said_before_the_pack() -> None:
    scene = Scene()
    scene.case.fill(**{MODE: "demande", MONTHS: 9}).submit().approve()
    scene.publish(s2__3__mode="mensuel", s2__3__conservation_mois=9)
    scene.case = scene.case.again()
    assert scene.status(MODE) == ("demande", "proposed") and scene.status(MONTHS) == (9, "proposed")
    row = scene.case.last(MODE)
    assert row is not None and row.provenance == "carried_over"
    dossier = scene.case.dossier
    assert dossier.software_version_id == scene.order.version.pk
    waiting = proposals(dossier, Reading(dossier, TODAY).rows)
    assert {key: one.value for key, one in waiting.items()} == {MODE: "mensuel"}
    scene.publish(s2__3__mode="mensuel")
    assert scene.status(MODE) == ("demande", "proposed")
    answer_proposal(dossier_id=dossier.pk, actor=scene.case.titulaire, key=MODE, take=True)
    assert scene.status(MODE) == ("mensuel", "confirmed")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "empty_pack"),
        ({"s2__2__mesures": "Revue"}, "not_prefillable"),
        ({"s9__x": 1}, "not_prefillable"),
        ({"s2__3__mode": "parfois"}, "bad_value"),
        ({"s2__3__precisions": "NIR 185057800608436"}, "patient_number"),
    ],
)
def test_a_pack_that_may_not_be_published(values: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        Scene().publish(**values)
    assert refused.value.codes == (code,)


def test_only_the_supplier_of_the_version_publishes() -> None:
    scene = Scene()
    others = (
        scene.case.titulaire,
        people.administrator(),
        people.member(people.supplier().organisation, Role.SUPPLIER),
        people.member(people.distributor_for(scene.order.company).organisation, Role.DISTRIBUTOR),
    )
    for actor in others:
        with pytest.raises(Refused) as refused:
            scene.publish(actor, s2__3__mode="mensuel")
        assert refused.value.codes == ("not_allowed",)
    assert not PrefillPack.objects.exists()


def test_a_decided_dossier_takes_no_proposal() -> None:
    scene = Scene()
    scene.case.fill().submit()
    scene.publish(s2__3__mode="demande")
    assert InsiDossier.objects.get(pk=scene.case.pk).state == "to_decide"
    assert scene.status(MODE) == ("mensuel", "modified")


def test_a_dossier_opened_before_the_order_learns_its_software_once_it_is_signed() -> None:
    signed, other = Scene(), order_dossier()
    signed.publish(s2__3__mode="mensuel")
    late = replace(other, company=signed.order.company, version=signed.order.version, supplier=signed.supplier)
    opened = open_dossier(programme=people.PROGRAMME, actor=late.titulaire)
    assert opened.software_version_id is None and MODE not in Reading(opened, TODAY).answers
    with pytest.raises(Refused) as refused:
        ask_help(dossier_id=opened.pk, actor=late.titulaire, section=1, key="", text="Comment ?")
    assert refused.value.codes == ("no_supplier",)
    late.draft(TODAY)
    late.issue(TODAY)
    late.sign(TODAY)
    deliver_pending()
    opened = InsiDossier.objects.get(pk=opened.pk)
    assert opened.software_version_id == signed.order.version.pk
    answers = Reading(opened, TODAY).answers
    assert (answers[MODE].value, answers[MODE].status) == ("mensuel", Status.PROPOSED)
    assert ask_help(dossier_id=opened.pk, actor=late.titulaire, section=1, key="", text="Comment ?").pk
    assert learn_all() == 0  # said once


def test_the_software_of_a_dossier_is_set_once_and_while_it_is_a_draft() -> None:
    scene = Scene()
    submitted = case().fill().submit()
    with refused_by_postgres("software_once"):
        InsiDossier.objects.filter(pk=scene.case.pk).update(software_version=None)
    with refused_by_postgres("software_once"):
        InsiDossier.objects.filter(pk=submitted.pk).update(software_version=scene.order.version)
    assert learn_all() == 0
