"""The requirements of a programme, loaded from its catalogue. A loaded version can be neither changed nor removed."""

from __future__ import annotations

from functools import cached_property

from django.db import models
from django.db.models import Q

from portal.referencing.domain.requirements import RequirementList, parse
from portal.triggers import append_only, never_truncated


class RequirementSet(models.Model):
    """One version of a programme's requirements; ``content`` is the TOML of the catalogue as JSON."""

    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="requirement_sets")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    source = models.TextField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(help_text="machine time")

    class Meta:
        ordering = ["programme_id", "number"]
        constraints = [
            models.UniqueConstraint(name="requirement_set_number", fields=["programme", "number"]),
            models.CheckConstraint(name="requirement_set_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]
        triggers = [append_only(), never_truncated()]

    def __str__(self) -> str:
        return f"{self.programme_id} exigences v{self.number}"

    @cached_property
    def listed(self) -> RequirementList:
        """The frozen requirements."""
        return parse(self.content)
