"""Who seals the daily root: one sealer, installed by ``portal.config`` as the clocks are; none by default."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from portal.audit.domain.anchors import Seal

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sealer:
    """Makes and judges seals over the bytes of a statement.

    ``wanted``: whether a root should bear a signature, and a time-stamp, as the portal is set now. ``sign`` gives a
    detached CMS signature, ``stamp`` an RFC 3161 token (both DER); what they raise puts the seal off, never the root.
    ``problems`` says in French what is wrong with a seal, whose certificates must be good at the instant given (None:
    when its own token was made).
    """

    wanted: Callable[[], tuple[bool, bool]]
    sign: Callable[[bytes], bytes]
    stamp: Callable[[bytes], bytes]
    problems: Callable[[bytes, Seal, datetime | None], list[str]]


@dataclass
class _Installed:
    sealer: Sealer | None


_installed = _Installed(None)


def install(sealer: Sealer | None) -> None:
    """Install who seals; None for nobody, whose roots say « horodatage interne »."""
    _installed.sealer = sealer


def lacking(seal: Seal, known: Collection[str] = ()) -> tuple[bool, bool]:
    """Whether the signature lacks, and the time-stamp, by what the portal wants now.

    ``known``: the parts that the journal holds already. One of those that is gone was taken away: it does not lack, it
    is told, and another in its place would hide that.
    """
    if _installed.sealer is None:
        return False, False
    signed, stamped = _installed.sealer.wanted()
    return (
        signed and seal.signature is None and "signature" not in known,
        stamped and seal.token is None and "token" not in known,
    )


def completed(content: bytes, seal: Seal, known: Collection[str] = ()) -> Seal:
    """The seal with what it lacks, as ``lacking`` says.

    What cannot be made now stays out: a root without a seal is worth more than none.
    """
    sealer, (sign, stamp) = _installed.sealer, lacking(seal, known)
    if sealer is None:
        return seal
    signature = _made(sealer.sign, content) if sign else seal.signature
    return Seal(signature, _made(sealer.stamp, content) if stamp else seal.token)


def problems(content: bytes, seal: Seal, at: datetime | None) -> list[str]:
    """What is wrong with a seal, in French; nothing is judged where nobody seals."""
    return _installed.sealer.problems(content, seal, at) if _installed.sealer else []


def _made(work: Callable[[bytes], bytes], content: bytes) -> bytes | None:
    try:
        return work(content)
    except Exception:  # a key, a token, a network: whatever fails is tried again by the schedule
        log.exception("the daily root could not be sealed now")
        return None
