"""Reading the pieces of a pharmacy: its pharmacists see them, nobody else any."""

from __future__ import annotations

from uuid import UUID

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.http import Http404

from homologation.domain.evidence import IN_DOSSIER, Shown
from homologation.domain.evidence_lifecycle import HELD
from homologation.models import Breach, EvidenceRevision, InsiEvidence, SupervisionCase
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE

_DOSSIER_KINDS = [kind.value for kind in IN_DOSSIER]


def evidence_visible_to(actor: Actor) -> QuerySet[InsiEvidence]:
    """The pieces of the actor's pharmacy, withdrawn ones too, by number."""
    found = InsiEvidence.objects.select_related("pharmacy", "breach", "case", "withdrawn_by").order_by("number")
    return found.filter(pharmacy__organisation=actor.tenant) if actor.role in PHARMACY_SIDE else found.none()


def get_evidence(actor: Actor, pk: UUID) -> InsiEvidence:
    """One visible piece. Raises Http404 for a stranger."""
    found = evidence_visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_revision(evidence: InsiEvidence, number: int) -> EvidenceRevision:
    """One file of a visible piece. Raises Http404 for another one."""
    found = EvidenceRevision.objects.filter(evidence=evidence, number=number).select_related("evidence").first()
    if found is None:
        raise Http404
    return found


def of_dossiers(pharmacy_id: UUID) -> QuerySet[InsiEvidence]:
    """Every piece that backs answers of a pharmacy, with its files, the last one first."""
    found = InsiEvidence.objects.filter(pharmacy=pharmacy_id, kind__in=_DOSSIER_KINDS).order_by("number")
    return found.select_related("withdrawn_by").prefetch_related(with_files())


def with_files() -> Prefetch[str, QuerySet[EvidenceRevision], str]:
    """The files of pieces, the last one first, each with who sent it."""
    return Prefetch("revisions", EvidenceRevision.objects.select_related("by").order_by("-number"))


def of_object(of: Breach | SupervisionCase) -> list[InsiEvidence]:
    """The pieces joined to a breach or an alert."""
    joined = InsiEvidence.objects.filter(breach=of) if isinstance(of, Breach) else InsiEvidence.objects.filter(case=of)
    return list(joined.select_related("withdrawn_by").prefetch_related(with_files()).order_by("number"))


def current_files(pharmacy_id: UUID) -> list[EvidenceRevision]:
    """The file that counts of each piece that backs answers, in the order of their numbers: one query."""
    last = EvidenceRevision.objects.filter(evidence=OuterRef("evidence")).order_by("-number").values("pk")[:1]
    held = {"evidence__pharmacy": pharmacy_id, "evidence__state": HELD, "evidence__kind__in": _DOSSIER_KINDS}
    found = EvidenceRevision.objects.filter(**held, pk=Subquery(last)).select_related("evidence")
    return list(found.order_by("evidence__number"))


def shown(files: list[EvidenceRevision]) -> list[Shown]:
    """These files as a snapshot holds them."""
    return [
        Shown(one.evidence.number, one.evidence.question, one.evidence.row, one.title, one.sha256, one.valid_until)
        for one in files
    ]
