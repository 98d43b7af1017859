"""What every object with a lifecycle shares."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Self, TypeVar

import pgtrigger
from django.db import models
from django_fsm import FSMField, transition

from portal.workflow.lifecycle import Lifecycle

Method = TypeVar("Method", bound=Callable[..., None])

DEMAND_EVENT = """
    IF NOT EXISTS (
        SELECT 1 FROM audit_auditevent e
        WHERE e.object_type = TG_TABLE_NAME AND e.object_id = NEW.id::text
          AND e.from_state = {old} AND e.to_state = NEW.state
          AND e.xact = pg_current_xact_id()::text::bigint
    ) THEN
        RAISE EXCEPTION 'the state of % % was written without its audit event', TG_TABLE_NAME, NEW.id;
    END IF;
    RETURN NULL;
"""

DEMAND_ANY_EVENT = """
    IF NOT EXISTS (
        SELECT 1 FROM audit_auditevent e
        WHERE e.object_type = TG_TABLE_NAME AND e.object_id = NEW.id::text
          AND e.xact = pg_current_xact_id()::text::bigint
    ) THEN
        RAISE EXCEPTION '{name}: % % was changed without its audit event', TG_TABLE_NAME, NEW.id;
    END IF;
    RETURN NULL;
"""


def moves(lifecycle: Lifecycle, verb: str) -> Callable[[Method], Method]:
    """Declare a model method as the body of ``verb``: it stamps fields, django-fsm checks and moves the state."""
    declared = lifecycle.transition(verb)
    decorate = transition(field="state", source=list(declared.sources), target=declared.target, custom={"verb": verb})

    def wrap(method: Method) -> Method:
        if method.__name__ != verb:
            raise ValueError(f"the body of {verb!r} must bear its name, not {method.__name__!r}")
        decorated: Method = decorate(method)
        return decorated

    return wrap


def lifecycle_triggers(lifecycle: Lifecycle) -> list[pgtrigger.Trigger]:
    """The PostgreSQL guards of a lifecycle: known edges only, and never without the audit event of the transaction."""
    return [
        pgtrigger.FSM(name="state_edges", field="state", transitions=lifecycle.edges()),
        pgtrigger.Trigger(
            name="state_initial",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            condition=pgtrigger.Condition(f"NEW.state <> '{lifecycle.initial}'"),
            func="RAISE EXCEPTION 'a new row starts in its initial state';",
        ),
        pgtrigger.Trigger(
            name="state_event_insert",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            timing=pgtrigger.Deferred,
            func=DEMAND_EVENT.format(old="''"),
        ),
        pgtrigger.Trigger(
            name="state_event_update",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition("OLD.state IS DISTINCT FROM NEW.state"),
            timing=pgtrigger.Deferred,
            func=DEMAND_EVENT.format(old="OLD.state"),
        ),
    ]


def dated_by_an_event(name: str, columns: Sequence[str]) -> pgtrigger.Trigger:
    """Refuse a change of computed ``columns`` without an audit event of the same transaction about the row."""
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(changed),
        timing=pgtrigger.Deferred,
        func=DEMAND_ANY_EVENT.replace("{name}", name),
    )


def state_check(name: str, lifecycle: Lifecycle) -> models.CheckConstraint:
    """The stored state is one of the lifecycle's."""
    return models.CheckConstraint(name=name, condition=models.Q(state__in=lifecycle.states))


def state_field(lifecycle: Lifecycle) -> FSMField:
    """The protected ``state`` column of a lifecycle, starting in its initial state."""
    return FSMField(protected=True, max_length=40, default=lifecycle.initial)


class Stateful(models.Model):
    """A row whose ``state`` (``state_field`` of its lifecycle) is changed by ``portal.workflow.execute`` alone."""

    state: FSMField

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=0, help_text="raised by each act; guards against concurrent edits")

    class Meta:
        abstract = True

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Self] | None = None,
    ) -> None:
        """Drop the protected value first: django-fsm's own way switches a class-level flag, unsafe across threads."""
        if fields is None or "state" in list(fields):
            self.__dict__.pop("state", None)
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)
