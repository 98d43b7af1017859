"""Ending the sessions of a person in one of their roles."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY as PERSON
from django.contrib.sessions.models import Session

from portal.accounts.middleware import SESSION_KEY
from portal.accounts.models import ProviderSession
from portal.common import clock


def end_sessions_of(*, user_id: int, membership_id: int) -> int:
    """End the sessions in which the person acts under this membership, or has chosen none; how many there were.

    Every open session is read: it is a rare act, and the store keeps no index by person.
    """
    ended = [session.session_key for session in _open() if _acts(session, user_id, membership_id)]
    Session.objects.filter(session_key__in=ended).delete()
    ProviderSession.objects.filter(session_key__in=ended).delete()
    return len(ended)


def _open() -> list[Session]:
    return list(Session.objects.filter(expire_date__gt=clock.machine_now()).order_by("session_key"))


def _acts(session: Session, user_id: int, membership_id: int) -> bool:
    kept = session.get_decoded()
    return kept.get(PERSON) == str(user_id) and kept.get(SESSION_KEY) in (None, membership_id)
