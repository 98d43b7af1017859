"""The requirements of a programme's référencement as data: chapter → requirement → scenario → proof.

The shape is the ANS's own (facts on référencement, « REM »). A requirement applies when its profile is among those the
supplier chose; ``general`` always is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

GENERAL = "general"
EXIGENCE, PRECONISATION = "exigence", "preconisation"
NATURES = {EXIGENCE: "Exigence", PRECONISATION: "Préconisation"}
CRITICALITIES = {"mineure": "Mineure", "majeure": "Majeure", "critique": "Critique"}
CONFIDENCES = ("C", "P", "U")
MOST_PROOFS = 10


class BadRequirements(ValueError):
    """A file of requirements that cannot be read; the message says where and what was expected."""


@dataclass(frozen=True)
class ExpectedProof:
    """One piece to deposit."""

    code: str
    label: str


@dataclass(frozen=True)
class Scenario:
    """How conformity is shown."""

    code: str
    text: str
    proofs: tuple[ExpectedProof, ...]


@dataclass(frozen=True)
class Requirement:
    """One statement of the référentiel; an exigence blocks the référencement, a préconisation does not."""

    code: str
    statement: str
    nature: str
    profile: str
    criticality: str
    source: str
    confidence: str
    scenarios: tuple[Scenario, ...]

    @property
    def blocking(self) -> bool:
        """Whether it must be met to be référencé."""
        return self.nature == EXIGENCE

    @property
    def to_confirm(self) -> bool:
        """Whether the source leaves a doubt."""
        return self.confidence != "C"

    @property
    def proofs(self) -> tuple[ExpectedProof, ...]:
        """Every piece that its scenarios expect."""
        return tuple(proof for scenario in self.scenarios for proof in scenario.proofs)

    @property
    def nature_label(self) -> str:
        """The nature in French."""
        return NATURES[self.nature]

    @property
    def criticality_label(self) -> str:
        """The criticality in French."""
        return CRITICALITIES[self.criticality]


@dataclass(frozen=True)
class Chapter:
    """The requirements whose proofs are deposited together."""

    code: str
    title: str
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True)
class Profile:
    """What the supplier's software does; a conditional one is chosen, ``general`` always holds."""

    code: str
    label: str
    conditional: bool


@dataclass(frozen=True)
class RequirementList:
    """One version of the requirements of a programme."""

    programme: str
    version: int
    title: str
    source: str
    note: str
    charter: str
    recourse: str
    profiles: tuple[Profile, ...]
    chapters: tuple[Chapter, ...]

    def for_profiles(self, profiles: Collection[str]) -> tuple[Chapter, ...]:
        """The chapters with the requirements that apply; a chapter left without any is dropped."""
        chosen = {GENERAL, *profiles}
        kept = (
            Chapter(c.code, c.title, tuple(r for r in c.requirements if r.profile in chosen)) for c in self.chapters
        )
        return tuple(chapter for chapter in kept if chapter.requirements)

    def applicable(self, profiles: Collection[str]) -> tuple[Requirement, ...]:
        """Every requirement that applies, in order."""
        return tuple(r for chapter in self.for_profiles(profiles) for r in chapter.requirements)

    def required_proofs(self, profiles: Collection[str]) -> frozenset[str]:
        """The codes of the proofs without which the dossier is not complete: those of the exigences."""
        return frozenset(p.code for r in self.applicable(profiles) if r.blocking for p in r.proofs)

    def blocking(self, profiles: Collection[str]) -> frozenset[str]:
        """The codes of the requirements that must be met."""
        return frozenset(r.code for r in self.applicable(profiles) if r.blocking)


def requirement_of(proof: str) -> str:
    """The requirement of a proof: ``INS.01.02.01`` belongs to ``INS.01`` (scenario and proof are two parts more)."""
    return proof.rsplit(".", 2)[0]


def parse(content: Mapping[str, Any]) -> RequirementList:
    """Read the content of a file. Raises ``BadRequirements`` naming what is wrong."""
    try:
        listed = _parse(content)
    except KeyError as error:
        raise BadRequirements(f"clé manquante : {error}") from error
    except (TypeError, ValueError) as error:
        raise BadRequirements(str(error)) from error
    _check(listed)
    return listed


def _parse(content: Mapping[str, Any]) -> RequirementList:
    return RequirementList(
        programme=content["programme"],
        version=int(content["version"]),
        title=content["title"],
        source=content["source"],
        note=content["note"],
        charter=content["charter"],
        recourse=content["recourse"],
        profiles=tuple(Profile(p["code"], p["label"], bool(p["conditional"])) for p in content["profiles"]),
        chapters=tuple(
            Chapter(c["code"], c["title"], tuple(_requirement(r) for r in c["requirements"]))
            for c in content["chapters"]
        ),
    )


def _requirement(row: Mapping[str, Any]) -> Requirement:
    return Requirement(
        code=row["code"],
        statement=row["statement"],
        nature=_one_of(row, "nature", NATURES),
        profile=row["profile"],
        criticality=_one_of(row, "criticality", CRITICALITIES),
        source=row["source"],
        confidence=_one_of(row, "confidence", CONFIDENCES),
        scenarios=tuple(
            Scenario(s["code"], s["text"], tuple(ExpectedProof(p["code"], p["label"]) for p in s["proofs"]))
            for s in row["scenarios"]
        ),
    )


def _one_of(row: Mapping[str, Any], key: str, allowed: Collection[str]) -> str:
    value = str(row[key])
    if value not in allowed:
        raise BadRequirements(f"{row['code']}.{key} = {value!r} : attendu {', '.join(allowed)}")
    return value


def _check(listed: RequirementList) -> None:
    profiles = {p.code for p in listed.profiles}
    if GENERAL not in profiles:
        raise BadRequirements("le profil general manque")
    codes: set[str] = set()
    for code in _codes(listed):
        if code in codes:
            raise BadRequirements(f"{code} est donné deux fois")
        codes.add(code)
    for requirement in (r for c in listed.chapters for r in c.requirements):
        if requirement.profile not in profiles:
            raise BadRequirements(f"{requirement.code}.profile = {requirement.profile!r} : profil inconnu")
        if requirement.blocking and not requirement.proofs:
            raise BadRequirements(f"{requirement.code} : une exigence a au moins une preuve")
        for scenario in requirement.scenarios:
            _check_scenario(requirement, scenario)


def _check_scenario(requirement: Requirement, scenario: Scenario) -> None:
    if len(scenario.proofs) > MOST_PROOFS:
        raise BadRequirements(f"{scenario.code} : {MOST_PROOFS} preuves au plus")
    if strays := [p.code for p in scenario.proofs if requirement_of(p.code) != requirement.code]:
        raise BadRequirements(f"{requirement.code} : preuve d’une autre exigence ({', '.join(strays)})")


def _codes(listed: RequirementList) -> Iterator[str]:
    for chapter in listed.chapters:
        yield f"chapitre {chapter.code}"
        for requirement in chapter.requirements:
            yield requirement.code
            for scenario in requirement.scenarios:
                yield scenario.code
            yield from (proof.code for proof in requirement.proofs)
