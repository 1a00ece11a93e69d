"""Which addresses a link from a provider's answer may lead to. Pure; names are looked up by who calls.

An answer is not believed: a link in it must not make this machine talk to its own network (SSRF). A link
is read once, here; what is connected to is built from the parts, so that no second reader can differ.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

MAX_LINK_CHARS = 8192
"""Signed links have a few hundred characters; servers begin to refuse here."""

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
"""A last label of this form makes a host a number in the eyes of resolvers (WHATWG URL, "ends in a number")."""
_PRINTABLE = re.compile(r"[!-~]+", re.ASCII)

_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers; clouds keep their metadata servers there too
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",  # IPv4-compatible: ::127.0.0.1
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64: 64:ff9b::7f00:1 is 127.0.0.1
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/32",  # Teredo
        "2001:db8::/32",
        "2002::/16",  # 6to4: 2002:7f00:1:: is 127.0.0.1
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
"""E2. Source: IANA's special-purpose registries; `ipaddress.is_global` alone lets some of these through."""


class UnsafeLinkError(ValueError):
    """A link that is not followed; the message says why and does not hold the link, which may be signed."""


@dataclass(frozen=True, slots=True)
class Location:
    """A link that passed E1, in parts."""

    scheme: str
    """https; http on loopback only."""
    host: str
    """A name in lower case, or an address without brackets."""
    port: int
    target: str = field(repr=False)
    """Path and query, not altered by a single character: a signature stands for them."""
    is_loopback: bool = False
    """Whether it means this machine, which only a loopback setup allows."""

    @property
    def authority(self) -> str:
        """Return what the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = 443 if self.scheme == "https" else 80
        return host if self.port == default else f"{host}:{self.port}"


def read_location(url: str, *, allow_loopback: bool = False) -> Location:
    """Read a link and hold it to E1: https, port 443, no user name, no odd spelling of an address.

    Args:
        url: From a provider's answer.
        allow_loopback: The provider itself was set to loopback, so that plain http and any port on this
            machine will do as well.

    Raises:
        UnsafeLinkError: It is none of that.
    """
    if len(url) > MAX_LINK_CHARS or not _PRINTABLE.fullmatch(url) or "\\" in url:
        raise UnsafeLinkError("The link has characters that no link has, or is endless.")
    try:
        parts = urlsplit(url)
        host, port = _read_host(parts.netloc), parts.port
    except ValueError as exc:
        raise UnsafeLinkError(f"The link cannot be read: {exc}") from exc
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if allow_loopback and parts.scheme in ("http", "https") and is_loopback_host(host):
        return Location(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), target, is_loopback=True)
    if parts.scheme != "https" or port not in (None, 443):
        raise UnsafeLinkError("The link is not https on port 443.")
    return Location("https", host, 443, target)


def _read_host(netloc: str) -> str:
    """Return the host of `name:port` in lower case.

    Raises:
        ValueError: There is a user name, or the host is neither a plain name nor a plain address.
    """
    if "@" in netloc or "%" in netloc:
        raise ValueError("it holds a user name, or a host that is spelt in an odd way")
    if netloc.startswith("["):
        address = ipaddress.IPv6Address(netloc[1:].partition("]")[0])
        if address.ipv4_mapped is not None:
            raise ValueError("an IPv4 address in IPv6 form")
        return str(address)
    host = netloc.partition(":")[0].lower()
    labels = host.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or len(host) > 253:
        raise ValueError("its host is no name")
    if _NUMBER.fullmatch(labels[-1]):
        # Four plain decimal numbers or nothing: 127.1, 0x7f.0.0.1, 017700000001 and 2130706433 are all 127.0.0.1.
        if any(len(label) > 1 and label.startswith("0") for label in labels):
            raise ValueError("an address in octal or hexadecimal form")
        return str(ipaddress.IPv4Address(host))
    return host


def is_loopback_host(host: str) -> bool:
    """Return whether a host is this machine by its spelling: `localhost`, 127.0.0.0/8 or ::1."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_loopback_url(url: str) -> bool:
    """Return whether a configured base URL is on this machine."""
    return is_loopback_host(urlsplit(url).hostname or "")


def is_public(address: str) -> bool:
    """Return whether an IP address can only be somebody else's, out in the internet (E2)."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if any(ip.version == network.version and ip in network for network in _NOT_PUBLIC):
        return False
    return ip.is_global and not (
        ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved or ip.is_unspecified
    )


def check_addresses(location: Location, addresses: Sequence[str]) -> None:
    """Hold everything that a host's name stands for to E2: one address that is not public refuses them all.

    Raises:
        UnsafeLinkError: There is none, or one is not allowed.
    """
    is_allowed = _is_loopback if location.is_loopback else is_public
    if not addresses or not all(is_allowed(address) for address in addresses):
        raise UnsafeLinkError(f"The host {location.host!r} of the link is not a public one.")


def is_declared(host: str, declared: Collection[str]) -> bool:
    """Return whether a host is one of these names, or below one of them (E4)."""
    return any(host == name or host.endswith(f".{name}") for name in declared)


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback
