"""Proofs, by chapter: deposited, withdrawn with a reason, never deleted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import Refusal, refuse
from portal.documents.domain.incoming import ZIP, Incoming
from portal.documents.intake.archives import archive_suffix
from portal.referencing import storage
from portal.referencing.domain.files import check_name
from portal.referencing.domain.requirements import Chapter
from portal.referencing.domain.rules import DossierFacts
from portal.referencing.models import Proof, ReferencingDossier
from portal.referencing.services.machine import REFERENCINGS
from portal.workflow.execute import Act, run


@dataclass(frozen=True)
class Upload:
    """A file that came through the door, and the expected proofs that it answers."""

    file: Incoming
    covers: tuple[str, ...]


def chapter_of(dossier: ReferencingDossier, code: str) -> Chapter | None:
    """The chapter of a dossier with the requirements that apply to it, or None."""
    chapters = dossier.requirement_set.listed.for_profiles(dossier.profiles)
    return next((chapter for chapter in chapters if chapter.code == code), None)


@transaction.atomic
def deposit_proof(*, dossier_id: UUID, chapter: str, actor: Actor, upload: Upload) -> Proof:
    """Deposit one file in a chapter. Raises ``Refused``; the file is then not kept."""
    file = upload.file

    def check(facts: DossierFacts) -> list[Refusal]:
        return [*_check_name(file), *_check_covers(dossier_id, chapter, upload.covers)]

    dossier = run(REFERENCINGS, dossier_id, actor, Act("deposit", check=check, data={"covers": list(upload.covers)}))
    sha256 = storage.store(file.content)
    if Proof.objects.filter(dossier=dossier, chapter=chapter, sha256=sha256, withdrawn_at=None).exists():
        raise refuse(
            "file_known",
            "Ce fichier est déjà déposé dans ce chapitre. Pour changer ce qu’il prouve, retirez-le puis redéposez-le.",
            "file",
        )
    return Proof.objects.create(
        dossier=dossier,
        chapter=chapter,
        covers=sorted(upload.covers),
        name=file.label,
        media_type=file.media_type,
        sha256=sha256,
        size=len(file.content),
        deposited_at=clock.business_now(),
        deposited_by_id=actor.user_id or 0,
    )


@transaction.atomic
def retract_proof(*, dossier_id: UUID, proof_id: int, actor: Actor, reason: str) -> None:
    """Withdraw a file: it is kept, and no longer counts. Raises ``Refused``."""

    def check(facts: DossierFacts) -> list[Refusal]:
        return [] if reason.strip() else [Refusal("missing_field", "Dites pourquoi vous la retirez.", "reason")]

    run(REFERENCINGS, dossier_id, actor, Act("retract", check=check, data={"proof": proof_id}))
    live = Proof.objects.filter(pk=proof_id, dossier=dossier_id, withdrawn_at=None)
    stamps = {"withdrawn_at": clock.business_now(), "withdrawn_by": actor.user_id, "withdraw_reason": reason.strip()}
    if not live.update(**stamps):
        raise refuse("already_withdrawn", "Cette preuve est déjà retirée.")


def _check_name(file: Incoming) -> list[Refusal]:
    archive = archive_suffix(file.content) if file.media_type == ZIP else ""
    return check_name(file.label, file.media_type, archive)


def _check_covers(dossier_id: UUID, code: str, covers: Collection[str]) -> list[Refusal]:
    dossier = ReferencingDossier.objects.select_related("requirement_set").get(pk=dossier_id)
    chapter = chapter_of(dossier, code)
    if chapter is None:
        return [Refusal("chapter", "Ce chapitre ne s’applique pas à votre dossier.")]
    expected = {proof.code for requirement in chapter.requirements for proof in requirement.proofs}
    if covers and set(covers) <= expected:
        return []
    return [Refusal("covers", "Cochez au moins une preuve attendue que ce fichier apporte.", "covers")]
