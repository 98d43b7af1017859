"""Each person × each act of the INSi dossier: what is accepted, and that a refusal leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from homologation.domain.breach_lifecycle import BREACH
from homologation.domain.cases import SUPERVISION_CASE
from homologation.domain.evidence_lifecycle import EVIDENCE
from homologation.domain.help_lifecycle import HELP
from homologation.domain.lifecycle import HOMOLOGATION
from homologation.domain.review_lifecycle import EARLY_REVIEW
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.audit.models import AuditEvent
from portal.common.refusals import Refused
from portal.outbox.models import OutboxMessage
from tests.integration.homologation.acts import TRIES, Try
from tests.integration.homologation.acts_people import MORE
from tests.integration.homologation.cast import Cast

pytestmark = pytest.mark.django_db

# T titulaire, A adjoint, P préparateur of the pharmacy, F supplier of its software, D distributor mandated by it,
# I inspector (comes by a link: a session of theirs has no role), V administration of the programme, S the portal itself.
# fmt: off
MATRIX = """
act                                 T A P F D I V S
homologation.open                   x x . . . . . .
homologation.answer                 x x . . . . . .
homologation.confirm                x x . . . . . .
homologation.prefill                . . . . . . . x
homologation.learn_software         . . . . . . . x
homologation.submit                 x x . . . . . .
homologation.send_back              x . . . . . . .
homologation.agree                  x . . . . . . .
homologation.approve                x . . . . . . .
homologation.approve_with_reserves  x . . . . . . .
homologation.refuse                 x . . . . . . .
homologation.withdraw               x . . . . . . x
homologation.replace                . . . . . . . x
homologation.abandon                x . . . . . . .
evidence.join                       x x . . . . . .
evidence.join_to_breach             x x . . . . . .
evidence.join_to_case               x x . . . . . .
evidence.replace                    x x . . . . . .
evidence.withdraw                   x x . . . . . .
quorum.set                          x . . . . . . .
breach.declare                      x x . . . . . .
breach.describe                     x x . . . . . .
breach.note                         x x . . . . . .
breach.dismiss                      x . . . . . . .
breach.confirm                      x x . . . . . .
breach.correct_awareness            x x . . . . . .
breach.document_no_risk             x . . . . . . .
breach.decide_to_notify             x x . . . . . .
breach.notify                       x x . . . . . .
breach.complement                   x x . . . . . .
breach.complete                     x x . . . . . .
breach.settle_persons               x x . . . . . .
breach.inform_persons               x x . . . . . .
breach.file_receipt                 x x . . . . . .
breach.close                        x . . . . . . .
supervision.ask_detail              x x . . . . . .
supervision.receive_detail          x x . . . . . x
supervision.analyse                 x x . . . . . .
supervision.engage                  x . . . . . . .
supervision.acknowledge             x x . . . . . .
supervision.read                    . . x . . . . .
supervision.close                   x . . . . . . .
supervision.escalate                x . . . . . . .
supervision.drop                    . . . . . . . x
step.say                            x x . . . . . .
pack.publish                        . . . x . . . .
pack.take                           x x . . . . . .
pack.decline                        x x . . . . . .
form.hand_over                      . . . x . . . .
help.ask                            x x . . . . . .
help.take                           . . . x . . . .
help.write                          x x . x . . . .
help.answer                         . . . x . . . .
help.ask_again                      x x . . . . . .
help.close                          x x . . . . . .
duties.read                         . . x . . . . .
review.keep                         x . . . . . . .
mandate.give                        x . . . . . . .
mandate.revoke                      x . . . . . . .
attachment.ask                      x x x x x x x .
attachment.grant                    x . . . . . x .
attachment.refuse                   x . . . . . x .
"""
# fmt: on
ACTS = TRIES | MORE
OTHER_CODES = {"attachment.ask": "no_identity"}
"""An act that depends on who one is for Pro Santé Connect, not on any role."""
LETTERS = ("T", "A", "P", "F", "D", "I", "V", "S")


def _rows() -> list[tuple[str, dict[str, bool]]]:
    header, *lines = [line.split() for line in MATRIX.strip().splitlines()]
    assert tuple(header[1:]) == LETTERS
    for act, *cells in lines:
        assert len(cells) == len(LETTERS) and set(cells) <= {"x", "."}, act
    return [(act, {letter: cell == "x" for letter, cell in zip(LETTERS, cells, strict=True)}) for act, *cells in lines]


def written() -> dict[str, Any]:
    """Every row of these applications, and how long the journal and the outbox are."""
    rows = {
        model.__name__: sorted(map(str, model._default_manager.order_by().values_list()))
        for app in ("homologation", "registry")
        for model in apps.get_app_config(app).get_models()
    }
    return rows | {"journal": AuditEvent.objects.count(), "outbox": OutboxMessage.objects.count()}


def test_every_verb_of_every_lifecycle_is_tried() -> None:
    verbs = {
        f"{machine.name}.{transition.verb}"
        for machine in (HOMOLOGATION, BREACH, SUPERVISION_CASE, HELP, EVIDENCE)
        for transition in machine.transitions
    }
    assert verbs <= set(ACTS) and [act for act, _ in _rows()] == list(ACTS)
    by_people = {transition.verb for transition in EARLY_REVIEW.transitions if transition.roles - {Role.SYSTEM}}
    assert {f"review.{verb}" for verb in by_people} <= set(ACTS), "the portal's own verbs follow a decision"


def outcome(one: Try, cast: Cast, who: Actor) -> tuple[str, ...]:
    """The codes of the refusals, none where the act was done. Whatever was done is taken back."""
    before, changed = written(), False
    codes: tuple[str, ...] = ()
    with transaction.atomic():
        try:
            one.act(cast, who)
        except Refused as refused:
            codes = refused.codes
        else:
            changed = written() != before
            transaction.set_rollback(True)
    if not codes:
        assert changed, f"{who.role} was accepted and nothing changed"
    assert written() == before, f"{who.role} left something behind"
    return codes


@pytest.mark.parametrize(("act", "allowed"), [pytest.param(act, cells, id=act) for act, cells in _rows()])
def test_who_may(act: str, allowed: dict[str, bool]) -> None:
    one, cast = ACTS[act], Cast()
    one.given(cast)
    found = {letter: outcome(one, cast, who) for letter, who in cast.people.items()}
    code = OTHER_CODES.get(act, "not_allowed")
    assert found == {letter: () if may else (code,) for letter, may in allowed.items()}


STRANGERS = {"form.hand_over": "not_equipped", "mandate.give": "unknown_person"}
"""What a person with the right role is told of another tenant’s object."""
OWN = ("homologation.open", "quorum.set", "breach.declare", "step.say", "duties.read", "attachment.ask")


def test_nobody_acts_for_another_pharmacy_nor_on_anothers_version() -> None:
    """The same people of another tenant are refused everything."""
    cast, other = Cast(), Cast()
    for act, one in ACTS.items():
        if act in OWN:
            continue  # these name no object: they act on one's own pharmacy
        with transaction.atomic():
            one.given(cast)
            for letter in ("T", "A", "P", "F"):
                stranger = replace(other.people[letter], name=cast.people[letter].name)
                with pytest.raises(Refused) as refused, transaction.atomic():
                    one.act(cast, stranger)
                allowed = {"not_allowed", STRANGERS.get(act, "not_allowed")}
                assert set(refused.value.codes) <= allowed, f"{act} {letter}: {refused.value.codes}"
            transaction.set_rollback(True)
        for name in ("breach", "alert", "reminder", "help", "piece"):
            cast.__dict__.pop(name, None)
