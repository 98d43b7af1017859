"""Publishing a version: a new row, final as soon as it is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from portal.common import clock
from portal.common.canonical import sha256_of
from portal.common.refusals import refuse
from portal.programmes.domain.parse import parse
from portal.programmes.models import Programme, RuleSetVersion
from portal.programmes.services.load import FIRST_PORTAL_NUMBER


def lock_programme(code: str) -> Programme:
    """Publications of a programme happen one after the other; its orders go on meanwhile. Needs a transaction."""
    return Programme.objects.select_for_update(no_key=True).get(pk=code)


def next_number(code: str) -> int:
    """The number of the next version published in the portal."""
    last = RuleSetVersion.objects.filter(programme=code).aggregate(last=Max("number"))["last"] or 0
    return int(max(last + 1, FIRST_PORTAL_NUMBER))


@transaction.atomic
def publish_version(code: str, content: Mapping[str, Any], now: datetime) -> RuleSetVersion:
    """Publish a content, known from ``now`` (business time) on.

    Raises ``BadRuleSet`` for a content that cannot be read, ``Refused`` when a version is known at this very instant
    or later: two publications are never known at once.
    """
    programme = lock_programme(code)
    number = next_number(code)
    stored = {**content, "version": number, "known_from": now.isoformat()}
    rules = parse(stored)
    known = RuleSetVersion.objects.filter(programme=code, published_at__isnull=False, known_from__gte=now)
    if known.exists():
        raise refuse(
            "published_meanwhile",
            "Une autre version vient d’être publiée au même instant. Relisez les effets de celle-ci, puis recommencez.",
        )
    return RuleSetVersion.objects.create(
        programme=programme,
        number=number,
        title=rules.title,
        source=rules.source,
        content=stored,
        sha256=sha256_of(stored),
        known_from=now,
        applies_from=rules.applies_from,
        published_at=clock.machine_now(),
    )
