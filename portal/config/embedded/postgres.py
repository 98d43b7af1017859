"""PostgreSQL 18 as a foreground child on a unix socket, with its data made at the first start."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from portal.config.embedded import binaries, identity, leftovers, roles
from portal.config.embedded.errors import EmbeddedError
from portal.config.embedded.paths import Layout
from portal.config.embedded.process import Account, Child, Command, popen
from portal.config.embedded.secret_files import read_or_create

MAJOR = "18"
_READY_SECONDS = 120.0
_CLEAN_ENV = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}
_INITDB = (
    "--username=postgres",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--auth-local=reject",
    "--auth-host=reject",
)
# Durability is PostgreSQL's default; a test run throws its data away, so it does not wait for the disk.
TUNINGS: Mapping[str, Mapping[str, str]] = {
    "durable": {"max_connections": "60"},
    "test": {
        "max_connections": "100",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "autovacuum": "off",
    },
}
# Ctrl-C to a postmaster is its « fast shutdown », SIGQUIT its « immediate » one (recovery at the next start).
_STOP = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 10.0))


class Postgres:
    """One cluster: database ``portal`` and its two roles, UTF-8, no ICU, UTC, no network."""

    name = "PostgreSQL"

    def __init__(self, layout: Layout, run: Path, tuning: str) -> None:
        self._layout = layout
        self._socket_folder = run / "postgres"
        self._tuning = tuning
        home, account = home_of(layout)
        self._account = account
        self._home = home
        self._data = home / "data"
        self._programs = binaries.postgres_programs(account, home)
        self.log = layout.logs / "postgres.log"
        self.child: Child | None = None

    def start(self) -> None:
        """Make the data if there is none, then start and wait until connections are accepted."""
        self._prepare_data()
        leftovers.end(self._data / "postmaster.pid", self._data, _STOP)
        self._fresh_socket_folder()
        self.child = self._launch()
        if not self._wait_ready(self.child) and "pre-existing shared memory block" in self.child.tail():
            # The processes of a killed server see its death a moment later than we do.
            self.child.stop()
            time.sleep(2.0)
            self.child = self._launch()
            self._wait_ready(self.child)
        if not self.child.running() or not self._is_ready(self.child):
            failure = self.child.failure("PostgreSQL n'a pas démarré.")
            self.child.stop()
            raise failure

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, nothing is lost."""
        if self.child is not None:
            self.child.stop()

    def _prepare_data(self) -> None:
        version = self._data / "PG_VERSION"
        if version.exists():
            found = version.read_text().strip()
            if found != MAJOR:
                raise EmbeddedError(f"{self._data} est d'une autre version de PostgreSQL ({found}, attendue {MAJOR}).")
            self._mend_roles()
            return
        draft = self._home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        self._private_folder(draft)
        unsynced = ["--no-sync"] if self._tuning == "test" else []
        self._run([self._programs / "initdb", "--pgdata", draft, *_INITDB, *unsynced])
        (draft / "pg_hba.conf").write_text(roles.HBA)
        self._single_user(draft, *self._roles(), f"CREATE DATABASE {roles.DATABASE} OWNER {roles.OWNER}")
        self._single_user(draft, *roles.GRANTS, database=roles.DATABASE)
        draft.rename(self._data)

    def _mend_roles(self) -> None:
        """A lost password is replaced; data made before the owner existed are handed over to it (ADR 8)."""
        hba = self._data / "pg_hba.conf"
        names = (roles.PASSWORD_FILE, roles.OWNER_PASSWORD_FILE)
        known, handed_over = (
            all((self._layout.secrets / name).exists() for name in names),
            hba.read_text() == roles.HBA,
        )
        if known and handed_over:
            return
        leftovers.end(self._data / "postmaster.pid", self._data, _STOP)
        self._single_user(self._data, *self._roles())
        if not handed_over:
            self._single_user(self._data, *roles.HANDED_OVER, *roles.GRANTS, database=roles.DATABASE)
            hba.write_text(roles.HBA)  # last: until then it is all done again

    def _roles(self) -> tuple[str, ...]:
        words = (
            read_or_create(self._layout.secrets / name) for name in (roles.PASSWORD_FILE, roles.OWNER_PASSWORD_FILE)
        )
        return roles.roles(*words, tests=self._tuning == "test")

    def _private_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        if self._account is not None:
            os.chown(folder, self._account.uid, self._account.gid)

    def _fresh_socket_folder(self) -> None:
        """Emptied at each start: a stale lock file there may name a number that another process has taken since."""
        shutil.rmtree(self._socket_folder, ignore_errors=True)
        self._private_folder(self._socket_folder)

    def _run(self, argv: list[str | Path], text: str = "") -> str:
        """Run a PostgreSQL program to its end; what it wrote."""
        command = self._command("initdb", [str(part) for part in argv], signal.SIGKILL)
        with tempfile.TemporaryFile() as stdin:
            stdin.write(text.encode())
            stdin.seek(0)
            process = popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            output = process.communicate()[0].decode("utf-8", "replace")
        if process.returncode != 0 or "ERROR:" in output or "FATAL:" in output:
            raise EmbeddedError("la préparation de PostgreSQL a échoué.", tail="\n".join(output.splitlines()[-12:]))
        return output

    def _single_user(self, data: Path, *statements: str, database: str = "postgres") -> None:
        """Run statements as the superuser without a server: no connection can be made meanwhile."""
        argv: list[str | Path] = [self._programs / "postgres", "--single", "-j", "-D", data, database]
        self._run(argv, "".join(f"{statement};\n\n" for statement in statements))

    def _command(self, name: str, argv: list[str], death_signal: signal.Signals) -> Command:
        return Command(
            name=name,
            argv=argv,
            log=self.log,
            env=_CLEAN_ENV,
            cwd=Path("/"),
            account=self._account,
            death_signal=death_signal,
            stop=_STOP,
        )

    def _launch(self) -> Child:
        settings = {
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": '"' + str(self._socket_folder).replace('"', '""') + '"',
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "cluster_name": "portal",
            "log_line_prefix": "%m [%p] ",
            **TUNINGS[self._tuning],
        }
        argv = [str(self._programs / "postgres"), "-D", str(self._data)]
        argv += [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return Child(self._command(self.name, argv, signal.SIGINT))

    def _wait_ready(self, child: Child) -> bool:
        deadline = time.monotonic() + _READY_SECONDS
        while child.running() and time.monotonic() < deadline:
            if self._is_ready(child):
                return True
            time.sleep(0.02)
        return False

    def _is_ready(self, child: Child) -> bool:
        """The postmaster writes its number on the first line of its file and its state on the eighth."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0].strip() == str(child.pid) and lines[7].strip() == "ready"


def home_of(layout: Layout) -> tuple[Path, Account | None]:
    """PostgreSQL's folder, and the account that owns it.

    Where the account that root lends cannot reach ``PORTAL_VAR`` (a clone in a 0700 home), the folder is made where
    it can, and a one-line file in ``PORTAL_VAR`` says where: a new ``PORTAL_VAR`` never finds another's data.
    """
    if layout.elsewhere.exists():
        home = Path(layout.elsewhere.read_text().strip())
        if not home.is_dir():
            raise EmbeddedError(f"{layout.elsewhere} désigne {home}, qui n'existe plus.")
        return home, identity.account_for(home / "data")
    account = identity.account_for(layout.postgres / "data")
    if identity.can_search(account, layout.postgres):
        return layout.postgres, account
    if account is not None and (layout.postgres / "data").exists():
        raise EmbeddedError(
            f"{layout.postgres} n'est plus accessible au compte {account.name}, qui en tient les données."
        )
    return _folder_elsewhere(layout), account


def _folder_elsewhere(layout: Layout) -> Path:
    for parent in ("/var/lib", "/var/tmp", tempfile.gettempdir()):
        if os.access(parent, os.W_OK | os.X_OK):
            home = Path(tempfile.mkdtemp(prefix="portal-segur-", dir=parent))
            home.chmod(0o711)
            layout.elsewhere.write_text(f"{home}\n")
            return home
    raise EmbeddedError(
        "aucun dossier où PostgreSQL puisse écrire sous un autre compte que root : choisissez PORTAL_VAR."
    )
