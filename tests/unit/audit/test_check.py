"""Any one change of any one row of a journal whose heads are published is found; the journal itself passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.audit.domain.anchors import Head, RootFile, Seal, state_root
from portal.audit.domain.check import IN_FLIGHT, Anchors, Check
from portal.audit.domain.events import Recorded, content_of, hash_of

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
LENGTHS = (1, 3, 2, 4)
CHANGES: dict[str, Any] = {
    "object_type": "other",
    "object_id": "other",
    "thread": "other",
    "seq": 9,
    "at": NOW + timedelta(days=9),
    "recorded_at": NOW - timedelta(days=9),
    "actor": 7,
    "role": "other",
    "verb": "other",
    "from_state": "other",
    "to_state": "other",
    "rule_set": "other",
    "data": {"other": True},
    "request_id": "other",
    "prev_hash": "0" * 64,
    "hash": "0" * 64,
}


def chained(events: list[Recorded]) -> list[Recorded]:
    """The same rows with links and hashes recomputed, chain by chain."""
    made: list[Recorded] = []
    for _, rows in groupby(events, key=lambda event: event[1:3]):
        previous = ""
        for row in rows:
            linked = row._replace(prev_hash=previous)
            made.append(linked._replace(hash=hash_of(linked)))
            previous = made[-1].hash
    return made


def journal() -> list[Recorded]:
    rows: list[Recorded] = []
    for chain, length in enumerate(LENGTHS):
        for seq in range(1, length + 1):
            data = {"n": seq}
            rows.append(
                Recorded(
                    *(len(rows) + 1, "order", f"o{chain}", "t", seq, NOW, NOW, None, None, "system", "act", "a", "b"),
                    *("r", data, "", "", ""),
                )
            )
    return chained(rows)


JOURNAL = journal()


def root_of(events: list[Recorded], made_at: datetime = NOW) -> RootFile:
    last = {event[1:3]: event for event in events}
    heads = [Head(event.object_type, event.object_id, event.seq, event.hash) for event in last.values()]
    statement = state_root(heads, made_at, 1, "")
    return RootFile(statement, statement.hash, Seal(), tuple(head.leaf() for head in heads), tuple(heads))


def checked(events: list[Recorded], *roots: RootFile, since: datetime | None = None) -> Check:
    anchors = Anchors()
    for root in roots:
        anchors.add(root)
    check = Check(anchors, since)
    check.run(sorted(events, key=lambda event: (event.object_type, event.object_id, event.seq, event.row)))
    return check


def test_the_journal_itself_passes() -> None:
    for roots in ([], [root_of(JOURNAL)], [root_of(JOURNAL[:4]), root_of(JOURNAL, NOW + timedelta(days=1))]):
        check = checked(JOURNAL, *roots)
        assert (check.faults, check.checked, check.chains) == ([], sum(LENGTHS), len(LENGTHS))


@given(st.integers(0, len(JOURNAL) - 1), st.sampled_from(sorted(CHANGES)))
def test_any_one_field_changed_is_found(place: int, name: str) -> None:
    row = JOURNAL[place]
    changed = [*JOURNAL[:place], row._replace(**{name: CHANGES[name]}), *JOURNAL[place + 1 :]]
    faults = checked(changed, root_of(JOURNAL)).faults
    assert faults
    if name not in ("object_type", "object_id", "seq"):
        assert (row.object_id, row.seq) in {(fault.object_id, fault.seq) for fault in faults}


@given(st.integers(0, len(JOURNAL) - 1), st.sampled_from(sorted(set(CHANGES) - {"hash", "prev_hash", "seq"})))
def test_neither_does_recomputing_the_chain_help(place: int, name: str) -> None:
    row = JOURNAL[place]
    changed = chained([*JOURNAL[:place], row._replace(**{name: CHANGES[name]}), *JOURNAL[place + 1 :]])
    assert checked(changed, root_of(JOURNAL)).faults


@given(st.sets(st.integers(0, len(JOURNAL) - 1), min_size=1))
def test_any_rows_removed_are_found_recomputed_or_not(places: set[int]) -> None:
    left = [row for place, row in enumerate(JOURNAL) if place not in places]
    recounted: list[Recorded] = []
    for _, rows in groupby(left, key=lambda event: event[1:3]):
        recounted += [row._replace(seq=seq) for seq, row in enumerate(rows, start=1)]
    assert checked(left, root_of(JOURNAL)).faults
    assert checked(chained(recounted), root_of(JOURNAL)).faults


@given(st.permutations(range(1, 5)).filter(lambda order: list(order) != [1, 2, 3, 4]))
def test_any_other_order_is_found_recomputed_or_not(order: list[int]) -> None:
    last = JOURNAL[-4:]
    swapped = [row._replace(seq=seq) for row, seq in zip(last, order, strict=True)]
    assert checked([*JOURNAL[:-4], *swapped], root_of(JOURNAL)).faults
    again = chained([*JOURNAL[:-4], *sorted(swapped, key=lambda row: row.seq)])
    assert checked(again, root_of(JOURNAL)).faults
    assert any("l’ordre a été changé" in fault.problem for fault in checked(again).faults), "without any root"


@pytest.mark.parametrize(("late", "faulty"), [(timedelta(0), False), (timedelta(microseconds=1), True)])
def test_only_what_cannot_have_been_under_way_is_backdated(late: timedelta, faulty: bool) -> None:
    root = root_of(JOURNAL, NOW + IN_FLIGHT + late)
    forged = chained([*JOURNAL, JOURNAL[-1]._replace(row=99, seq=5)])
    new = JOURNAL[0]._replace(row=98, object_id="o9")
    for events in (forged, chained([*JOURNAL, new])):
        assert [f.problem.startswith("elle est antidatée") for f in checked(events, root).faults] == [True] * faulty


def test_leaves_alone_show_that_something_is_gone() -> None:
    root = root_of(JOURNAL)
    public = RootFile(root.statement, root.hash, root.seal, root.leaves)
    assert checked(JOURNAL, public).faults == []
    [fault] = checked(JOURNAL[1:], public).faults
    assert fault.problem.startswith("1 chaînes du fichier fourni")


def test_a_doubled_number_is_told() -> None:
    twin = JOURNAL[-2]._replace(row=99, verb="twin")
    problems = [fault.problem for fault in checked([*JOURNAL, twin._replace(hash=hash_of(twin))]).faults]
    assert any("même numéro" in problem for problem in problems)


def test_since_an_instant_contents_of_before_are_taken_on_trust() -> None:
    changed = [*JOURNAL[:1], JOURNAL[1]._replace(verb="other"), *JOURNAL[2:]]
    assert checked(changed, root_of(JOURNAL), since=NOW + timedelta(seconds=1)).faults == []
    assert checked(changed, root_of(JOURNAL), since=NOW).faults != []


def test_the_hash_covers_instants_whatever_their_zone() -> None:
    row = JOURNAL[0]
    local = row._replace(at=row.at.astimezone(), recorded_at=row.recorded_at.astimezone())
    assert content_of(local) == content_of(row) and hash_of(local) == row.hash
