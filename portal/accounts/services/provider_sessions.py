"""Ending our sessions when the provider says so, and remembering which are whose."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.db import IntegrityError, transaction

from portal.accounts.models import ProviderSession, SpentToken
from portal.common import clock


def remember_session(*, user_id: int, sub: str, sid: str, session_key: str) -> None:
    """Write that this session of ours came of a session of the provider; forget those that time has ended."""
    now = clock.machine_now()
    ProviderSession.objects.filter(opened_at__lt=now - timedelta(seconds=settings.SESSION_COOKIE_AGE)).delete()
    ProviderSession.objects.update_or_create(
        session_key=session_key, defaults={"user_id": user_id, "sub": sub, "sid": sid, "opened_at": now}
    )


def forget_session(session_key: str) -> None:
    """The person logged out of it."""
    ProviderSession.objects.filter(session_key=session_key).delete()


def end_sessions(*, sub: str, sid: str) -> int:
    """End the sessions of a session of the provider; of a person's every one where only ``sub`` is given.

    Returns how many there were.
    """
    found = ProviderSession.objects.all()
    if sid:
        found = found.filter(sid=sid)
    if sub:
        found = found.filter(sub=sub)
    store = import_module(settings.SESSION_ENGINE).SessionStore
    rows = list(found) if sid or sub else []
    for row in rows:
        store(row.session_key).delete()
        row.delete()
    return len(rows)


def spend_token(*, issuer: str, jti: str, expires_at: datetime) -> bool:
    """Whether this token is used for the first time; from now on it is spent."""
    now = clock.machine_now()
    SpentToken.objects.filter(expires_at__lt=now).delete()
    digest = hashlib.sha256(f"{issuer}\0{jti}".encode()).hexdigest()
    try:
        with transaction.atomic():
            SpentToken.objects.create(digest=digest, expires_at=expires_at)
    except IntegrityError:
        return False
    return True
