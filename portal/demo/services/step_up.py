"""What a pharmacist of the cast does at the demonstration's provider before signing, without the browser.

The token is a real one, signed by the provider's own key, with the nonce that commits to the document.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from portal.accounts.domain.intents import nonce_of
from portal.accounts.models import StepUp
from portal.accounts.selectors import national_id_of
from portal.accounts.services.step_up import Proven, make_intent, record_step_up
from portal.common import clock
from portal.demo.identity.keys import SigningKey
from portal.demo.identity.people import PEOPLE
from portal.demo.identity.provider import TOKEN_SECONDS

ISSUER, CLIENT = "http://psc.demonstration.invalid", "portail-de-demonstration"


def confirm_identity(user_id: int, document_sha256: str, consent: str) -> StepUp:
    """A fresh authentication of this person for a document and a version of the text agreed to."""
    intent = make_intent([document_sha256], consent)
    key = _key(Path(settings.PORTAL_VAR) / "secrets" / "identity_key.pem")
    person = next((one for one in PEOPLE.values() if one.national_id == national_id_of(user_id)), PEOPLE["canal"])
    now = int(clock.machine_now().timestamp())
    issuer = settings.PSC.issuer if settings.PSC else ISSUER
    claims = {
        "iss": issuer,
        "aud": settings.PSC.client_id if settings.PSC else CLIENT,
        "sub": person.sub,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "auth_time": now,
        "nonce": nonce_of(intent),
        "acr": person.acr,
        "sid": uuid4().hex,
        "authMode": person.auth_mode,
    }
    proven = Proven(
        id_token=key.sign(claims),
        claims=claims,
        userinfo=person.userinfo(),
        jwks=key.jwks,
        auth_mode=person.auth_mode,
        demo=True,
    )
    return record_step_up(user_id=user_id, intent=intent, documents=[document_sha256], proven=proven)


@lru_cache(maxsize=1)
def _key(path: Path) -> SigningKey:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return SigningKey.kept(path)
