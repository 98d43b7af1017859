"""The account PostgreSQL runs as. It refuses root, so root lends it an unprivileged one; others keep their own."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

from portal.config.embedded.errors import EmbeddedError
from portal.config.embedded.process import Account

# Exist on every Debian. initdb wants an account with a name, so a free number is not enough.
_UNPRIVILEGED = ("nobody", "daemon")


def account_for(data: Path) -> Account | None:
    """None when we are not root; otherwise the owner of the existing data, else ``nobody``."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return _account(data.stat().st_uid)
    for name in _UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(f"aucun compte sans droits ({', '.join(_UNPRIVILEGED)}) pour PostgreSQL, qui refuse root.")


def _account(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedError(f"les données de PostgreSQL appartiennent au compte {uid}, qui n'existe plus.") from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def can_search(account: Account | None, folder: Path) -> bool:
    """Whether the account can pass through this folder (asked of the kernel, not guessed from mode bits)."""
    return _test(account, "-x", folder)


def can_read(account: Account | None, path: Path) -> bool:
    """Whether the account can read this file."""
    return _test(account, "-r", path)


def _test(account: Account | None, what: str, path: Path) -> bool:
    """``test`` run as the account: a check made as root would always say yes."""
    if account is None:
        return True
    try:
        return (
            subprocess.run(
                ["/usr/bin/test", what, str(path)],
                user=account.uid,
                group=account.gid,
                extra_groups=[],
                cwd="/",
                env={},
                check=False,
            ).returncode
            == 0
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedError(
            f"le compte {account.name} ne peut pas être pris pour PostgreSQL (« {error} ») : "
            "lancez la commande sous un compte ordinaire, ou donnez DATABASE_URL."
        ) from error
