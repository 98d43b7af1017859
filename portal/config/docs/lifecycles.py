"""Diagrams and tables of every lifecycle, from the same literal tables that run the portal."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from portal.accounts.domain.roles import Role
from portal.workflow.lifecycle import Lifecycle, Transition


def all_lifecycles() -> list[tuple[str, Lifecycle]]:
    """Every lifecycle declared in the ``domain`` package of an installed application, with its module's name."""
    found: list[tuple[str, Lifecycle]] = []
    for module_name in _domain_modules():
        module = import_module(module_name)
        for value in vars(module).values():
            if isinstance(value, Lifecycle) and all(value is not known for _, known in found):
                found.append((module_name, value))
    return found


def diagrams() -> str:
    """One Mermaid state diagram for each lifecycle."""
    return "\n\n".join(
        f"**{lifecycle.name}** (`{module}`)\n\n{diagram(lifecycle)}" for module, lifecycle in all_lifecycles()
    )


def diagram(lifecycle: Lifecycle) -> str:
    """States under their French names; arrows carry the verb and who may. Verbs that keep the state are not drawn."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{label}" as {state}' for state, label in lifecycle.labels.items()]
    lines.append(f"    [*] --> {lifecycle.initial}")
    for transition in lifecycle.transitions:
        who = ", ".join(_role_labels(transition))
        lines += [f"    {source} --> {target} : {transition.verb} ({who})" for source, target in transition.edges()]
    left = {source for source, _ in lifecycle.edges()}
    lines += [f"    {state} --> [*]" for state in lifecycle.states if state not in left]
    return "\n".join([*lines, "```"])


def states_table() -> str:
    """Every state of every lifecycle with the word that users read."""
    lines = ["| lifecycle | code | what users read |", "|---|---|---|"]
    for _, lifecycle in all_lifecycles():
        lines += [f"| {lifecycle.name} | `{state}` | {label} |" for state, label in lifecycle.labels.items()]
    return "\n".join(lines)


def verbs_tables() -> str:
    """For each lifecycle: verb, act, from, to, and a column for each role that has a verb there."""
    return "\n\n".join(f"### {lifecycle.name}\n\n{_verbs(lifecycle)}" for _, lifecycle in all_lifecycles())


def _verbs(lifecycle: Lifecycle) -> str:
    roles = [role for role in Role if any(role in transition.roles for transition in lifecycle.transitions)]
    heads = ["verb", "act", "from", "to", *(role.label for role in roles)]
    lines = ["| " + " | ".join(heads) + " |", "|---" * 4 + "|:-:" * len(roles) + "|"]
    for transition in lifecycle.transitions:
        sources = ", ".join(f"`{source}`" for source in transition.sources)
        target = f"`{transition.target}`" if transition.target else "(same)"
        marks = ["●" if role in transition.roles else "" for role in roles]
        lines.append("| " + " | ".join([f"`{transition.verb}`", transition.label, sources, target, *marks]) + " |")
    return "\n".join(lines)


def _role_labels(transition: Transition) -> list[str]:
    return [role.label for role in Role if role in transition.roles]


def _domain_modules() -> Iterator[str]:
    for config in apps.get_app_configs():
        package = f"{config.name}.domain"
        if config.name.partition(".")[0] in ("django", "allauth") or find_spec(package) is None:
            continue
        paths = import_module(package).__path__
        yield from sorted(info.name for info in pkgutil.iter_modules(paths, prefix=f"{package}."))
