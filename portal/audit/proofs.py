"""The proof that an event stood in the journal when a root was published: made here, verified by ``domain.proof``."""

from __future__ import annotations

from portal.audit import files
from portal.audit.domain.anchors import RootFile
from portal.audit.domain.events import content_of
from portal.audit.domain.proof import Proof
from portal.audit.models import AuditEvent, AuditRoot
from portal.audit.services import recorded
from portal.common import merkle


class NotYetPublished(Exception):
    """No root was published since the event: its proof can be made from the next one on."""


def inclusion_proof(event: AuditEvent) -> Proof:
    """From the event along its chain to the head in the first root published after it, and up to that root.

    Reads the file of that root whole (a third of a second for 100,000 chains). Raises ``NotYetPublished``, or
    ``files.BadRootFile`` when a file of that time is missing or damaged.
    """
    for root in AuditRoot.objects.filter(made_at__gte=event.recorded_at).order_by("number"):
        found = files.read_heads(root.day)
        if found.hash != root.hash or found.problem():
            raise files.BadRootFile(f"le fichier du {root.day:%d/%m/%Y} n’est pas celui qui fut publié")
        index = _index(found, event)
        if index is not None:
            return _proof(event, found, index)
    raise NotYetPublished(f"no root holds {event}")


def _index(found: RootFile, event: AuditEvent) -> int | None:
    """Where the head of the event's chain stands, when the root was made after the event."""
    for index, head in enumerate(found.heads):
        if (head.object_type, head.object_id) == (event.object_type, event.object_id):
            return index if head.seq >= event.seq else None
    return None


def _proof(event: AuditEvent, found: RootFile, index: int) -> Proof:
    chain = AuditEvent.objects.filter(
        object_type=event.object_type, object_id=event.object_id, seq__range=(event.seq, found.heads[index].seq)
    )
    return Proof(
        events=tuple(content_of(recorded(link)) for link in chain.order_by("seq")),
        index=index,
        path=tuple(merkle.inclusion_path(merkle.levels(found.leaves), index)),
        statement=found.statement,
        seal=found.seal,
    )
