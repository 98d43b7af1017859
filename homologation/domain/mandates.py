"""Which parts of the questionnaire an adjoint fills in, until when (compliance facts §1.8). Days are those of Paris.

Nobody's mandates on record: an adjoint fills in every part. One or more: only the parts of the mandates of the day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from homologation.domain.validity import DURATIONS, months_after
from portal.common.patient_numbers import check_free_text
from portal.common.refusals import Refusal

MOST_MONTHS = max(DURATIONS)
"""A mandate lasts no longer than the longest decision. « À confirmer »."""
MISSING = "no_mandate"


def in_words(day: date) -> str:
    """« 15/11/2022 »."""
    return f"{day:%d/%m/%Y}"


@dataclass(frozen=True)
class Mandate:
    """A mandate on one part over the days ``[starts_on, ends_on)``, given by ``giver``.

    ``revoked_on``: the day from which it is revoked, at once, with ``reason``.
    """

    section: int
    starts_on: date
    ends_on: date
    giver: str
    revoked_on: date | None = None
    reason: str = ""

    @property
    def last_day(self) -> date:
        """The last day on which it runs, unless it is revoked."""
        return self.ends_on - timedelta(days=1)

    def runs(self, today: date) -> bool:
        """Whether it lets its part be filled in today."""
        return self.revoked_on is None and self.starts_on <= today < self.ends_on


@dataclass(frozen=True)
class Mandates:
    """Every mandate that a person ever had in a pharmacy, as it stands on a day."""

    today: date
    person: str = ""
    rows: tuple[Mandate, ...] = ()

    @property
    def limited(self) -> bool:
        """Whether the person fills in some parts only."""
        return bool(self.rows)

    @property
    def running(self) -> list[Mandate]:
        """The mandates of the day, by part."""
        return sorted((row for row in self.rows if row.runs(self.today)), key=lambda row: row.section)

    def covers(self, section: int) -> bool:
        """Whether the person fills in this part today."""
        return not self.limited or any(row.section == section for row in self.running)

    def check(self, sections: Iterable[int]) -> list[Refusal]:
        """For each part that the person may not fill in today: which, whose mandate, until when, and what to do."""
        return [Refusal(MISSING, self.why_not(one)) for one in sorted(set(sections)) if not self.covers(one)]

    def why_not(self, section: int) -> str:
        """The words of a refusal; empty where the part may be filled in."""
        if self.covers(section):
            return ""
        words = [f"La partie {section} n’est pas à remplir par {self.person} aujourd’hui : {self._last(section)}."]
        if self.running:
            parts = (f"partie {row.section} jusqu’au {in_words(row.last_day)} inclus" for row in self.running)
            words.append(f"Mandats en cours : {', '.join(parts)}.")
        words.append("Pour la remplir, demandez à un titulaire de votre pharmacie un mandat sur cette partie.")
        return " ".join(words)

    def _last(self, section: int) -> str:
        found = sorted((row for row in self.rows if row.section == section), key=lambda row: row.ends_on)
        coming = [row for row in found if row.revoked_on is None and row.starts_on > self.today]
        if coming:
            return f"son mandat, donné par {coming[0].giver}, commence le {in_words(coming[0].starts_on)}"
        if not found:
            return "aucun mandat ne lui a été donné sur cette partie"
        row = found[-1]
        if row.revoked_on is not None:
            return f"son mandat, donné par {row.giver}, a été retiré le {in_words(row.revoked_on)} ({row.reason})"
        return f"son mandat, donné par {row.giver}, a pris fin le {in_words(row.last_day)} au soir"


@dataclass(frozen=True)
class NewMandate:
    """What a titulaire gives: parts, and the first and the last day (included)."""

    sections: tuple[int, ...]
    starts_on: date
    last_day: date

    @property
    def ends_on(self) -> date:
        """The first day on which it runs no more."""
        return self.last_day + timedelta(days=1)


def check_mandate(given: NewMandate, known: Collection[int], today: date) -> list[Refusal]:
    """Known parts, from today on, the end after the start, no longer than the longest decision."""
    refusals = []
    if not given.sections or not set(given.sections) <= set(known):
        refusals.append(Refusal("bad_sections", "Choisissez une ou plusieurs parties du questionnaire.", "sections"))
    if given.starts_on < today:
        words = f"Un mandat ne commence pas dans le passé : donnez le {in_words(today)} ou un jour à venir."
        refusals.append(Refusal("past_date", words, "starts_on"))
    if given.last_day < given.starts_on:
        words = "Le dernier jour vient avant le premier : donnez un jour qui le suit, ou le même jour."
        refusals.append(Refusal("bad_dates", words, "last_day"))
    elif given.ends_on > months_after(given.starts_on, MOST_MONTHS):
        words = f"Un mandat dure {MOST_MONTHS} mois au plus : donnez un dernier jour plus proche."
        refusals.append(Refusal("too_long", words, "last_day"))
    return refusals


def check_revocation(reason: str) -> list[Refusal]:
    """A mandate that is taken back says why; whoever had it reads it."""
    if not reason.strip():
        return [Refusal("missing_field", "Dites en quelques mots pourquoi vous retirez ce mandat.", "reason")]
    return check_free_text(reason, "reason")
