"""The guards of a VA, and the rules on what the pharmacist answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from orders.domain.lifecycle import FIRM, INSTALLED, LAPSED
from orders.domain.limits import french_day
from orders.domain.reasons import CLOSING
from portal.common.refusals import Refusal
from portal.programmes.domain.ruleset import RuleSet

_FORM = "S, « La Vérification d’Aptitude (VA) Ségur pour les Officines »"


@dataclass(frozen=True)
class AttestationFacts:
    """Everything that decides what may be done with one VA at ``now``."""

    now: datetime
    rules: RuleSet
    order_state: str
    installation_state: str
    installed_at: datetime | None
    open_installation_reserves: int
    document_ready: bool
    reserves_open: int
    reserves_lifted: int
    order_end_reason: str = ""
    signed_at: datetime | None = None

    @property
    def late(self) -> bool:
        """Whether a signature of now would come after the closing of VAs."""
        closes = self.rules.closes("va")
        return closes is not None and self.now >= closes


@dataclass(frozen=True)
class Decision:
    """The pharmacist's answer to one box: True attests, False refuses (with a reason), None is no answer."""

    accepted: bool | None
    reason: str = ""


def guard_prepare(facts: AttestationFacts) -> list[Refusal]:
    """A VA is prepared once everything is installed, no reserve is open and the order is firm."""
    refusals = _check_order(facts)
    if facts.installation_state != INSTALLED:
        refusals.append(
            Refusal("not_installed", "Déclarez d’abord l’installation faite : la VA atteste de son bon déroulement.")
        )
    if facts.open_installation_reserves:
        refusals.append(
            Refusal("reserves_open", "Une réserve est encore ouverte sur l’installation : levez-la d’abord.")
        )
    return refusals + check_window(facts)


def guard_sign(facts: AttestationFacts) -> list[Refusal]:
    """The VA is signed on a firm order, after the installation, before the closing, on a ready document."""
    return _check_order(facts) + check_window(facts) + _check_signature(facts)


def guard_sign_late(facts: AttestationFacts) -> list[Refusal]:
    """After the closing the VA may still be signed, « hors délai », on an order that is firm or lapsed by that closing
    alone: it gives no right unless a later arrêté covers its date (lifecycle facts §4)."""
    if not facts.late:
        return [Refusal("not_late", "La VA est encore dans les temps : signez-la normalement.")]
    return _check_order_or_closed(facts) + _check_signature(facts)


def guard_refuse(facts: AttestationFacts) -> list[Refusal]:
    """The VA may be refused as long as it may be signed, in time or late."""
    return _check_order_or_closed(facts) + _check_signature(facts)


def guard_accept_late(facts: AttestationFacts) -> list[Refusal]:
    """A VA signed late is in time once the rules in force close after its signature."""
    closes = facts.rules.closes("va")
    if facts.signed_at is not None and (closes is None or facts.signed_at < closes):
        return _check_order(facts)
    return [Refusal("still_late", "La VA a été signée après la clôture en vigueur.")]


def _check_signature(facts: AttestationFacts) -> list[Refusal]:
    refusals = []
    if facts.installed_at is None or facts.installation_state != INSTALLED:
        refusals.append(Refusal("not_installed", "L’installation n’est pas déclarée faite."))
    elif facts.now < facts.installed_at:
        refusals.append(Refusal("before_installation", "La VA ne peut pas être signée avant l’installation."))
    if not facts.document_ready:
        refusals.append(
            Refusal(
                "document_pending",
                "Le document à signer est en préparation. Patientez quelques secondes, puis rechargez la page.",
            )
        )
    return refusals


def guard_lift(facts: AttestationFacts) -> list[Refusal]:
    """There is an open reserve to lift, on an order still under way."""
    return _check_order(facts) if facts.reserves_open else [Refusal("no_reserve", "Aucune réserve n’est à lever.")]


def guard_retract(facts: AttestationFacts) -> list[Refusal]:
    """A VA is taken back while its order is under way; one that has ended keeps its VA as it stands (ADR 17)."""
    return _check_order(facts)


def guard_answer_lifted(facts: AttestationFacts) -> list[Refusal]:
    """There is a lifted reserve to answer; a VA signed in time stays so while its reserves are mended."""
    if not facts.reserves_lifted:
        return [
            Refusal(
                "nothing_lifted", "Votre fournisseur n’a pas encore déclaré de réserve levée : rien n’est à signer."
            )
        ]
    return _check_order(facts)


def guard_complete(facts: AttestationFacts) -> list[Refusal]:
    """Nothing but lifted reserves is left."""
    if facts.reserves_open:
        return [Refusal("reserves_open", "Une réserve n’est pas encore levée par votre fournisseur.")]
    return guard_answer_lifted(facts)


def check_window(facts: AttestationFacts) -> list[Refusal]:
    """The VA is signed strictly before its closing instant."""
    closes = facts.rules.milestone("va", "closes")
    if closes is None or facts.now < closes.at:
        return []
    return [
        Refusal(
            "va_closed",
            f"La VA devait être signée avant le {french_day(closes.at)} : le délai est passé.",
            legal_ref=closes.source,
        )
    ]


def check_decisions(decisions: Mapping[str, Decision], rules: RuleSet) -> list[Refusal]:
    """Each box of the form is answered; a refusal says why; the general statement cannot be refused alone."""
    refusals = check_answers({s.code: decisions.get(s.code, Decision(None)) for s in rules.va_statements})
    if not refusals and not any(decision.accepted for decision in decisions.values()):
        refusals.append(Refusal("all_refused", "Vous refusez tous les points : utilisez plutôt « Refuser la VA ».", ""))
    return refusals


def check_answers(decisions: Mapping[str, Decision]) -> list[Refusal]:
    """Each of these boxes is answered, and a refused one says why."""
    refusals = []
    for code, decision in decisions.items():
        if decision.accepted is None:
            words = "Répondez à ce point : attestez-le, ou refusez-le en disant pourquoi."
            refusals.append(Refusal("unanswered", words, code, _FORM))
        elif decision.accepted is False and not decision.reason.strip():
            refusals.append(
                Refusal("missing_reason", "Dites en quelques mots ce qui ne va pas.", f"{code}_reason", _FORM)
            )
    return refusals


def check_late(decisions: Mapping[str, Decision], *, late: bool) -> list[Refusal]:
    """A late VA is signed whole: reserves could not be lifted in time any more."""
    if not late or all(decision.accepted for decision in decisions.values()):
        return []
    return [
        Refusal(
            "late_with_reserves",
            "Le délai est passé : la VA ne peut plus être signée avec des réserves. Attestez tous les points, ou "
            "refusez la VA pour que votre fournisseur règle d’abord le problème.",
        )
    ]


def signature_verb(decisions: Mapping[str, Decision], *, late: bool) -> str:
    """Which signature applies: late, whole, or with reserves."""
    if late:
        return "sign_late"
    return "sign" if all(decision.accepted for decision in decisions.values()) else "sign_with_reserves"


def _check_order(facts: AttestationFacts) -> list[Refusal]:
    if facts.order_state in FIRM:
        return []
    return [
        Refusal("order_not_firm", "La commande n’est pas ferme ou n’est plus en cours : la VA ne peut être signée.")
    ]


def _check_order_or_closed(facts: AttestationFacts) -> list[Refusal]:
    if facts.order_state == LAPSED and facts.order_end_reason == CLOSING:
        return []
    return _check_order(facts)
