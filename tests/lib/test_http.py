"""Fetching for an address that somebody typed: limits, and no way into our own network. A real server answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fairlead.lib.http import FetchError, Limits, checked, fetch, is_public

TRUSTED = Limits(1000, trusted=("127.0.0.1",))


class Answers(BaseHTTPRequestHandler):
    """What each path answers."""

    def do_GET(self) -> None:
        asked = self.headers.get("If-None-Match")
        status, headers, body = {
            "/ok": (200, {"ETag": '"1"'}, b"hello"),
            "/big": (200, {}, b"x" * 1001),
            "/gone": (404, {}, b""),
            "/secret": (403, {}, b""),
            "/broken": (500, {}, b""),
            "/loop": (302, {"Location": "/loop"}, b""),
            "/on": (302, {"Location": "/ok"}, b""),
            "/inside": (302, {"Location": "http://localhost:1/"}, b""),
            "/zip": (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b"),
        }[self.path]
        if asked and asked == headers.get("ETag"):
            status, body = 304, b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return None


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A web server on this machine."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    thread.join()
    made.server_close()


def test_what_is_there_comes_back_with_its_headers(server: str) -> None:
    found = fetch(server + "/ok", limits=TRUSTED)
    assert (found.status, found.content, found.headers["etag"]) == (200, b"hello", '"1"')
    assert fetch(server + "/on", limits=TRUSTED).content == b"hello"


def test_what_has_not_changed_is_not_sent_again(server: str) -> None:
    found = fetch(server + "/ok", limits=TRUSTED, headers={"if-none-match": '"1"'})
    assert (found.status, found.content) == (304, b"")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/big", "There are more than 0 MB behind the address"),
        ("/gone", "There is nothing at this address any more. Make a new secret link"),
        ("/secret", "does not let us in"),
        ("/broken", "answered with an error \\(500\\)"),
        ("/loop", "leads on and on"),
        ("/zip", "compressed"),
        ("/inside", "Only addresses that begin with https"),
    ],
)
def test_what_cannot_be_had_is_said_with_a_word_what_to_do(server: str, path: str, said: str) -> None:
    with pytest.raises(FetchError, match=said):
        fetch(server + path, limits=TRUSTED)


@pytest.mark.parametrize(
    "address",
    ["https://127.0.0.1/x", "https://localhost/x", "https://[::1]/x", "https://0.0.0.0/", "https://[::ffff:10.0.0.1]/"],
)
def test_our_own_network_is_out_of_reach(address: str) -> None:
    with pytest.raises(FetchError, match="is inside a private network"):
        fetch(address, limits=Limits(1000, seconds=5))


@pytest.mark.parametrize(
    "address",
    ["", "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "https://", "https://me:secret@example.com/",
     "https://example.com:99999/", "https://exa mple.com/", "https://ex\u00e4mple.com/", "https://[::1/", "https:/x"],
)  # fmt: skip
def test_addresses_that_are_none_are_refused_before_anything_is_asked(address: str) -> None:
    with pytest.raises(FetchError):
        checked(address)


@pytest.mark.parametrize(
    "ip",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",  # noqa: S104
     "::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1"],
)  # fmt: skip
def test_addresses_that_are_not_the_internets(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize("ip", ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111"])
def test_addresses_of_the_internet(ip: str) -> None:
    assert is_public(ip)
