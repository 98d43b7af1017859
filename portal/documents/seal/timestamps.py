"""RFC 3161 time-stamps: the authorities of ``TSA_URLS`` in order, the next one where one fails.

``demo:`` names the demonstration's own authority, which lives in this process. None is set: seals are of level B-B and
documents say « horodatage interne ».
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from asn1crypto import cms, keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from django.conf import settings
from pyhanko.sign.timestamps import DummyTimeStamper, HTTPTimeStamper, TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError, extract_ts_certs
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.common import clock
from portal.common.authorities import DEMO_AUTHORITY
from portal.documents.seal.authority import STAMPER_FILE, demo_authority

log = logging.getLogger(__name__)
Result = TypeVar("Result")
SECONDS = 10


class OtherCertificate(TimestampRequestError):
    """An authority has stamped by another certificate than before; from now on this is the one expected."""


class _Http(HTTPTimeStamper):
    """An authority over HTTP; whatever is wrong with its answer is said as ``TimestampRequestError``."""

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            used = {certificate.issuer_serial for certificate in extract_ts_certs(token, self.cert_registry)}
        except TimestampRequestError:
            raise
        except Exception as error:  # bytes of any kind come from outside
            raise TimestampRequestError(f"not a time-stamp ({type(error).__name__})") from error
        if self._certs and not used <= self._certs.keys():
            self._certs.clear()
            self._register_dummy(md_algorithm, token)
            raise OtherCertificate(self.url)
        return token

    async def validation_paths(self, validation_context: ValidationContext) -> AsyncIterator[ValidationPath]:
        try:
            async for path in super().validation_paths(validation_context):
                yield path
        except (PathError, ValidationError) as error:
            raise TimestampRequestError(f"its certificate is not trusted here: {error}") from error


def stamped(work: Callable[[TimeStamper | None], Result]) -> Result:
    """``work`` done whole with the first authority that can; without any where none is set.

    One authority a file, tried again from its beginning: what a file needs to be checked later is asked of the
    authority that stamps it. Raises ``TimestampRequestError`` where none answers.
    """
    authorities = _authorities(tuple(settings.TSA_URLS), Path(settings.SEAL_DEMO_FOLDER))
    if not authorities:
        return work(None)
    for number, authority in enumerate(authorities, start=1):
        try:
            return _twice(work, authority)
        except TimestampRequestError as error:
            log.warning("time-stamp authority %s of %s: %s", number, len(authorities), error)
    raise TimestampRequestError("no time-stamp authority answered")


def _twice(work: Callable[[TimeStamper | None], Result], authority: TimeStamper) -> Result:
    try:
        return work(authority)
    except OtherCertificate:
        return work(authority)


@lru_cache(maxsize=4)
def _authorities(urls: tuple[str, ...], demo_folder: Path) -> tuple[TimeStamper, ...]:
    """Kept for the life of the process: each knows the size of its answers."""
    return tuple(_authority(url, demo_folder) for url in urls)


def _authority(url: str, demo_folder: Path) -> TimeStamper:
    if url == DEMO_AUTHORITY:
        return _demo(demo_authority(demo_folder) / STAMPER_FILE)
    return _Http(url, timeout=SECONDS)


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
