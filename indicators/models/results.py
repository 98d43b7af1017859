"""What the measures gave: append-only, the last revision is the one that stands."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from indicators.domain.measures import State
from portal.triggers import append_only, never_truncated

STATES = [state.value for state in State]


class MeasureResult(models.Model):
    """One measure of one lineage of pharmacies for one year, as computed at ``computed_at`` (business time).

    A new revision is written only when something changed. ``definition`` is the SHA-256 of the measure, ``input`` that
    of the facts, ``engine`` the version of the arithmetic. ``numerator``, ``denominator``: what counts; ``raw_…``: the
    whole year. ``rate``: percent floored to two decimals. ``amount``: euros earned, null while unknown or not earned.
    ``closed``: the year was over. No personal data; kept as long as the declarations that it helps to make.
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

    class Meta:
        ordering = ["lineage", "year", "code", "version", "revision"]
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
        ]
        triggers = [
            append_only(),
            never_truncated(),
        ]

    def __str__(self) -> str:
        return f"{self.lineage_id} {self.year} {self.code} v{self.version} r{self.revision}"
