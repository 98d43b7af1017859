"""The movable clock of the demonstration: one row, read by web, worker and beat alike."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class DemoClock(models.Model):
    """Business time = ``business_start`` + time elapsed since ``machine_start`` + ``moved_seconds``."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    business_start = models.DateTimeField()
    machine_start = models.DateTimeField()
    moved_seconds = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(name="demo_clock_single", condition=Q(id=1)),
            models.CheckConstraint(name="demo_clock_forward", condition=Q(moved_seconds__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.business_start:%Y-%m-%d} + {self.moved_seconds} s"
