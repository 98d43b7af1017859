from portal.referencing.models.dossiers import ReferencingDossier
from portal.referencing.models.lists import AlarmSeen, AnsList, QuarantinedRow
from portal.referencing.models.pieces import (
    Announcement,
    ObsoleteVersion,
    PointRequest,
    Proof,
    Proposal,
    Verdict,
)
from portal.referencing.models.requirements import RequirementSet

__all__ = [
    "AlarmSeen",
    "Announcement",
    "AnsList",
    "ObsoleteVersion",
    "PointRequest",
    "Proof",
    "Proposal",
    "QuarantinedRow",
    "ReferencingDossier",
    "RequirementSet",
    "Verdict",
]
