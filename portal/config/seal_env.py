"""The settings of the seals: a wrong one stops the start, and a demonstration's key never seals in production."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from portal.common.authorities import DEMO_AUTHORITY

BACKENDS = ("pkcs12", "pkcs11", "csc")


def backend(environment: str, *, demo: bool) -> str:
    """``SEAL_BACKEND``: where the key lies. Required in production; none in tests, where few documents are sealed."""
    default = "pkcs12" if demo and environment != "test" else ""
    value = os.environ.get("SEAL_BACKEND", default)
    if value not in BACKENDS and not (value == "" and environment == "test"):
        raise ImproperlyConfigured(f"SEAL_BACKEND={value!r}: expected one of {', '.join(BACKENDS)}.")
    return value


def tsa_urls(environment: str, *, demo: bool) -> list[str]:
    """``TSA_URLS``: addresses of RFC 3161 authorities, in order of preference; none: « horodatage interne »."""
    default = DEMO_AUTHORITY if demo and environment != "test" else ""
    urls = [url.strip() for url in os.environ.get("TSA_URLS", default).split(",") if url.strip()]
    for url in urls:
        if url == DEMO_AUTHORITY:
            if not demo:
                raise ImproperlyConfigured("TSA_URLS: « demo: » exists in a demonstration only.")
        elif urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise ImproperlyConfigured(f"TSA_URLS: {url!r} is not an http(s) address.")
    return urls


def check(environment: str, backend: str, *, key: str, roots: str, demo: bool) -> None:
    """Raise ImproperlyConfigured where seals could not be made or believed: only a demonstration makes its own key."""
    if demo or environment == "test":
        return
    if backend == "pkcs12" and not key:
        raise ImproperlyConfigured("SEAL_KEY is not set: the PKCS#12 file of the seal. See docs/OPERATING.md.")
    if not roots:
        raise ImproperlyConfigured("SEAL_ROOTS is not set: the folder of the certificates that are trusted.")
