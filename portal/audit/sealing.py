"""Who seals the daily root: one provider, installed by ``portal.config`` as the clocks are; none by default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.audit.domain.anchors import Seal

Provider = Callable[[bytes], tuple[bytes | None, bytes | None]]
"""Takes the bytes of the statement; gives a signature and an RFC 3161 token over them (DER), None for neither.

A provider whose time-stamping authorities are all silent gives no token rather than raise: a day with a root that
only our own clock dates is worth more than a day without one.
"""


def _nobody(content: bytes) -> tuple[None, None]:
    return None, None


@dataclass
class _Sealer:
    provider: Provider


_sealer = _Sealer(_nobody)


def install(provider: Provider | None) -> None:
    """Install who seals; None for nobody, whose roots say « horodatage interne »."""
    _sealer.provider = provider or _nobody


def seal(content: bytes) -> Seal:
    """The seal over these bytes, by whoever is installed."""
    return Seal(*_sealer.provider(content))
