"""What proofs hold of a person is encrypted with a key of that person: destroying it erases them from every proof.

The keys lie in the database, each encrypted by the operator's key (``PORTAL_EVIDENCE_KEYS``), which does not.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction

from portal.accounts.models import PersonKey
from portal.common import clock


class Erased(Exception):
    """The person's key was destroyed: what it closed cannot be read any more."""


@transaction.atomic
def seal(user_id: int, content: bytes) -> str:
    """``content`` encrypted with the person's key, made on first need. Raises ``Erased`` for an erased person."""
    return _key_of(user_id, make=True).encrypt(content).decode()


def unseal(user_id: int, sealed: str) -> bytes:
    """The content again. Raises ``Erased``."""
    return _key_of(user_id, make=False).decrypt(sealed.encode())


@transaction.atomic
def destroy_key(user_id: int) -> None:
    """Erase the person from every proof, for good. Repeating it changes nothing."""
    row = PersonKey.objects.select_for_update().filter(user_id=user_id).first()
    if row is None:
        PersonKey.objects.create(user_id=user_id, made_at=clock.machine_now(), destroyed_at=clock.machine_now())
    elif row.destroyed_at is None:
        row.wrapped, row.destroyed_at = "", clock.machine_now()
        row.save(update_fields=["wrapped", "destroyed_at"])


def _key_of(user_id: int, *, make: bool) -> Fernet:
    row = PersonKey.objects.filter(user_id=user_id).first()
    if row is None and make:
        wrapped = _operator().encrypt(Fernet.generate_key()).decode()
        row, _ = PersonKey.objects.get_or_create(
            user_id=user_id, defaults={"wrapped": wrapped, "made_at": clock.machine_now()}
        )
    if row is None or not row.wrapped:
        raise Erased(f"person {user_id}")
    try:
        return Fernet(_operator().decrypt(row.wrapped.encode()))
    except InvalidToken as error:
        raise RuntimeError("PORTAL_EVIDENCE_KEYS does not hold the key that closed this proof") from error


def _operator() -> MultiFernet:
    """The first key closes, every one opens: a new one is put before the old one."""
    digests = [hashlib.sha256(b"portal evidence\0" + secret.encode()).digest() for secret in settings.EVIDENCE_KEYS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
