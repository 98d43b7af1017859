"""Each (state × verb × role) of an order and of its installation, judged by the real executor on pure facts."""

from __future__ import annotations

from typing import Any

import pytest

from orders.domain.lifecycle import INSTALLATION, ORDER
from orders.services.machines import INSTALLATIONS, ORDERS
from tests.unit.orders import facts
from tests.unit.workflow.cells import Cell, cells, complete, judged

# F fournisseur, D distributeur, T titulaire, A adjoint, I instructeur, V valideur, S portail.
ORDER_ROLES = {
    "edit": "FD",
    "issue": "FD",
    "discard": "FD",
    "withdraw": "FD",
    "sign_firm": "T",
    "sign_conditional": "T",
    "decline": "T",
    "expire": "S",
    "affirm": "S",
    "lapse": "S",
    "ask_cancel": "FDT",
    "keep": "FDT",
    "cancel": "FDT",
    "void": "V",
    "realise": "S",
    "hand_over": "S",
    "replace": "S",
    "transfer": "S",
    "redate": "S",
    "revive_issued": "S",
    "revive_conditional": "S",
    "revive_firm": "S",
    "revive_affirmed": "S",
}
# Lawful orders at 15/11/2022, référencé software but on the conditional state; nobody asked to cancel. « - »: wrong state.
# fmt: off
ORDER_TABLE = """
state              draft issued             signed_conditional          signed_firm   affirmed      realised declined expired     lapsed      cancelled replaced       transferred
edit               ok    -                  -                           -             -             -        -        -           -           -         -              -
issue              ok    -                  -                           -             -             -        -        -           -           -         -              -
discard            ok    -                  -                           -             -             -        -        -           -           -         -              -
withdraw           -     ok                 -                           -             -             -        -        -           -           -         -              -
sign_firm          -     ok                 -                           -             -             -        -        -           -           -         -              -
sign_conditional   -     already_referenced -                           -             -             -        -        -           -           -         -              -
decline            -     ok                 -                           -             -             -        -        -           -           -         -              -
expire             -     not_due            -                           -             -             -        -        -           -           -         -              -
affirm             -     -                  dossier_late -             -             -        -        -           -           -         -              -
lapse              -     -                  not_due                     not_due       not_due       -        -        -           -           -         -              -
ask_cancel         -     -                  ok                          ok            ok            -        -        -           -           -         -              -
keep               -     -                  nothing_asked               nothing_asked nothing_asked -        -        -           -           -         -              -
cancel             -     -                  nothing_asked               nothing_asked nothing_asked -        -        -           -           -         -              -
void               -     -                  ok                          ok            ok            -        -        -           -           -         -              -
realise            -     -                  -                           ok            ok            -        -        -           -           -         -              -
hand_over          ok    -                  -                           -             -             -        -        -           -           -         -              -
replace            -     -                  ok                          ok            ok            -        -        -           -           -         -              -
transfer           -     -                  ok                          ok            ok            -        -        -           -           -         -              -
redate             -     not_due            not_due                     -             -             -        -        -           -           -         -              -
revive_issued      -     -                  -                           -             -             -        -        other_cause -           -         -              -
revive_conditional -     -                  -                           -             -             -        -        -           other_state -         other_state    -
revive_firm        -     -                  -                           -             -             -        -        -           other_cause -         not_restorable -
revive_affirmed    -     -                  -                           -             -             -        -        -           other_state -         other_state    -
"""
INSTALLATION_ROLES = {
    "plan": "FD",
    "replan": "FD",
    "start": "FD",
    "declare": "FD",
    "fail": "FDT",
    "reserve": "FDT",
    "lift": "FDT",
    "validate": "S",
    "abort": "S",
}
# On a firm order, no reserve open, no VA waiting.
INSTALLATION_TABLE = """
state    to_plan planned in_progress installed  failed validated cancelled
plan     ok      -       -           -          ok     -         -
replan   -       ok      -           -          -      -         -
start    -       ok      -           -          -      -         -
declare  -       ok      ok          -          -      -         -
fail     -       ok      ok          -          -      -         -
reserve  -       -       -           ok         -      -         -
lift     -       -       -           no_reserve -      -         -
validate -       -       -           ok         -      -         -
abort    ok      ok      ok          ok         ok     -         -
"""
# On an order still conditional: planned at the supplier's risk, nothing else.
AT_RISK_TABLE = """
state    to_plan planned        in_progress    installed  failed validated cancelled
plan     ok      -              -              -          ok     -         -
replan   -       ok             -              -          -      -         -
start    -       order_not_firm -              -          -      -         -
declare  -       order_not_firm order_not_firm -          -      -         -
fail     -       ok             ok             -          -      -         -
reserve  -       -              -              ok         -      -         -
lift     -       -              -              no_reserve -      -         -
validate -       -              -              ok         -      -         -
abort    ok      ok             ok             ok         ok     -         -
"""
# fmt: on
ORDER_CELLS = cells(ORDER_TABLE, ORDER_ROLES)
INSTALLATION_CELLS = cells(INSTALLATION_TABLE, INSTALLATION_ROLES)
AT_RISK_CELLS = cells(AT_RISK_TABLE, INSTALLATION_ROLES)


def _order_facts(cell: Cell) -> Any:
    conditional = cell.state == "signed_conditional"
    signed = facts.paris(2022, 10, 12, 14)
    return facts.order(
        state=cell.state,
        actor_role=cell.role,
        changes=() if conditional else facts.HISTORY,
        conditional=conditional,
        counts_from=signed,
        stored_limit=facts.paris(2023, 2, 10) if conditional else facts.ORDER.stored_limit,
    )


def test_tables_are_whole() -> None:
    assert complete(ORDER_CELLS, ORDER)
    assert complete(INSTALLATION_CELLS, INSTALLATION)
    assert complete(AT_RISK_CELLS, INSTALLATION)


@pytest.mark.parametrize("cell", ORDER_CELLS, ids=str)
def test_order(cell: Cell) -> None:
    assert judged(ORDERS, cell, _order_facts(cell)) == cell.codes


@pytest.mark.parametrize("cell", INSTALLATION_CELLS, ids=str)
def test_installation(cell: Cell) -> None:
    assert judged(INSTALLATIONS, cell, facts.installation()) == cell.codes


@pytest.mark.parametrize("cell", AT_RISK_CELLS, ids=str)
def test_installation_at_risk(cell: Cell) -> None:
    assert judged(INSTALLATIONS, cell, facts.installation(order_state="signed_conditional")) == cell.codes
