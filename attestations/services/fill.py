"""The titulaire's answers are printed on the VA first: what is then signed is the very file that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from attestations.domain.filled import FILLED, Filled
from attestations.domain.lifecycle import TO_SIGN
from attestations.domain.rules import Decision, check_answers, check_decisions, check_late
from attestations.models import Attestation
from attestations.selectors import boxes_to_answer
from attestations.services.documents import request_va
from attestations.services.machine import ATTESTATIONS, attestation_facts
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refusal, Refused
from portal.documents.models import Document
from portal.workflow.execute import check, lock


@transaction.atomic
def fill_va(*, attestation_id: UUID, actor: Actor, decisions: Mapping[str, Decision], place: str) -> Document:
    """Ask for the VA with these answers: all its boxes, or those whose reserve was lifted. Nothing is decided yet.

    Raises ``Refused``: not the titulaire, not to be answered now, a box unanswered, no place.
    """
    attestation = lock(ATTESTATIONS, attestation_id)
    now = clock.business_now()
    facts = attestation_facts(attestation, actor, now)
    if refusals := check(ATTESTATIONS, attestation, actor, answering_verb(attestation, late=facts.late), now, facts):
        raise Refused(refusals)
    boxes = boxes_to_answer(attestation)
    answers = {statement.code: decisions.get(statement.code, Decision(None)) for statement in boxes}
    if attestation.state == TO_SIGN:
        refusals = check_decisions(answers, facts.rules) + check_late(answers, late=facts.late)
    else:
        refusals = check_answers(answers)
    if not place.strip():
        refusals.append(Refusal("missing_field", "Indiquez le lieu de la signature.", "place"))
    if refusals:
        raise Refused(refusals)
    filled = Filled(answers, place.strip(), paris_date(now), actor.name)
    return request_va(attestation, kind=FILLED, filled=filled)


def answering_verb(attestation: Attestation, *, late: bool) -> str:
    """The act to which the answers lead, as far as it is known before them."""
    if attestation.state != TO_SIGN:
        return "confirm"
    return "sign_late" if late else "sign"
