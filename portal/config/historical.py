"""A quicker first migration: what Django does with the models of each migration, without what nobody reads.

The changes of the database are Django's own; only the models drawn from the history are handled otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django_fsm
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Model
from django.dispatch import Signal

_WRITTEN = ("constraints", "indexes", "triggers")
"""Options of a model that say nothing to the models around it."""
_DRAWN_FROM = "drawn_from"


@contextmanager
def states_as_columns() -> Iterator[None]:
    """Historical models have no transitions to gather: else each state field hears of every model rendered after it,
    which is half the time of a first migration."""
    heard, vars(django_fsm)["class_prepared"] = vars(django_fsm)["class_prepared"], Signal()
    try:
        yield
    finally:
        vars(django_fsm)["class_prepared"] = heard


@contextmanager
def options_in_place() -> Iterator[None]:
    """A constraint, an index or a trigger more is written on the historical model that is there already.

    Django draws it again, with all the models that relate to it: two thirds of what then remains of the time.
    """
    render, reload_model = ModelState.render, ProjectState.reload_model

    def rendered(self: ModelState, apps: Any) -> Any:
        model = render(self, apps)
        setattr(model, _DRAWN_FROM, _drawn(self))
        return model

    def reloaded(self: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
        if "apps" not in vars(self):
            return
        state, model = self.models[app_label, model_name], self.apps.all_models[app_label].get(model_name)
        if model is not None and getattr(model, _DRAWN_FROM, None) == _drawn(state):
            _write(state, model)
        else:
            reload_model(self, app_label, model_name, delay)

    with _replaced(ModelState, "render", rendered), _replaced(ProjectState, "reload_model", reloaded):
        yield


@contextmanager
def _replaced(owner: type, name: str, mine: Callable[..., Any]) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, mine)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _drawn(state: ModelState) -> tuple[Any, ...]:
    """Whatever shapes the class: a field that is altered is another object under the same name."""
    options = {name: value for name, value in state.options.items() if name not in _WRITTEN}
    return {name: id(field) for name, field in state.fields.items()}, options, state.bases, list(state.managers)


def _write(state: ModelState, model: type[Model]) -> None:
    options: Any = model._meta
    for name in _WRITTEN:
        if name in state.options:
            value = state.options[name]
            options.original_attrs[name] = value
            setattr(options, name, value if name == "triggers" else options._format_names(value))
