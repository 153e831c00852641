"""Hosts inside our own network that may be asked all the same, as the settings say."""

from __future__ import annotations

from fairlead.config import config


def trusted_hosts() -> frozenset[str]:
    """Their names, in small letters."""
    return frozenset(host.strip().lower() for host in config().private_hosts.split(",") if host.strip())
