"""Seals over any bytes, beside them: a CAdES signature (CMS) and an RFC 3161 token, both DER."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from asn1crypto import cms, tsp
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms, validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from portal.common import clock
from portal.documents.seal import trust
from portal.documents.seal.keys import signer
from portal.documents.seal.timestamps import stamped
from portal.documents.verify import CLOCKS_APART


def signature_over(content: bytes) -> bytes:
    """A detached signature by the portal's key. Raises ``BadSealKey``, or what the key's place raises."""
    attributes = PdfCMSSignedAttributes(signing_time=clock.machine_now())
    made = signer().async_sign_general_data(
        content, "sha256", detached=True, use_cades=True, signed_attr_settings=attributes
    )
    return bytes(asyncio.run(made).dump())


def token_over(content: bytes) -> bytes:
    """A time-stamp by the first authority that gives a good one. Raises ``TimestampRequestError``."""

    def stamp(authority: TimeStamper | None) -> bytes:
        if authority is None:
            raise TimestampRequestError("TSA_URLS is not set")
        token = asyncio.run(authority.async_timestamp(hashlib.sha256(content).digest(), "sha256")).dump()
        if wrong := token_problems(content, token, clock.machine_now()):
            raise TimestampRequestError(" ".join(wrong))
        return bytes(token)

    return stamped(stamp)


def token_problems(content: bytes, token: bytes, at: datetime | None) -> list[str]:
    """What is wrong with a time-stamp, in French; its certificate is to be good at ``at``, by default its own time."""
    return _told("l’horodatage", lambda: _of_token(content, token, at))


def signature_problems(content: bytes, signature: bytes, at: datetime) -> list[str]:
    """What is wrong with a detached signature, in French; its certificate is to be good at ``at``."""
    return _told("la signature", lambda: _of_signature(content, signature, at))


def stamped_at(token: bytes) -> datetime:
    """The time that a token says. Raises ValueError for bytes that are none."""
    said: datetime = _signed_data(token)["encap_content_info"]["content"].parsed["gen_time"].native
    return said.astimezone(UTC)


def _told(what: str, work: Callable[[], Iterator[str]]) -> list[str]:
    try:
        return list(work())
    except Exception as error:  # noqa: BLE001  (bytes that anybody may have put there)
        return [f"{what} est illisible ({type(error).__name__})"]


def _of_token(content: bytes, token: bytes, at: datetime | None) -> Iterator[str]:
    said = stamped_at(token)
    if said > clock.machine_now() + CLOCKS_APART:
        yield "l’horodatage est daté du futur"
    imprint = hashlib.sha256(content).digest()
    if _imprint(token) != imprint:
        yield "l’horodatage porte sur un autre contenu"
        return
    status = asyncio.run(validate_tst_signed_data(_signed_data(token), _at(at or said), lambda _: imprint))
    if not (status["intact"] and status["valid"]):
        yield "l’horodatage a été altéré"
    elif status.get("trust_problem_indic") is not None or status.get("validation_path") is None:
        yield "l’horodatage ne vient pas d’une autorité reconnue par le portail, ou son certificat n’est plus valable"


def _of_signature(content: bytes, signature: bytes, at: datetime) -> Iterator[str]:
    status = asyncio.run(async_validate_detached_cms(content, _signed_data(signature), _at(at)))
    if not status.intact:
        yield "la signature porte sur un autre contenu"
    elif not status.valid:
        yield "la signature ne correspond pas à son certificat"
    elif not status.trusted:
        yield "la signature est d’une clé que le portail ne reconnaît pas, ou son certificat n’était pas valable"


def _imprint(token: bytes) -> bytes:
    info: tsp.TSTInfo = _signed_data(token)["encap_content_info"]["content"].parsed
    return bytes(info["message_imprint"]["hashed_message"].native)


def _signed_data(der: bytes) -> cms.SignedData:
    found = cms.ContentInfo.load(der, strict=True)
    if found["content_type"].native != "signed_data":
        raise ValueError("not CMS signed data")
    return found["content"]


def _at(moment: datetime) -> ValidationContext:
    """Good at an instant, by the roots and lists known: checking never uses a network."""
    known = trust.known()
    return ValidationContext(
        trust_roots=known.roots,
        crls=known.revoked,
        moment=moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
        retroactive_revinfo=True,
    )
