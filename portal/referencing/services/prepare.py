"""The supplier prepares a dossier: opening, profiles, charter, announced date, obsolete versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import Refusal, refuse
from portal.programmes.selectors import version_for
from portal.referencing.domain.lifecycle import LIVE
from portal.referencing.domain.requirements import RequirementList
from portal.referencing.domain.rules import DossierFacts
from portal.referencing.models import Announcement, ObsoleteVersion, ReferencingDossier, RequirementSet
from portal.referencing.services.machine import REFERENCINGS
from portal.referencing.services.status import note_status
from portal.registry.domain.referencing import Status, status_at
from portal.registry.models import SoftwareVersion
from portal.registry.selectors import history
from portal.workflow.execute import Act, create, run


@dataclass(frozen=True)
class Content:
    """What the supplier says of its software: conditional profiles, NIE and NIL of the CNDA."""

    profiles: tuple[str, ...] = ()
    nie: str = ""
    nil: str = ""


@transaction.atomic
def open_dossier(*, programme: str, version_id: UUID, actor: Actor, content: Content) -> ReferencingDossier:
    """Open the dossier of a version under the latest requirements. Raises ``Refused``."""
    version = SoftwareVersion.objects.select_related("software__supplier").select_for_update(of=("self",))
    stored = version.get(pk=version_id)
    now = clock.business_now()
    if actor.user_id is None:
        raise refuse("not_allowed", "Une personne doit ouvrir le dossier.")
    if ReferencingDossier.objects.filter(programme=programme, software_version=stored, state__in=LIVE).exists():
        raise refuse("dossier_exists", "Un dossier est déjà ouvert pour cette version : poursuivez-le.")
    if status_at(history(programme, stored.pk), now, now) in (Status.REFERENCED, Status.SUSPENDED):
        raise refuse("already_referenced", "Cette version est déjà référencée : aucun dossier n’est à ouvrir.")
    requirement_set = RequirementSet.objects.filter(programme=programme).order_by("-number").first()
    if requirement_set is None:
        raise refuse("no_requirements", "Les exigences de ce programme ne sont pas encore publiées dans le portail.")
    _check_profiles(requirement_set.listed, content.profiles)
    dossier = ReferencingDossier(
        programme_id=programme,
        software_version=stored,
        requirement_set=requirement_set,
        rule_set=version_for(programme, now, now),
        created_at=now,
        created_by_id=actor.user_id,
        profiles=sorted(content.profiles),
        nie=content.nie.strip(),
        nil=content.nil.strip(),
    )
    return create(REFERENCINGS, dossier, actor)


def edit_dossier(*, dossier_id: UUID, actor: Actor, content: Content, expected_version: int | None = None) -> None:
    """Change profiles and numbers before the deposit. Raises ``Refused``."""
    listed = ReferencingDossier.objects.select_related("requirement_set").get(pk=dossier_id).requirement_set.listed
    _check_profiles(listed, content.profiles)
    profiles = sorted(content.profiles)
    stamps = {"profiles": profiles, "nie": content.nie.strip(), "nil": content.nil.strip()}
    act: Act[DossierFacts] = Act("edit", stamps, expected_version=expected_version, data={"profiles": list(profiles)})
    run(REFERENCINGS, dossier_id, actor, act)


@transaction.atomic
def accept_charter(*, dossier_id: UUID, actor: Actor, accepted: bool) -> None:
    """Accept the charter: the version is then publicly at its administrative stage. Raises ``Refused``."""

    def check(facts: DossierFacts) -> list[Refusal]:
        if accepted:
            return []
        return [Refusal("unticked", "Cochez la case pour accepter la charte au nom de votre entreprise.", "accepted")]

    dossier = ReferencingDossier.objects.get(pk=dossier_id)
    if dossier.charter_at is not None:
        raise refuse("charter_accepted", "La charte est déjà acceptée.")
    dossier = run(REFERENCINGS, dossier_id, actor, Act("accept_charter", check=check))
    note_status(dossier, Status.ADMINISTRATIVE, dossier.charter_at or clock.business_now())


@transaction.atomic
def announce_date(*, dossier_id: UUID, actor: Actor, day: date, note: str) -> Announcement:
    """Announce publicly when the version will be référencée; earlier dates stay readable. Raises ``Refused``."""
    now = clock.business_now()

    def check(facts: DossierFacts) -> list[Refusal]:
        if day >= clock.paris_date(now):
            return []
        return [Refusal("past", "Annoncez une date à venir : celle-ci est passée.", "day")]

    dossier = run(REFERENCINGS, dossier_id, actor, Act("announce", check=check, data={"day": day.isoformat()}))
    return Announcement.objects.create(
        dossier=dossier, day=day, note=note.strip(), announced_at=now, announced_by_id=actor.user_id or 0
    )


@transaction.atomic
def declare_obsolete(*, dossier_id: UUID, actor: Actor, label: str, note: str) -> ObsoleteVersion:
    """Declare that an older version is obsolete: public from now on. Raises ``Refused``."""
    label = " ".join(label.split())

    def check(facts: DossierFacts) -> list[Refusal]:
        known = ObsoleteVersion.objects.filter(dossier=dossier_id, label=label, restored_at=None)
        if not label:
            return [Refusal("missing_field", "Indiquez la version obsolète.", "label")]
        if known.exists():
            return [Refusal("known", "Cette version est déjà déclarée obsolète.", "label")]
        return []

    dossier = run(REFERENCINGS, dossier_id, actor, Act("declare_obsolete", check=check, data={"label": label}))
    return ObsoleteVersion.objects.create(
        dossier=dossier,
        label=label,
        note=note.strip(),
        declared_at=clock.business_now(),
        declared_by_id=actor.user_id or 0,
    )


@transaction.atomic
def restore_version(*, dossier_id: UUID, obsolete_id: int, actor: Actor, reason: str) -> None:
    """Take a declaration back; it stays readable with its reason. Raises ``Refused``."""

    def check(facts: DossierFacts) -> list[Refusal]:
        return [] if reason.strip() else [Refusal("missing_field", "Dites pourquoi.", "reason")]

    run(REFERENCINGS, dossier_id, actor, Act("restore_version", check=check, data={"obsolete": obsolete_id}))
    found = ObsoleteVersion.objects.filter(pk=obsolete_id, dossier=dossier_id, restored_at=None)
    stamps = {"restored_at": clock.business_now(), "restored_by": actor.user_id, "restore_reason": reason.strip()}
    if not found.update(**stamps):
        raise refuse("already_restored", "Cette déclaration est déjà reprise.")


def _check_profiles(listed: RequirementList, profiles: tuple[str, ...]) -> None:
    known = {p.code for p in listed.profiles if p.conditional}
    if not set(profiles) <= known:
        raise refuse("profile", "Choisissez les profils dans la liste proposée.", "profiles")
