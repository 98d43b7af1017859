"""The guards of a dossier of référencement: facts in, refusals out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from portal.common.refusals import Refusal
from portal.referencing.domain.decisions import DECISION_LABELS, Decision, Outcome
from portal.referencing.domain.requirements import requirement_of


@dataclass(frozen=True)
class DossierFacts:
    """Everything that decides what may be done with one dossier at ``now``.

    ``required``: codes of the proofs it needs; ``covered``: those that a live file covers; ``blocking``: codes of the
    requirements that must be met; ``verdicts``: the last one on each; ``asked``: requirements of the open request,
    ``renewed``: those of them for which something was deposited since; ``proposal``: the one that waits, or empty;
    ``successor``: whether the version named to replace this one is référencée, None when none is named;
    ``earliest_effect``: before which the next decision cannot take effect.
    """

    now: datetime
    closes_at: datetime | None = None
    closes_source: str = ""
    charter_accepted: bool = False
    numbered: bool = False
    required: frozenset[str] = frozenset()
    covered: frozenset[str] = frozenset()
    blocking: frozenset[str] = frozenset()
    verdicts: Mapping[str, str] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    renewed: frozenset[str] = frozenset()
    answer_due_at: datetime | None = None
    proposal: str = ""
    own_proposal: bool = False
    successor: bool | None = None
    earliest_effect: datetime | None = None

    @property
    def missing(self) -> frozenset[str]:
        """The proofs still to deposit."""
        return self.required - self.covered

    @property
    def unmet(self) -> frozenset[str]:
        """The requirements that must be met and are not judged so."""
        return frozenset(code for code in self.blocking if self.verdicts.get(code) != Outcome.MET)

    @property
    def to_correct(self) -> frozenset[str]:
        """The requirements judged to be corrected."""
        return frozenset(code for code, outcome in self.verdicts.items() if outcome == Outcome.TO_CORRECT)


def guard_submit(facts: DossierFacts) -> list[Refusal]:
    """Charter accepted, NIE and NIL given, every required proof there, strictly before the closing if there is one."""
    refusals = []
    if not facts.charter_accepted:
        refusals.append(
            Refusal("charter", "Acceptez d’abord la charte de référencement : elle engage votre entreprise.")
        )
    if not facts.numbered:
        refusals.append(
            Refusal(
                "numbers",
                "Indiquez d’abord le numéro d’éditeur (NIE) et le numéro de logiciel (NIL) du CNDA, ou celui de la "
                "demande en cours.",
            )
        )
    refusals += _check_missing(facts)
    if facts.closes_at is not None and facts.now >= facts.closes_at:
        refusals.append(Refusal("closed", "Le dépôt des dossiers de preuves est clos.", legal_ref=facts.closes_source))
    return refusals


def guard_answer(facts: DossierFacts) -> list[Refusal]:
    """The answer comes strictly before its limit, with every required proof still there."""
    refusals = _check_missing(facts)
    if facts.answer_due_at is not None and facts.now >= facts.answer_due_at:
        refusals.append(
            Refusal("too_late", "Le délai de réponse est passé. Demandez à l’instructeur s’il peut le prolonger.")
        )
    return refusals


def check_answer(facts: DossierFacts, reply: str) -> list[Refusal]:
    """Each point asked has a new proof, or the supplier says why not."""
    left = sorted(facts.asked - facts.renewed)
    if not left or reply.strip():
        return []
    return [
        Refusal(
            "unanswered",
            f"Rien de nouveau n’est déposé pour {', '.join(left)} : déposez une preuve, ou expliquez ici pourquoi "
            "l’ancienne suffit.",
            "reply",
        )
    ]


def guard_confirm(facts: DossierFacts) -> list[Refusal]:
    """A dossier is complete when nothing required is missing."""
    return _check_missing(facts)


def guard_judge(facts: DossierFacts) -> list[Refusal]:
    """Nothing is judged while a decision waits for the validator."""
    return _check_no_proposal(facts)


def guard_ask_corrections(facts: DossierFacts) -> list[Refusal]:
    """There is something to correct, and no decision waits."""
    refusals = _check_no_proposal(facts)
    if not facts.to_correct:
        refusals.append(
            Refusal("nothing_to_correct", "Aucune exigence n’est jugée « À corriger » : instruisez-les d’abord.")
        )
    return refusals


def guard_propose(facts: DossierFacts) -> list[Refusal]:
    """One proposal at a time."""
    return _check_no_proposal(facts)


def check_proposal(facts: DossierFacts, decision: Decision) -> list[Refusal]:
    """To propose the référencement, every requirement that must be met is judged so."""
    if decision is not Decision.REFERENCE or not facts.unmet:
        return []
    return [
        Refusal(
            "unmet",
            f"Ces exigences ne sont pas encore jugées conformes : {', '.join(sorted(facts.unmet))}.",
            "decision",
        )
    ]


def guard_send_back(facts: DossierFacts) -> list[Refusal]:
    """There is a proposal."""
    return [] if facts.proposal else [Refusal("no_proposal", "Aucune décision n’est proposée.")]


def guard_reference(facts: DossierFacts) -> list[Refusal]:
    """A validator other than the proposer decides what was proposed, and it still holds."""
    refusals = _check_second_person(facts, Decision.REFERENCE)
    return refusals + (check_proposal(facts, Decision.REFERENCE) if not refusals else [])


def guard_refuse(facts: DossierFacts) -> list[Refusal]:
    """A validator other than the proposer decides."""
    return _check_second_person(facts, Decision.REFUSE)


def guard_withdraw(facts: DossierFacts) -> list[Refusal]:
    """A validator other than the proposer decides."""
    return _check_second_person(facts, Decision.WITHDRAW)


def guard_suspend(facts: DossierFacts) -> list[Refusal]:
    """A withdrawal that waits is decided first."""
    return _check_no_proposal(facts)


def guard_replace(facts: DossierFacts) -> list[Refusal]:
    """The supplier named the version that replaces this one, and it is référencée."""
    refusals = _check_no_proposal(facts)
    if facts.successor is None:
        refusals.append(Refusal("no_successor", "Le fournisseur n’a pas désigné la version qui remplace celle-ci."))
    elif not facts.successor:
        refusals.append(Refusal("successor", "La version désignée pour la remplacer n’est pas encore référencée."))
    return refusals


def guard_lapse(facts: DossierFacts) -> list[Refusal]:
    """The limit of the answer has passed."""
    if facts.answer_due_at is not None and facts.now >= facts.answer_due_at:
        return []
    return [Refusal("not_due", "Le délai de réponse court encore.")]


def check_due(facts: DossierFacts, due_at: datetime) -> list[Refusal]:
    """A limit to answer lies ahead, and an extension goes further than the limit it extends."""
    if due_at <= facts.now:
        return [
            Refusal("past", "Choisissez une date à venir : le fournisseur doit avoir le temps de répondre.", "due_on")
        ]
    if facts.answer_due_at is not None and due_at <= facts.answer_due_at:
        return [Refusal("no_longer", "Une prolongation va plus loin que le délai actuel.", "due_on")]
    return []


def check_points(points: Collection[str], applicable: Collection[str]) -> list[Refusal]:
    """At least one requirement is named, each of the dossier."""
    if points and set(points) <= set(applicable):
        return []
    return [Refusal("points", "Cochez au moins une exigence du dossier à compléter.", "points")]


def check_effect(
    facts: DossierFacts, decision: Decision, effective_at: datetime | None, retroactive: bool
) -> list[Refusal]:
    """When a decision may take effect; left empty, it does when it is taken.

    A référencement never takes effect ahead, nor before the dossier was complete; a withdrawal may be ahead, never
    before the référencement, and one in the past is said to be retroactive.
    """
    if effective_at is None:
        return []
    if facts.earliest_effect is not None and effective_at < facts.earliest_effect:
        since = "le dossier complet" if decision is Decision.REFERENCE else "le référencement"
        return [Refusal("too_early", f"Cette date est antérieure : {since} lui est postérieur.", "effective_at")]
    if decision is Decision.REFERENCE and effective_at > facts.now:
        return [
            Refusal(
                "ahead",
                "Un référencement ne prend pas effet à l’avance : indiquez aujourd’hui ou avant.",
                "effective_at",
            )
        ]
    if decision is Decision.WITHDRAW and effective_at < facts.now and not retroactive:
        return [
            Refusal(
                "not_retroactive",
                "Cette date est passée : cochez « rétroactif » si le retrait vaut aussi pour le passé, ou laissez la "
                "date vide pour qu’il prenne effet à la décision.",
                "effective_at",
            )
        ]
    return []


def check_typed(typed: str, expected: str) -> list[Refusal]:
    """A giving up is typed out, so that no click does it."""
    if " ".join(typed.split()).casefold() == " ".join(expected.split()).casefold():
        return []
    return [Refusal("not_typed", f"Saisissez exactement « {expected} » pour confirmer l’abandon.", "typed")]


def _check_missing(facts: DossierFacts) -> list[Refusal]:
    if not facts.missing:
        return []
    names = ", ".join(sorted({requirement_of(code) for code in facts.missing}))
    count = len(facts.missing)
    pieces = "Une preuve attendue manque" if count == 1 else f"{count} preuves attendues manquent"
    return [Refusal("missing", f"{pieces} encore, pour : {names}.")]


def _check_no_proposal(facts: DossierFacts) -> list[Refusal]:
    if not facts.proposal:
        return []
    return [
        Refusal("proposal_waits", "Une décision est proposée : le valideur doit d’abord la prendre ou la renvoyer.")
    ]


def _check_second_person(facts: DossierFacts, decision: Decision) -> list[Refusal]:
    if facts.proposal != decision:
        return [Refusal("no_proposal", f"La décision « {DECISION_LABELS[decision]} » n’est pas proposée.")]
    if facts.own_proposal:
        return [Refusal("same_person", "Vous avez proposé cette décision : une autre personne doit la prendre.")]
    return []
