"""Where everything lies in ``PORTAL_VAR``, and the folders made with the narrowest rights that work."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from portal.config.embedded.errors import EmbeddedError
from portal.config.embedded.identity import can_search
from portal.config.embedded.process import Account

# The kernel takes 107 bytes for a socket address. Room is left for PostgreSQL's temporary names beside it.
_SOCKET_LIMIT = 103
_LONGEST_SOCKET = Path("postgres") / ".s.PGSQL.5432"
_SHORT_FOLDERS = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"))
_MARKER = ".portal-var"
_MARKER_TEXT = "Dossier d'état du portail : « make reset » peut l'effacer en entier.\n"


@dataclass(frozen=True)
class Layout:
    """The paths of one ``PORTAL_VAR``."""

    var: Path

    @property
    def logs(self) -> Path:
        """One file for each process."""
        return self.var / "log"

    @property
    def secrets(self) -> Path:
        """Database password and Django's key, 0600."""
        return self.var / "secrets"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's folder, unless :attr:`elsewhere` names another."""
        return self.var / "postgres"

    @property
    def elsewhere(self) -> Path:
        """A one-line file: where PostgreSQL's folder is when its account cannot reach ``PORTAL_VAR``."""
        return self.var / "postgres.elsewhere"

    @property
    def redis(self) -> Path:
        """Redis's data."""
        return self.var / "redis"

    @property
    def beat(self) -> Path:
        """Celery beat's memory of what it last sent."""
        return self.var / "beat"

    @property
    def door(self) -> Path:
        """Lock: held while engines are being started, joined or stopped."""
        return self.var / "door.lock"

    @property
    def keeper(self) -> Path:
        """Lock: held by the process that owns the engines, and says where its socket is."""
        return self.var / "keeper.lock"

    @property
    def portal(self) -> Path:
        """Lock: held by ``make run``, and says its address."""
        return self.var / "portal.lock"

    @property
    def marker(self) -> Path:
        """Present when the portal made the folder itself: then ``make reset`` may remove it."""
        return self.var / _MARKER

    def prepare(self) -> None:
        """Make the folders. Root's are passed through by PostgreSQL's unprivileged account, so they are 0711."""
        top = 0o711 if os.geteuid() == 0 else 0o700
        try:
            if not self.var.exists() or not any(self.var.iterdir()):
                _make(self.var, top)
                self.marker.write_text(_MARKER_TEXT)
            self._let_pass()
            for folder in (self.logs, self.secrets, self.redis, self.beat):
                _make(folder, 0o700)
            _make(self.postgres, top)
        except PermissionError as error:
            raise EmbeddedError(
                f"{error.filename} n'est pas accessible en écriture : "
                f"utilisez le compte qui a créé {self.var}, ou un autre PORTAL_VAR."
            ) from error
        except OSError as error:
            raise EmbeddedError(f"PORTAL_VAR={self.var} ne peut pas être préparé : {error.strerror}.") from error

    def _let_pass(self) -> None:
        """Root's state folder made 0700 by someone (``mktemp -d``): let it be passed through, not listed.

        Only the state folder itself, never one above it, and only one that held nothing before us.
        """
        status = self.var.stat()
        if os.geteuid() == 0 and status.st_uid == 0 and self.marker.exists():
            self.var.chmod(stat.S_IMODE(status.st_mode) | 0o011)

    def run_folder(self, account: Account | None) -> Path:
        """The folder of the sockets: in ``PORTAL_VAR``, or a short one where that path would not do."""
        folder = self.var / "run"
        if _fits_socket(folder) and can_search(account, self.var):
            return _owned_folder(folder)
        name = f"portal-{os.geteuid()}-{hashlib.sha256(os.fsencode(self.var)).hexdigest()[:12]}"
        for parent in _SHORT_FOLDERS:
            if os.access(parent, os.W_OK | os.X_OK):
                return _owned_folder(parent / name)
        raise EmbeddedError(f"le chemin {folder} est trop long pour une socket ; choisissez un PORTAL_VAR plus court.")


def _make(folder: Path, mode: int) -> None:
    """Make a folder with this mode whatever the umask; one that exists is left as it is."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        return
    folder.chmod(mode)


def _fits_socket(folder: Path) -> bool:
    """Neither too long for the kernel, nor with a comma, which separates hosts in PostgreSQL's client library."""
    path = os.fsencode(folder / _LONGEST_SOCKET)
    return len(path) <= _SOCKET_LIMIT and b"," not in path


def _owned_folder(folder: Path) -> Path:
    """A folder that only we can write in, made now or found; someone else's under that name is refused."""
    _make(folder, 0o711 if os.geteuid() == 0 else 0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise EmbeddedError(f"{folder} n'est pas à nous, ou d'autres comptes peuvent y écrire : supprimez-le.")
    return folder
