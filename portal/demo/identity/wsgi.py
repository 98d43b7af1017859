"""What gunicorn serves: the provider, for the portal that its environment names."""

from __future__ import annotations

import os
from pathlib import Path

from portal.demo.identity.authorization import Client
from portal.demo.identity.keys import SigningKey
from portal.demo.identity.provider import IdentityProvider

CALLBACK, AFTER_LOGOUT = "/compte/psc/retour/", "/compte/login/"
BACKCHANNEL_LOGOUT = "/compte/psc/deconnexion-du-fournisseur/"


def client_of(portal: str, client_id: str, client_secret: str) -> Client:
    """The registration of a portal at this address."""
    return Client(client_id, client_secret, portal, CALLBACK, AFTER_LOGOUT, f"{portal}{BACKCHANNEL_LOGOUT}")


def from_environment() -> IdentityProvider:
    """The provider of the demonstration. Raises KeyError outside of it."""
    if os.environ.get("PORTAL_DEMO") != "1":
        raise KeyError("PORTAL_DEMO: the demonstration's identity provider runs in the demonstration only")
    return IdentityProvider(
        issuer=os.environ["PSC_DISCOVERY_URL"].partition("/.well-known/")[0],
        client=client_of(os.environ["PORTAL_BASE_URL"], os.environ["PSC_CLIENT_ID"], os.environ["PSC_CLIENT_SECRET"]),
        key=SigningKey.kept(Path(os.environ["PORTAL_VAR"]) / "secrets" / "identity_key.pem"),
    )


application = from_environment() if "PSC_DISCOVERY_URL" in os.environ else None
