"""What the measures gave: append-only, the last revision is the one that stands."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from indicators.domain.measures import State
from portal.triggers import append_only, never_truncated

STATES = [state.value for state in State]

_FROZEN_YEAR = """
    IF EXISTS (
        SELECT 1 FROM new_rows n LEFT JOIN (
            SELECT DISTINCT year FROM indicators_yeardecision WHERE kind = 'freeze' AND state = 'decided'
        ) frozen USING (year) WHERE n.regularisation <> (frozen.year IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'a frozen year takes regularisations alone, and no other year takes any';
    END IF;
    RETURN NULL;
"""


class MeasureResult(models.Model):
    """One measure of one lineage of pharmacies for one year, as computed at ``computed_at`` (business time).

    A new revision is written only when something changed. ``definition`` is the SHA-256 of the measure, ``input`` that
    of the facts, ``engine`` the version of the arithmetic. ``numerator``, ``denominator``: what counts; ``raw_…``: the
    whole year. ``rate``: percent floored to two decimals. ``amount``: euros earned, null while unknown or not earned.
    ``closed``: the year could no longer be declared.

    The results of a frozen year stay its last revisions that are no ``regularisation``; what came later stands beside
    them: ``regularises`` the frozen revision (null: the pharmacy had none), ``because`` of these deposits (ids as
    text; none where a decision or a rule is the cause). PostgreSQL refuses anything else in a frozen year.
    No personal data; kept as long as the declarations that it helps to make.
    """

    id = models.BigAutoField(primary_key=True)
    lineage = models.ForeignKey("registry.Lineage", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    revision = models.PositiveIntegerField()
    state = models.CharField(max_length=20)
    numerator = models.PositiveBigIntegerField()
    denominator = models.PositiveBigIntegerField()
    raw_numerator = models.PositiveBigIntegerField()
    raw_denominator = models.PositiveBigIntegerField()
    rate = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    threshold = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    missing = models.PositiveBigIntegerField(null=True)
    ahead = models.PositiveBigIntegerField(null=True)
    amount = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    months_missing = models.JSONField(default=list)
    closed = models.BooleanField()
    definition = models.CharField(max_length=64)
    input = models.CharField(max_length=64)
    engine = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()
    regularisation = models.BooleanField(default=False)
    regularises = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    because = models.JSONField(default=list)

    class Meta:
        ordering = ["lineage", "year", "code", "version", "revision"]
        indexes = [models.Index(name="measure_result_board", fields=["year", "code", "lineage", "-revision"])]
        constraints = [
            models.UniqueConstraint(
                name="measure_result_revision", fields=["lineage", "year", "code", "version", "revision"]
            ),
            models.CheckConstraint(name="measure_result_state_known", condition=Q(state__in=STATES)),
            models.CheckConstraint(
                name="measure_result_parts",
                condition=Q(numerator__lte=F("denominator"), denominator__lte=F("raw_denominator"))
                & Q(numerator__lte=F("raw_numerator"), raw_numerator__lte=F("raw_denominator")),
            ),
            models.CheckConstraint(
                name="measure_result_paid_when_reached", condition=Q(amount=None) | Q(state="reached", amount__gt=0)
            ),
            models.CheckConstraint(
                name="measure_result_rate", condition=Q(rate=None) | Q(rate__gte=0, rate__lte=100, denominator__gt=0)
            ),
            models.CheckConstraint(
                name="measure_result_regularises",
                condition=Q(regularisation=True) | Q(regularises=None, because=[]),
            ),
        ]
        triggers = [
            append_only(),
            never_truncated(),
            pgtrigger.Trigger(
                name="frozen_year",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_rows"),  # type: ignore[no-untyped-call]
                func=_FROZEN_YEAR,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lineage_id} {self.year} {self.code} v{self.version} r{self.revision}"
