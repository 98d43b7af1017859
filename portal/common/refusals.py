"""How a rule says no: a value with a stable code, plain French words and its legal source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """One reason why an act is refused.

    ``code``: stable identifier; ``message``: French, says what is wrong, what was expected and what to do;
    ``field``: name of the input it belongs to, or empty; ``legal_ref``: article or page of the source.
    """

    code: str
    message: str
    field: str = ""
    legal_ref: str = ""


class Refused(Exception):
    """Raised by services: the act did not happen and nothing was written."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        if not refusals:
            raise ValueError("Refused needs at least one refusal")
        self.refusals: tuple[Refusal, ...] = tuple(refusals)
        super().__init__("; ".join(r.message for r in self.refusals))

    @property
    def codes(self) -> tuple[str, ...]:
        """The stable codes, in the order the rules gave them."""
        return tuple(r.code for r in self.refusals)


def refuse(code: str, message: str, field: str = "", legal_ref: str = "") -> Refused:
    """A ``Refused`` holding a single refusal, to be raised by the caller."""
    return Refused([Refusal(code, message, field, legal_ref)])
