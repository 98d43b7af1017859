"""Sealing by a remote trust-service provider, over the API of the Cloud Signature Consortium (1.0.4).

The credential's PIN authorises each seal by itself (SCAL1, or SCAL2 with the hash of the document). One event loop a
seal, so one session a seal: nothing is kept open between two.
"""

from __future__ import annotations

import asyncio

import aiohttp
from asn1crypto import x509 as asn1_x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import load_der_x509_certificate
from django.conf import settings
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import Signer
from pyhanko.sign.signers.csc_signer import (
    CSCAuthorizationInfo,
    CSCAuthorizationManager,
    CSCCredentialInfo,
    CSCServiceSessionInfo,
    CSCSigner,
    fetch_certs_in_csc_credential,
)
from pyhanko_certvalidator.registry import SimpleCertificateStore


class _ByPin(CSCAuthorizationManager):
    """Asks the provider to authorise each signature, with the PIN of the credential."""

    def __init__(
        self, session: aiohttp.ClientSession, service: CSCServiceSessionInfo, credential: CSCCredentialInfo
    ) -> None:
        super().__init__(service, credential)
        self._session = session

    async def authorize_signature(self, hash_b64s: list[str]) -> CSCAuthorizationInfo:
        """One ``credentials/authorize`` for these hashes. Raises ``aiohttp.ClientError`` where it is refused."""
        request = self.format_csc_auth_request(hash_b64s=hash_b64s, pin=settings.SEAL_CSC["pin"])
        url = self.csc_session_info.endpoint_url("credentials/authorize")
        async with self._session.post(url, headers=self.auth_headers, json=request, raise_for_status=True) as response:
            return self.parse_csc_auth_response(await response.json())


class RemoteSigner(Signer):
    """A signer whose key never leaves its provider."""

    def __init__(self, service: CSCServiceSessionInfo, credential: CSCCredentialInfo) -> None:
        self._service, self._credential = service, credential
        store = SimpleCertificateStore()
        store.register_multiple(credential.chain)
        super().__init__(signing_cert=credential.signing_cert, cert_registry=store)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Have the provider sign; for a trial, as many zeros as its signature has.

        Raises ``SigningError`` where the answer is no signature of this certificate.
        """
        if dry_run:
            return bytes(_size_of(self._credential.signing_cert))
        async with aiohttp.ClientSession() as session:
            manager = _ByPin(session, self._service, self._credential)
            signed = bytes(await CSCSigner(session, manager, batch_size=1).async_sign_raw(data, digest_algorithm))
        _check(self._credential.signing_cert, signed, data, digest_algorithm)
        return signed


def remote_signer() -> RemoteSigner:
    """The signer of ``SEAL_CSC``, its certificate asked from the provider."""
    service = CSCServiceSessionInfo(
        service_url=settings.SEAL_CSC["url"],
        credential_id=settings.SEAL_CSC["credential"],
        oauth_token=settings.SEAL_CSC["token"],
    )
    return RemoteSigner(service, asyncio.run(_credential(service)))


async def _credential(service: CSCServiceSessionInfo) -> CSCCredentialInfo:
    async with aiohttp.ClientSession() as session:
        return await fetch_certs_in_csc_credential(session, service)


def _check(certificate: asn1_x509.Certificate, signed: bytes, data: bytes, digest_algorithm: str) -> None:
    key = load_der_x509_certificate(certificate.dump()).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise SigningError("SEAL_CSC_CREDENTIAL: its certificate holds no RSA key")
    try:
        key.verify(signed, data, padding.PKCS1v15(), getattr(hashes, digest_algorithm.upper())())
    except InvalidSignature as error:
        raise SigningError("SEAL_CSC_CREDENTIAL: its key is not the one of its certificate") from error


def _size_of(certificate: asn1_x509.Certificate) -> int:
    return int(certificate.public_key.byte_size)
