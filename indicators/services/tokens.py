"""Tokens of deposit: made and revoked from the console, shown once, kept as a hash."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from indicators.models import ActivityToken
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.refusals import refuse
from portal.registry.models import Supplier

OBJECT = "activity_token"
PREFIX = "lgo_"
"""What a token begins with, so that one left in a file is found."""
_NOTED = timedelta(minutes=1)


@transaction.atomic
def make_token(*, supplier: Supplier, label: str, days: int, actor: Actor) -> tuple[ActivityToken, str]:
    """A new token of deposit and its text, which is stored nowhere. Raises ``Refused``: a label, 1 to 730 days."""
    label = label.strip()[:80]
    if not label:
        raise refuse("no_label", "Le jeton n’a pas de nom : dites à quelle machine il sert.", "label")
    if not 1 <= days <= 730:
        raise refuse("bad_days", f"{days} jours : un jeton vaut de 1 à 730 jours. Corrigez sa durée.", "days")
    text, now = PREFIX + secrets.token_urlsafe(32), clock.machine_now()
    token = ActivityToken.objects.create(
        supplier=supplier,
        label=label,
        digest=_digest(text),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    _journal(token, "make", actor)
    return token, text


@transaction.atomic
def revoke_token(token_id: UUID, *, actor: Actor) -> ActivityToken:
    """The token serves no more; again, nothing changes. Raises ``ActivityToken.DoesNotExist``."""
    token = ActivityToken.objects.select_for_update().select_related("supplier").get(pk=token_id)
    if token.revoked_at is None:
        token.revoked_at = clock.machine_now()
        token.save(update_fields=["revoked_at"])
        _journal(token, "revoke", actor)
    return token


def token_shown(text: str) -> ActivityToken | None:
    """The token of this text, if it may serve now; its use is noted, at most once a minute."""
    now = clock.machine_now()
    valid = ActivityToken.objects.filter(digest=_digest(text), revoked_at=None, created_at__lte=now, expires_at__gt=now)
    token = valid.select_related("supplier").first()
    if token is not None:
        late = Q(last_used_at=None) | Q(last_used_at__lt=now - _NOTED)
        ActivityToken.objects.filter(late, pk=token.pk).update(last_used_at=now)
    return token


def actor_of_token(token: ActivityToken, request_id: str = "") -> Actor:
    """Who acts by this token: the supplier, through no person."""
    return Actor(
        role=Role.SUPPLIER,
        organisation_id=token.supplier.organisation_id,
        name=token.label,
        organisation_name=token.supplier.name,
        request_id=request_id,
    )


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()


def _journal(token: ActivityToken, verb: str, actor: Actor) -> None:
    data = {"supplier": str(token.supplier_id), "scope": token.scope, "until": token.expires_at.isoformat()}
    record(Entry(OBJECT, str(token.pk), verb, clock.business_now(), data=data), actor)
