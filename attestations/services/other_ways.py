"""The VA as it was filled in, signed with a certificate of one's own or by hand: judged first, outside the locks."""

from __future__ import annotations

from uuid import UUID

from attestations.domain.filled import FILLED
from attestations.domain.lifecycle import TO_SIGN
from attestations.models import Attestation
from attestations.services.machine import OBJECT
from attestations.services.sign import VaConsent, answer_lifted, sign_va
from portal.accounts.actors import Actor
from portal.documents.selectors import latest, scan_of
from portal.documents.services.returned import signed_elsewhere
from portal.documents.services.scans import given_by_hand
from portal.documents.services.sign import Given


def sign_va_elsewhere(*, attestation_id: UUID, actor: Actor, consent: VaConsent, content: bytes) -> Attestation:
    """Sign by giving back the filled VA, signed outside the portal with a certificate of one's own.

    Raises ``Refused`` as ``sign_va`` or ``answer_lifted`` does, and for a file that is not this very VA with one
    signature more, by an accepted certificate of this person.
    """
    filled = latest(FILLED, OBJECT, str(attestation_id))
    return _sign(attestation_id, actor, consent, signed_elsewhere(content, document=filled, user_id=actor.user_id))


def sign_va_by_hand(*, attestation_id: UUID, actor: Actor, consent: VaConsent, seen: str) -> Attestation:
    """Confirm the scan of the filled VA that one signed by hand; ``seen``: the mark of the scan shown.

    Raises ``Refused`` as ``sign_va`` or ``answer_lifted`` does, and for a scan that is missing, not whole, or another
    one than was shown.
    """
    scan = scan_of(latest(FILLED, OBJECT, str(attestation_id)))
    return _sign(attestation_id, actor, consent, given_by_hand(scan, seen=seen))


def _sign(attestation_id: UUID, actor: Actor, consent: VaConsent, given: Given) -> Attestation:
    """The act that its state calls for; another one meanwhile and that act is refused."""
    first = Attestation.objects.filter(pk=attestation_id, state=TO_SIGN).exists()
    act = sign_va if first else answer_lifted
    return act(attestation_id=attestation_id, actor=actor, consent=consent, given=given)
