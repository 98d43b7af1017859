"""A remote trust-service provider over real HTTP: the API of the Cloud Signature Consortium 1.0.4, with a key of its own.

https://cloudsignatureconsortium.org/wp-content/uploads/2020/01/CSC_API_V1_1.0.4.0.pdf, 11.5, 11.6 and 11.9: an
explicit authorisation by PIN, bound to the hash (SCAL2), good for one signature.
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, utils
from cryptography.hazmat.primitives.serialization import Encoding

from portal.documents.seal.authority import Authority, Holder

TOKEN, PIN, CREDENTIAL = "bearer-of-the-portal", "735190", "cachet-1"
SHA256, RSA_SHA256 = "2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.11"
JSON = dict[str, Any]


class Refused(Exception):
    """What the provider answers in place of a result: a status and a code of its API."""

    def __init__(self, status: int, error: str) -> None:
        self.status, self.error = status, error
        super().__init__(error)


@dataclass
class Provider:
    """The provider, and what it was asked. ``pin``: the one that it expects."""

    authority: Authority
    pin: str = PIN
    asked: list[str] = field(default_factory=list)
    granted: dict[str, list[str]] = field(default_factory=dict)
    holder: Holder = field(init=False)
    server: ThreadingHTTPServer = field(init=False)

    def __post_init__(self) -> None:
        self.holder = self.authority.issue("Cachet chez un prestataire")
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        """Its address, as ``SEAL_CSC_URL`` wants it."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path: str, bearer: str, asked: JSON) -> JSON:
        """The result of one call. Raises ``Refused``."""
        self.asked.append(path)
        if bearer != f"Bearer {TOKEN}":
            raise Refused(401, "invalid_token")
        if asked.get("credentialID") != CREDENTIAL:
            raise Refused(400, "invalid_request")
        calls = {"credentials/info": self._info, "credentials/authorize": self._authorize}
        return (calls | {"signatures/signHash": self._sign})[path.removeprefix("/csc/v1/")](asked)

    def _info(self, asked: JSON) -> JSON:
        chain = (self.holder.certificate, self.authority.root.certificate)
        assert asked["certificates"] == "chain"
        return {
            "key": {"status": "enabled", "algo": [RSA_SHA256], "len": 2048},
            "cert": {
                "status": "valid",
                "certificates": [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain],
            },
            "authMode": "explicit",
            "SCAL": "2",
            "PIN": {"presence": "true", "format": "N"},
            "multisign": 1,
        }

    def _authorize(self, asked: JSON) -> JSON:
        if asked.get("PIN") != self.pin:
            raise Refused(400, "invalid_pin")
        if asked["numSignatures"] != 1 or len(asked["hash"]) != 1:
            raise Refused(400, "invalid_request")
        sad = secrets.token_urlsafe(16)
        self.granted[sad] = asked["hash"]
        return {"SAD": sad, "expiresIn": 60}

    def _sign(self, asked: JSON) -> JSON:
        if self.granted.pop(asked["SAD"], None) != asked["hash"]:
            raise Refused(400, "invalid_request")
        if (asked["hashAlgo"], asked["signAlgo"]) != (SHA256, RSA_SHA256):
            raise Refused(400, "invalid_request")
        [digest] = asked["hash"]
        signed = self.holder.key.sign(base64.b64decode(digest), padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
        return {"signatures": [base64.b64encode(signed).decode()]}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                try:
                    status, said = 200, provider.answer(self.path, self.headers.get("Authorization", ""), asked)
                except Refused as refusal:
                    status, said = refusal.status, {"error": refusal.error}
                content = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments: object) -> None:
                """Quiet."""

        return Handler
