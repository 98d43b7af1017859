"""Monthly reports of INSi calls, their accounts, and what a detailed report says besides."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from homologation.domain.judgement import PAST_MONTHS
from homologation.domain.supervision import Report, UserRow
from indicators.domain.log_format import USER_REF
from portal.triggers import append_only, never_changed, never_truncated

COMPUTED, DEPOSITED = "computed", "deposited"
ORIGINS = {COMPUTED: "Calculé d’après les journaux d’activité", DEPOSITED: "Totaux déposés par le fournisseur"}
_BY_ONE = Q(deposited_by__isnull=False, token=None) | Q(deposited_by=None, token__isnull=False)
"""A deposit is a person's or a machine's."""


def _as_user(row: SupervisionRow | None, detail: SupervisionDetail | None) -> UserRow:
    """One account as the rules take it: the report’s counts first; without a ``detail`` what only it says is None."""
    counts = row or detail
    assert counts is not None  # noqa: S101  (narrows the type: one of both names the account)
    if detail is None:
        return UserRow(counts.user_ref, counts.calls, counts.prescriptions)
    return UserRow(
        counts.user_ref,
        counts.calls,
        counts.prescriptions,
        maintenance=detail.maintenance,
        tickets=detail.tickets,
        outside_presence=detail.outside_presence,
        two_posts=detail.two_posts,
        detailed=True,
    )


def _kept_while_read(month: str) -> pgtrigger.Trigger:
    """Refuse a DELETE while the statistics still look at the row's month (SQL), by PostgreSQL's own clock."""
    return pgtrigger.Trigger(
        name="kept_while_read",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func=f"""
    IF ({month}) >= date_trunc('month', statement_timestamp() AT TIME ZONE 'Europe/Paris')
        - interval '{PAST_MONTHS + 1} months' THEN
        RAISE EXCEPTION 'kept_while_read: the accounts of this month are still compared with';
    END IF;
    RETURN OLD;
