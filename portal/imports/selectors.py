"""Reading the traces of imports."""

from __future__ import annotations

from datetime import date

from django.db.models import Max

from portal.imports.models import ImportKind, ImportRun


def latest_file_date(kind: ImportKind) -> date | None:
    """The day described by the most recent file ever imported of this kind, or None before the first."""
    latest: date | None = ImportRun.objects.filter(kind=kind).aggregate(latest=Max("file_date"))["latest"]
    return latest
