"""The guards of a dossier, and the rules on what is decided (compliance facts §1.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from homologation.domain.completeness import Assessment
from homologation.domain.mandates import Mandates
from homologation.domain.quality import NEEDS_RESERVE
from homologation.domain.terms import DecisionTerms
from portal.common.patient_numbers import check_free_text
from portal.common.refusals import Refusal

_FORM = "S, « Questionnaire auto-homologation INSi »"


@dataclass(frozen=True)
class DossierFacts:
    """Everything that decides what may be done with a dossier.

    ``current_sha256``: the hash of the answers as they stand while a decision is awaited, else empty;
    ``snapshot_sha256``: that of what was submitted.
    ``awaited``: the names of the other titulaires whose agreement is missing, where the pharmacy chose that each
    decides; ``agreed``: the actor has given theirs. ``mandates``: what limits the actor to some of the
    ``sections`` of the questionnaire, None for nothing.
    """

    assessment: Assessment
    current_sha256: str
    snapshot_sha256: str = ""
    awaited: tuple[str, ...] = ()
    agreed: bool = False
    mandates: Mandates | None = None
    sections: tuple[int, ...] = ()


@dataclass(frozen=True)
class NewReserve:
    """What remains to be done, by whom, until when."""

    text: str
    owner: str
    due_on: date | None


def guard_submit(facts: DossierFacts) -> list[Refusal]:
    """Everything required is settled by the pharmacy and no rule forbids it; who submits may fill in every part."""
    refusals = facts.mandates.check(facts.sections) if facts.mandates else []
    if not facts.assessment.validation.whole:
        score = facts.assessment.validation
        refusals.append(
            Refusal(
                "not_validated",
                f"{score.done} réponses sur {score.total} sont confirmées : répondez aux autres, ou confirmez-les.",
                legal_ref=_FORM,
            )
        )
    rules = sorted({finding.rule for finding in facts.assessment.blockers if finding.rule.startswith("INSI-R")})
    if rules:
        refusals.append(Refusal("blocked", f"Des points restent à corriger : {', '.join(rules)}."))
    return refusals


def guard_decide(facts: DossierFacts) -> list[Refusal]:
    """The decision is about the answers as submitted, to the last character; what has expired since forbids it."""
    if facts.current_sha256 != facts.snapshot_sha256:
        return [
            Refusal(
                "other_snapshot",
                "Les réponses ne sont plus celles qui vous ont été soumises. Rendez le dossier à remplir, puis "
                "soumettez-le de nouveau.",
            )
        ]
    return guard_submit(facts)


def guard_agree(facts: DossierFacts) -> list[Refusal]:
    """One of several decisions: each titulaire gives theirs once, while another one is awaited."""
    if facts.agreed:
        return [Refusal("already_agreed", "Vous avez déjà donné votre accord : celui des autres est attendu.")]
    if not facts.awaited:
        return [Refusal("nobody_awaited", "Aucun autre titulaire n’est attendu : homologuez le dossier.")]
    return guard_decide(facts)


def guard_approve_with_reserves(facts: DossierFacts) -> list[Refusal]:
    """The last decision, once each other titulaire who is to decide has agreed."""
    if facts.awaited:
        names = ", ".join(facts.awaited)
        words = f"Votre pharmacie a choisi que chaque titulaire décide. Accord attendu de : {names}."
        return [Refusal("quorum_missing", words)]
    return guard_decide(facts)


def guard_approve(facts: DossierFacts) -> list[Refusal]:
    """Without reserves only where nothing asks for one."""
    return guard_approve_with_reserves(facts) + check_no_reserve(facts)


def check_no_reserve(facts: DossierFacts) -> list[Refusal]:
    """What a decision without any reserve has to be refused for."""
    refusals: list[Refusal] = []
    if any(finding.rule in NEEDS_RESERVE for finding in facts.assessment.findings):
        refusals.append(
            Refusal(
                "needs_reserve",
                "Une réponse des parties 4 ou 5 est « non » : homologuez avec une réserve qui dit ce qui sera fait.",
                legal_ref=_FORM,
            )
        )
    return refusals


def check_terms(months: int, reserves: Sequence[NewReserve], today: date, terms: DecisionTerms) -> list[Refusal]:
    """A known duration; with reserves, a short one, and each says what, by whom and until when."""
    refusals = []
    if months not in terms.months:
        words = ", ".join(map(str, terms.months))
        refusals.append(Refusal("bad_duration", f"Choisissez une durée parmi {words} mois.", "months"))
    if reserves and months > terms.most_with_reserves:
        words = f"Avec des réserves, la durée est de {terms.most_with_reserves} mois au plus."
        refusals.append(Refusal("too_long_with_reserves", words, "months"))
    for number, reserve in enumerate(reserves):
        refusals += _check_reserve(f"reserve-{number}", reserve, today)
    return refusals


def _check_reserve(field: str, reserve: NewReserve, today: date) -> list[Refusal]:
    refusals = check_free_text(reserve.text, f"{field}-text") + check_free_text(reserve.owner, f"{field}-owner")
    if not reserve.text.strip():
        refusals.append(Refusal("missing_field", "Dites ce qui reste à faire.", f"{field}-text"))
    if not reserve.owner.strip():
        refusals.append(Refusal("missing_field", "Dites qui s’en charge.", f"{field}-owner"))
    if reserve.due_on is None:
        refusals.append(Refusal("missing_field", "Indiquez une date.", f"{field}-due_on"))
    elif reserve.due_on <= today:
        refusals.append(Refusal("past_date", "Indiquez une date à venir.", f"{field}-due_on"))
    return refusals


def check_reason(reason: str) -> list[Refusal]:
    """A decision that closes or sends back says why."""
    if not reason.strip():
        return [Refusal("missing_field", "Dites en quelques mots pourquoi.", "reason")]
    return check_free_text(reason, "reason")
