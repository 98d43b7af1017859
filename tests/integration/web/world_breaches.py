"""Breaches of one pharmacy of the world: for each act, one on which it is possible; and what is said of a step."""

from __future__ import annotations

import hashlib
from datetime import date
from uuid import UUID

from homologation.domain.steps import Said
from homologation.models import Breach, BreachNotification, BreachReceipt
from homologation.services import breach_answer as answer
from homologation.services import breach_declare as declare
from homologation.services.breach_answer import Sending
from homologation.services.breach_declare import Delay, Description, Signs
from homologation.services.steps import say_step
from portal.accounts.actors import Actor
from portal.common import clock
from portal.documents.domain.incoming import PDF, Incoming
from tests.factories.breaches import WHOLE

STEP = "certificat-sign"
_TEXT = b"%PDF-1.4 accuse"
RECEIPT = Incoming(_TEXT, PDF, "accuse.pdf", hashlib.sha256(_TEXT).hexdigest())
STATES = {
    **dict.fromkeys(("describe", "note", "dismiss", "confirm"), "suspicion"),
    **dict.fromkeys(("correct_awareness", "document_no_risk", "decide_to_notify", "settle_persons"), "confirmed"),
    "inform_persons": "confirmed",
    "notify": "to_notify",
    **dict.fromkeys(("complement", "complete", "file_receipt"), "notified"),
    "close": "documented",
}
"""By verb: the state of the breach on which the tests try it."""


def make_breaches(actor: Actor) -> None:
    """One in each state named above; of the confirmed ones, one of which the persons are to be informed."""
    for last in ("suspicion", "confirmed", "inform", "to_notify", "notified", "documented"):
        _reach(actor, last)
    say_step(actor=actor, key=STEP, said=Said("done", "L’éditeur", date(2022, 11, 1), date(2024, 1, 1)), seen=0)


def _reach(actor: Actor, last: str) -> None:
    now = clock.business_now()
    pk = declare.declare_breach(actor=actor, signs=Signs(now, "person", f"Constat {last}")).pk
    declare.describe_breach(breach_id=pk, actor=actor, said=Description(dict(WHOLE), ("integrity",)))
    if last == "suspicion":
        return
    declare.confirm_breach(breach_id=pk, actor=actor, aware_at=now, note="Vu")
    if last == "inform":
        answer.settle_persons(breach_id=pk, actor=actor, persons="required", reason="")
    if last == "documented":
        answer.document_no_risk(breach_id=pk, actor=actor, reason="Données chiffrées")
    if last in ("to_notify", "notified"):
        answer.decide_to_notify(breach_id=pk, actor=actor)
    if last == "notified":
        answer.notify_breach(breach_id=pk, actor=actor, sending=Sending(now, "teleservice"), delay=Delay())
        sent = BreachNotification.objects.get(breach=pk)
        answer.keep_receipt(breach_id=pk, actor=actor, notification_id=sent.pk, file=RECEIPT)


def breach_for(verb: str) -> UUID:
    """The breach on which the act is possible; the one to notify for a page that is no act."""
    persons = "required" if verb == "inform_persons" else None
    found = Breach.objects.filter(state=STATES.get(verb, "to_notify"))
    found = found.filter(persons=persons) if persons else found.exclude(persons="required")
    return found.latest("number").pk


def receipt_joined() -> dict[str, object]:
    """The one receipt of the CNIL, and its breach."""
    receipt = BreachReceipt.objects.select_related("notification").filter(label=RECEIPT.label).get()
    return {"pk": receipt.notification.breach_id, "receipt": receipt.pk}


def breach_states() -> list[tuple[object, ...]]:
    """Breaches with their versions and states."""
    return sorted(Breach.objects.values_list("pk", "version", "state"))
