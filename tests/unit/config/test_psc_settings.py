"""``PSC_*``: a wrong value stops the start with one line that names it; production knows no demonstration."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.config import env

REAL = "https://auth.esw.esante.gouv.fr/auth/realms/esante-wallet/.well-known/wallet-openid-configuration"
DEMO = "http://127.0.0.1:8010/.well-known/openid-configuration"
CLIENT = {"PSC_CLIENT_ID": "portail", "PSC_CLIENT_SECRET": "secret"}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing of the machine's own."""
    for name in ("DISCOVERY_URL", "CLIENT_ID", "CLIENT_SECRET", "MINIMUM_ACR", "SCOPES", "ORIGINS", "ENABLED"):
        monkeypatch.delenv(f"PSC_{name}", raising=False)
    monkeypatch.delenv("PORTAL_EVIDENCE_KEYS", raising=False)
    return monkeypatch


def _set(given: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        given.setenv(name, value)


def test_it_is_off_until_it_is_named(given: pytest.MonkeyPatch) -> None:
    assert env.psc("production", demo=False) is None
    _set(given, {"PSC_DISCOVERY_URL": REAL, "PSC_ENABLED": "0", **CLIENT})
    assert env.psc("production", demo=False) is None


def test_the_real_one(given: pytest.MonkeyPatch) -> None:
    _set(given, {"PSC_DISCOVERY_URL": REAL, **CLIENT})
    psc = env.psc("production", demo=False)
    assert psc is not None
    assert psc.issuer == "https://auth.esw.esante.gouv.fr/auth/realms/esante-wallet"
    assert psc.origins == ("https://auth.esw.esante.gouv.fr", "https://wallet.esw.esante.gouv.fr")
    assert (psc.minimum_acr, psc.scopes, psc.demo) == ("eidas1", ("openid", "scope_all"), False)
    assert psc.trusts("https://wallet.esw.esante.gouv.fr/auth")
    assert not psc.trusts("https://wallet.esw.esante.gouv.fr.evil.example/auth")
    assert not psc.trusts("http://wallet.esw.esante.gouv.fr/auth")


def test_the_demonstrations(given: pytest.MonkeyPatch) -> None:
    _set(given, {"PSC_DISCOVERY_URL": DEMO, **CLIENT})
    psc = env.psc("embedded", demo=True)
    assert psc is not None and psc.demo and psc.origins == ("http://127.0.0.1:8010",)
    without = env.psc("embedded", demo=False)
    assert without is not None and not without.demo


@pytest.mark.parametrize("host", ["127.0.0.1:8010", "localhost:8010", "[::1]:8010", "127.8.8.8"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_production_refuses_a_provider_of_the_machine_itself(scheme: str, host: str, given: pytest.MonkeyPatch) -> None:
    _set(given, {"PSC_DISCOVERY_URL": f"{scheme}://{host}/.well-known/openid-configuration", **CLIENT})
    with pytest.raises(ImproperlyConfigured, match="demonstration"):
        env.psc("production", demo=False)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"PSC_DISCOVERY_URL": "https://psc.example/"}, "PSC_DISCOVERY_URL"),
        ({"PSC_DISCOVERY_URL": "http://psc.example/.well-known/openid-configuration"}, "PSC_DISCOVERY_URL"),
        ({"PSC_DISCOVERY_URL": "ftp://psc.example/.well-known/openid-configuration"}, "PSC_DISCOVERY_URL"),
        ({"PSC_CLIENT_ID": ""}, "PSC_CLIENT_ID"),
        ({"PSC_CLIENT_SECRET": ""}, "PSC_CLIENT_SECRET"),
        ({"PSC_MINIMUM_ACR": "eidas4"}, "PSC_MINIMUM_ACR"),
        ({"PSC_ENABLED": "oui"}, "PSC_ENABLED"),
        ({"PSC_ORIGINS": "psc.example"}, "PSC_ORIGINS"),
        ({"PSC_ORIGINS": "https://psc.example/auth"}, "PSC_ORIGINS"),
    ],
)
def test_a_wrong_value_is_named(values: dict[str, str], named: str, given: pytest.MonkeyPatch) -> None:
    _set(given, {"PSC_DISCOVERY_URL": REAL, **CLIENT, **values})
    with pytest.raises(ImproperlyConfigured, match=named):
        env.psc("production", demo=False)


def test_proofs_need_a_key_where_they_are_made(given: pytest.MonkeyPatch) -> None:
    assert env.evidence_keys("production", needed=False) == []
    with pytest.raises(ImproperlyConfigured, match="PORTAL_EVIDENCE_KEYS"):
        env.evidence_keys("production", needed=True)
    given.setenv("PORTAL_EVIDENCE_KEYS", "court")
    with pytest.raises(ImproperlyConfigured, match="32"):
        env.evidence_keys("production", needed=True)
    given.setenv("PORTAL_EVIDENCE_KEYS", f"{'n' * 40},{'o' * 40}")
    assert env.evidence_keys("production", needed=True) == ["n" * 40, "o" * 40]
