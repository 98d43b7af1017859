"""Whoever signed leaves their pharmacy and is erased: what they signed stays genuine, and the journal whole."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from portal.accounts.models import Membership
from portal.accounts.services.person_keys import Erased
from portal.audit.publishing import publish_root
from portal.documents import storage
from portal.documents.evidence import evidence_file
from portal.documents.selectors import latest
from portal.documents.services.verify import verify_all
from portal.registry.services.ending import Ending, end_membership
from tests.factories import people
from tests.factories.evidence import evidence_of, signed_order

pytestmark = pytest.mark.django_db


def test_after_the_erasure_documents_and_journal_are_clean(sealing: None, settings: Any, tmp_path: Path) -> None:
    settings.PROOFS_KEPT_YEARS = 0
    one = signed_order()
    evidence = evidence_of(one)
    (tmp_path / "evidence.pdf").write_bytes(evidence_file(evidence))
    signed = latest("order_signed", "orders_order", str(one.pk))
    assert signed is not None
    (tmp_path / "signed.pdf").write_bytes(storage.read(signed.sha256 or ""))
    publish_root()
    held = Membership.objects.get(user=one.titulaire.user_id)
    ending = Ending(date(2022, 11, 15), "sold", nobody_left=True)
    end_membership(membership_id=held.pk, actor=people.administrator(), ending=ending)
    said = StringIO()
    call_command("erase_person", str(one.titulaire.user_id), "--yes", "--json", stdout=said)
    told = json.loads(said.getvalue())
    assert (told["erased"], told["signatures"], told["evidence"]) == (True, 1, 1)
    with pytest.raises(Erased):
        evidence_file(evidence)
    call_command("verify_document", tmp_path / "signed.pdf", evidence=tmp_path / "evidence.pdf", stdout=StringIO())
    call_command("verify_audit", stdout=StringIO())  # each raises where one thing is not as it was
    publish_root()
    call_command("verify_audit", stdout=StringIO())
    assert not verify_all().faults
