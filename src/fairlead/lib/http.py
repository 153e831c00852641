"""Fetching what somebody else's server holds, for an address that a person typed: never from inside our own network.

The name is resolved here, every address behind it must be public, and the connection goes to exactly the address that
was checked, so that a second answer of the name server cannot lead elsewhere. TLS still proves the name. Redirects are
followed by hand and checked anew. No compression is asked for, so that few bytes cannot become many.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urljoin, urlsplit

import httpx

from fairlead.lib.speech import mark, tr

logging.getLogger("httpx").setLevel(logging.WARNING)  # it would write secret addresses into the log
MOST_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PORTS: Final = {"http": 80, "https": 443}


class FetchError(Exception):
    """Nothing was fetched. `reason` says what went wrong, `advice` what the person who gave the address can do.

    Both are said in the language that is spoken; `plain` is the reason in English, for what everybody keeps.
    """

    def __init__(self, reason: str, advice: str, **values: object) -> None:
        self.plain = reason % values if values else reason
        self.reason, self.advice = tr(reason, **values), tr(advice)
        super().__init__(f"{self.reason} {self.advice}")


@dataclass(frozen=True)
class Limits:
    """At most so many bytes and seconds for one fetch, redirects included. `trusted`: hosts of our own network that
    may be reached all the same, also without TLS."""

    most_bytes: int
    seconds: float = 20.0
    trusted: Collection[str] = ()


@dataclass(frozen=True)
class Reply:
    """What came back. The names of headers are in small letters; `content` is empty for 304."""

    status: int
    headers: Mapping[str, str]
    content: bytes


def send_form(
    address: str, fields: Mapping[str, str], *, limits: Limits, headers: Mapping[str, str] | None = None
) -> Reply:
    """POST a form to an address; a redirect is not followed. Raises FetchError when nothing came back."""
    kind = {"content-type": "application/x-www-form-urlencoded", **(headers or {})}
    return send_bytes(address, urlencode(fields).encode(), limits=limits, headers=kind)


def send_bytes(address: str, body: bytes, *, limits: Limits, headers: Mapping[str, str]) -> Reply:
    """POST what the headers describe to an address; a redirect is not followed. Raises FetchError when nothing came
    back."""
    return _ask(address, limits, headers, time.monotonic() + limits.seconds, body=body)


def fetch(address: str, *, limits: Limits, headers: Mapping[str, str] | None = None) -> Reply:
    """GET an address. Raises FetchError; also for any status but 200 and 304."""
    over_at = time.monotonic() + limits.seconds
    for _ in range(MOST_REDIRECTS + 1):
        reply = _ask(address, limits, headers or {}, over_at)
        if reply.status not in _REDIRECTS:
            return _useful(reply)
        address = urljoin(address, reply.headers.get("location", ""))
    raise FetchError(mark("The address leads on and on to others."), mark("Use the address at which the chain ends."))


def checked(address: str, trusted: Collection[str] = ()) -> str:
    """The address, when it is one that may be fetched at all, by its text alone. Raises FetchError."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise FetchError(mark("This is not an address."), mark("Copy it anew; it begins with https://")) from error
    if not address.isascii() or not address.isprintable() or " " in address or not host:
        raise FetchError(mark("This is not an address."), mark("Copy it anew; it begins with https://"))
    if parts.scheme != "https" and not (parts.scheme == "http" and host in trusted):
        raise FetchError(
            mark("Only addresses that begin with https:// are fetched."), mark("Ask for one with https://")
        )
    if parts.username or parts.password:
        raise FetchError(mark("The address holds a name or password."), mark("Use a secret link without them."))
    if port is not None and not 0 < port < 65536:
        raise FetchError(mark("The port is not one."), mark("Copy the address anew."))
    return address


def _ask(
    address: str, limits: Limits, headers: Mapping[str, str], over_at: float, *, body: bytes | None = None
) -> Reply:
    """One GET, or with a body one POST, whose answer is read whatever its status."""
    parts = urlsplit(checked(address, limits.trusted))
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    ip = _place(host, port, trusted=host in limits.trusted)
    literal = f"[{ip}]" if ":" in ip else ip
    sent = {"accept-encoding": "identity", "user-agent": "Fairlead", **headers, "host": parts.netloc}
    url = parts._replace(netloc=f"{literal}:{port}", fragment="").geturl()
    try:
        with (
            httpx.Client(timeout=_left(over_at), follow_redirects=False, trust_env=False) as client,
            client.stream(
                "GET" if body is None else "POST", url, content=body, headers=sent, extensions={"sni_hostname": host}
            ) as answer,
        ):
            found = {name.lower(): value for name, value in answer.headers.items()}
            wanted = answer.status_code == 200 or body is not None
            content = b"".join(_pieces(answer, limits, over_at)) if wanted else b""
            return Reply(answer.status_code, found, content)
    except httpx.TimeoutException as error:
        raise _too_slow() from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchError(
            mark("%(host)s could not be reached."), mark("Try again later, or check the address."), host=host
        ) from error


def _place(host: str, port: int, *, trusted: bool) -> str:
    """The first address of the host. Every one of them must be public unless the host is trusted."""
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise FetchError(
            mark("There is no server called %(host)s."), mark("Check the address for a typing error."), host=host
        ) from error
    if not trusted and not all(is_public(ip) for ip in found):
        raise FetchError(
            mark("%(host)s is inside a private network."),
            mark("Use an address on the internet, or ask who runs this server to allow this host."),
            host=host,
        )
    return found[0]


def is_public(ip: str) -> bool:
    """Whether an address is one of the internet's, also when it is wrapped into another kind of address."""
    parsed: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo or (None, None))[1]
        if inner is not None:
            return is_public(str(inner))
        if parsed in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)))
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def _pieces(answer: httpx.Response, limits: Limits, over_at: float) -> Iterator[bytes]:
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise FetchError(mark("The server sent something compressed."), mark("Use another address."))
    got = 0
    for piece in answer.iter_raw(65536):
        got += len(piece)
        if got > limits.most_bytes:
            most = limits.most_bytes // (1024 * 1024)
            raise FetchError(
                mark("There are more than %(most)s MB behind the address."), mark("Use one with less in it."), most=most
            )
        _left(over_at)
        yield piece


def _left(over_at: float) -> float:
    left = over_at - time.monotonic()
    if left <= 0:
        raise _too_slow()
    return left


def _too_slow() -> FetchError:
    return FetchError(mark("The server took too long to answer."), mark("It is tried again; or check the address."))


def _useful(reply: Reply) -> Reply:
    if reply.status in (200, 304):
        return reply
    if reply.status in (401, 403):
        raise FetchError(
            mark("The server does not let us in."), mark("Make a new secret link there and enter it here.")
        )
    if reply.status in (404, 410):
        raise FetchError(
            mark("There is nothing at this address any more."), mark("Make a new secret link and enter it here.")
        )
    raise FetchError(
        mark("The server answered with an error (%(status)s)."),
        mark("It is tried again by itself."),
        status=reply.status,
    )
