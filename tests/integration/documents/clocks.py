"""A time-stamp authority over real HTTP on loopback, that can be put down or made to answer nonsense."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.documents.seal.authority import Authority, Holder
from tests.unit.documents.parts import MACHINE

REPLY = "application/timestamp-reply"
_NO = tsp.PKIStatusInfo({"status": "rejection", "status_string": ["quota exceeded"]}).dump()
REFUSED = bytes([0x30, len(_NO)]) + _NO  # a TimeStampResp without a token


@dataclass
class Clock:
    """``mode``: up, down (503), junk, refusing (RFC 3161 says no), other (a stamp of something else)."""

    owner: Authority
    name: str
    mode: str = "up"
    asked: int = 0
    server: ThreadingHTTPServer = field(init=False)
    holder: Holder = field(init=False)

    def __post_init__(self) -> None:
        self.renew(self.owner)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server.server_port}/tsa"

    def renew(self, owner: Authority) -> None:
        """Go on with a certificate of this authority."""
        self.owner, self.holder = owner, owner.issue(self.name, ExtendedKeyUsageOID.TIME_STAMPING)

    def close(self) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """What is said to a request, by ``mode``."""
        self.asked += 1
        if self.mode in ("down", "junk", "refusing"):
            return {"down": (503, b""), "junk": (200, b"<html>\xff"), "refusing": (200, REFUSED)}[self.mode]
        request = tsp.TimeStampReq.load(body)
        if self.mode == "other":
            request["nonce"] = 1
        return 200, self._stamper().request_tsa_response(request).dump()

    def _stamper(self) -> DummyTimeStamper:
        store = SimpleCertificateStore()
        store.register(_asn1(self.owner.root))
        key = self.holder.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return DummyTimeStamper(
            _asn1(self.holder),
            keys.PrivateKeyInfo.load(key),
            store,
            fixed_dt=MACHINE,
        )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        clock = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                status, content = clock.answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(status)
                self.send_header("Content-Type", REPLY)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments: object) -> None:
                """Quiet."""

        return Handler


def _asn1(holder: Holder) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(holder.certificate.public_bytes(Encoding.DER))
