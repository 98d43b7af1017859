"""The form handed over by the supplier when it installs the certificate."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.triggers import append_only, never_truncated


class FormHandover(models.Model):
    """A supplier says on which day it handed the form over, the certificate being installed. Append-only.

    ``number`` counts within a pharmacy and a supplier; the last one holds, a correction is another row. Shown to both
    sides. Its author is named by their id: erasing a person empties their account, the row stays as proof.
    """

    pharmacy = models.ForeignKey("registry.Pharmacy", on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey("registry.Supplier", on_delete=models.PROTECT, related_name="+")
    software_version = models.ForeignKey("registry.SoftwareVersion", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    handed_on = models.DateField()
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pharmacy", "supplier", "number"]
        constraints = [
            models.UniqueConstraint(name="form_handover_number", fields=["pharmacy", "supplier", "number"]),
            models.CheckConstraint(name="form_handover_counts", condition=Q(number__gte=1)),
        ]
        triggers = [
            append_only(),
            never_truncated(),
            pgtrigger.Trigger(
                name="not_to_come",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.handed_on > (NEW.at AT TIME ZONE 'Europe/Paris')::date"),
                func="RAISE EXCEPTION 'not_to_come: what is to come is not handed over yet';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pharmacy_id} {self.handed_on}"
