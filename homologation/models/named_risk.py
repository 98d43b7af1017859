"""The risk of the dossier that came about, named at the end of a breach or of a case (compliance facts §1.5)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from homologation.domain.feedback import Risked

RISK = ("risk_row", "risk")


class NamesRisk(models.Model):
    """``risk_row``, ``risk``: the risk by its row in the table of the dossier and by its words on that day; both empty
    where none was named. Kept with what names it; the words are those of the pharmacy's own dossier."""

    risk_row = models.CharField(max_length=60, blank=True)
    risk = models.TextField(blank=True)

    class Meta:
        abstract = True

    def name_risk(self, named: Risked) -> None:
        """Say which one, at the end."""
        self.risk_row, self.risk = named.row, named.label


def named_at_the_end(name: str) -> models.CheckConstraint:
    """A risk is named whole, and of what is closed alone."""
    return models.CheckConstraint(
        name=name, condition=Q(risk_row="", risk="") | Q(state="closed") & ~Q(risk_row="") & ~Q(risk="")
    )
