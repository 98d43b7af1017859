"""Which identity provider the portal trusts. One value, ``settings.PSC``: None where Pro Santé Connect is not used."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

WELL_KNOWN = "/.well-known/"


@dataclass(frozen=True)
class PscConfiguration:
    """One registered client of one provider.

    ``origins``: scheme://host[:port] that the discovery document may name, and that forms may lead to. ``demo``: the
    provider of the demonstration, on loopback, whose proofs prove nothing.
    """

    discovery_url: str
    client_id: str
    client_secret: str
    minimum_acr: str = "eidas1"
    scopes: tuple[str, ...] = ("openid", "scope_all")
    origins: tuple[str, ...] = ()
    demo: bool = False

    @property
    def issuer(self) -> str:
        """The issuer that this discovery document must declare (OpenID Connect Discovery 1.0, section 4.3)."""
        return self.discovery_url.partition(WELL_KNOWN)[0]

    def trusts(self, url: str) -> bool:
        """Whether an address of the discovery document is at one of the origins."""
        return origin_of(url) in self.origins


def origin_of(url: str) -> str:
    """``scheme://host[:port]`` of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def usual_origins(discovery_url: str) -> tuple[str, ...]:
    """The origin of the discovery document and, for Pro Santé Connect (``auth.…``), that of its ``wallet.…``."""
    origin = origin_of(discovery_url)
    return (origin, origin.replace("://auth.", "://wallet.", 1)) if "://auth." in origin else (origin,)
