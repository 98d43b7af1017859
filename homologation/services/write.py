"""The one writer of answers: a revision and the current answer together, on a dossier that the caller has locked."""

from __future__ import annotations

from homologation.domain.answers import Answer as Said
from homologation.models import Answer, AnswerRevision, InsiDossier
from portal.accounts.actors import Actor
from portal.common import clock


def write_answer(dossier: InsiDossier, key: str, said: Said, actor: Actor, *, imported: str = "") -> AnswerRevision:
    """Append one revision and make it the current answer. The caller has locked the dossier and checked the value."""
    current = Answer.objects.filter(dossier=dossier, key=key).select_related("revision").first()
    revision = AnswerRevision.objects.create(
        dossier=dossier,
        key=key,
        number=current.revision.number + 1 if current else 1,
        value=said.value,
        status=said.status.value,
        reason=said.reason,
        provenance=said.provenance.value,
        source=said.source,
        imported=imported,
        said_at=clock.business_now(),
        said_by_id=actor.user_id,
        role=actor.role.value,
    )
    if current is None:
        Answer.objects.create(dossier=dossier, key=key, revision=revision)
    else:
        current.revision = revision
        current.save(update_fields=["revision"])
    return revision
