"""Addresses of machines: whose request it is, and whether it comes from a network."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable


def client_ip(remote: str, forwarded: str, *, trusted: int) -> str:
    """Where a request came from. X-Forwarded-For (`forwarded`) counts only behind `trusted` proxies (0: none)."""
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    return hops[-min(trusted, len(hops))] if trusted and hops else remote


def customer(address: str) -> str:
    """Whom to count tries for: an IPv6 customer has at least a /64, so all of it is one; "unknown" for nonsense."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def network(text: str) -> str:
    """One network as CIDR, such as 10.0.0.0/8; a lone address is a network of one. Raises ValueError."""
    return str(ipaddress.ip_network(text.strip(), strict=False))


def inside(address: str, networks: Iterable[str]) -> bool:
    """Whether the address lies in one of the networks; an IPv4 address written as IPv6 is an IPv4 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return any(mapped in ipaddress.ip_network(one) for one in networks)
