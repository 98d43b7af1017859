"""A signed order and the evidence of its signature, as services and worker make them."""

from __future__ import annotations

from portal.documents.models import Evidence, Signature
from portal.documents.services.evidence import request_evidence
from portal.outbox.services.deliver import deliver_pending
from tests.factories.dossier import Dossier, dossier


def signed_order() -> Dossier:
    """A conditional order issued and signed, its files made."""
    one = dossier(referenced=False)
    one.draft()
    one.issue()
    one.sign()
    deliver_pending()
    return one


def evidence_of(one: Dossier) -> Evidence:
    """The evidence of its signature, asked for and made."""
    asked = request_evidence(Signature.objects.get(document__thread=str(one.pk)).pk)
    assert asked is not None
    deliver_pending()
    asked.refresh_from_db()
    return asked
