"""What the pharmacy does about a breach: no risk, notifications, information of the persons, closure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from homologation.domain import breaches as rules
from homologation.domain.breaches import DECISIONS, REASONED, BreachFacts, Persons
from homologation.models import Breach, BreachNotification, BreachReceipt
from homologation.services.breach_declare import Delay
from homologation.services.breach_machine import BREACHES
from homologation.services.breach_sheet import sheet
from homologation.services.feedback import named_risk
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.canonical import sha256_of
from portal.common.patient_numbers import check_file_name
from portal.common.refusals import Refusal, refuse
from portal.documents import storage
from portal.documents.domain.incoming import Incoming
from portal.workflow.execute import Act, lock, run


@dataclass(frozen=True)
class Sending:
    """A notification as it was sent to the CNIL."""

    sent_at: datetime
    channel: str
    receipt: str = ""


def document_no_risk(*, breach_id: UUID, actor: Actor, reason: str) -> Breach:
    """Keep a breach without notification, with the reasoning that art. 33(1) asks."""

    def check(facts: BreachFacts) -> list[Refusal]:
        return rules.check_texts({"reason": reason}, required=("reason",))

    return run(BREACHES, breach_id, actor, Act("document_no_risk", {"reason": reason.strip()}, check=check))


def decide_to_notify(*, breach_id: UUID, actor: Actor) -> Breach:
    """Decide that the CNIL is to be told."""
    return run(BREACHES, breach_id, actor, Act("decide_to_notify"))


@transaction.atomic
def notify_breach(*, breach_id: UUID, actor: Actor, sending: Sending, delay: Delay) -> Breach:
    """Record the initial notification with what it said; a late one with its reason. Raises ``Refused``."""
    aware_at = lock(BREACHES, breach_id).aware_at

    def check(facts: BreachFacts) -> list[Refusal]:
        # aware_at is set: a constraint ties it to the only state this act leaves from
        return _check_sending(sending) + (delay.check(aware_at, sending.sent_at) if aware_at else [])

    stamps = {"sent_at": sending.sent_at, "delay": delay.stamps()}
    breach = run(BREACHES, breach_id, actor, Act("notify", stamps, check=check))
    _keep(breach, actor, sending)
    return breach


@transaction.atomic
def complement_breach(*, breach_id: UUID, actor: Actor, sending: Sending) -> Breach:
    """Record a further notification (art. 33(4)) with what it said. Raises ``Refused``."""
    first_sent_at = lock(BREACHES, breach_id).first_sent_at

    def check(facts: BreachFacts) -> list[Refusal]:
        refusals = _check_sending(sending)
        if first_sent_at and sending.sent_at < first_sent_at:
            words = "Une notification complémentaire suit la première : vérifiez la date."
            refusals.append(Refusal("before_first", words, "sent_at"))
        return refusals

    breach = run(BREACHES, breach_id, actor, Act("complement", check=check))
    _keep(breach, actor, sending)
    return breach


def _check_sending(sending: Sending) -> list[Refusal]:
    refusals = rules.check_past(sending.sent_at, clock.business_now(), "sent_at")
    if sending.channel not in rules.CHANNELS:
        refusals.append(Refusal("unknown_channel", "Choisissez comment la notification est partie.", "channel"))
    return refusals + rules.check_texts({"receipt": sending.receipt})


def _keep(breach: Breach, actor: Actor, sending: Sending) -> None:
    number = BreachNotification.objects.filter(breach=breach).count() + 1
    now = clock.business_now()
    content = sheet(breach, now)
    BreachNotification.objects.create(
        breach=breach,
        number=number,
        sent_at=sending.sent_at,
        channel=sending.channel,
        receipt=sending.receipt.strip(),
        content=content,
        sha256=sha256_of(content),
        recorded_at=now,
        recorded_by_id=actor.user_id or 0,  # the executor let a person through
    )


@transaction.atomic
def keep_receipt(*, breach_id: UUID, actor: Actor, notification_id: int, file: Incoming) -> BreachReceipt:
    """Keep the receipt that the CNIL gave for a notification, a file found safe. Raises ``Refused``."""

    def check(facts: BreachFacts) -> list[Refusal]:
        return check_file_name(file.label)

    breach = run(BREACHES, breach_id, actor, Act("file_receipt", data={"sha256": file.sha256}, check=check))
    sent = BreachNotification.objects.filter(breach=breach, pk=notification_id).first()
    if sent is None:
        raise refuse("unknown_notification", "Choisissez la notification à laquelle la CNIL répond.", "notification")
    if BreachReceipt.objects.filter(notification=sent, sha256=file.sha256).exists():
        raise refuse("file_known", "Cet accusé de réception est déjà joint à cette notification.", "file")
    return BreachReceipt.objects.create(
        notification=sent,
        label=file.label,
        media_type=file.media_type,
        sha256=storage.store(file.content),
        size=len(file.content),
        at=clock.business_now(),
        by_id=actor.user_id or 0,  # the executor let a person through
    )


def complete_breach(*, breach_id: UUID, actor: Actor) -> Breach:
    """Say that the last notification is whole. Raises ``Refused`` while it left something unknown."""
    return run(BREACHES, breach_id, actor, Act("complete"))


def settle_persons(*, breach_id: UUID, actor: Actor, persons: str, reason: str) -> Breach:
    """Decide whether the persons are to be informed (art. 34). Raises ``Refused``."""
    if persons not in DECISIONS:
        raise refuse("unknown_decision", "Choisissez l’une des réponses.", "persons")
    required = ("reason",) if Persons(persons) in REASONED else ()

    def check(facts: BreachFacts) -> list[Refusal]:
        return rules.check_texts({"reason": reason}, required=required)

    stamps = {"persons": persons, "reason": reason.strip()}
    return run(BREACHES, breach_id, actor, Act("settle_persons", stamps, check=check))


def inform_persons(*, breach_id: UUID, actor: Actor, informed_at: datetime, how: str) -> Breach:
    """Record that the persons were informed, when and how. Raises ``Refused``."""

    def check(facts: BreachFacts) -> list[Refusal]:
        past = rules.check_past(informed_at, clock.business_now(), "informed_at")
        return past + rules.check_texts({"how": how}, required=("how",))

    stamps: dict[str, Any] = {"informed_at": informed_at, "how": how.strip()}
    return run(BREACHES, breach_id, actor, Act("inform_persons", stamps, check=check))


@dataclass(frozen=True)
class Closure:
    """What article 33(5) asks of every breach, notified or not.

    ``in_scope``: its cause touches the use of INSi; the homologation is then read again. ``risk_row``: the risk of the
    dossier that came about, by its row; empty where none is named.
    """

    facts: str
    effects: str
    remedial: str
    in_scope: bool
    risk_row: str = ""


@transaction.atomic
def close_breach(*, breach_id: UUID, actor: Actor, closure: Closure) -> Breach:
    """Close a breach for good. Raises ``Refused``."""
    said = {name: str(getattr(closure, name)).strip() for name in ("facts", "effects", "remedial")}
    risk = named_risk(lock(BREACHES, breach_id).pharmacy_id, closure.risk_row)

    def check(known: BreachFacts) -> list[Refusal]:
        return rules.check_texts(said, required=tuple(said))

    stamps = {"said": said, "in_scope": closure.in_scope, "risk": risk}
    return run(BREACHES, breach_id, actor, Act("close", stamps, check=check))
