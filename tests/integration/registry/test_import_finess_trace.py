"""What PostgreSQL refuses in the trace of an import."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from portal.imports.models import ImportKind, ImportReject, ImportRun

pytestmark = pytest.mark.django_db

GOOD: dict[str, Any] = {
    "kind": ImportKind.FINESS,
    "file_name": "finess.csv",
    "sha256": "0" * 64,
    "started_at": datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    "finished_at": datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
}


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("import_run_kind_known", {"kind": "other"}),
        ("import_run_sha256_form", {"sha256": "X" * 64}),
        ("import_run_sha256_form", {"sha256": "0" * 63}),
        ("import_run_instants", {"finished_at": datetime(2026, 1, 2, 3, 3, 59, tzinfo=UTC)}),
        ("import_run_file_named", {"file_name": ""}),
    ],
)
def test_a_wrong_run_is_refused(constraint: str, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ImportRun.objects.create(**GOOD | changes)
    ImportRun.objects.create(**GOOD)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [("import_reject_line_from_1", {"line": 0}), ("import_reject_says_why", {"reason": ""})],
)
def test_a_wrong_reject_is_refused(constraint: str, changes: dict[str, Any]) -> None:
    good = {"run": ImportRun.objects.create(**GOOD), "line": 1, "column": "siret", "value": "X", "reason": "faux"}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ImportReject.objects.create(**good | changes)
    ImportReject.objects.create(**good)
