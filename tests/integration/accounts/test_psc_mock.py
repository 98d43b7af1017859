"""The same log-in against a provider that others wrote: oidc-provider-mock, in a process of its own.

It has no PKCE check, no ``kid`` in its tokens, no back-channel logout, and drops unknown scopes.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from django.core.cache import cache
from pytest_django import Settings

from portal.accounts.models import ProfessionalIdentity
from portal.common import clock
from portal.demo.identity.people import PEOPLE
from tests.embedded.processes import free_port
from tests.integration.accounts.providers import PORTAL, Browser, configuration


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    """Its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    issuer = f"http://127.0.0.1:{port}"
    try:
        _wait_for(issuer, process)
        yield issuer
    finally:
        process.terminate()
        process.wait()


def _wait_for(issuer: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            requests.get(f"{issuer}/jwks", timeout=1)
            return
        except requests.RequestException:
            assert process.poll() is None and time.monotonic() < deadline, "oidc-provider-mock did not start"
            time.sleep(0.1)


@pytest.fixture(autouse=True)
def told(mock: str, settings: Settings) -> Iterator[None]:
    """The portal trusts it; it lives at the machine's hour."""
    cache.clear()
    settings.PSC = configuration(mock, scopes=("openid", "profile"))
    settings.PORTAL_BASE_URL = PORTAL
    with clock.frozen(machine=datetime.now(UTC)):
        yield


def confirm(browser: Browser, mock: str, sub: str, claims: dict[str, Any]) -> str:
    """Have the provider know a person with these claims, who authorises; where it sends back to."""
    known = {name: value for name, value in claims.items() if name != "sub"}
    requests.put(f"{mock}/users/{sub}", json=known, timeout=5).raise_for_status()
    answer = browser.outside.post(browser.leave(), data={"sub": sub}, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].removeprefix(PORTAL)


def test_a_pharmacist_comes_in(mock: str, browser: Browser) -> None:
    claims = PEOPLE["canal"].userinfo() | {"acr": "eidas1"}
    assert browser.portal.get(confirm(browser, mock, "elise", claims)).status_code == 302
    identity = ProfessionalIdentity.objects.get(national_id=PEOPLE["canal"].national_id)
    assert browser.portal.session["_auth_user_id"] == str(identity.user_id)
    assert browser.portal.session["psc"]["activities"][0]["finess"] == "310001136"


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"acr": "eidas0"}, 403),
        ({}, 403),
        ({"acr": "eidas1", "iss": "https://evil.example"}, 400),
        ({"acr": "eidas1", "aud": "un-autre"}, 400),
        ({"acr": "eidas1", "exp": 1}, 400),
        ({"acr": "eidas1", "nonce": "celui-d-un-autre"}, 400),
        ({"acr": "eidas1", "SubjectRefPro": {"exercices": [{"codeProfession": "10"}]}}, 403),
    ],
)
def test_what_is_refused(claims: dict[str, Any], status: int, mock: str, browser: Browser) -> None:
    back = confirm(browser, mock, "autre", PEOPLE["canal"].userinfo() | claims)
    assert browser.portal.get(back).status_code == status
    assert not browser.logged_in


def test_whoever_gives_up_is_told(mock: str, browser: Browser) -> None:
    answer = browser.outside.post(browser.leave(), data={"action": "deny"}, allow_redirects=False)
    back = answer.headers["Location"].removeprefix(PORTAL)
    response = browser.portal.get(back)
    assert response.status_code == 400
    # This provider forgets to send our state back with the refusal, so that all we know is that it is no answer of ours.
    assert ("Connexion abandonnée" if "state=" in back else "n’est plus valable") in response.content.decode()


def test_logging_out_leads_to_its_page(mock: str, browser: Browser) -> None:
    browser.portal.get(confirm(browser, mock, "elise", PEOPLE["canal"].userinfo() | {"acr": "eidas1"}))
    ending = browser.portal.post("/compte/logout/")["Location"]
    assert ending.startswith(f"{mock}/oauth2/end_session?id_token_hint=")
    assert requests.get(ending, timeout=5).status_code == 200
