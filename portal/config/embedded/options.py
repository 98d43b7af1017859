"""What the environment variables ask for, validated before anything starts: one wrong value is one clear line."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from portal.config.embedded.errors import EmbeddedError

REPOSITORY = Path(__file__).resolve().parents[3]
ENVIRONMENTS = ("embedded", "production", "test")
IDENTITY_STEP = 10
"""The demonstration's identity provider listens this much above the site, unless ``PORTAL_IDENTITY_PORT`` is set."""
DATABASE_SCHEMES = ("postgres", "postgresql")
BROKER_SCHEMES = ("redis", "rediss", "redis+socket", "amqp", "amqps", "memory")


@dataclass(frozen=True)
class Options:
    """The settings that decide what is started, where its state lies and where it listens."""

    var: Path
    port: int
    bind: str
    environment: str
    demo: bool
    database_url: str | None
    broker_url: str | None
    identity_port: int | None = None
    """Where the demonstration's identity provider listens, on loopback; None where there is none to start."""

    @property
    def identity_netloc(self) -> str:
        """``host:port`` of the demonstration's identity provider, always of this machine."""
        return f"127.0.0.1:{self.identity_port}"

    @property
    def engines(self) -> tuple[str, ...]:
        """The embedded engines to run: each one whose address was not given."""
        given = {"postgres": self.database_url, "redis": self.broker_url}
        return tuple(name for name, url in given.items() if url is None)

    @property
    def netloc(self) -> str:
        """``host:port`` that a browser of this machine can open (a wildcard address is not one)."""
        address = ipaddress.ip_address(self.bind)
        if address.is_unspecified:
            address = ipaddress.ip_address("127.0.0.1" if address.version == 4 else "::1")
        return f"[{address}]:{self.port}" if address.version == 6 else f"{address}:{self.port}"


def read(environ: Mapping[str, str]) -> Options:
    """The options of this environment; :class:`EmbeddedError` names the variable that is wrong."""
    database_url = _url(environ, "DATABASE_URL", DATABASE_SCHEMES)
    environment = _environment(environ, external=database_url is not None)
    _flag(environ, "PORTAL_STATE_BRAND", default=False)
    demo, port = _demo(environ, environment), _port(environ, "PORT", 8000)
    return Options(
        var=_folder(environ),
        port=port,
        bind=_bind(environ),
        environment=environment,
        demo=demo,
        identity_port=_identity_port(environ, port) if demo else None,
        database_url=database_url,
        broker_url=_url(environ, "CELERY_BROKER_URL", BROKER_SCHEMES),
    )


def _environment(environ: Mapping[str, str], *, external: bool) -> str:
    """Production unless the database is ours: a given database is never taken for a playground."""
    value = environ.get("PORTAL_ENV") or ("production" if external else "embedded")
    if value not in ENVIRONMENTS:
        raise EmbeddedError(f"PORTAL_ENV={value} : valeurs admises {', '.join(ENVIRONMENTS)}.")
    if value != "embedded" and not external:
        raise EmbeddedError(
            f"PORTAL_ENV={value} demande DATABASE_URL : la base embarquée est celle de la démonstration."
        )
    return value


def _demo(environ: Mapping[str, str], environment: str) -> bool:
    """Demo log-ins have published passwords: never outside of the embedded setup."""
    demo = _flag(environ, "PORTAL_DEMO", default=environment == "embedded")
    if demo and environment == "production":
        raise EmbeddedError(
            "PORTAL_DEMO=1 n'est pas admis avec PORTAL_ENV=production : les comptes de démonstration sont publics."
        )
    return demo


def _flag(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = environ.get(name) or ("1" if default else "0")
    if value not in ("0", "1"):
        raise EmbeddedError(f"{name}={value} : la valeur attendue est 0 ou 1.")
    return value == "1"


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 65535):
        raise EmbeddedError(f"{name}={value} : un nombre entier de 1 à 65535 est attendu.")
    return int(value)


def _identity_port(environ: Mapping[str, str], site: int) -> int | None:
    """None where another provider is given (``PSC_DISCOVERY_URL``), or none is wanted (``PSC_ENABLED=0``)."""
    enabled = _flag(environ, "PSC_ENABLED", default=True)
    beside = site + IDENTITY_STEP if site + IDENTITY_STEP <= 65535 else site - IDENTITY_STEP
    port = _port(environ, "PORTAL_IDENTITY_PORT", beside)
    if port == site:
        raise EmbeddedError(
            f"PORTAL_IDENTITY_PORT={port} : c'est déjà le port du site (PORT) ; choisissez-en un autre."
        )
    return None if environ.get("PSC_DISCOVERY_URL") or not enabled else port


def _bind(environ: Mapping[str, str]) -> str:
    value = (environ.get("PORTAL_BIND") or "127.0.0.1").strip("[]")
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise EmbeddedError(f"PORTAL_BIND={value} : une adresse IP est attendue (127.0.0.1, 0.0.0.0, ::1).") from None


def _folder(environ: Mapping[str, str]) -> Path:
    value = environ.get("PORTAL_VAR") or str(REPOSITORY / "var")
    path = Path(value).expanduser().resolve()
    if path == Path(path.anchor) or "\n" in value:
        raise EmbeddedError(f"PORTAL_VAR={value} : un dossier propre au portail est attendu.")
    if os.path.exists(path) and not path.is_dir():  # one that may not be looked at is reported when it is made
        raise EmbeddedError(f"PORTAL_VAR={value} : ce n'est pas un dossier.")
    return path


def _url(environ: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    """The address as given; its value is not repeated in the message, for it may hold a password."""
    value = environ.get(name)
    if not value:
        return None
    if urlsplit(value).scheme not in schemes:
        raise EmbeddedError(f"{name} : l'adresse doit commencer par {', '.join(f'{scheme}://' for scheme in schemes)}.")
    return value
