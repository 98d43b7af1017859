"""The counters table: what usage measures are computed from. Derived from the deposits, rebuilt by a command.

Rows are replaced, a whole (supplier, pharmacy, month) at a time, in the transaction that accepts a deposit. A pharmacy
that changed its software has rows of both suppliers: sum over ``supplier``.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from indicators.domain.counters import COUNTERS, WHOLES


class DailyCounter(models.Model):
    """Counted events of one pharmacy, one day of Paris, through one supplier's software. Days without any have no row.

    No personal data. ``prescriptions_city`` counts those of prescribers in town, ``insi_failed`` calls that ended
    ``unavailable`` or ``refused``.
    """

    id = models.BigAutoField(primary_key=True)
    supplier = models.ForeignKey("registry.Supplier", on_delete=models.PROTECT, related_name="+")
    pharmacy = models.ForeignKey("registry.Pharmacy", on_delete=models.PROTECT, related_name="daily_counters")
    day = models.DateField()
    dispensations = models.PositiveIntegerField()
    dispensations_mss = models.PositiveIntegerField()
    prescriptions = models.PositiveIntegerField()
    prescriptions_e = models.PositiveIntegerField()
    prescriptions_city = models.PositiveIntegerField()
    prescriptions_city_e = models.PositiveIntegerField()
    claims = models.PositiveIntegerField()
    claims_apcv = models.PositiveIntegerField()
    assessments_final = models.PositiveIntegerField()
    assessments_final_dmp = models.PositiveIntegerField()
    insi_calls = models.PositiveIntegerField()
    insi_retrieval = models.PositiveIntegerField()
    insi_verification = models.PositiveIntegerField()
    insi_cpx = models.PositiveIntegerField()
    insi_org = models.PositiveIntegerField()
    insi_failed = models.PositiveIntegerField()

    class Meta:
        ordering = ["day", "pharmacy", "id"]
        constraints = [
            models.UniqueConstraint(name="daily_counter_once", fields=["pharmacy", "day", "supplier"]),
            models.CheckConstraint(
                name="daily_counter_parts",
                condition=Q(**{f"{part}__lte": F(whole) for part, whole in WHOLES.items()})
                & Q(insi_calls=F("insi_retrieval") + F("insi_verification"))
                & Q(insi_calls=F("insi_cpx") + F("insi_org")),
            ),
            models.CheckConstraint(
                name="daily_counter_not_negative", condition=Q(**{f"{name}__gte": 0 for name in COUNTERS})
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pharmacy_id} {self.day}"


class UserMonth(models.Model):
    """INSi calls and activity of one user account of a pharmacy over a month (first day, Paris).

    ``user_ref`` is the software's pseudonym, stable within a pharmacy: of a person only the pharmacy knows. Erasing
    counters of a pharmacy erases these rows with them. ``insi_off_hours``: before 7:00 or from 21:00, and Sundays.
    ``active_days``: days with a counted event of any type.
    """

    id = models.BigAutoField(primary_key=True)
    supplier = models.ForeignKey("registry.Supplier", on_delete=models.PROTECT, related_name="+")
    pharmacy = models.ForeignKey("registry.Pharmacy", on_delete=models.PROTECT, related_name="user_months")
    month = models.DateField()
    user_ref = models.CharField(max_length=32)
    insi_calls = models.PositiveIntegerField()
    insi_failed = models.PositiveIntegerField()
    insi_off_hours = models.PositiveIntegerField()
    prescriptions = models.PositiveIntegerField()
    active_days = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["month", "pharmacy", "user_ref", "id"]
        constraints = [
            models.UniqueConstraint(name="user_month_once", fields=["pharmacy", "month", "user_ref", "supplier"]),
            models.CheckConstraint(name="user_month_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(name="user_month_ref", condition=Q(user_ref__regex=r"^[A-Za-z0-9_-]{1,32}$")),
            models.CheckConstraint(
                name="user_month_parts",
                condition=Q(insi_failed__lte=F("insi_calls"), insi_off_hours__lte=F("insi_calls"))
                & Q(active_days__gte=1, active_days__lte=31),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pharmacy_id} {self.month:%Y-%m} {self.user_ref}"
