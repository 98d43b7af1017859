"""Mandates by part of the questionnaire: which parts an adjoint fills in, over which days."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from homologation.domain.mandates import Mandate
from portal.common.clock import paris_date
from portal.triggers import frozen_when, never_deleted, never_truncated

_GIVEN = ("membership_id", "section", "starts_on", "ends_on", "given_at", "given_by_id")
_REVOKED = ("revoked_at", "revoked_by_id", "revoke_reason")


def _one(column: str) -> Func:
    """A number as a range, so that PostgreSQL's own GiST compares it: no extension is asked of the operator."""
    return Func(F(column), F(column), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


def _days() -> Func:
    return Func(F("starts_on"), F("ends_on"), function="daterange", output_field=DateRangeField())


class SectionMandate(models.Model):
    """A mandate of a titulaire to one person of the pharmacy on part ``section``, over ``[starts_on, ends_on)``.

    Days of Paris; other instants in business time. It ends by its date without any task, or by revocation, which is
    final: nothing else of the row changes. People are named by their id: erasing a person empties their account, the
    row stays as proof; ``revoke_reason`` is in the titulaire's words, kept with it.
    """

    membership = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+")
    section = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    revoke_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["membership", "section", "starts_on", "pk"]
        constraints = [
            models.CheckConstraint(name="section_mandate_section", condition=Q(section__gte=1)),
            models.CheckConstraint(name="section_mandate_days", condition=Q(ends_on__gt=F("starts_on"))),
            models.CheckConstraint(
                name="section_mandate_revoked",
                condition=Q(revoked_at=None, revoked_by=None, revoke_reason="")
                | Q(revoked_at__isnull=False, revoked_by__isnull=False, revoked_at__gte=F("given_at"))
                & ~Q(revoke_reason=""),
            ),
            ExclusionConstraint(
                name="section_mandate_no_overlap",
                expressions=[
                    (_one("membership"), RangeOperators.OVERLAPS),
                    (_one("section"), RangeOperators.OVERLAPS),
                    (_days(), RangeOperators.OVERLAPS),
                ],
                condition=Q(revoked_at=None),
            ),
        ]
        triggers = [
            frozen_when("mandate_frozen", "TRUE", _GIVEN),
            frozen_when("revoked_is_final", "OLD.revoked_at IS NOT NULL", _REVOKED),
            never_deleted(),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"Mandat, partie {self.section}"

    @property
    def said(self) -> Mandate:
        """As the rules take it; read with ``given_by``."""
        return Mandate(
            self.section,
            self.starts_on,
            self.ends_on,
            self.given_by.full_name,
            paris_date(self.revoked_at) if self.revoked_at else None,
            self.revoke_reason,
        )
