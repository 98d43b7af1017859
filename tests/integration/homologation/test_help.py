"""Help with the questionnaire: asked of the right supplier, dated, answered, told to the other side, kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest

from homologation.domain.help_lifecycle import HELP
from homologation.help_messages import TO_PHARMACY, TO_SUPPLIER
from homologation.models import HelpMessage, HelpRequest
from homologation.services import help as helping
from homologation.services.help import HELPS
from portal.accounts.domain.roles import PHARMACY_SIDE, Role
from portal.common.refusals import Refused
from portal.outbox.models import Notice, OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from tests.conftest import MACHINE
from tests.factories import people
from tests.factories.insi import case
from tests.integration.homologation.test_prefill import Scene
from tests.integration.refusals import refused_by_postgres

pytestmark = pytest.mark.django_db

NIR = "1 85 05 78 006 084 36"


class Desk(Scene):
    """A dossier on a version whose supplier may be asked."""

    def ask(self, **changes: Any) -> HelpRequest:
        given: dict[str, Any] = {
            "actor": self.case.adjoint,
            "section": 2,
            "key": "s2.3.mode",
            "text": "Tous les mois ?",
        } | changes
        return helping.ask_help(dossier_id=self.case.pk, **given)

    def answered(self) -> HelpRequest:
        return helping.answer_help(request_id=self.ask().pk, actor=self.supplier, text="Oui.")


def codes(block: Callable[[], Any]) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        block()
    return [(one.code, one.field) for one in refused.value.refusals]


def test_asked_taken_answered_asked_again_closed() -> None:
    desk = Desk()
    asked = desk.ask()
    assert (asked.state, asked.due_on, asked.supplier_id) == ("asked", date(2022, 11, 20), desk.order.company.pk)
    taken = helping.take_help(request_id=asked.pk, actor=desk.supplier)
    assert (taken.state, taken.taken_by_id) == ("taken", desk.supplier.user_id)
    helping.write_help(request_id=asked.pk, actor=desk.case.titulaire, text="C’est pressé.")
    helping.answer_help(request_id=asked.pk, actor=desk.supplier, text="Oui, tous les mois.")
    again = helping.ask_help_again(request_id=asked.pk, actor=desk.case.adjoint, text="Et à quelle date ?")
    assert (again.state, again.taken_by_id, again.answered_at) == ("asked", None, None)
    helping.answer_help(request_id=asked.pk, actor=desk.supplier, text="Le dix.")
    closed = helping.close_help(request_id=asked.pk, actor=desk.case.titulaire)
    assert (closed.state, closed.closed_by_id, closed.taken_by_id) == (
        "closed",
        desk.case.titulaire.user_id,
        desk.supplier.user_id,
    )
    said = HelpMessage.objects.filter(request=asked).order_by("number").values_list("number", "role", "text")
    assert list(said) == [
        (1, "adjoint", "Tous les mois ?"),
        (2, "titulaire", "C’est pressé."),
        (3, "supplier", "Oui, tous les mois."),
        (4, "adjoint", "Et à quelle date ?"),
        (5, "supplier", "Le dix."),
    ]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"text": " "}, ("missing_text", "text")),
        ({"text": "x" * 4001}, ("too_long", "text")),
        ({"text": f"Pour {NIR}"}, ("patient_number", "text")),
        ({"section": 9, "key": ""}, ("unknown_section", "key")),
        ({"section": 3}, ("unknown_question", "key")),
    ],
)
def test_what_may_not_be_asked(changes: dict[str, Any], refusal: tuple[str, str]) -> None:
    desk = Desk()
    assert codes(lambda: desk.ask(**changes)) == [refusal]
    assert not HelpRequest.objects.exists() and not HelpMessage.objects.exists()


@pytest.mark.parametrize("act", [helping.write_help, helping.answer_help])
def test_no_patient_is_named_in_an_answer(act: Callable[..., Any]) -> None:
    desk = Desk()
    asked = desk.ask()
    given: dict[str, Any] = {"request_id": asked.pk, "actor": desk.supplier, "text": f"Voyez {NIR}"}
    assert codes(lambda: act(**given)) == [("patient_number", "text")]
    assert HelpMessage.objects.count() == 1 and HelpRequest.objects.get().state == "asked"


def test_a_dossier_without_software_has_nobody_to_ask() -> None:
    one = case()
    ask: dict[str, Any] = {"dossier_id": one.pk, "actor": one.titulaire, "section": 1, "key": "", "text": "?"}
    assert codes(lambda: helping.ask_help(**ask)) == [("no_supplier", "")]


def test_strangers_may_nothing() -> None:
    desk = Desk()
    asked = desk.ask()
    strangers = (
        people.attach(people.pharmacy(), Role.TITULAIRE),
        people.member(people.supplier().organisation, Role.SUPPLIER),
        people.member(people.distributor_for(desk.order.company).organisation, Role.DISTRIBUTOR),
        people.administrator(),
        people.attach(desk.case.place, Role.PREPARATEUR),
    )
    for stranger in strangers:
        assert codes(partial(desk.ask, actor=stranger)) == [("not_allowed", "")]
        assert codes(partial(helping.take_help, request_id=asked.pk, actor=stranger)) == [("not_allowed", "")]
        assert codes(partial(helping.close_help, request_id=asked.pk, actor=stranger)) == [("not_allowed", "")]
    assert HelpRequest.objects.get().version == 0


def test_the_other_side_is_told_once_and_never_what_was_written() -> None:
    desk = Desk()
    deliver_pending()
    Notice.objects.all().delete()
    asked = desk.ask(text="Un secret de la pharmacie")
    helping.answer_help(request_id=asked.pk, actor=desk.supplier, text="Un secret de l’éditeur")
    for _ in range(2):
        deliver_pending()
        OutboxMessage.objects.update(delivered_at=None, available_at=MACHINE)
    told = Notice.objects.filter(link=asked.get_absolute_url())
    by_side = {
        (one.organisation_id == desk.order.company.organisation_id, one.subject.partition(" : ")[2] or one.subject)
        for one in told
    }
    assert by_side == {(True, "Aide INSi demandée"), (False, "réponse")}
    assert {one.user_id for one in told} == {
        desk.supplier.user_id,
        desk.case.titulaire.user_id,
        desk.case.adjoint.user_id,
    }
    assert "secret" not in str([(one.subject, one.body) for one in told])
    assert all("sans surcoût" in one.body for one in told)
    assert "pour le 20/11/2022 (délai à confirmer)" not in told.get(user=desk.case.adjoint.user_id).body


def test_each_announced_verb_has_its_words_for_each_side_that_does_it() -> None:
    assert HELPS.announces == {"create", *(t.verb for t in HELP.transitions)} == TO_SUPPLIER.keys() | TO_PHARMACY.keys()
    for transition in HELP.transitions:
        assert (transition.verb in TO_SUPPLIER) == bool(transition.roles & PHARMACY_SIDE)
        assert (transition.verb in TO_PHARMACY) == (Role.SUPPLIER in transition.roles)


def test_postgres_refuses_what_must_not_be() -> None:
    desk = Desk()
    answered = HelpRequest.objects.filter(pk=desk.answered().pk)
    for name, changes in (
        ("help_request_owned", {"taken_by": None, "taken_at": None}),
        ("help_request_answered", {"answered_at": None}),
        ("help_request_closed", {"closed_at": answered.get().asked_at}),
        ("identity_frozen", {"section": 3}),
    ):
        with refused_by_postgres(name):
            answered.update(**changes)
    with refused_by_postgres("without its audit event|state_edges|Invalid"):
        answered.update(state="closed", closed_at=answered.get().asked_at, closed_by=desk.supplier.user_id)
    message = HelpMessage.objects.filter(request=answered.get())
    with refused_by_postgres("Cannot update"):
        message.update(text="Autre chose")
    with refused_by_postgres("help_message_number"):
        first = message.order_by("number")[0]
        HelpMessage.objects.create(
            request_id=first.request_id, number=1, role="adjoint", text="x", at=first.at, by_id=first.by_id
        )
