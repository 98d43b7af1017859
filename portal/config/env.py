"""Reading and validating environment variables: a wrong setting stops the start with one clear line."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ENVIRONMENTS = ("embedded", "production", "test")


def environment() -> str:
    """``PORTAL_ENV``: embedded (demo engines), production or test."""
    value = os.environ.get("PORTAL_ENV", "production")
    if value not in ENVIRONMENTS:
        raise ImproperlyConfigured(f"PORTAL_ENV={value!r}: expected one of {', '.join(ENVIRONMENTS)}.")
    return value


def flag(name: str) -> bool:
    """A 0/1 variable, 0 when unset."""
    value = os.environ.get(name, "0") or "0"
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


def group(prefix: str, names: tuple[str, ...], *, needed: bool) -> dict[str, str]:
    """Variables that belong together, ``PREFIX_NAME``: all set where they are ``needed``."""
    return {
        name: required(f"{prefix}_{name.upper()}") if needed else os.environ.get(f"{prefix}_{name.upper()}", "")
        for name in names
    }
