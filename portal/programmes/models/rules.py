"""Programmes and their dated rule sets. A published version can be neither changed nor removed."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from portal.common.canonical import sha256_of
from portal.programmes.domain.parse import parse
from portal.programmes.domain.ruleset import BadRuleSet, RuleSet


class Programme(models.Model):
    """One funding programme, e.g. ``PHA-LGO-Va1``."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=200)
    funding_call = models.CharField("appel à financement", max_length=60)

    def __str__(self) -> str:
        return self.code


class RuleSetVersion(models.Model):
    """One version of a programme's rules.

    ``content`` is the TOML of the catalogue as JSON; ``known_from`` the instant since which anybody could know it;
    ``applies_from`` (also in the content) its reach: the first act that it judges, None for all.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="rule_sets")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    source = models.TextField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    known_from = models.DateTimeField()
    applies_from = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["programme_id", "number"]
        constraints = [
            models.UniqueConstraint(name="rule_set_number", fields=["programme", "number"]),
            models.CheckConstraint(name="rule_set_sha256_form", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.UniqueConstraint(
                name="rule_set_known_once",
                fields=["programme", "known_from"],
                condition=Q(published_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} v{self.number}"

    def as_rules(self) -> RuleSet:
        """The frozen rules of this version. Raises ``BadRuleSet`` when the content lost its hash."""
        if sha256_of(self.content) != self.sha256:
            raise BadRuleSet(f"{self} : le contenu ne correspond plus à son empreinte")
        return parse(self.content)
