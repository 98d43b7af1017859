"""One literal table per lifecycle: methods, triggers, constraints and labels all say the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.db.models import Q

from portal.config.docs.lifecycles import all_lifecycles
from portal.workflow.lifecycle import Lifecycle
from portal.workflow.models import Stateful, lifecycle_triggers
from tests.architecture import sources

LIFECYCLES = [lifecycle for _, lifecycle in all_lifecycles()]
each_lifecycle = pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=[lifecycle.name for lifecycle in LIFECYCLES])
EXECUTOR = "portal/workflow/execute.py"
# A deposit is no lifecycle: it is received, then ends once, and triggers hold it there (ADR 26).
DEPOSITS = "indicators/services/reading.py"
JOBS = "portal/outbox/services/jobs.py"
"""A job is no business object: its row is its truth, claimed by a conditional update."""


def models_of(lifecycle: Lifecycle) -> list[type[models.Model]]:
    """The models whose constraint on the state lists this lifecycle's states."""
    wanted = Q(state__in=lifecycle.states)
    return [
        model
        for model in apps.get_models()
        if issubclass(model, Stateful)
        and any(getattr(constraint, "condition", None) == wanted for constraint in model._meta.constraints)
    ]


def test_every_stateful_model_has_one_lifecycle() -> None:
    stateful = {model for model in apps.get_models() if issubclass(model, Stateful)}
    found = [model for lifecycle in LIFECYCLES for model in models_of(lifecycle)]
    assert len(found) == len(LIFECYCLES)
    assert set(found) == stateful


@each_lifecycle
def test_every_verb_is_a_method_with_the_same_move(lifecycle: Lifecycle) -> None:
    [model] = models_of(lifecycle)
    declared = {t.verb: (sorted(t.sources), t.target) for t in lifecycle.transitions}
    methods: dict[str, tuple[list[str], str | None]] = {}
    field: Any = model._meta.get_field("state")
    for move in field.get_all_transitions(model):
        sources_of, _ = methods.setdefault(move.name, ([], move.target))
        sources_of.append(move.source)
    assert {verb: (sorted(found), target) for verb, (found, target) in methods.items()} == declared
    assert all(callable(getattr(model, verb)) for verb in declared)


@each_lifecycle
def test_postgresql_lets_the_same_edges_pass(lifecycle: Lifecycle) -> None:
    [model] = models_of(lifecycle)
    options: Any = model._meta
    triggers = {trigger.name: trigger for trigger in options.triggers}
    fsm = triggers["state_edges"]
    assert isinstance(fsm, pgtrigger.FSM)
    assert sorted(fsm.transitions) == lifecycle.edges()
    assert {trigger.name for trigger in lifecycle_triggers(lifecycle)} <= set(triggers)


@each_lifecycle
def test_every_state_is_named_reached_and_drawn(lifecycle: Lifecycle) -> None:
    assert all(label.strip() == label != "" for label in lifecycle.labels.values())
    assert len(set(lifecycle.labels.values())) == len(lifecycle.labels)
    reached = {lifecycle.initial} | {target for _, target in lifecycle.edges()}
    assert reached == set(lifecycle.states)


@each_lifecycle
def test_every_verb_has_a_label_and_a_role(lifecycle: Lifecycle) -> None:
    assert all(t.label and t.roles and t.sources for t in lifecycle.transitions)
    labels = [t.label for t in lifecycle.transitions]
    assert len(set(labels)) == len(labels)


def _state_writes(node: ast.AST) -> Iterator[int]:
    """Lines where a state is written: ``obj.state = …``, ``setattr``, ``update(state=…)``."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (node.lineno for target in targets if isinstance(target, ast.Attribute) and target.attr == "state")
    if not isinstance(node, ast.Call):
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in ("update", "update_or_create") and any(keyword.arg == "state" for keyword in node.keywords):
        yield node.lineno
    words = [part.value for a in node.args for part in ast.walk(a) if isinstance(part, ast.Constant)]
    if name in ("bulk_update", "setattr") and "state" in words:
        yield node.lineno


@pytest.mark.parametrize(
    "line",
    [
        "order.state = ISSUED",
        "orders.update(state=ISSUED)",
        "Order.objects.bulk_update(rows, ['state'])",
        "setattr(order, 'state', x)",
    ],
)
def test_the_rule_sees_what_it_forbids(line: str) -> None:
    assert any(list(_state_writes(node)) for node in ast.walk(ast.parse(line)))


def test_only_the_executor_writes_a_state() -> None:
    found = [
        f"{sources.named(path)}:{line}"
        for path in sources.python_files()
        if sources.named(path) not in (EXECUTOR, JOBS, DEPOSITS)
        for node in ast.walk(sources.tree(path))
        for line in _state_writes(node)
    ]
    assert not found, "\n".join(found)


def test_only_the_executor_calls_a_verb_by_its_name() -> None:
    """``order.issue(actor=…, at=…)`` anywhere else would skip rights, rules, journal and outbox."""
    verbs = {t.verb for lifecycle in LIFECYCLES for t in lifecycle.transitions}
    found = [
        f"{sources.named(path)}:{node.lineno} {node.func.attr}"
        for path in sources.python_files()
        if sources.named(path) not in (EXECUTOR, JOBS)
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in verbs
        if {"actor", "at"} <= {keyword.arg for keyword in node.keywords}
    ]
    assert not found, "\n".join(found)


@pytest.mark.django_db
def test_migrations_are_in_step_with_the_models() -> None:
    make = partial(call_command, "makemigrations", check=True, dry_run=True, verbosity=0)
    try:
        make()
    except SystemExit:
        pytest.fail("a model or a trigger changed without its migration: run manage.py makemigrations")
