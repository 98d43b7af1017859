"""The kinds of documents; applications declare theirs, ``portal.config`` installs them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind: ``code`` as stored, French ``title``, template, and the stem of the file name offered to people.

    ``by_portal``: the portal issues it in its own name, not in the supplier's. ``to_be_signed``: a step on the way to a
    signature, shown to who signs alone; what is signed holds it whole.
    """

    code: str
    title: str
    template_name: str
    file_stem: str
    by_portal: bool = False
    to_be_signed: bool = False


_kinds: dict[str, Kind] = {}


def install(*kinds: Kind) -> None:
    """Replace the whole table of kinds. Raises ValueError for a code given twice."""
    table = {kind.code: kind for kind in kinds}
    if len(table) != len(kinds):
        raise ValueError("a document kind is declared twice")
    _kinds.clear()
    _kinds.update(table)


def kind(code: str) -> Kind:
    """The kind of ``code``. Raises LookupError for an unknown one."""
    try:
        return _kinds[code]
    except KeyError:
        raise LookupError(f"unknown document kind {code!r}") from None


def to_be_signed() -> list[str]:
    """The codes of the kinds that a dossier does not list."""
    return [kind.code for kind in _kinds.values() if kind.to_be_signed]


def codes() -> frozenset[str]:
    """Every installed code."""
    return frozenset(_kinds)
