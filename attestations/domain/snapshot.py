"""What the attestation de vérification d'aptitude (VA) prints, as one frozen JSON value.

The form is the seed's (S, « La Vérification d'Aptitude (VA) Ségur pour les Officines »); what it adds (order,
software, installation, final scenario, effective MSSanté address) is what controls rely on (domain §1.9, IND-590).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.documents.domain.blocks import Frame, SignatureBlock, day, frame_json, instant, signature_json
from portal.programmes.domain.ruleset import RuleSet

__all__ = ["Answer", "AttestationParts", "SignatureBlock", "attestation_snapshot"]

SCHEMA = "attestation/1"
DECISIONS = {"accepted": "Attesté", "refused": "Refusé", "unanswered": "Sans réponse"}
MAILBOX_KINDS = {
    "ORG": "organisationnelle",
    "PER": "personnelle",
    "APP": "applicative",
    "CAB": "de cabinet",
    "NONE": "aucune boîte à ce jour",
    "": "",
}


@dataclass(frozen=True)
class Answer:
    """The pharmacist's decision on one statement: accepted, refused (with its reason) or unanswered."""

    code: str
    decision: str = "unanswered"
    reason: str = ""


@dataclass(frozen=True)
class AttestationParts:
    """The facts of one VA. Text that is not known yet is ``""``, other values None: printed « non renseigné ».

    ``order_signed_at``, ``prepared_at``: business instants. ``dated_on``: the day beside the place, at signing.
    ``answered``: the codes of the boxes answered for the coming signature, where it is not all of them that are asked.
    ``mss_kind``: code of the mailbox type (NOS TRE_R257), NONE, or empty.
    """

    number: str
    pharmacy_name: str
    responsible: str
    finess: str
    phone: str
    email: str
    supplier_name: str
    order_number: str
    software_name: str
    software_version: str
    referencing_number: str
    installed_on: date | None
    installation_scenario: str
    mss_address: str
    mss_kind: str = ""
    order_signed_at: datetime | None = None
    answers: Sequence[Answer] = ()
    answered: Sequence[str] = ()
    place: str = ""
    dated_on: date | None = None
    prepared_at: datetime | None = None
    machine_at: datetime | None = None
    demo: bool = False


def attestation_snapshot(
    parts: AttestationParts, rules: RuleSet, signature: SignatureBlock | None = None
) -> dict[str, Any]:
    """The canonical value from which the VA's PDF is made: the rule set's statements, each with its decision.

    Raises ValueError for an answer to an unknown statement, or for a refusal without a reason.
    """
    return {
        "schema": SCHEMA,
        "frame": frame_json(_frame(parts, rules)),
        "prepared_at": instant(parts.prepared_at),
        "pharmacy": {
            "name": parts.pharmacy_name,
            "responsible": parts.responsible,
            "finess": parts.finess,
            "phone": parts.phone,
            "email": parts.email,
        },
        "order": {"number": parts.order_number, "signed_at": instant(parts.order_signed_at)},
        "supplier_name": parts.supplier_name,
        "software": {
            "name": parts.software_name,
            "version": parts.software_version,
            "referencing_number": parts.referencing_number,
        },
        "prestation": rules.prestation_label,
        "installed_on": day(parts.installed_on),
        "scenario": parts.installation_scenario,
        "mss": {"address": parts.mss_address, "kind": MAILBOX_KINDS[parts.mss_kind]},
        "statements": _statements(parts.answers, rules),
        "answered": sorted(parts.answered),
        "reserves": sum(answer.decision == "refused" for answer in parts.answers),
        "place": parts.place,
        "dated_on": day(parts.dated_on),
        "signature": signature_json(signature),
    }


def _frame(parts: AttestationParts, rules: RuleSet) -> Frame:
    return Frame(
        title="Attestation de vérification d’aptitude (VA)",
        context=rules.name,
        funding_call=rules.funding_call,
        number=parts.number,
        rules_reference=rules.reference,
        rules_title=rules.title,
        rules_source=rules.source,
        made_at=parts.prepared_at,
        machine_at=parts.machine_at,
        demo=parts.demo,
    )


def _statements(answers: Sequence[Answer], rules: RuleSet) -> list[dict[str, str]]:
    given = {answer.code: answer for answer in answers}
    if unknown := set(given) - {statement.code for statement in rules.va_statements}:
        raise ValueError(f"answers to unknown statements: {sorted(unknown)}")
    if bare := [a.code for a in answers if a.decision == "refused" and not a.reason.strip()]:
        raise ValueError(f"refused without a reason: {bare}")
    return [
        {
            "code": statement.code,
            "heading": statement.heading,
            "text": statement.text,
            "decision": (answer := given.get(statement.code, Answer(statement.code))).decision,
            "decision_label": DECISIONS[answer.decision],
            "reason": answer.reason if answer.decision == "refused" else "",
        }
        for statement in rules.va_statements
    ]
