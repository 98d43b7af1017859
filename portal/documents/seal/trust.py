"""Whom the portal trusts: its published roots, and what is known of revoked certificates.

``SEAL_ROOTS`` is a folder of PEM certificates and DER lists of revoked certificates (``.crl``); a demonstration trusts
its own authority. Sealing may fetch revocation facts (``SEAL_FETCH``); checking never needs a network.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from pyhanko_certvalidator import ValidationContext

from portal.common import clock
from portal.documents.seal.authority import demo_authority
from portal.documents.verify import Trusted, trusted


def folder() -> Path:
    """Where the roots and lists lie."""
    return Path(settings.SEAL_ROOTS) if settings.SEAL_ROOTS else demo_authority(Path(settings.SEAL_DEMO_FOLDER))


def known() -> Trusted:
    """The roots trusted, and the lists known without a network. Raises ValueError where there is no root."""
    return trusted(folder())


def context() -> ValidationContext:
    """What a seal is made against; a network only where ``SEAL_FETCH`` allows it."""
    trust = known()
    return ValidationContext(
        trust_roots=trust.roots,
        crls=trust.revoked,
        moment=clock.machine_now(),
        allow_fetching=settings.SEAL_FETCH,
        revocation_mode="require" if settings.SEAL_FETCH else "soft-fail",
    )