""",
    )


class SupervisionReport(models.Model):
    """INSi calls against prescriptions of one pharmacy over a month (``month``: its first day). Append-only.

    The last ``revision`` stands; a correction is another one with its ``reason``. ``input`` is the SHA-256 of every
    figure, rows included: the same figures make no new revision. Counts that the source does not tell apart are null.
    ``log_from``, ``log_until`` (excluded): what the traces cover. Business time. ``supplier`` of a deposit alone, by
    a person (``deposited_by``) or a machine (``token``); erasing that person empties their account, the report stays
    as proof. No account is named here.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pharmacy = models.ForeignKey("registry.Pharmacy", on_delete=models.PROTECT, related_name="supervision_reports")
    month = models.DateField()
    revision = models.PositiveIntegerField()
    origin = models.CharField(max_length=10, choices=list(ORIGINS.items()))
    supplier = models.ForeignKey("registry.Supplier", null=True, on_delete=models.PROTECT, related_name="+")
    calls = models.PositiveIntegerField()
    retrieval = models.PositiveIntegerField()
    verification = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()
    cpx = models.PositiveIntegerField()
    org = models.PositiveIntegerField()
    prescriptions = models.PositiveIntegerField()
    log_from = models.DateField(null=True)
    log_until = models.DateField(null=True)
    input = models.CharField(max_length=64)
    reason = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    deposited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    token = models.ForeignKey("indicators.ActivityToken", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pharmacy", "month", "revision"]
        indexes = [models.Index(name="supervision_of_supplier", fields=["supplier", "-made_at"])]
        constraints = [
            models.UniqueConstraint(name="supervision_revision", fields=["pharmacy", "month", "revision"]),
            models.CheckConstraint(name="supervision_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="supervision_parts",
                condition=Q(calls=F("retrieval") + F("verification"), failed__lte=F("calls"))
                & Q(calls=F("cpx") + F("org")),
            ),
            models.CheckConstraint(name="supervision_input", condition=Q(input__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(
                name="supervision_origin",
                condition=Q(origin=COMPUTED, supplier=None, deposited_by=None, token=None)
                | Q(origin=DEPOSITED, supplier__isnull=False) & _BY_ONE,
            ),
            models.CheckConstraint(
                name="supervision_corrected", condition=Q(revision=1) | Q(revision__gt=1) & ~Q(reason="")
            ),
            models.CheckConstraint(
                name="supervision_covered",
                condition=Q(log_from=None) | Q(log_until=None) | Q(log_until__gt=F("log_from")),
            ),
        ]
        triggers = [append_only(), never_truncated()]

    def __str__(self) -> str:
        return f"INSi {self.month:%m/%Y} r{self.revision}"

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("homologation:supervision_report", args=[self.pk])

    def as_report(
        self, rows: Iterable[SupervisionRow] = (), details: Mapping[str, SupervisionDetail] | None = None
    ) -> Report:
        """The same as the rules take it, with the accounts still kept and what a detailed report says of them."""
        counted = {row.user_ref: row for row in rows}
        users = tuple(
            _as_user(counted.get(ref), (details or {}).get(ref)) for ref in sorted({*counted, *(details or {})})
        )
        return Report(self.month, self.calls, self.prescriptions, users, self.log_from, self.log_until)


class SupervisionRow(models.Model):
    """One account of a report, by the pseudonym that the software gives it; only the pharmacy knows of whom.

    Never changed. Deleted with the detail of its month once the statistics no longer look that far back.
    """

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(SupervisionReport, on_delete=models.PROTECT, related_name="rows")
    user_ref = models.CharField(max_length=32)
    calls = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()
    off_hours = models.PositiveIntegerField()
    prescriptions = models.PositiveIntegerField()
    active_days = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["report", "user_ref"]
        constraints = [
            models.UniqueConstraint(name="supervision_row_once", fields=["report", "user_ref"]),
            models.CheckConstraint(
                name="supervision_row_parts",
                condition=Q(failed__lte=F("calls"), off_hours__lte=F("calls"), active_days__lte=31),
            ),
        ]
        triggers = [
            never_changed(),
            _kept_while_read("SELECT r.month FROM homologation_supervisionreport r WHERE r.id = OLD.report_id"),
        ]

    def __str__(self) -> str:
        return self.user_ref


class SupervisionDetail(models.Model):
    """What a supplier's detailed report says of one account over a month (SUP-06, SUP-07).

    ``tickets``: maintenance tickets; ``outside_presence``, ``two_posts``: calls outside the declared presence, calls
    while the account was open on another post; null where the supplier cannot tell. ``calls`` and ``prescriptions``
    serve where the report has no row of that account. The last ``revision`` of a pharmacy's month stands, a
    correction with its ``reason``. Never changed; deleted with the accounts of its month. No person is named but who
    deposited it, by their id: erasing them empties their account.
    """

    id = models.BigAutoField(primary_key=True)
    pharmacy = models.ForeignKey("registry.Pharmacy", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    revision = models.PositiveIntegerField()
    user_ref = models.CharField(max_length=32)
    calls = models.PositiveIntegerField()
    prescriptions = models.PositiveIntegerField()
    maintenance = models.BooleanField()
    tickets = models.PositiveIntegerField(null=True)
    outside_presence = models.PositiveIntegerField(null=True)
    two_posts = models.PositiveIntegerField(null=True)
    supplier = models.ForeignKey("registry.Supplier", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    deposited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    token = models.ForeignKey("indicators.ActivityToken", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pharmacy", "month", "revision", "user_ref"]
        constraints = [
            models.UniqueConstraint(
                name="supervision_detail_once", fields=["pharmacy", "month", "revision", "user_ref"]
            ),
            models.CheckConstraint(name="supervision_detail_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(name="supervision_detail_ref", condition=Q(user_ref__regex=f"^{USER_REF}$")),
            models.CheckConstraint(name="supervision_detail_by_one", condition=_BY_ONE),
            models.CheckConstraint(
                name="supervision_detail_corrected", condition=Q(revision=1) | Q(revision__gt=1) & ~Q(reason="")
            ),
        ]
        triggers = [never_changed(), _kept_while_read("OLD.month")]

    def __str__(self) -> str:
        return self.user_ref
