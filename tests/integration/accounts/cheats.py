"""A provider that lies, and tokens that it did not sign."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt

from portal.demo.identity.http import Request, Response, to_json
from portal.demo.identity.keys import SigningKey
from portal.demo.identity.provider import Grant, IdentityProvider

Claims = dict[str, Any]


@dataclass
class Cheat(IdentityProvider):
    """A provider that says something else than it should."""

    twist: Callable[[Claims], Claims] = lambda claims: claims
    sealed: Callable[[SigningKey, Claims], str] = lambda key, claims: key.sign(claims)
    info: Callable[[Claims], Claims] = lambda info: info
    seen: list[Claims] = field(default_factory=list)

    def token(self, request: Request) -> Response:
        answer = json.loads(super().token(request).body)
        return to_json({**answer, "id_token": self.sealed(self.key, self.seen[-1])})

    def id_token_claims(self, grant: Grant) -> Claims:
        self.seen.append(self.twist(super().id_token_claims(grant)))
        return self.seen[-1]

    def userinfo(self, request: Request) -> Response:
        return to_json(self.info(json.loads(super().userinfo(request).body)))


def changed(**claims: Any) -> Callable[[Claims], Claims]:
    return lambda given: {name: value for name, value in {**given, **claims}.items() if value is not None}


OTHER = SigningKey.new()


def _unsigned(key: SigningKey, claims: Claims) -> str:
    return jwt.encode(claims, "", algorithm="none", headers={"kid": key.kid})


def _with_public_key_as_secret(key: SigningKey, claims: Claims) -> str:
    """The old confusion: HS256 with the public key as the secret."""
    return jwt.encode(claims, key.jwks["keys"][0]["n"], algorithm="HS256", headers={"kid": key.kid})


def _own_key_under_its_name(key: SigningKey, claims: Claims) -> str:
    return jwt.encode(claims, OTHER._private, algorithm="RS256", headers={"kid": key.kid})


def _key_in_the_header(key: SigningKey, claims: Claims) -> str:
    headers = {"kid": OTHER.kid, "jwk": OTHER.jwks["keys"][0], "jku": "https://evil.example/keys"}
    return jwt.encode(claims, OTHER._private, algorithm="RS256", headers=headers)


def _another_kind(key: SigningKey, claims: Claims) -> str:
    return jwt.encode(claims, key._private, algorithm="RS512", headers={"kid": key.kid})


def _swapped_payload(key: SigningKey, claims: Claims) -> str:
    right, other = key.sign(claims).split("."), key.sign({**claims, "sub": "f:x:autre"}).split(".")
    return ".".join([right[0], other[1], right[2]])


FORGERIES: dict[str, tuple[Callable[[SigningKey, Claims], Any], str]] = {
    "alg none": (_unsigned, "alg none"),
    "the public key as a secret": (_with_public_key_as_secret, "alg HS256"),
    "a key of one's own, under its name": (_own_key_under_its_name, "signature"),
    "a key of one's own, unknown": (lambda key, claims: OTHER.sign(claims), "unknown key"),
    "a key in the header": (_key_in_the_header, "unknown key"),
    "an algorithm that is not ours": (_another_kind, "alg RS512"),
    "a payload under another's signature": (_swapped_payload, "signature"),
    "no token": (lambda key, claims: None, "no token"),
    "a number": (lambda key, claims: 12, "no token"),
    "no signature": (lambda key, claims: key.sign(claims).rpartition(".")[0] + ".", "signature"),
    "two parts": (lambda key, claims: "a.b", "header"),
    "garbage": (lambda key, claims: "\x00é" * 10, "header"),
    "megabytes": (lambda key, claims: "a" * 200_000, "no token"),
}
