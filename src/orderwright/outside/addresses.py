"""Which addresses may be called: those of the internet, and hosts that the operator allows.

A client names the host, so it could name what only this server can reach: itself, its neighbours, the metadata of its cloud. The
address is judged, since a name may lead anywhere, and at another time elsewhere.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
# Public by their numbers, and yet answered inside a cloud alone: the metadata of Azure and of Oracle; and what was private before
# fd00::/8, which the library counts as global.
_INSIDE = (ipaddress.IPv4Network("168.63.129.16"), ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv6Network("fec0::/10"))


class Allowed:
    """The hosts that an operator allows wherever they lead, each `host` or `host:port`, in small letters."""

    def __init__(self, hosts: tuple[str, ...] = ()) -> None:
        self._hosts = frozenset(hosts)

    def names(self, host: str, port: int) -> bool:
        """Whether the operator has named this host, or this port of it. An IPv6 address stands in brackets in both."""
        spelled = f"[{host}]" if ":" in host else host
        spelled = spelled.lower().removesuffix(".")
        return spelled in self._hosts or f"{spelled}:{port}" in self._hosts


def is_public(address: str) -> bool:
    """Whether an address lies in the internet: not loopback, link-local, private, shared, reserved or multicast, nor an IPv6
    address that carries such a one inside. A scope (`%eth0`) makes it local."""
    if "%" in address:
        return False
    return all(_public(each) for each in _meant(ipaddress.ip_address(address)))


def _public(address: Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in _INSIDE)
    )


def _meant(address: Address) -> Iterator[Address]:
    """The address, or the IPv4 addresses that it carries: a packet ends there."""
    if isinstance(address, ipaddress.IPv4Address):
        yield address
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    elif address in _NAT64 or address in _COMPATIBLE:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    elif address.sixtofour is not None:
        yield address.sixtofour
    elif address.teredo is not None:
        yield from address.teredo
    else:
        yield address
