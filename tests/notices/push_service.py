"""A push service with one browser behind it, as real ones work: it takes encrypted messages, the browser reads them."""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fairlead.lib.webpush import CURVE, encoded, fresh_key, point
from fairlead.notices.actions import Subscription


class PushService:
    """`status` is what it answers next; `got` what the browser has read, `asked` the headers that came with it."""

    def __init__(self) -> None:
        self.key, self.auth, self.status = fresh_key(), b"0123456789abcdef", 201
        self.got: list[dict[str, Any]] = []
        self.asked: list[dict[str, str]] = []
        service = self

        class Answers(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.asked.append({name.lower(): value for name, value in self.headers.items()})
                if service.status == 201:
                    service.got.append(service.read(body))
                self.send_response(service.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)

    def subscription(self, name: str = "one") -> Subscription:
        """What the browser gives away."""
        address = f"http://127.0.0.1:{self.server.server_port}/send/{name}"
        return Subscription(address, encoded(point(self.key)), encoded(self.auth))

    def read(self, body: bytes) -> dict[str, Any]:
        """RFC 8291, the browser's side."""
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert struct.unpack("!I", body[16:20]) == (4096,)
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
        secret = _derive(self.auth, shared, b"WebPush: info\0" + point(self.key) + sender, 32)
        key = _derive(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derive(salt, secret, b"Content-Encoding: nonce\0", 12)
        text = AESGCM(key).decrypt(nonce, sealed, None)
        assert text.endswith(b"\2")
        return dict(json.loads(text[:-1]))


def _derive(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


@contextmanager
def running() -> Iterator[PushService]:
    """One that answers."""
    made = PushService()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        thread.join()
        made.server.server_close()
