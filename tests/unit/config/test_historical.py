"""What a migration sees of its models is what Django draws, whichever way it was written."""

from __future__ import annotations

from typing import Any

import pgtrigger
import pytest
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from portal.config.historical import options_in_place

POSITIVE = models.CheckConstraint(condition=models.Q(count__gt=0), name="%(class)s_positive")
BY_COUNT = models.Index(fields=["count"], name="box_by_count")
KEPT = pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)
ADDED: list[Operation] = [
    migrations.AddConstraint("box", POSITIVE),
    migrations.AddIndex("box", BY_COUNT),
    AddTrigger("box", KEPT),
]
REMOVED: list[Operation] = [
    migrations.RemoveConstraint("box", POSITIVE.name),
    migrations.RemoveIndex("box", BY_COUNT.name),
    RemoveTrigger("box", "kept"),
]
LARGER = migrations.AlterField("box", "count", models.BigIntegerField(default=1))


def _state() -> ProjectState:
    """A box and what lies in it, both drawn."""
    state = ProjectState()
    shelf = migrations.CreateModel(
        "Box", [("id", models.AutoField(primary_key=True)), ("count", models.IntegerField())]
    )
    inside = models.ForeignKey("sheds.Box", models.CASCADE)
    for operation in (
        shelf,
        migrations.CreateModel("Thing", [("id", models.AutoField(primary_key=True)), ("in", inside)]),
    ):
        operation.state_forwards("sheds", state)
    assert state.apps.get_models()
    return state


def _seen(state: ProjectState) -> dict[str, Any]:
    """Everything that an operation reads of the box."""
    options: Any = state.apps.get_model("sheds", "box")._meta
    return {
        "constraints": [found.deconstruct() for found in options.constraints],
        "indexes": [found.deconstruct() for found in options.indexes],
        "triggers": [found.name for found in getattr(options, "triggers", [])],
        "given": {name: len(options.original_attrs.get(name, [])) for name in ("constraints", "indexes", "triggers")},
        "fields": [field.deconstruct() for field in options.get_fields() if hasattr(field, "deconstruct")],
        "relations": [found.name for found in options.related_objects],
    }


@pytest.mark.parametrize(
    "operations",
    [ADDED[:1], ADDED[1:2], ADDED[2:], ADDED, [*ADDED, LARGER], [LARGER, *ADDED], [*ADDED, *REMOVED]],
    ids=["constraint", "index", "trigger", "all", "then a field", "after a field", "and removed"],
)
def test_the_models_are_those_of_django(operations: list[Operation]) -> None:
    expected, found = _state(), None
    with options_in_place():
        found = _state()
        for operation in operations:
            operation.state_forwards("sheds", found)
    for operation in operations:
        operation.state_forwards("sheds", expected)
    assert _seen(found) == _seen(expected)


def test_only_what_shapes_a_model_draws_it_again() -> None:
    with options_in_place():
        state = _state()
        box, thing = (state.apps.get_model("sheds", name) for name in ("box", "thing"))
        for operation in [*ADDED, *REMOVED]:
            operation.state_forwards("sheds", state)
        assert (state.apps.get_model("sheds", "box"), state.apps.get_model("sheds", "thing")) == (box, thing)
        LARGER.state_forwards("sheds", state)
        assert state.apps.get_model("sheds", "box") is not box


def test_django_is_left_as_it_was() -> None:
    drawn = ProjectState.reload_model
    with pytest.raises(RuntimeError), options_in_place():
        assert ProjectState.reload_model is not drawn
        raise RuntimeError
    assert ProjectState.reload_model is drawn
