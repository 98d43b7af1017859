"""The environment that Django, gunicorn and Celery read: what was given, and what the embedded setup adds."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from portal.config.embedded.options import Options
from portal.config.embedded.paths import Layout
from portal.config.embedded.roles import DATABASE, OWNER, OWNER_PASSWORD_FILE, PASSWORD_FILE, ROLE
from portal.config.embedded.secret_files import read_or_create

_DEFAULT_HOSTS = "localhost,127.0.0.1,[::1]"
_MACHINES = ("PATH", "HOME", "LANG", "LC_", "TZ", "TMPDIR", "PYTHON", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
_IDENTITY_PROVIDERS = (*_MACHINES, "PSC_", "PORTAL_DEMO", "PORTAL_VAR", "PORTAL_BASE_URL")
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_.")


def quote(path: Path, *, keep: bytes = b"") -> str:
    """A path as a URL part, capitals quoted too: URL parsers put a host name in lower case, and this path is one."""
    return "".join(chr(byte) if byte in _PLAIN or byte in keep else f"%{byte:02X}" for byte in os.fsencode(path))


def database_url(run: Path, password: str, role: str = ROLE) -> str:
    """The address of the embedded database, for the portal or for the owner of its tables."""
    return f"postgresql://{role}:{password}@{quote(run / 'postgres')}:5432/{DATABASE}"


def broker_url(run: Path) -> str:
    """The address of the embedded Redis."""
    return f"redis+socket://{quote(run / 'redis.sock', keep=b'/')}"


def without_engines(options: Options, environ: Mapping[str, str]) -> dict[str, str]:
    """For a command that asks nothing of the database: addresses where nobody answers, and a key for the day."""
    added = _common(options, environ)
    added.update(_identity(options, environ, client_secret="absent", evidence_key="absent" * 8))  # noqa: S106
    added.setdefault("PORTAL_SECRET_KEY", environ.get("PORTAL_SECRET_KEY") or "sans-base-de-donnees")
    nowhere = options.var / "run"
    if "postgres" in options.engines:
        added["DATABASE_URL"] = database_url(nowhere, "absent")
    if "redis" in options.engines:
        added["CELERY_BROKER_URL"] = broker_url(nowhere)
    return added


def with_engines(options: Options, layout: Layout, run: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """For the portal and the commands that use its data."""
    added = _common(options, environ)
    if not environ.get("PORTAL_SECRET_KEY"):
        added["PORTAL_SECRET_KEY"] = read_or_create(layout.secrets / "secret_key")
    client_secret = read_or_create(layout.secrets / "identity_client") if options.identity_port else ""
    evidence_key = read_or_create(layout.secrets / "evidence_key") if options.environment == "embedded" else ""
    added.update(_identity(options, environ, client_secret=client_secret, evidence_key=evidence_key))
    if "postgres" in options.engines:
        added["DATABASE_URL"] = database_url(run, read_or_create(layout.secrets / PASSWORD_FILE))
        owner_password = read_or_create(layout.secrets / OWNER_PASSWORD_FILE)
        added["DATABASE_OWNER_URL"] = database_url(run, owner_password, OWNER)
    if "redis" in options.engines:
        added["CELERY_BROKER_URL"] = broker_url(run)
    return added


def for_the_portal(env: Mapping[str, str]) -> dict[str, str]:
    """What the site, the worker and the schedule are told: not how to own the tables."""
    return {name: value for name, value in env.items() if name != "DATABASE_OWNER_URL"}


def for_the_identity_provider(env: Mapping[str, str]) -> dict[str, str]:
    """What the demonstration's identity provider is told: nothing of the portal's data."""
    return {name: value for name, value in env.items() if name.startswith(_IDENTITY_PROVIDERS)}


def _common(options: Options, environ: Mapping[str, str]) -> dict[str, str]:
    hosts = (
        _DEFAULT_HOSTS
        if options.bind in ("127.0.0.1", "::1", "0.0.0.0", "::")
        else f"{_DEFAULT_HOSTS},{options.netloc.rsplit(':', 1)[0]}"
    )
    added = {
        "PORTAL_ENV": options.environment,
        "PORTAL_DEMO": "1" if options.demo else "0",
        "PORTAL_VAR": str(options.var),
        "PORT": str(options.port),
    }
    defaults = {
        "DJANGO_SETTINGS_MODULE": "portal.config.settings",
        "PORTAL_ALLOWED_HOSTS": hosts,
        "PORTAL_BASE_URL": f"http://{options.netloc}",
    }
    added.update({name: value for name, value in defaults.items() if not environ.get(name)})
    return added


def _identity(options: Options, environ: Mapping[str, str], *, client_secret: str, evidence_key: str) -> dict[str, str]:
    """The demonstration's identity provider, and the key that closes the proofs of fresh authentications."""
    added = {}
    if options.identity_port:
        added["PSC_DISCOVERY_URL"] = f"http://{options.identity_netloc}/.well-known/openid-configuration"
        added["PSC_CLIENT_ID"] = "portail-de-demonstration"
        added["PSC_CLIENT_SECRET"] = client_secret
    if evidence_key and not environ.get("PORTAL_EVIDENCE_KEYS"):
        added["PORTAL_EVIDENCE_KEYS"] = evidence_key
    return added
