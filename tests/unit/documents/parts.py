"""Facts of one order and one VA, as the tests print them."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from attestations.domain.snapshot import AttestationParts
from orders.domain.snapshot import CertificateBlock, Mailbox, OrderParts, Party, SignatureBlock
from portal.common.money import Triple
from portal.programmes.domain.parse import parse
from portal.programmes.domain.ruleset import RuleSet

ROOT = Path(__file__).resolve().parents[3]
ISSUED = datetime(2022, 11, 15, 9, 32, tzinfo=UTC)
SIGNED = datetime(2022, 11, 16, 10, 1, 7, tzinfo=UTC)
MACHINE = datetime(2026, 1, 5, 9, 2, 3, tzinfo=UTC)


def rules() -> RuleSet:
    """The rule set of the catalogue, read as the loader does."""
    source = ROOT / "portal/programmes/catalogue/PHA-LGO-Va1/rules-2022-09-14.toml"
    return parse(_plain(tomllib.loads(source.read_text())))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else value


SUPPLIER = Party(
    "Officia Logiciels SAS",
    "73282932000074",
    "12 rue des Ursulines, 37000 Tours",
    "Jean-Philippe Dérouault",
    "02 47 00 00 00",
    "contact@officia.example",
)
CLIENT = Party(
    "Pharmacie de l’Hôtel de Ville",
    "010002301",
    "3 place de l’Hôtel de Ville, 01000 Bourg-en-Bresse",
    "Hélène Œuvrard",
    "04 74 00 00 00",
    "pharmacie.hdv@example.fr",
)
ORDER = OrderParts(
    number="BC-2022-000123",
    supplier=SUPPLIER,
    client=CLIENT,
    certificates=CertificateBlock(
        "Camille Nguyen", "pharmacist", "2800123456", "04 74 00 00 01", "certificats@example.fr"
    ),
    software_name="Officia LGO",
    software_version="9.4.1",
    conditional=False,
    amount=Triple.from_ht(Decimal("875.00"), Decimal("20.00")),
    vat_percent=Decimal("20.00"),
    state_amount=Decimal("1050.00"),
    installation_scenario="Mise à jour du LGO existant",
    personal_mailbox=Mailbox(True, "MailizSanté"),
    organisation_mailbox=Mailbox(True, "Opérateur Deux"),
    distributor="Distri Pharma",
    referencing_number="SEG-PHA-LGO-2022-0042",
    issued_at=ISSUED,
    expires_at=datetime(2022, 12, 15, 9, 32, tzinfo=UTC),
    machine_at=MACHINE,
)
CONDITIONAL = replace(ORDER, conditional=True, referencing_number="")
BARE = replace(
    CONDITIONAL,
    number="",
    amount=None,
    vat_percent=None,
    state_amount=None,
    personal_mailbox=Mailbox(None),
    organisation_mailbox=Mailbox(None),
    distributor="",
    issued_at=None,
    expires_at=None,
)
SIGNATURE = SignatureBlock(
    signer_name="Hélène Œuvrard",
    role="Titulaire",
    method="Démonstration (mot de passe redemandé), sans valeur juridique",
    signed_at=SIGNED,
    document_sha256="ab" * 32,
    conditional_until=date(2023, 3, 16),
    consent_text="J’ai lu le bon de commande et je passe commande.",
)
ATTESTATION = AttestationParts(
    number="VA-2022-000045",
    pharmacy_name=CLIENT.name,
    responsible=CLIENT.responsible,
    finess=CLIENT.identifier,
    phone=CLIENT.phone,
    email=CLIENT.email,
    supplier_name=SUPPLIER.name,
    order_number="BC-2022-000123",
    software_name="Officia LGO",
    software_version="9.4.1",
    referencing_number="SEG-PHA-LGO-2022-0042",
    installed_on=date(2022, 12, 1),
    installation_scenario="Mise à jour du LGO existant",
    mss_address="pharmacie.hdv@officine.mssante.fr",
    mss_kind="ORG",
    order_signed_at=SIGNED,
    prepared_at=datetime(2022, 12, 2, 8, 0, tzinfo=UTC),
    machine_at=MACHINE,
)
