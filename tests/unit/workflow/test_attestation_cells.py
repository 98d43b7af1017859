"""Each (state × verb × role) of a VA, judged by the real executor on pure facts."""

from __future__ import annotations

import pytest

from attestations.domain.lifecycle import ATTESTATION
from attestations.services.machine import ATTESTATIONS
from tests.unit.orders import facts
from tests.unit.workflow.cells import Cell, cells, complete, judged

ROLES = {
    "sign": "T",
    "sign_with_reserves": "T",
    "sign_late": "T",
    "accept_late": "S",
    "refuse": "T",
    "retract": "FD",
    "lift": "FD",
    "confirm": "T",
    "complete": "T",
    "void": "S",
}
# fmt: off
NO_RESERVE = """
state              to_sign signed_with_reserves signed_late signed refused voided
sign               ok      -                    -           -      -       -
sign_with_reserves ok      -                    -           -      -       -
sign_late          not_late -                 -           -      -       -
accept_late        -       -                    still_late  -      -       -
refuse             ok      -                    -           -      -       -
retract            ok      -                    -           -      -       -
lift               -       no_reserve           -           -      -       -
confirm            -       nothing_lifted       -           -      -       -
complete           -       nothing_lifted       -           -      -       -
void               ok      ok                   ok          -      -       -
"""
# A reserve that the supplier has still to lift.
OPEN = NO_RESERVE.replace("no_reserve    ", "ok            ").replace(
    "complete           -       nothing_lifted", "complete           -       reserves_open "
)
# Nothing left but lifted reserves.
LIFTED = NO_RESERVE.replace("nothing_lifted", "ok            ")
# One lifted, one still open: what is lifted may be answered, the VA is not whole.
BOTH = """
state              to_sign signed_with_reserves signed_late signed refused voided
sign               ok      -                    -           -      -       -
sign_with_reserves ok      -                    -           -      -       -
sign_late          not_late -                 -           -      -       -
accept_late        -       -                    still_late  -      -       -
refuse             ok      -                    -           -      -       -
retract            ok      -                    -           -      -       -
lift               -       ok                   -           -      -       -
confirm            -       ok                   -           -      -       -
complete           -       reserves_open        -           -      -       -
void               ok      ok                   ok          -      -       -
"""
# fmt: on
SITUATIONS = {"none": (NO_RESERVE, 0, 0), "open": (OPEN, 1, 0), "lifted": (LIFTED, 0, 1), "both": (BOTH, 1, 1)}
CELLS = [
    pytest.param(cell, opened, lifted, id=f"{name}-{cell}")
    for name, (table, opened, lifted) in SITUATIONS.items()
    for cell in cells(table, ROLES)
]


def test_tables_are_whole() -> None:
    for table, _, _ in SITUATIONS.values():
        assert complete(cells(table, ROLES), ATTESTATION)


@pytest.mark.parametrize(("cell", "opened", "lifted"), CELLS)
def test_attestation(cell: Cell, opened: int, lifted: int) -> None:
    assert judged(ATTESTATIONS, cell, facts.va(reserves_open=opened, reserves_lifted=lifted)) == cell.codes
