"""The detailed report that a supplier deposits: one line a pharmacy, month and account, by its pseudonym.

It answers what totals and logs cannot: maintenance without a ticket (SUP-06), activity outside the declared presence or
on two posts (SUP-07). An empty count is « not known », never zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from homologation.domain.monthly_file import Format, count_faults, month_of, place_faults, read_lines
from indicators.domain.log_format import USER_REF
from portal.common.refusals import Refusal

COUNTS, KNOWN_OR_NOT = ("appels", "prescriptions"), ("tickets", "hors_presence", "deux_postes")
COLUMNS = ("finess", "mois", "compte", *COUNTS, "maintenance", *KNOWN_OR_NOT)
_ACCOUNT = re.compile(USER_REF)
_YES_OR_NO = {"oui": True, "non": False}


@dataclass(frozen=True)
class Detail:
    """What one line says of an account over the month; None: the supplier cannot tell."""

    line: int
    finess: str
    month: date
    user_ref: str
    calls: int
    prescriptions: int
    maintenance: bool
    tickets: int | None
    outside_presence: int | None
    two_posts: int | None

    @property
    def key(self) -> tuple[str, date, str]:
        """What may be said once in a file."""
        return self.finess, self.month, self.user_ref


def read_details(content: bytes, today: date) -> tuple[list[Detail], list[Refusal]]:
    """The lines of a file, or why it is refused: then nothing of it is to be taken."""
    return read_lines(content, Format((COLUMNS,), _faults, _detail, _contradictions), today)


def _faults(cells: Mapping[str, str]) -> Iterator[str]:
    yield from place_faults(cells)
    if not _ACCOUNT.fullmatch(cells["compte"]):
        yield "« compte » doit être le pseudonyme du compte : 32 lettres, chiffres ou tirets au plus"
    if cells["maintenance"] not in _YES_OR_NO:
        yield "« maintenance » doit être oui ou non"
    yield from count_faults(cells, COUNTS)
    yield from count_faults(cells, KNOWN_OR_NOT, empty=True)


def _detail(line: int, cells: Mapping[str, str]) -> Detail:
    tickets, outside_presence, two_posts = (int(cells[name]) if cells[name] else None for name in KNOWN_OR_NOT)
    return Detail(
        line=line,
        finess=cells["finess"],
        month=month_of(cells),
        user_ref=cells["compte"],
        calls=int(cells["appels"]),
        prescriptions=int(cells["prescriptions"]),
        maintenance=_YES_OR_NO[cells["maintenance"]],
        tickets=tickets,
        outside_presence=outside_presence,
        two_posts=two_posts,
    )


def _contradictions(one: Detail, today: date) -> Iterator[str]:
    for name, value in (("hors_presence", one.outside_presence), ("deux_postes", one.two_posts)):
        if value is not None and value > one.calls:
            yield f"« {name} » ne peut pas dépasser « appels »"
