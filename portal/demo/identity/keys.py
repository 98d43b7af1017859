"""The signing key of the demonstration's identity provider, made at its first start and kept under ``secrets/``."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ALGORITHM = "RS256"
_BITS = 2048


class SigningKey:
    """A RSA key with its name (RFC 7638 thumbprint)."""

    def __init__(self, private: rsa.RSAPrivateKey) -> None:
        self._private = private
        public: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
        named = json.dumps({name: public[name] for name in ("e", "kty", "n")}, separators=(",", ":")).encode()
        self.kid = base64.urlsafe_b64encode(hashlib.sha256(named).digest()).rstrip(b"=").decode()
        self._public = {**public, "kid": self.kid, "use": "sig", "alg": ALGORITHM}

    @classmethod
    def new(cls) -> SigningKey:
        """A key made now."""
        return cls(rsa.generate_private_key(public_exponent=65537, key_size=_BITS))

    @classmethod
    def kept(cls, path: Path) -> SigningKey:
        """The key of this file; made now if there is none, readable by its owner only."""
        if not path.exists():
            private = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
            pem = private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            draft = path.with_name(f".{path.name}.{os.getpid()}")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(pem)
            draft.rename(path)
        private_key = serialization.load_pem_private_key(path.read_bytes(), None)
        if not isinstance(private_key, rsa.RSAPrivateKey):
            raise TypeError(f"{path} holds no RSA key")
        return cls(private_key)

    def sign(self, claims: dict[str, Any], kind: str = "JWT") -> str:
        """The signed token."""
        return jwt.encode(claims, self._private, algorithm=ALGORITHM, headers={"kid": self.kid, "typ": kind})

    def read(self, token: str) -> dict[str, Any]:
        """The claims of a token of ours, however old. Raises ``jwt.PyJWTError`` for any other."""
        options: Any = {"verify_exp": False, "verify_aud": False, "verify_iat": False}
        claims: dict[str, Any] = jwt.decode(token, self._private.public_key(), algorithms=[ALGORITHM], options=options)
        return claims

    @property
    def jwks(self) -> dict[str, Any]:
        """The public half, as published."""
        return {"keys": [self._public]}
