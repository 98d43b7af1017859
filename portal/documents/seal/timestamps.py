"""RFC 3161 time-stamps: the authorities of ``TSA_URLS`` in order, the next one where one fails.

``demo:`` names the demonstration's own authority, which lives in this process. None is set: seals are of level B-B and
documents say « horodatage interne ».
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from django.conf import settings
from pyhanko.sign.timestamps import DummyTimeStamper, HTTPTimeStamper, TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.common import clock
from portal.documents.seal.authority import STAMPER_FILE, demo_authority

log = logging.getLogger(__name__)
DEMO = "demo:"
SECONDS = 10


class Authorities(TimeStamper):
    """Several authorities as one: the first that answers."""

    def __init__(self, authorities: Sequence[TimeStamper]) -> None:
        super().__init__()
        self._authorities = tuple(authorities)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Ask each authority in turn. Raises ``TimestampRequestError`` where none answers."""
        for number, authority in enumerate(self._authorities, start=1):
            try:
                return await authority.async_request_tsa_response(req)
            except (TimestampRequestError, OSError) as error:
                log.warning("time-stamp authority %s of %s: %s", number, len(self._authorities), error)
        raise TimestampRequestError("no time-stamp authority answered")


def timestamper() -> TimeStamper | None:
    """The authorities of ``TSA_URLS``; None where none is set. One a process: it knows the size of their answers."""
    return _authorities(tuple(settings.TSA_URLS), Path(settings.SEAL_DEMO_FOLDER))


@lru_cache(maxsize=4)
def _authorities(urls: tuple[str, ...], demo_folder: Path) -> TimeStamper | None:
    made = [_authority(url, demo_folder) for url in urls]
    return Authorities(made) if made else None


def _authority(url: str, demo_folder: Path) -> TimeStamper:
    if url == DEMO:
        return _demo(demo_authority(demo_folder) / STAMPER_FILE)
    return HTTPTimeStamper(url, timeout=SECONDS)


class _OnTime(DummyTimeStamper):
    """Says the time of the portal's machine clock."""

    def request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        self.fixed_dt = clock.machine_now()
        return super().request_tsa_response(req)


def _demo(path: Path) -> TimeStamper:
    key, certificate, chain = pkcs12.load_key_and_certificates(path.read_bytes(), None)
    if key is None or certificate is None:
        raise ValueError(f"{path.name} holds no key with its certificate")
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    store = SimpleCertificateStore()
    store.register_multiple(asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in chain)
    return _OnTime(
        tsa_cert=asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
        tsa_key=keys.PrivateKeyInfo.load(der),
        certs_to_embed=store,
    )
