"""A simulated programme in French, for reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from attestations.domain.lifecycle import ATTESTATION as VA_LIFECYCLE
from orders.domain.lifecycle import INSTALLATION as INSTALLATION_LIFECYCLE
from orders.domain.lifecycle import ORDER as ORDER_LIFECYCLE
from portal.common.clock import PARIS
from portal.demo.domain.happenings import ATTESTATION, INSTALLATION, ORDER, REFERENCING, Happening
from portal.registry.domain.referencing import STATUS_LABELS, Status

_LIFECYCLES = {ORDER: ORDER_LIFECYCLE, INSTALLATION: INSTALLATION_LIFECYCLE, ATTESTATION: VA_LIFECYCLE}
_CREATED = {ORDER: "Brouillon créé", INSTALLATION: "Installation ouverte", ATTESTATION: "VA préparée"}


def told_between(happenings: Sequence[Happening], first: date, last: date) -> Iterator[str]:
    """A line for each of them, or the one that says that nothing happens between two days."""
    yield from map(told, happenings)
    if not happenings:
        yield f"Rien ne se passe du {first:%d/%m/%Y} au {last:%d/%m/%Y}."


def told(happening: Happening) -> str:
    """One line: date and hour in Paris, object, what was done, the new state, why where the portal acted by itself."""
    moved = happening.to_state != happening.from_state and happening.verb != "create"
    state = f" → {_state(happening)}" if moved else ""
    because = f" [{happening.because}]" if happening.because else ""
    local = happening.at.astimezone(PARIS)
    return f"{local:%d/%m/%Y %H:%M}  {happening.object:22}  {_done(happening)}{state}{because}"


def _done(happening: Happening) -> str:
    if happening.kind == REFERENCING:
        return "Statut de référencement"
    if happening.verb == "create":
        return _CREATED[happening.kind]
    return _LIFECYCLES[happening.kind].transition(happening.verb).done


def _state(happening: Happening) -> str:
    if happening.kind == REFERENCING:
        return STATUS_LABELS[Status(happening.to_state)]
    return _LIFECYCLES[happening.kind].labels[happening.to_state]
