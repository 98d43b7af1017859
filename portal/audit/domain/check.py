"""Is the journal still what it was? Every chain recomputed, and held against roots that do not lie in the database.

Chains alone show what was changed clumsily; whoever recomputes them whole, removes the end of one or one altogether,
or writes an act into the past is shown by the roots. Pure: rows in, faults out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from portal.audit.domain.anchors import Head, RootFile
from portal.audit.domain.events import Recorded, hash_of

IN_FLIGHT = timedelta(hours=1)
"""An act recorded just before a root may be committed just after it: no transaction of the portal lasts so long."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one row of the journal, in French; ``seq`` names a row that is missing too.

    ``row``: where it stands in the whole journal, for telling which fault comes first.
    """

    object_type: str
    object_id: str
    seq: int
    problem: str
    row: int = 0

    def as_json(self) -> dict[str, Any]:
        """The fault as plain JSON."""
        return {
            "object_type": self.object_type,
            "object_id": self.object_id,
            "seq": self.seq,
            "problem": self.problem,
        }


@dataclass
class Anchors:
    """What published roots say of each chain: its heads, root by root, each only where it changed."""

    made_at: list[datetime] = field(default_factory=list)
    heads: dict[tuple[str, str], list[tuple[int, int, str]]] = field(default_factory=dict)
    leaves: set[bytes] = field(default_factory=set)

    def add(self, file: RootFile) -> None:
        """Hold one more root; they come in the order in which they were made. A public file only has leaves."""
        if not file.heads:
            self.leaves.update(file.leaves)
            return
        rank = len(self.made_at)
        self.made_at.append(file.statement.made_at)
        for head in file.heads:
            known = self.heads.setdefault((head.object_type, head.object_id), [])
            if not known or known[-1][1:] != (head.seq, head.hash):
                known.append((rank, head.seq, head.hash))

    def told(self, rank: int) -> str:
        """The day of a root, as people read it."""
        return f"{self.made_at[rank]:%d/%m/%Y}"


@dataclass
class Check:
    """One pass over the journal. ``since``: rows recorded before keep their links checked, not their content."""

    anchors: Anchors
    since: datetime | None = None
    checked: int = 0
    chains: int = 0
    faults: list[Fault] = field(default_factory=list)

    def run(self, events: Iterable[Recorded]) -> None:
        """Check the rows, which come chain by chain, each by ``seq``; then what the roots know and nobody has seen."""
        unseen = self.anchors.heads
        for key, rows in groupby(events, key=lambda event: event[1:3]):
            chain = _Chain(self, key, unseen.pop(key, []))
            self.faults += [fault for event in rows for fault in chain.step(event)]
            self.faults += chain.end()
            self.chains += 1
        for key, known in unseen.items():
            rank, last, _ = known[-1]
            gone = f"la chaîne entière a disparu : l’empreinte du {self.anchors.told(rank)} en compte {last} lignes"
            self.faults.append(Fault(*key, seq=1, problem=gone))
        if left := len(self.anchors.leaves):
            gone = f"{left} chaînes du fichier fourni ne se retrouvent plus dans le journal"
            self.faults.append(Fault("", "", 0, gone))
        self._sort()

    def _sort(self) -> None:
        """The chain whose first faulty row is the oldest comes first; its faults go by number."""
        oldest: dict[tuple[str, str], int] = {}
        for fault in self.faults:
            key = (fault.object_type, fault.object_id)
            oldest[key] = min(fault.row, oldest.get(key, fault.row))
        self.faults.sort(key=lambda f: (oldest[f.object_type, f.object_id], f.object_type, f.object_id, f.seq))


class _Chain:
    """One chain on its way through the check."""

    def __init__(self, check: Check, key: tuple[str, str], known: list[tuple[int, int, str]]) -> None:
        self.check, self.key, self.known = check, key, known
        self.last: Recorded | None = None
        self.last_faulty = False

    def step(self, event: Recorded) -> Iterator[Fault]:
        """What is wrong with the next row, and with its place after the last one."""
        self.check.checked += 1
        problems = [*self._content(event), *self._place(event), *self._roots(event)]
        expected = self.last.seq + 1 if self.last else 1
        if event.seq > expected:
            row = self.last.row if self.last else event.row
            yield Fault(*self.key, seq=expected, problem=_missing(expected, event.seq - 1), row=row)
        elif event.prev_hash != (self.last.hash if self.last else ""):
            if self.last is None or problems:
                problems.append("elle ne retient pas l’empreinte de la ligne précédente")
            elif not self.last_faulty:
                rewritten = f"la ligne n° {event.seq} retient une autre empreinte de celle-ci, qui a été récrite"
                yield Fault(*self.key, seq=self.last.seq, problem=rewritten, row=self.last.row)
        if problems:
            yield Fault(*self.key, seq=event.seq, problem=" ; ".join(problems), row=event.row)
        self.last, self.last_faulty = event, bool(problems)

    def _content(self, event: Recorded) -> Iterator[str]:
        if self.check.since is not None and event.recorded_at < self.check.since:
            return
        try:
            intact = hash_of(event) == event.hash
        except (TypeError, ValueError):
            intact = False  # a value that the portal never writes
        if not intact:
            yield "son contenu ne correspond plus à son empreinte"

    def _place(self, event: Recorded) -> Iterator[str]:
        if self.last is None:
            return
        if event.seq <= self.last.seq:
            yield "elle porte le même numéro qu’une autre ligne de la chaîne"
        if event.row <= self.last.row:
            yield "elle fut écrite avant la ligne qui la précède : l’ordre a été changé"

    def _roots(self, event: Recorded) -> Iterator[str]:
        anchors = self.check.anchors
        if anchors.leaves:
            anchors.leaves.discard(Head(event.object_type, event.object_id, event.seq, event.hash).leaf())
        others = [rank for rank, seq, head in self.known if seq == event.seq and head != event.hash]
        if others:
            told = anchors.told(others[0])
            first = max((seq for _, seq, _ in self.known if seq < event.seq), default=0) + 1
            span = f"la chaîne a été récrite entre la ligne n° {first} et celle-ci"
            yield f"ce n’est pas la ligne que compte l’empreinte du {told} : {span}"
        rank = bisect_right(anchors.made_at, event.recorded_at + IN_FLIGHT)
        covered = max((seq for at, seq, _ in self.known if at <= rank), default=0)
        if rank < len(anchors.made_at) and event.seq > covered:
            told = anchors.told(rank)
            yield f"elle est antidatée : elle se dit antérieure à l’empreinte du {told}, qui ne la compte pas"

    def end(self) -> Iterator[Fault]:
        """What the roots know beyond the last row."""
        if self.last is None or not self.known:
            return
        rank, seq, _ = max(self.known, key=lambda anchor: anchor[1])
        if seq > self.last.seq:
            told = f"l’empreinte du {self.check.anchors.told(rank)} va jusqu’au n° {seq}"
            problem = f"{_missing(self.last.seq + 1, seq)} : {told}"
            yield Fault(*self.key, seq=self.last.seq + 1, problem=problem, row=self.last.row)


def _missing(first: int, last: int) -> str:
    return f"la ligne n° {first} manque" if first == last else f"les lignes n° {first} à {last} manquent"
