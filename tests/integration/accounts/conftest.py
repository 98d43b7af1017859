"""A provider that runs for the module, and the portal told of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from pytest_django import Settings

from portal.demo.identity.provider import IdentityProvider
from tests.integration.accounts.cheats import Cheat
from tests.integration.accounts.providers import Browser, configuration, serving
from tests.integration.web.world import as_


@pytest.fixture(scope="module", autouse=True)
def static_folder() -> None:
    """WhiteNoise warns of a missing folder."""
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="module")
def demo_server() -> Iterator[IdentityProvider]:
    """The demonstration's provider, really listening."""
    with serving() as provider:
        yield provider


@pytest.fixture
def provider(demo_server: IdentityProvider, settings: Settings) -> IdentityProvider:
    """The portal trusts it; nothing is left of the test before."""
    cache.clear()
    for memory in (demo_server.sessions, demo_server.grants, demo_server.access):
        memory.clear()
    settings.PSC = configuration(demo_server.issuer)
    return demo_server


@pytest.fixture
def browser(strict_templates: None, db: None) -> Browser:
    """A browser that has been nowhere."""
    return Browser(as_(""))


@pytest.fixture
def other_browser(strict_templates: None, db: None) -> Browser:
    """Another one."""
    return Browser(as_(""))


@pytest.fixture(scope="module")
def cheating() -> Iterator[Cheat]:
    """The provider that may lie, really listening."""
    with serving(Cheat) as provider:
        assert isinstance(provider, Cheat)
        yield provider


@pytest.fixture
def cheat(cheating: Cheat, settings: Settings) -> Cheat:
    """Honest until a test says otherwise."""
    cache.clear()
    cheating.twist, cheating.info = (lambda claims: claims), (lambda info: info)
    cheating.sealed = lambda key, claims: key.sign(claims)
    cheating.seen.clear()
    cheating.sessions.clear()
    settings.PSC = configuration(cheating.issuer)
    return cheating
