"""A person whose identity was just confirmed for a document, as by the demonstration's provider."""

from __future__ import annotations

from attestations.domain.consent import CONSENT_VERSION as VA_CONSENT
from orders.domain.consent import CONSENT_VERSION as ORDER_CONSENT
from portal.accounts.actors import Actor
from portal.demo.services.step_up import confirm_identity


def confirmed(signatory: Actor, sha256: str, kind: str = "order") -> None:
    """Confirm the identity of ``signatory`` for the file of this hash, of an order or a VA."""
    assert signatory.user_id is not None
    confirm_identity(signatory.user_id, sha256, ORDER_CONSENT if kind.startswith("order") else VA_CONSENT)
