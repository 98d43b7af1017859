"""The settings of the seals: what is accepted, and each refusal with the variable that it names."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.config import env, seal_env

PKCS11 = ("module", "token", "pin", "label")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SEAL_BACKEND", "SEAL_KEY", "TSA_URLS", *(f"SEAL_PKCS11_{word.upper()}" for word in PKCS11)):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("environment", "demo", "given", "expected"),
    [
        ("embedded", True, None, "pkcs12"),
        ("test", False, None, ""),
        ("test", True, None, ""),
        ("production", False, "pkcs12", "pkcs12"),
        ("production", False, "pkcs11", "pkcs11"),
        ("production", False, "csc", "csc"),
    ],
)
def test_backend(
    environment: str, demo: bool, given: str | None, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if given is not None:
        monkeypatch.setenv("SEAL_BACKEND", given)
    assert seal_env.backend(environment, demo=demo) == expected


@pytest.mark.parametrize("given", [None, "", "softhsm", "PKCS12"])
def test_production_needs_a_known_backend(given: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if given is not None:
        monkeypatch.setenv("SEAL_BACKEND", given)
    with pytest.raises(ImproperlyConfigured, match=r"SEAL_BACKEND=.*pkcs12, pkcs11, csc"):
        seal_env.backend("production", demo=False)


@pytest.mark.parametrize(
    ("environment", "demo", "given", "expected"),
    [
        ("embedded", True, None, ["demo:"]),
        ("production", False, None, []),
        ("production", False, "", []),
        ("test", True, None, []),
        (
            "production",
            False,
            "https://a.example/tsa, http://b.example:318",
            ["https://a.example/tsa", "http://b.example:318"],
        ),
        ("embedded", True, "https://a.example,demo:", ["https://a.example", "demo:"]),
    ],
)
def test_time_stamp_authorities(
    environment: str, demo: bool, given: str | None, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if given is not None:
        monkeypatch.setenv("TSA_URLS", given)
    assert seal_env.tsa_urls(environment, demo=demo) == expected


@pytest.mark.parametrize("given", ["tsa.example", "ftp://tsa.example", "https://", "https://a.example,/tsr"])
def test_an_authority_is_an_http_address(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TSA_URLS", given)
    with pytest.raises(ImproperlyConfigured, match=r"TSA_URLS: .* is not an http"):
        seal_env.tsa_urls("production", demo=False)


def test_the_demonstration_authority_stays_in_demonstrations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TSA_URLS", "demo:")
    with pytest.raises(ImproperlyConfigured, match="TSA_URLS: « demo: » exists in a demonstration only"):
        seal_env.tsa_urls("production", demo=False)


@pytest.mark.parametrize(
    ("backend", "key", "roots", "words"),
    [
        ("pkcs12", "", "/roots", "SEAL_KEY is not set"),
        ("pkcs12", "/seal.p12", "", "SEAL_ROOTS is not set"),
        ("pkcs11", "", "", "SEAL_ROOTS is not set"),
        ("csc", "", "", "SEAL_ROOTS is not set"),
    ],
)
def test_production_brings_its_own_key_and_roots(backend: str, key: str, roots: str, words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        seal_env.check("production", backend, key=key, roots=roots, demo=False)
    seal_env.check("embedded", backend, key=key, roots=roots, demo=True)
    seal_env.check("test", backend, key=key, roots=roots, demo=False)


@pytest.mark.parametrize(("backend", "key"), [("pkcs12", "/seal.p12"), ("pkcs11", ""), ("csc", "")])
def test_a_whole_configuration_is_accepted(backend: str, key: str) -> None:
    seal_env.check("production", backend, key=key, roots="/roots", demo=False)


def test_a_path_that_does_not_exist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SEAL_KEY", str(tmp_path / "absent.p12"))
    with pytest.raises(ImproperlyConfigured, match=r"SEAL_KEY: .*absent\.p12 does not exist"):
        env.optional_path("SEAL_KEY")
    monkeypatch.setenv("SEAL_KEY", str(tmp_path))
    assert env.optional_path("SEAL_KEY") == str(tmp_path)
    monkeypatch.setenv("SEAL_KEY", "")
    assert env.optional_path("SEAL_KEY") == ""


def test_the_words_of_a_token_go_together(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.group("SEAL_PKCS11", PKCS11, needed=False) == dict.fromkeys(PKCS11, "")
    for word in PKCS11[:-1]:
        monkeypatch.setenv(f"SEAL_PKCS11_{word.upper()}", word)
    with pytest.raises(ImproperlyConfigured, match="SEAL_PKCS11_LABEL is not set"):
        env.group("SEAL_PKCS11", PKCS11, needed=True)
    monkeypatch.setenv("SEAL_PKCS11_LABEL", "label")
    assert env.group("SEAL_PKCS11", PKCS11, needed=True) == {word: word for word in PKCS11}
