"""Lifecycles as data: what a table may not say, and what ours do say."""

from __future__ import annotations

import pytest

from attestations.domain.lifecycle import ATTESTATION, OPEN
from orders.domain.lifecycle import FIRM, INSTALLATION, LIVE, ORDER, SIGNED
from portal.accounts.domain.roles import ROLE_LABELS, Role
from portal.workflow.lifecycle import Lifecycle, Transition

NOBODY = frozenset({Role.SYSTEM})
GO = Transition("go", ("a",), "b", NOBODY, "Aller", "allé")
ALL = (ORDER, INSTALLATION, ATTESTATION)


def test_a_verb_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        Lifecycle("x", "a", {"a": "A", "b": "B"}, (GO, GO))


@pytest.mark.parametrize("labels", [{"a": "A"}, {"b": "B"}])
def test_each_state_has_a_word(labels: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="without a label"):
        Lifecycle("x", "a", labels, (GO,))


def test_edges_are_changes_only() -> None:
    stay = Transition("stay", ("a", "b"), None, NOBODY, "Rester", "resté")
    back = Transition("back", ("a", "b"), "a", NOBODY, "Revenir", "revenu")
    made = Lifecycle("x", "a", {"a": "A", "b": "B"}, (GO, stay, back))
    assert made.edges() == [("a", "b"), ("b", "a")]
    assert made.transition("stay") is stay
    with pytest.raises(KeyError, match="no verb"):
        made.transition("fly")


@pytest.mark.parametrize("lifecycle", ALL, ids=lambda one: one.name)
def test_every_state_is_reached(lifecycle: Lifecycle) -> None:
    reached = {lifecycle.initial}
    for _ in lifecycle.states:
        reached |= {target for source, target in lifecycle.edges() if source in reached}
    assert reached == set(lifecycle.states)


@pytest.mark.parametrize("lifecycle", ALL, ids=lambda one: one.name)
def test_every_verb_has_somebody_and_words(lifecycle: Lifecycle) -> None:
    for transition in lifecycle.transitions:
        assert transition.roles and transition.label and transition.done
        assert Role.SYSTEM not in transition.roles or transition.roles == {Role.SYSTEM}


def test_live_states_hold_the_slot_and_ended_ones_do_not() -> None:
    assert set(LIVE) == {"signed_conditional", "signed_firm", "affirmed", "realised"}
    assert set(SIGNED) == set(LIVE) - {"realised"} and set(FIRM) == set(SIGNED) - {"signed_conditional"}
    final = {"realised", "declined", "cancelled", "transferred"}
    edges = ORDER.edges()
    assert not {source for source, _ in edges} & final
    # What a date ended, or a replacement, may only come back to where it was.
    assert {target for source, target in edges if source == "expired"} == {"issued"}
    for source in ("lapsed", "replaced"):
        assert {target for origin, target in edges if origin == source} == set(SIGNED)
    assert set(OPEN) == {"to_sign", "signed_with_reserves", "signed_late"}


def test_every_role_has_its_word() -> None:
    assert set(ROLE_LABELS) == set(Role)
