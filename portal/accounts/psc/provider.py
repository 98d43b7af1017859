"""Pro Santé Connect as a provider of django-allauth, which keeps the state, makes the PKCE pair and trades the code.

What allauth leaves out is ours: the nonce, the verification of the ID token, the cache of the discovery document, and
parameters that nobody can add from outside.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse

from portal.accounts.models.professionals import PROVIDER
from portal.accounts.psc import discovery
from portal.accounts.psc.configuration import PscConfiguration
from portal.accounts.psc.refusals import PscRefused, PscUnavailable


class PscSocialAccountAdapter(DefaultSocialAccountAdapter):
    """One provider, from the settings: nothing of the database can add another."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> PscProvider:
        """The provider. Raises Http404 where Pro Santé Connect is not used."""
        psc = configuration()
        app = SocialApp(provider=PROVIDER, provider_id=PROVIDER, name="Pro Santé Connect", client_id=psc.client_id)
        app.secret = psc.client_secret
        app.settings = {"oauth_pkce_enabled": True, "server_url": psc.discovery_url}
        return PscProvider(request, app=app)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never by allauth: our own service admits people."""
        return False


class PscOAuth2Adapter(OpenIDConnectOAuth2Adapter):
    """Trades the code and reads userinfo."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The discovery document, from our cache. Raises ``PscUnavailable``."""
        return discovery.metadata(configuration())

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """The registered address; the demonstration's provider takes any name of this machine."""
        base = request.build_absolute_uri("/")[:-1] if configuration().demo else settings.PORTAL_BASE_URL
        return f"{base}{reverse('psc_callback')}"

    def trade(self, request: HttpRequest, app: SocialApp, verifier: str) -> dict[str, Any]:
        """The provider's tokens for the code of this request. Raises ``PscRefused``, ``PscUnavailable``."""
        client = self.get_client(request, app)
        try:
            tokens = self.get_access_token_data(request, app, client, pkce_code_verifier=verifier)
        except OAuth2Error as error:  # its message repeats the answer: an error of OAuth 2.0, or none at all
            if '"error"' in str(error):
                raise PscRefused("psc_error", "the code was refused") from error
            raise PscUnavailable("token endpoint: no answer of OAuth 2.0") from error
        except (requests.RequestException, ValueError, KeyError) as error:
            raise PscUnavailable(f"token endpoint: {type(error).__name__}") from error
        if not isinstance(tokens, dict) or not isinstance(tokens.get("access_token"), str):
            raise PscRefused("psc_error", "no access token")
        return tokens

    def userinfo(self, access_token: str, sub: str) -> dict[str, Any]:
        """What the provider says of the person ``sub``. Raises ``PscRefused``, ``PscUnavailable``."""
        try:
            found = self._fetch_user_info(access_token)
        except (requests.RequestException, ValueError) as error:
            raise PscUnavailable(f"userinfo: {type(error).__name__}") from error
        if not isinstance(found, dict) or found.get("sub") != sub:
            raise PscRefused("psc_token", "userinfo is about someone else")
        return found


class PscProvider(OpenIDConnectProvider):
    """Builds the request to the provider: PKCE S256, nonce, state, and no parameter from outside."""

    id = PROVIDER
    oauth2_adapter_class = PscOAuth2Adapter
    intent_nonce = ""
    """The nonce of a step-up, which commits to what is signed; empty for a log-in."""

    def get_pkce_params(self) -> dict[str, Any]:
        """The PKCE pair, and the nonce."""
        pair: dict[str, Any] = super().get_pkce_params()
        return {**pair, "nonce": self.intent_nonce or nonce_for(pair["code_verifier"])}

    def get_auth_params(self) -> dict[str, str]:
        """The level of assurance asked for."""
        return {"acr_values": configuration().minimum_acr}

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        """Ours alone: allauth would let ``?auth_params=`` override them."""
        return self.get_auth_params()

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Ours alone, likewise."""
        return self.get_scope()

    def get_scope(self) -> list[str]:
        """The scopes of the settings."""
        return list(configuration().scopes)

    def get_callback_url(self) -> str:
        """The path that the provider sends people back to."""
        return reverse("psc_callback")


def configuration() -> PscConfiguration:
    """The provider in use. Raises Http404 where there is none."""
    psc: PscConfiguration | None = settings.PSC
    if psc is None:
        raise Http404
    return psc


def nonce_for(code_verifier: str) -> str:
    """The nonce of a log-in, derived from its secret PKCE verifier: nothing more to keep, and nobody can guess it."""
    return hmac.new(settings.SECRET_KEY.encode(), b"psc nonce\0" + code_verifier.encode(), hashlib.sha256).hexdigest()
