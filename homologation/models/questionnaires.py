"""The questionnaire, loaded from the programme's catalogue. A loaded version can be neither changed nor removed."""

from __future__ import annotations

from functools import cached_property

from django.db import models
from django.db.models import Q

from homologation.domain.parse import BadQuestionnaire, parse
from homologation.domain.questions import Questionnaire
from homologation.fields import LiteralJSONField
from portal.common.canonical import sha256_of
from portal.triggers import append_only, never_truncated


class QuestionnaireVersion(models.Model):
    """One version of the form; ``content`` is the TOML of the catalogue as JSON, ``number`` its place in time.

    Nobody is named: it never needs erasure.
    """

    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="questionnaires")
    code = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    content = LiteralJSONField()
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(help_text="machine time")

    class Meta:
        ordering = ["programme_id", "code", "number"]
        constraints = [
            models.UniqueConstraint(name="questionnaire_version_once", fields=["programme", "code", "version"]),
            models.UniqueConstraint(name="questionnaire_number_once", fields=["programme", "code", "number"]),
            models.CheckConstraint(name="questionnaire_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]
        triggers = [append_only(), never_truncated()]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    @cached_property
    def form(self) -> Questionnaire:
        """The frozen questions. Raises ``BadQuestionnaire`` when the content lost its hash."""
        if sha256_of(self.content) != self.sha256:
            raise BadQuestionnaire(f"{self} : le contenu ne correspond plus à son empreinte")
        return parse(self.content)
