"""What the reading of a FINESS file says: remarks by line and column, or the refusal of the whole file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.common.refusals import Refusal, Refused

VALUE_LENGTH = 80
WHOLE_FILE = 0
WHOLE_LINE = "(ligne)"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing seen in the file.

    ``line``: physical line, from 1, or ``WHOLE_FILE``; ``column``: the official name of the cell or ``WHOLE_LINE``;
    ``value``: as read, cut at 80 characters; ``reason``: plain French.
    """

    line: int
    column: str
    value: str
    reason: str


def remark(line: int, column: str, value: str, reason: str) -> Remark:
    """A remark whose value is cut to what is stored and shown."""
    return Remark(line, column, value[:VALUE_LENGTH], reason)


class FileRefused(Refused):
    """The file is refused whole: nothing of it may be written. ``places`` tells where it shows."""

    def __init__(self, code: str, message: str, places: Sequence[Remark] = ()) -> None:
        super().__init__([Refusal(code, message, "file")])
        self.places: tuple[Remark, ...] = tuple(places)

    @property
    def message(self) -> str:
        """What was seen, where, and what to do, in French."""
        return self.refusals[0].message
