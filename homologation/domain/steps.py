"""The other steps of compliance, as data of the catalogue: who does what, which expiry is watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from homologation.domain.breaches import check_texts
from portal.common.refusals import Refusal

TODO, DOING, DONE, VOID = "todo", "doing", "done", "void"
STATES: Mapping[str, str] = {TODO: "À faire", DOING: "En cours", DONE: "Fait", VOID: "Sans objet"}


class BadCatalogue(Exception):
    """The file does not say what is expected of it."""


@dataclass(frozen=True)
class Step:
    """One step; ``pharmacy`` and ``supplier`` say what each has to do, empty for nothing."""

    key: str
    title: str
    pharmacy: str
    supplier: str
    source: str
    watched: bool = False
    confirmed: bool = True


@dataclass(frozen=True)
class Checklist:
    """The steps in order; ``remind_days``: how many days before an expiry a reminder leaves, farthest first."""

    steps: tuple[Step, ...]
    remind_days: tuple[int, ...]

    def step(self, key: str) -> Step | None:
        """The step of this key."""
        return next((step for step in self.steps if step.key == key), None)


@dataclass(frozen=True)
class Clock:
    """Whom to tell of a breach, from what on, within how many elapsed hours (0: without delay), and when."""

    addressee: str
    trigger: str
    hours: int
    when: str
    source: str
    confirmed: bool


@dataclass(frozen=True)
class Told:
    """Where breaches are notified, and every clock."""

    teleservice: str
    teleservice_label: str
    clocks: tuple[Clock, ...]


@dataclass(frozen=True)
class Said:
    """What a person says of a step. ``day``: done on, or planned for."""

    state: str
    owner: str = ""
    day: date | None = None
    expires_on: date | None = None
    note: str = ""


def parse_checklist(content: Mapping[str, Any]) -> Checklist:
    """The checklist of a file. Raises ``BadCatalogue``."""
    try:
        steps = tuple(Step(**one) for one in content["step"])
        days = tuple(sorted({int(number) for number in content["remind_days"]}, reverse=True))
    except (KeyError, TypeError, ValueError) as error:
        raise BadCatalogue(f"étapes : {error}") from error
    if len({step.key for step in steps}) != len(steps):
        raise BadCatalogue("étapes : une clé est donnée deux fois")
    if not all(step.pharmacy or step.supplier for step in steps):
        raise BadCatalogue("étapes : chacune a un responsable")
    return Checklist(steps, days)


def parse_told(content: Mapping[str, Any]) -> Told:
    """Whom to tell of a breach. Raises ``BadCatalogue``."""
    try:
        clocks = tuple(Clock(**one) for one in content["clock"])
        return Told(str(content["teleservice"]), str(content["teleservice_label"]), clocks)
    except (KeyError, TypeError) as error:
        raise BadCatalogue(f"violations : {error}") from error


def check_said(step: Step, said: Said, today: date) -> list[Refusal]:
    """What is done says since when; what is void says why; a certificate in use says until when."""
    refusals = check_texts({"owner": said.owner, "note": said.note})
    if said.state not in STATES:
        refusals.append(Refusal("unknown_state", "Choisissez où en est cette étape.", "state"))
    if said.state == DONE and said.day is None:
        refusals.append(Refusal("missing_day", "Indiquez le jour où c’était fait.", "day"))
    if said.state == DONE and said.day is not None and said.day > today:
        refusals.append(Refusal("in_the_future", "Ce jour est dans le futur : l’étape est « En cours ».", "day"))
    if said.state == VOID and not said.note.strip():
        refusals.append(Refusal("missing_reason", "Dites en quelques mots pourquoi c’est sans objet.", "note"))
    if step.watched and said.state == DONE and said.expires_on is None:
        words = "Indiquez la date d’expiration du certificat : le portail vous préviendra avant."
        refusals.append(Refusal("missing_expiry", words, "expires_on"))
    if not step.watched and said.expires_on is not None:
        refusals.append(Refusal("no_expiry", "Cette étape n’expire pas : laissez la date vide.", "expires_on"))
    return refusals


def expiry_reminder(expires_on: date, today: date, days: Sequence[int], sent: Sequence[int]) -> int | None:
    """The one reminder to send today, as days before the expiry: the last that is due, none that a later one covers."""
    due = [number for number in days if today >= expires_on - timedelta(days=number)]
    last = min(due, default=None)
    return last if last is not None and all(number > last for number in sent) else None
