"""An event is shown to have stood in the journal when a root was published; anything else is not."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.actors import Actor
from portal.audit import files
from portal.audit.domain.proof import Proof, proof_from, verify_proof
from portal.audit.models import AuditEvent
from portal.audit.proofs import NotYetPublished, inclusion_proof
from portal.audit.services import Entry, record
from portal.common import clock
from tests.conftest import MACHINE, TODAY
from tests.factories.dossiers import order_in
from tests.integration.audit.conftest import Publish

pytestmark = pytest.mark.django_db


def event_of(verb: str) -> AuditEvent:
    return AuditEvent.objects.filter(object_type="orders_order", verb=verb).latest("pk")


def reread(proof: Proof, **changes: Any) -> Proof:
    """Through its JSON, as an evidence file keeps it."""
    return proof_from(json.loads(json.dumps({**proof.as_json(), **changes})))


def test_every_event_has_its_proof(publish: Publish) -> None:
    order_in("signed_firm")
    order_in("issued")
    root = publish(0)
    for event in AuditEvent.objects.all():
        proof = inclusion_proof(event)
        assert verify_proof(proof, event_hash=event.hash, root_hash=root.hash) == []
        assert verify_proof(reread(proof), event_hash=event.hash, root_hash=root.hash) == []
        assert reread(proof) == proof
    issue = inclusion_proof(event_of("issue"))
    assert all("prev_hash" in event and event["object"][0] == "orders_order" for event in issue.events)


def test_the_first_root_after_the_event_is_taken(publish: Publish) -> None:
    order_in("draft")
    first = publish(0)
    with clock.frozen(machine=MACHINE + timedelta(hours=2)):
        later = record(Entry("essai", "1", "x", TODAY), Actor.system())
    with pytest.raises(NotYetPublished):
        inclusion_proof(later)
    second = publish(1)
    publish(2)
    assert inclusion_proof(later).statement.hash == second.hash
    assert inclusion_proof(event_of("create")).statement.hash == first.hash


def test_an_event_committed_after_the_root_of_its_instant_waits_for_the_next(publish: Publish) -> None:
    order_in("draft")
    publish(0)
    slow = record(Entry("orders_order", event_of("create").object_id, "x", TODAY), Actor.system())
    with pytest.raises(NotYetPublished):
        inclusion_proof(slow)
    second = publish(1)
    assert inclusion_proof(slow).statement.hash == second.hash


def test_a_proof_of_something_else_is_refused(publish: Publish) -> None:
    order_in("signed_firm")
    root = publish(0)
    proof, other = inclusion_proof(event_of("issue")), event_of("create")
    assert verify_proof(proof, event_hash=other.hash) == ["la preuve porte sur un autre événement"]
    assert verify_proof(proof, root_hash="0" * 64) == ["la preuve mène à une autre racine que celle publiée"]
    told = proof.as_json()
    for change in (
        {"index": told["index"] + 1},
        {"path": told["path"][1:]},
        {"path": [*told["path"], "00" * 32]},
        {"events": told["events"][:1]},
    ):
        assert verify_proof(reread(proof, **change), root_hash=root.hash) != [], change
    for name, value in {"act": ["sign_firm", "", "", ""], "data": {}, "seq": 7, "prev_hash": "", "at": "2022"}.items():
        for place in range(len(told["events"])):
            events = copy.deepcopy(told["events"])
            if events[place][name] == value:
                continue
            events[place][name] = value
            assert verify_proof(reread(proof, events=events), event_hash=event_of("issue").hash) != [], (name, place)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "proof9"},
        {"events": []},
        {"path": ["zz"]},
        {"root": {}},
        {"hash": "0" * 64},
        {"signature": "*"},
        {"index": None},
    ],
)
def test_what_is_no_proof_is_refused_when_read(change: dict[str, Any], publish: Publish) -> None:
    order_in("draft")
    publish(0)
    proof = inclusion_proof(event_of("create"))
    with pytest.raises(ValueError, match="not a"):
        reread(proof, **change)
    broken = [{"what": "is this"}]
    assert verify_proof(reread(proof, events=broken)) != []


def test_no_proof_from_a_file_that_is_not_what_was_published(publish: Publish) -> None:
    order_in("draft")
    root = publish(0)
    path = files.heads_path(root.day)
    files.write(path, b"{}")
    with pytest.raises(files.BadRootFile):
        inclusion_proof(event_of("create"))
    path.write_bytes(files.public_path(root.day).read_bytes())
    with pytest.raises(files.BadRootFile, match="ne nomme pas"):
        inclusion_proof(event_of("create"))
