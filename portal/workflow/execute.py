"""The one executor: the only code that may change a state.

In one transaction: lock → right of the actor → source state → pure guards → transition method → audit event →
outbox row. Lock first, then check. A refusal carries its reasons and leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import transaction

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.refusals import Refusal, Refused, refuse
from portal.outbox.services.publish import publish
from portal.workflow.lifecycle import Lifecycle, Transition
from portal.workflow.models import Stateful

Model = TypeVar("Model", bound=Stateful)
Facts = TypeVar("Facts")
Guard = Callable[[Facts], list[Refusal]]


@dataclass(frozen=True)
class Machine(Generic[Model, Facts]):
    """How one kind of object is run.

    ``parties``: the roles that the actor really plays towards the object at an instant (empty: a stranger).
    ``facts``: the frozen facts that pure guards judge. ``guards``: by verb; a verb without one is always fit.
    ``related``: rows read together with the object, without the columns ``unread``.
    ``pre_lock``: locks rows that must come before the object's own, always in the same order (funding slot).
    ``audited``: fields whose before and after are journaled. ``announces``: verbs that leave by the outbox.
    """

    model: type[Model]
    lifecycle: Lifecycle
    parties: Callable[[Model, Actor, datetime], frozenset[Role]]
    facts: Callable[[Model, Actor, datetime], Facts]
    thread: Callable[[Model], str]
    guards: Mapping[str, Guard[Facts]] = field(default_factory=dict)
    pre_lock: Callable[[UUID], None] | None = None
    related: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    rule_set: Callable[[Model], str] = lambda obj: ""
    audited: tuple[str, ...] = ()
    announces: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Act(Generic[Facts]):
    """What is asked of the executor: the verb, its arguments and the rules that need these arguments.

    ``rule_set``: the version by which the act is judged, where it is not the one the object pins.
    """

    verb: str
    stamps: dict[str, Any] = field(default_factory=dict)
    check: Callable[[Facts], list[Refusal]] | None = None
    expected_version: int | None = None
    data: dict[str, Any] = field(default_factory=dict)
    rule_set: str = ""


def lock(machine: Machine[Model, Facts], pk: UUID) -> Model:
    """Take the locks of an object in their order and return it fresh. Needs a transaction."""
    if machine.pre_lock:
        machine.pre_lock(pk)
    found = machine.model._default_manager.select_related(*machine.related).defer(*machine.unread)
    return found.select_for_update(of=("self",)).get(pk=pk)


@transaction.atomic
def run(machine: Machine[Model, Facts], pk: UUID, actor: Actor, act: Act[Facts]) -> Model:
    """Carry out one act and return the object. Raises ``Refused`` with every reason; nothing is then written."""
    now = clock.business_now()
    obj = lock(machine, pk)
    if act.expected_version is not None and act.expected_version != obj.version:
        raise refuse(
            "stale",
            "Cette fiche a été modifiée entre-temps par une autre personne. Relisez-la, puis recommencez : "
            "votre saisie est conservée ci-dessous.",
        )
    if refusals := _out_of_place(machine, obj, actor, act.verb, now):
        raise Refused(refusals)
    facts = machine.facts(obj, actor, now)
    refusals = _guarded(machine, act.verb, facts)
    if not refusals and act.check is not None:
        refusals = act.check(facts)
    if refusals:
        raise Refused(refusals)
    before, from_state = _snapshot(machine, obj), str(obj.state)
    getattr(obj, act.verb)(actor=actor, at=now, **act.stamps)
    obj.version += 1
    obj.save()
    _journal(machine, obj, actor, act, (now, from_state, before))
    return obj


@transaction.atomic
def create(machine: Machine[Model, Facts], obj: Model, actor: Actor) -> Model:
    """Write a new object in its initial state with the first event of its chain. Raises ``Refused`` for a stranger."""
    now = clock.business_now()
    if actor.role is not Role.SYSTEM and not machine.parties(obj, actor, now):
        raise refuse("not_allowed", "Vous n’avez pas le droit de créer cet objet au nom de cette organisation.")
    obj.save(force_insert=True)
    _journal(machine, obj, actor, Act("create"), (now, "", {}))
    return obj


def check(
    machine: Machine[Model, Facts], obj: Model, actor: Actor, verb: str, now: datetime, facts: Facts | None = None
) -> list[Refusal]:
    """Every reason why ``actor`` may not do ``verb`` now; empty when it would succeed (inputs apart)."""
    if refusals := _out_of_place(machine, obj, actor, verb, now):
        return refusals
    if verb not in machine.guards:
        return []
    return _guarded(machine, verb, machine.facts(obj, actor, now) if facts is None else facts)


def _out_of_place(machine: Machine[Model, Facts], obj: Model, actor: Actor, verb: str, now: datetime) -> list[Refusal]:
    """The wrong person, or the wrong state."""
    transition = machine.lifecycle.transition(verb)
    parties = frozenset({Role.SYSTEM}) if actor.role is Role.SYSTEM else machine.parties(obj, actor, now)
    if not parties & transition.roles:
        return [_not_allowed(transition)]
    if obj.state not in transition.sources:
        return [_wrong_state(machine.lifecycle, transition, str(obj.state))]
    return []


def _guarded(machine: Machine[Model, Facts], verb: str, facts: Facts) -> list[Refusal]:
    guard = machine.guards.get(verb)
    return guard(facts) if guard else []


def allowed_actions(
    machine: Machine[Model, Facts],
    obj: Model,
    actor: Actor,
    *,
    parties: frozenset[Role] | None = None,
    facts: Callable[[], Facts] | None = None,
) -> list[Transition]:
    """The verbs that would succeed now: the same check without the write. Feeds buttons, API and tests.

    A page that has read the actor's parties or the facts already gives them, so that nothing is read twice.
    """
    now = clock.business_now()
    if parties is None:
        parties = frozenset({Role.SYSTEM}) if actor.role is Role.SYSTEM else machine.parties(obj, actor, now)
    candidates = [t for t in machine.lifecycle.transitions if obj.state in t.sources and parties & t.roles]
    if not candidates:
        return []
    known = facts() if facts else machine.facts(obj, actor, now)
    return [t for t in candidates if t.verb not in machine.guards or not machine.guards[t.verb](known)]


def _not_allowed(transition: Transition) -> Refusal:
    who = ", ".join(sorted(role.label.lower() for role in transition.roles))
    return Refusal("not_allowed", f"L’action « {transition.label} » ne vous revient pas : elle revient à : {who}.")


def _wrong_state(lifecycle: Lifecycle, transition: Transition, state: str) -> Refusal:
    return Refusal(
        "wrong_state",
        f"L’action « {transition.label} » n’est pas possible dans l’état « {lifecycle.labels[state]} ». "
        "Rechargez la page pour voir où en est le dossier.",
    )


def _journal(
    machine: Machine[Model, Facts],
    obj: Model,
    actor: Actor,
    act: Act[Facts],
    past: tuple[datetime, str, dict[str, Any]],
) -> None:
    now, from_state, before = past
    after = _snapshot(machine, obj)
    changed = {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
    event = record(
        Entry(
            object_type=obj._meta.db_table,
            object_id=str(obj.pk),
            thread=machine.thread(obj),
            verb=act.verb,
            at=now,
            from_state=from_state,
            to_state=str(obj.state),
            rule_set=act.rule_set or machine.rule_set(obj),
            data={"changed": changed, **act.data} if act.data or changed else {},
        ),
        actor,
    )
    if act.verb in machine.announces:
        topic = f"{machine.lifecycle.name}.{act.verb}"
        publish(topic, {"id": str(obj.pk), "event": event.pk}, dedup=f"{topic}:{event.hash}")


def _snapshot(machine: Machine[Model, Facts], obj: Model) -> dict[str, Any]:
    return {name: _plain(getattr(obj, name)) for name in machine.audited}


def _plain(value: object) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"field of type {type(value).__name__} cannot be journaled")
