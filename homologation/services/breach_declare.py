"""From the first signs to the qualification of a breach: declare, describe, note, dismiss, confirm, correct."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from homologation.domain import breaches as rules
from homologation.domain.breach_clock import check_notification, notification_deadline
from homologation.domain.breaches import BreachFacts
from homologation.models import Breach, SupervisionCase
from homologation.services.breach_machine import BREACHES, write_entry
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refusal, Refused, refuse
from portal.registry.models import Pharmacy
from portal.registry.selectors import pharmacies_of
from portal.workflow.execute import Act, create, lock, run


@dataclass(frozen=True)
class Signs:
    """What is known when a breach is first suspected."""

    detected_at: datetime
    source: str
    signs: str
    drill: bool = False


@dataclass(frozen=True)
class Description:
    """Everything said of a breach, as a whole; ``contents`` without a key: not answered, None: « encore inconnu »."""

    contents: dict[str, str | None] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    occurred_from: datetime | None = None
    occurred_to: datetime | None = None
    processor_aware_at: datetime | None = None
    processor_informed_at: datetime | None = None
    cause: str = ""
    systems: str = ""
    certificate_exposed: bool = False


@dataclass(frozen=True)
class Delay:
    """Why a first notification is late; empty when it is not."""

    category: str = ""
    reason: str = ""

    def stamps(self) -> dict[str, str]:
        """As the model takes it: nothing where nothing is said."""
        return {"category": self.category, "reason": self.reason.strip()} if self.reason.strip() else {}

    def check(self, aware_at: datetime, sent_at: datetime) -> list[Refusal]:
        """A late notification says why, and of which kind the reason is."""
        refusals = check_notification(aware_at, sent_at, self.reason) + rules.check_texts({"delay_reason": self.reason})
        if self.reason.strip() and self.category not in rules.DELAYS:
            refusals.append(Refusal("missing_category", "Choisissez la nature du retard.", "delay_category"))
        return refusals


@transaction.atomic
def declare_breach(*, actor: Actor, signs: Signs, case: SupervisionCase | None = None) -> Breach:
    """Open a suspicion in the register of the actor's pharmacy, under its next number. Raises ``Refused``.

    ``case``: the alert of supervision that is escalated into it.
    """
    places = pharmacies_of(actor).select_for_update()
    pharmacy = (places.filter(pk=case.pharmacy_id) if case else places).first()
    if pharmacy is None or actor.user_id is None:
        raise refuse("not_allowed", "Seule une personne de la pharmacie peut ouvrir ce registre.")
    now = clock.business_now()
    refusals = rules.check_past(signs.detected_at, now, "detected_at")
    refusals += rules.check_texts({"signs": signs.signs}, required=("signs",))
    if refusals:
        raise Refused(refusals)
    year = paris_date(now).year
    breach = Breach(
        pharmacy=pharmacy,
        drill=signs.drill,
        year=year,
        number=_next_number(pharmacy, year, drill=signs.drill),
        declared_at=now,
        declared_by_id=actor.user_id,
        detected_at=signs.detected_at,
        source=signs.source,
        signs=signs.signs.strip(),
        case=case,
    )
    return create(BREACHES, breach, actor)


def _next_number(pharmacy: Pharmacy, year: int, *, drill: bool) -> int:
    """The caller has locked the pharmacy: two declarations cannot take the same number."""
    series = Breach.objects.filter(pharmacy=pharmacy, year=year, drill=drill)
    return int(series.aggregate(last=Max("number"))["last"] or 0) + 1


@transaction.atomic
def describe_breach(*, breach_id: UUID, actor: Actor, said: Description, seen: int | None = None) -> Breach:
    """Replace the description; the former ones stay in the journal. Raises ``Refused``, « stale » where ``seen`` is."""
    now = clock.business_now()
    contents = {key: text if text is None else text.strip() for key, text in said.contents.items() if text != ""}
    stamps = {**asdict(said), "contents": contents, "kinds": sorted(said.kinds)}

    def check(facts: BreachFacts) -> list[Refusal]:
        refusals = rules.check_texts({**contents, "cause": said.cause, "systems": said.systems})
        refusals += rules.check_span(said.occurred_from, said.occurred_to)
        for name in ("occurred_from", "occurred_to", "processor_aware_at", "processor_informed_at"):
            moment = getattr(said, name)
            refusals += rules.check_past(moment, now, name) if moment else []
        return refusals

    act: Act[BreachFacts] = Act("describe", {"said": stamps}, check=check, expected_version=seen)
    breach = run(BREACHES, breach_id, actor, act)
    written = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in stamps.items()}
    write_entry(breach, "description", actor, now, said=written)
    return breach


@transaction.atomic
def add_note(*, breach_id: UUID, actor: Actor, text: str) -> Breach:
    """Append a note to the journal."""

    def check(facts: BreachFacts) -> list[Refusal]:
        return rules.check_texts({"text": text}, required=("text",))

    breach = run(BREACHES, breach_id, actor, Act("note", check=check))
    write_entry(breach, "note", actor, clock.business_now(), text=text.strip())
    return breach


def dismiss_breach(*, breach_id: UUID, actor: Actor, reason: str) -> Breach:
    """Qualify a suspicion as no breach; it stays in the register with its reason."""

    def check(facts: BreachFacts) -> list[Refusal]:
        return rules.check_texts({"reason": reason}, required=("reason",))

    return run(BREACHES, breach_id, actor, Act("dismiss", {"reason": reason.strip()}, check=check))


@transaction.atomic
def confirm_breach(*, breach_id: UUID, actor: Actor, aware_at: datetime, note: str) -> Breach:
    """Say that one is reasonably certain since ``aware_at``: the 72 hours run from then. Raises ``Refused``."""
    return _aware("confirm", breach_id, actor, aware_at, note, {})


@transaction.atomic
def correct_awareness(
    *, breach_id: UUID, actor: Actor, aware_at: datetime, reason: str, delay: Delay | None = None
) -> Breach:
    """Change when one became aware; the former instant and its deadline stay in the journal. Raises ``Refused``.

    A notification already sent that the new deadline makes late needs its ``delay``.
    """
    given = delay or Delay()
    breach = lock(BREACHES, breach_id)
    if breach.first_sent_at and (refusals := given.check(aware_at, breach.first_sent_at)):
        raise Refused(refusals)
    stamps = {"delay": given.stamps() if breach.first_sent_at else {}}
    return _aware("correct_awareness", breach_id, actor, aware_at, reason, stamps)


def _aware(verb: str, breach_id: UUID, actor: Actor, aware_at: datetime, text: str, stamps: dict[str, Any]) -> Breach:
    now, detected_at = clock.business_now(), lock(BREACHES, breach_id).detected_at

    def check(facts: BreachFacts) -> list[Refusal]:
        return rules.check_awareness(detected_at, aware_at, now) + rules.check_texts({"note": text}, required=("note",))

    clocks = {"aware_at": aware_at, "deadline_at": notification_deadline(aware_at)}
    breach = run(BREACHES, breach_id, actor, Act(verb, {**clocks, **stamps}, check=check))
    write_entry(breach, "awareness", actor, now, text=text.strip(), **clocks)
    return breach
