"""What the rules need to know of a dossier, read once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from homologation.domain.answers import Answer as Said
from homologation.domain.completeness import Assessment, assess
from homologation.domain.decision import DossierFacts
from homologation.domain.findings import Context
from homologation.domain.judgement import PAST_MONTHS, months_before
from homologation.domain.lifecycle import DRAFT, OPEN, TO_DECIDE
from homologation.domain.mandates import Mandates
from homologation.domain.questions import Questionnaire
from homologation.domain.snapshot import Beside, Referenced, Subject, beside_of, snapshot_of
from homologation.evidence_selectors import current_files, shown
from homologation.mandate_selectors import mandates_of
from homologation.models import Answer, EvidenceRevision, InsiDossier, TitulaireAgreement
from homologation.services.quorum import everyone_decides
from homologation.supervision_selectors import reported, standing_reports
from portal.accounts.actors import Actor
from portal.accounts.models import User
from portal.common.canonical import sha256_of
from portal.common.clock import paris_date
from portal.common.refusals import Refused
from portal.registry.domain.referencing import Status, status_at
from portal.registry.selectors import history, titulaires_of

_STANDINGS = {
    Status.REFERENCED: "referenced",
    Status.SUSPENDED: "suspended",
    Status.WITHDRAWN: "withdrawn",
    Status.REPLACED: "referenced",
}


class Reading:
    """A dossier with its answers, its assessment and the snapshot they give, each computed once."""

    def __init__(self, dossier: InsiDossier, now: datetime) -> None:
        self.dossier, self.now = dossier, now

    @cached_property
    def form(self) -> Questionnaire:
        """The questions."""
        return self.dossier.questionnaire.form

    @cached_property
    def rows(self) -> dict[str, Answer]:
        """The current answers as stored, by key."""
        found = Answer.objects.filter(dossier=self.dossier.pk).select_related("revision__said_by")
        return {answer.key: answer for answer in found.order_by("key")}

    @cached_property
    def answers(self) -> dict[str, Said]:
        """The current answers as the rules take them."""
        return {key: row.revision.said for key, row in self.rows.items()}

    def is_by(self, key: str, user_id: int | None) -> bool:
        """Whether this person gave the current answer."""
        return key in self.rows and user_id is not None and self.rows[key].revision.said_by_id == user_id

    @cached_property
    def context(self) -> Context:
        """What the rules know besides. A version replaced by another one stays référencé (facts on référencement)."""
        today = paris_date(self.now)
        if self.dossier.state not in OPEN:  # what was decided is not judged again on later months
            return Context(today, software=self._standing())
        told = reported(self.dossier.pharmacy, self.dossier.programme_id, today)
        return Context(today, software=self._standing(), report_users=told.users, report_missing=told.missing)

    def _standing(self) -> str:
        version = self.dossier.software_version_id
        if version is None:
            return ""
        status = status_at(history(self.dossier.programme_id, version), self.now, self.now)
        return _STANDINGS.get(status, "unreferenced")

    @cached_property
    def assessment(self) -> Assessment:
        """Scores and findings."""
        return assess(self.form, self.answers, self.context)

    @cached_property
    def snapshot(self) -> dict[str, Any]:
        """The value that would be submitted now."""
        dossier = self.dossier
        version = dossier.questionnaire
        subject = Subject(
            finess=dossier.pharmacy.finess,
            programme=dossier.programme_id,
            software=str(dossier.software_version) if dossier.software_version else "",
            questionnaire_code=version.code,
            questionnaire_version=version.version,
            questionnaire_sha256=version.sha256,
        )
        evidence = shown(self.evidence) if dossier.state in OPEN else ()  # what was decided is not judged again
        return snapshot_of(subject, self.form, self.answers, evidence, self.beside)

    @cached_property
    def beside(self) -> Beside:
        """The reports and the dossier before that a draft refers to; once submitted, those that were submitted."""
        dossier = self.dossier
        if dossier.state != DRAFT:
            return beside_of(dossier.snapshot or {})
        months = months_before(paris_date(self.now), PAST_MONTHS)
        reports = standing_reports(dossier.pharmacy_id, months)
        told = (Referenced(f"{month:%Y-%m}", one.revision, one.input) for month, one in sorted(reports.items()))
        return Beside(tuple(told), dossier.previous.snapshot_sha256 if dossier.previous else "")

    @cached_property
    def evidence(self) -> list[EvidenceRevision]:
        """The file that counts of each piece that backs answers of the pharmacy."""
        return current_files(self.dossier.pharmacy_id)

    @cached_property
    def _each(self) -> bool:
        """Whether each titulaire decides: not changed while a decision is awaited."""
        return everyone_decides(self.dossier.pharmacy_id)

    @cached_property
    def agreements(self) -> list[TitulaireAgreement]:
        """The decisions that titulaires have given on what was submitted, oldest first."""
        if self.dossier.state == DRAFT or (self.dossier.state == TO_DECIDE and not self._each):
            return []
        found = TitulaireAgreement.objects.filter(dossier=self.dossier.pk, voided_at=None)
        return list(found.select_related("by").order_by("pk"))

    @cached_property
    def awaited(self) -> list[User]:
        """The titulaires who have not agreed yet, where the pharmacy chose that each decides."""
        if self.dossier.state != TO_DECIDE or not self._each:
            return []
        given = {agreement.by_id for agreement in self.agreements}
        return [m.user for m in titulaires_of(self.dossier.pharmacy, self.now) if m.user_id not in given]

    def mandates(self, actor: Actor) -> Mandates:
        """Which parts the actor fills in."""
        return mandates_of(actor, self.dossier.pharmacy.organisation_id, self.now)

    def require_mandate(self, actor: Actor, keys: Iterable[str]) -> None:
        """Raise ``Refused`` where one of these questions is of a part that the actor may not fill in today.

        An unknown key is of none.
        """
        parts = {self.form.section_of(key).number for key in keys if key in self.form.by_key}
        if beyond := self.mandates(actor).check(parts):
            raise Refused(beyond)

    def facts(self, actor: Actor) -> DossierFacts:
        """What the guards judge of an actor's act."""
        return DossierFacts(
            self.assessment,
            sha256_of(self.snapshot) if self.dossier.state == TO_DECIDE else "",
            self.dossier.snapshot_sha256,
            awaited=tuple(user.full_name for user in self.awaited if user.pk != actor.user_id),
            agreed=any(agreement.by_id == actor.user_id for agreement in self.agreements),
            mandates=self.mandates(actor),
            sections=tuple(section.number for section in self.form.sections),
        )
