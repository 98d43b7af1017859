"""The draft of a new version of the rules, from its first line to its publication."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from portal.accounts.actors import Actor
from portal.common.canonical import sha256_of
from portal.programmes.services.publish import publish_version
from portal.rulemaking.domain.lifecycle import AMENDMENT, DATE, KINDS, ORIGIN, REACHES
from portal.rulemaking.domain.proposal import Proposal
from portal.triggers import frozen_when, never_deleted
from portal.workflow.models import Stateful, lifecycle_triggers, moves, state_check, state_field


class Amendment(Stateful):
    """One draft. ``content``: the whole text of an arrêté, or the outage of an incident. Business time.

    ``base``: the version it started from; what it changes is always read against the rules in force.
    """

    state = state_field(AMENDMENT)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="amendments")
    kind = models.CharField(max_length=10, choices=list(KINDS.items()))
    base = models.ForeignKey("programmes.RuleSetVersion", on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    reach = models.CharField(max_length=12, choices=list(REACHES.items()), default=ORIGIN)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    remark = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published = models.OneToOneField(
        "programmes.RuleSetVersion", null=True, on_delete=models.PROTECT, related_name="amendment"
    )
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at", "pk"]
        constraints = [
            state_check("amendment_state_known", AMENDMENT),
            models.CheckConstraint(name="amendment_kind_known", condition=Q(kind__in=list(KINDS))),
            models.CheckConstraint(name="amendment_reach_known", condition=Q(reach__in=list(REACHES))),
            models.CheckConstraint(
                name="amendment_submitted",
                condition=Q(
                    state__in=["submitted", "published"], submitted_at__isnull=False, submitted_by__isnull=False
                )
                | Q(state="draft", submitted_at=None, submitted_by=None)
                | Q(state="discarded"),
            ),
            models.CheckConstraint(
                name="amendment_published",
                condition=Q(
                    state="published",
                    published_at__isnull=False,
                    published_by__isnull=False,
                    published__isnull=False,
                )
                | ~Q(state="published") & Q(published_at=None, published_by=None, published=None),
            ),
            models.CheckConstraint(
                name="amendment_four_eyes",
                condition=Q(published_by=None)
                | ~Q(published_by=F("created_by"))
                & ~Q(published_by=F("edited_by"))
                & ~Q(published_by=F("submitted_by")),
            ),
            models.CheckConstraint(
                name="amendment_discarded",
                condition=Q(state="discarded", discarded_at__isnull=False, discarded_by__isnull=False)
                | ~Q(state="discarded") & Q(discarded_at=None, discarded_by=None),
            ),
            models.CheckConstraint(
                name="amendment_dates",
                condition=Q(edited_at__gte=F("created_at"))
                & (Q(submitted_at=None) | Q(submitted_at__gte=F("edited_at")))
                & (Q(published_at=None) | Q(published_at__gte=F("submitted_at"))),
            ),
        ]
        triggers = [
            *lifecycle_triggers(AMENDMENT),
            frozen_when("identity_frozen", "TRUE", ("programme_id", "kind", "base_id", "created_at", "created_by_id")),
            frozen_when("text_frozen", "OLD.state <> 'draft'", ("content", "reach", "edited_at", "edited_by_id")),
            frozen_when(
                "publication_final", "OLD.state = 'published'", ("published_at", "published_by_id", "published_id")
            ),
            never_deleted(),
        ]

    def __str__(self) -> str:
        return str(self.content["title"])

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("rulemaking:amendment", args=[self.pk])

    @property
    def proposal(self) -> Proposal:
        """The draft as the rules read it."""
        return Proposal(self.kind, self.content, self.reach)

    @property
    def content_sha256(self) -> str:
        """The fingerprint of the text, which the journal keeps."""
        return sha256_of(self.content)

    @property
    def written_by(self) -> frozenset[int]:
        """Who wrote or submitted it: none of them may approve it."""
        people = (self.created_by_id, self.edited_by_id, self.submitted_by_id)
        return frozenset(person for person in people if person is not None)

    @moves(AMENDMENT, "edit")
    def edit(self, *, actor: Actor, at: datetime, content: dict[str, Any], reach: str) -> None:
        self.content, self.reach, self.edited_at = content, reach, at
        if actor.user_id is not None:
            self.edited_by_id = actor.user_id
        if reach != DATE:
            self.content.pop("applies_from", None)

    @moves(AMENDMENT, "submit")
    def submit(self, *, actor: Actor, at: datetime) -> None:
        self.submitted_at, self.submitted_by_id, self.remark = at, actor.user_id, ""

    @moves(AMENDMENT, "send_back")
    def send_back(self, *, actor: Actor, at: datetime, remark: str) -> None:
        self.submitted_at = self.submitted_by_id = None
        self.remark = remark

    @moves(AMENDMENT, "publish")
    def publish(self, *, actor: Actor, at: datetime, content: dict[str, Any]) -> None:
        self.published_at, self.published_by_id = at, actor.user_id
        self.published = publish_version(self.programme_id, content, at)

    @moves(AMENDMENT, "discard")
    def discard(self, *, actor: Actor, at: datetime) -> None:
        self.discarded_at, self.discarded_by_id = at, actor.user_id
