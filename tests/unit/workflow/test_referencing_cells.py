"""Each (state × verb × role) of a dossier of référencement, judged by the real executor on pure facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.referencing.domain.lifecycle import REFERENCING
from portal.referencing.domain.rules import DossierFacts
from portal.referencing.services.machine import REFERENCINGS
from tests.unit.workflow.cells import cells, complete, judged

NOW = datetime(2022, 11, 15, 9, tzinfo=UTC)
ROLES = {
    "edit": "F",
    "accept_charter": "F",
    "deposit": "F",
    "retract": "F",
    "announce": "F",
    "declare_obsolete": "F",
    "restore_version": "F",
    "submit": "F",
    "answer": "F",
    "correct": "F",
    "abandon": "F",
    "ask_pieces": "I",
    "confirm_complete": "I",
    "start_review": "I",
    "judge": "I",
    "ask_corrections": "I",
    "extend": "I",
    "propose": "I",
    "send_back": "V",
    "reference": "V",
    "refuse": "V",
    "suspend": "I",
    "resume": "I",
    "withdraw": "V",
    "name_successor": "F",
    "replace": "I",
    "lapse": "S",
}
# fmt: off
# Nothing is missing, every requirement is met, no decision waits, the answer is not late, the successor is référencé.
CLEAN = """
state            draft submitted to_complete complete under_review       to_correct referenced  suspended   refused abandoned lapsed withdrawn replaced
edit             ok    -         -           -        -                  -          -           -           -       -         -      -         -
accept_charter   ok    -         -           -        -                  -          -           -           -       -         -      -         -
deposit          ok    -         ok          -        -                  ok         -           -           -       -         -      -         -
retract          ok    -         ok          -        -                  ok         -           -           -       -         -      -         -
announce         ok    ok        ok          ok       ok                 ok         -           -           -       -         -      -         -
declare_obsolete ok    ok        ok          ok       ok                 ok         ok          ok          -       -         -      -         -
restore_version  ok    ok        ok          ok       ok                 ok         ok          ok          -       -         -      -         -
submit           ok    -         -           -        -                  -          -           -           -       -         -      -         -
answer           -     -         ok          -        -                  -          -           -           -       -         -      -         -
correct          -     -         -           -        -                  ok         -           -           -       -         -      -         -
abandon          ok    ok        ok          ok       ok                 ok         -           -           -       -         -      -         -
ask_pieces       -     ok        -           -        -                  -          -           -           -       -         -      -         -
confirm_complete -     ok        -           -        -                  -          -           -           -       -         -      -         -
start_review     -     -         -           ok       -                  -          -           -           -       -         -      -         -
judge            -     -         -           -        ok                 -          -           -           -       -         -      -         -
ask_corrections  -     -         -           -        nothing_to_correct -          -           -           -       -         -      -         -
extend           -     -         ok          -        -                  ok         -           -           -       -         -      -         -
propose          -     -         -           -        ok                 -          ok          ok          -       -         -      -         -
send_back        -     -         -           -        no_proposal        -          no_proposal no_proposal -       -         -      -         -
reference        -     -         -           -        no_proposal        -          -           -           -       -         -      -         -
refuse           -     -         -           -        no_proposal        -          -           -           -       -         -      -         -
suspend          -     -         -           -        -                  -          ok          -           -       -         -      -         -
resume           -     -         -           -        -                  -          -           ok          -       -         -      -         -
withdraw         -     -         -           -        -                  -          no_proposal no_proposal -       -         -      -         -
name_successor   -     -         -           -        -                  -          ok          -           -       -         -      -         -
replace          -     -         -           -        -                  -          ok          -           -       -         -      -         -
lapse            -     -         not_due     -        -                  not_due    -           -           -       -         -      -         -
"""


def changed(table: str, **lines: str) -> str:
    """The table with some verbs' lines replaced."""
    return "\n".join(
        f"{line.split()[0]} {lines[line.split()[0]]}" if line.split() and line.split()[0] in lines else line
        for line in table.strip().splitlines()
    )


# The référencement is proposed, by somebody else.
PROPOSED = changed(
    CLEAN,
    judge           = "- - - - proposal_waits                    - -              -              - - - - -",
    ask_corrections = "- - - - proposal_waits+nothing_to_correct - -              -              - - - - -",
    propose         = "- - - - proposal_waits                    - proposal_waits proposal_waits - - - - -",
    send_back       = "- - - - ok                                - ok             ok             - - - - -",
    reference       = "- - - - ok                                - -              -              - - - - -",
    suspend         = "- - - - -                                 - proposal_waits -              - - - - -",
    replace         = "- - - - -                                 - proposal_waits -              - - - - -",
)
# The same by the very person who would decide.
OWN = changed(PROPOSED, reference="- - - - same_person - - - - - - - -")
# The withdrawal is proposed, by somebody else.
WITHDRAWAL = changed(
    PROPOSED,
    reference = "- - - - no_proposal - -  -  - - - - -",
    withdraw  = "- - - - -           - ok ok - - - - -",
)
# Nothing deposited nor accepted, the desk is closed, the answer late, one requirement to correct, no successor.
BARE = changed(
    CLEAN,
    submit           = "charter+numbers+missing+closed - - - - - - - - - - - -",
    answer           = "- -       missing+too_late - -  -                - - - - - - -",
    correct          = "- -       -                - -  missing+too_late - - - - - - -",
    confirm_complete = "- missing -                - -  -                - - - - - - -",
    ask_corrections  = "- -       -                - ok -                - - - - - - -",
    replace          = "- - - - - - no_successor - - - - - -",
    lapse            = "- - ok - - ok - - - - - - -",
)
# fmt: on
WHOLE: dict[str, Any] = {
    "now": NOW,
    "charter_accepted": True,
    "numbered": True,
    "required": frozenset({"INS.01.01.01"}),
    "covered": frozenset({"INS.01.01.01"}),
    "blocking": frozenset({"INS.01"}),
    "verdicts": {"INS.01": "met"},
    "answer_due_at": NOW + timedelta(seconds=1),
    "successor": True,
}
SITUATIONS = {
    "clean": (CLEAN, WHOLE),
    "proposed": (PROPOSED, WHOLE | {"proposal": "reference"}),
    "own": (OWN, WHOLE | {"proposal": "reference", "own_proposal": True}),
    "withdrawal": (WITHDRAWAL, WHOLE | {"proposal": "withdraw"}),
    "bare": (
        BARE,
        {
            "now": NOW,
            "required": frozenset({"INS.01.01.01"}),
            "verdicts": {"INS.01": "to_correct"},
            "closes_at": NOW,
            "answer_due_at": NOW,
        },
    ),
}
LINES = [pytest.param(name, verb, id=f"{name}-{verb}") for name in SITUATIONS for verb in ROLES]


def test_tables_are_whole() -> None:
    for table, _ in SITUATIONS.values():
        assert complete(cells(table, ROLES), REFERENCING)


@pytest.mark.parametrize(("name", "verb"), LINES)
def test_dossier(name: str, verb: str) -> None:
    """Every state and role of one verb: ninety-one cells a test, for there are twelve thousand."""
    table, given = SITUATIONS[name]
    line = [cell for cell in cells(table, ROLES) if cell.verb == verb]
    facts = DossierFacts(**given)
    assert {str(cell): judged(REFERENCINGS, cell, facts) for cell in line} == {str(cell): cell.codes for cell in line}
