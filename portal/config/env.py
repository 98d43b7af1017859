"""Reading and validating environment variables: a wrong setting stops the start with one clear line."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from portal.accounts.domain.professionals import ACR_LEVELS
from portal.accounts.psc.configuration import WELL_KNOWN, PscConfiguration, origin_of, usual_origins

ENVIRONMENTS = ("embedded", "production", "test")


def environment() -> str:
    """``PORTAL_ENV``: embedded (demo engines), production or test."""
    value = os.environ.get("PORTAL_ENV", "production")
    if value not in ENVIRONMENTS:
        raise ImproperlyConfigured(f"PORTAL_ENV={value!r}: expected one of {', '.join(ENVIRONMENTS)}.")
    return value


def flag(name: str, default: str = "0") -> bool:
    """A 0/1 variable, ``default`` when unset."""
    value = os.environ.get(name) or default
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name}={value!r}: expected 0 or 1.")
    return value == "1"


def required(name: str) -> str:
    """A variable that must be set and not empty."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: see docs/OPERATING.md.")
    return value


def host_list(name: str, default: str) -> list[str]:
    """A comma-separated list of host names."""
    hosts = [host.strip() for host in os.environ.get(name, default).split(",") if host.strip()]
    if "*" in hosts:
        raise ImproperlyConfigured(f"{name} must name the hosts: « * » is not accepted.")
    return hosts


def base_url(default: str) -> str:
    """``PORTAL_BASE_URL``: absolute http(s) address used in messages, without a trailing slash."""
    value = os.environ.get("PORTAL_BASE_URL", default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ImproperlyConfigured(f"PORTAL_BASE_URL={value!r}: expected http(s)://host[:port].")
    return value


def var_folder(default: Path) -> Path:
    """``PORTAL_VAR``: the folder of documents, logs and embedded data."""
    return Path(os.environ.get("PORTAL_VAR") or default).resolve()


def folder(name: str, default: Path) -> Path:
    """A folder of state, made when first written to; an absolute path."""
    value = os.environ.get(name, "")
    if value and not Path(value).is_absolute():
        raise ImproperlyConfigured(f"{name}={value!r}: expected an absolute path.")
    return Path(value) if value else default


def number(name: str, default: int, *, least: int) -> int:
    """A whole number, ``least`` or more."""
    value = os.environ.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(f"{name}={value!r}: expected a whole number, {least} or more.")
    return int(value)


def cache_location(broker_url: str) -> str | None:
    """The Redis database 1 beside the broker's, as Django's cache wants it; None for another broker."""
    if broker_url.startswith("redis+socket://"):
        return f"unix://{urlsplit(broker_url).path}?db=1"
    if broker_url.startswith(("redis://", "rediss://")):
        parts = urlsplit(broker_url)
        return parts._replace(path="/1").geturl()
    return None


def database_owner() -> tuple[str, str] | None:
    """``DATABASE_OWNER_URL``: user and password of the role that owns the tables; None when the portal's own does."""
    value = os.environ.get("DATABASE_OWNER_URL", "")
    if not value:
        return None
    parts = urlsplit(value)
    if not parts.username:
        raise ImproperlyConfigured("DATABASE_OWNER_URL: expected postgresql://role:password@…, as in DATABASE_URL.")
    return unquote(parts.username), unquote(parts.password or "")


def host_and_port(name: str, default: str) -> tuple[str, int]:
    """A ``host:port`` variable."""
    host, _, port = os.environ.get(name, default).rpartition(":")
    if not host or not port.isdigit():
        raise ImproperlyConfigured(f"{name}: expected host:port.")
    return host, int(port)


def optional_path(name: str) -> str:
    """A file or folder that must exist; empty when the variable is not set."""
    value = os.environ.get(name, "")
    if value and not Path(value).exists():
        raise ImproperlyConfigured(f"{name}: {value} does not exist.")
    return value


def clamav(name: str = "CLAMAV_ADDRESS") -> str:
    """Where ClamAV's daemon listens, ``host:port`` or the absolute path of its socket; empty: files are not scanned."""
    value = os.environ.get(name, "").removeprefix("unix:")
    host, _, port = value.rpartition(":")
    if value and not value.startswith("/") and not (host and port.isdigit() and 0 < int(port) < 65536):
        raise ImproperlyConfigured(f"{name}={value!r}: expected host:port, or the absolute path of a socket.")
    return value


def group(prefix: str, names: tuple[str, ...], *, needed: bool) -> dict[str, str]:
    """Variables that belong together, ``PREFIX_NAME``: all set where they are ``needed``."""
    return {
        name: required(f"{prefix}_{name.upper()}") if needed else os.environ.get(f"{prefix}_{name.upper()}", "")
        for name in names
    }


def psc(environment: str, *, demo: bool) -> PscConfiguration | None:
    """``PSC_*``: the client of Pro Santé Connect; None where ``PSC_DISCOVERY_URL`` is not set, or ``PSC_ENABLED=0``."""
    discovery = os.environ.get("PSC_DISCOVERY_URL", "")
    if not flag("PSC_ENABLED", default="1") or not discovery:
        return None
    loopback = _is_loopback(discovery)
    if WELL_KNOWN not in discovery or urlsplit(discovery).scheme not in ("http", "https"):
        raise ImproperlyConfigured(f"PSC_DISCOVERY_URL={discovery!r}: expected https://…{WELL_KNOWN}….")
    if loopback and environment == "production":
        raise ImproperlyConfigured("PSC_DISCOVERY_URL: the identity provider of the demonstration proves nothing.")
    if not loopback and not discovery.startswith("https://"):
        raise ImproperlyConfigured("PSC_DISCOVERY_URL: a provider elsewhere than on this machine is read by https.")
    minimum = os.environ.get("PSC_MINIMUM_ACR") or "eidas1"
    if minimum not in ACR_LEVELS:
        raise ImproperlyConfigured(f"PSC_MINIMUM_ACR={minimum!r}: expected one of {', '.join(ACR_LEVELS)}.")
    return PscConfiguration(
        discovery_url=discovery,
        client_id=required("PSC_CLIENT_ID"),
        client_secret=required("PSC_CLIENT_SECRET"),
        minimum_acr=minimum,
        scopes=tuple((os.environ.get("PSC_SCOPES") or "openid scope_all").split()),
        origins=_origins("PSC_ORIGINS") or usual_origins(discovery),
        demo=demo and loopback,
    )


def evidence_keys(environment: str, *, needed: bool) -> list[str]:
    """``PORTAL_EVIDENCE_KEYS``: secrets of 32 characters at least, the one in use first; needed with PSC."""
    keys = [key for key in os.environ.get("PORTAL_EVIDENCE_KEYS", "").split(",") if key]
    if not keys and environment == "test":
        return ["for-tests-only-" + "0123456789" * 5]
    if not keys and needed:
        required("PORTAL_EVIDENCE_KEYS")
    if any(len(key) < 32 for key in keys):
        raise ImproperlyConfigured("PORTAL_EVIDENCE_KEYS: each key has 32 characters at least.")
    return keys


def _origins(name: str) -> tuple[str, ...]:
    given = [one.strip().rstrip("/") for one in os.environ.get(name, "").split(",") if one.strip()]
    if any(origin_of(one) != one.lower() or "://" not in one for one in given):
        raise ImproperlyConfigured(f"{name}: expected scheme://host[:port], comma separated.")
    return tuple(one.lower() for one in given)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
