"""What an order's document prints, as one frozen JSON value.

The fields are those of the example order of the seed (S, « Exemple de bon de commande – Officine – LGO – Vague 1 »);
its sentences come word for word from the rule set that the order pins.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.common.money import Triple
from portal.documents.domain.blocks import Frame, SignatureBlock, amount, frame_json, instant, signature_json
from portal.programmes.domain.ruleset import RuleSet

__all__ = ["CertificateBlock", "Mailbox", "OrderParts", "Party", "SignatureBlock", "order_snapshot"]

SCHEMA = "order/1"
PRINTED_MENTIONS = (
    "notice",
    "certificates",
    "funded",
    "single",
    "mailbox_advice",
    "no_renewal",
    "no_cost",
    "footnote_administrator",
    "footnote_card",
    "footnote_mail",
)
ADMINISTRATOR_STATUS = {"supplier": "Éditeur", "pharmacist": "Pharmacien", "": ""}


@dataclass(frozen=True)
class Party:
    """One party; ``identifier`` is the SIRET of a supplier, the geographic FINESS of a pharmacy."""

    name: str
    identifier: str
    address: str
    responsible: str
    phone: str
    email: str


@dataclass(frozen=True)
class CertificateBlock:
    """« Pour commande des certificats logiciels »; ``status``: supplier, pharmacist or empty when not said."""

    administrator: str
    status: str
    card_number: str
    phone: str
    email: str


@dataclass(frozen=True)
class Mailbox:
    """An MSSanté mailbox: whether there is one (None: not answered) and at which operator."""

    has: bool | None
    operator: str = ""


@dataclass(frozen=True)
class OrderParts:
    """The facts of one order. Text that is not known yet is ``""``, other values None: printed « non renseigné ».

    ``amount``: price of the Prestation; ``state_amount``: what the State takes in charge. ``issued_at``: business
    instant of the issue, None for a draft. ``machine_at``: machine instant, printed when ``demo``.
    """

    number: str
    supplier: Party
    client: Party
    certificates: CertificateBlock
    software_name: str
    software_version: str
    conditional: bool
    amount: Triple | None
    vat_percent: Decimal | None
    state_amount: Decimal | None
    installation_scenario: str
    personal_mailbox: Mailbox
    organisation_mailbox: Mailbox
    distributor: str = ""
    referencing_number: str = ""
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    machine_at: datetime | None = None
    demo: bool = False


def order_snapshot(parts: OrderParts, rules: RuleSet, signature: SignatureBlock | None = None) -> dict[str, Any]:
    """The canonical value from which the order's PDF is made.

    A conditional order leaves the numéro unique empty and carries the conditional mention (S, ⚠ of the form).
    Raises ValueError when it bears both, and KeyError when the rule set lacks a mention of the form.
    """
    if parts.conditional and parts.referencing_number:
        raise ValueError("a conditional order leaves the numéro unique de référencement empty")
    return {
        "schema": SCHEMA,
        "frame": frame_json(order_frame(parts, rules)),
        "issued_at": instant(parts.issued_at),
        "expires_at": instant(parts.expires_at),
        "supplier": asdict(parts.supplier),
        "distributor": parts.distributor,
        "client": asdict(parts.client),
        "certificates": {**asdict(parts.certificates), "status": ADMINISTRATOR_STATUS[parts.certificates.status]},
        "software": {
            "name": parts.software_name,
            "version": parts.software_version,
            "referencing_number": parts.referencing_number,
        },
        "conditional": parts.conditional,
        "conditional_mention": rules.mentions["conditional"] if parts.conditional else "",
        "line": _line(parts, rules),
        "state_amount": amount(parts.state_amount),
        "scenario": parts.installation_scenario,
        "mailboxes": {
            "personal": _mailbox(parts.personal_mailbox),
            "organisation": _mailbox(parts.organisation_mailbox),
        },
        "mentions": {key: rules.mentions[key] for key in PRINTED_MENTIONS},
        "terms_link": rules.mentions.get("terms_link", ""),
        "covered": list(rules.covered),
        "not_covered": list(rules.not_covered),
        "signature": signature_json(signature),
    }


def order_frame(parts: OrderParts, rules: RuleSet) -> Frame:
    """What runs around a document about an order."""
    return Frame(
        title="Bon de commande",
        context=rules.name,
        funding_call=rules.funding_call,
        number=parts.number,
        rules_reference=rules.reference,
        rules_title=rules.title,
        rules_source=rules.source,
        made_at=parts.issued_at,
        machine_at=parts.machine_at,
        demo=parts.demo,
    )


def _line(parts: OrderParts, rules: RuleSet) -> dict[str, str]:
    price = parts.amount
    return {
        "label": rules.prestation_label,
        "ht": amount(price.ht if price else None),
        "vat": amount(price.vat if price else None),
        "ttc": amount(price.ttc if price else None),
        "vat_percent": "" if parts.vat_percent is None else f"{parts.vat_percent:.2f}",
    }


def _mailbox(mailbox: Mailbox) -> dict[str, str]:
    answer = {True: "OUI", False: "NON", None: ""}[mailbox.has]
    return {"answer": answer, "operator": mailbox.operator}
