"""Which network addresses a stranger may make us call: public ones, and nothing that leads inside."""

from __future__ import annotations

import asyncio
import ipaddress
import socket

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(Exception):
    """The address leads inside, speaks another protocol, or is no address at all. Asking again cannot help."""


class NameUnknown(Exception):
    """The name has no address at this moment."""


# Ranges that wrap an IPv4 address or never belong to a public server, whatever `is_global` of this Python says.
_REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
        "::/96",
        "::ffff:0:0/96",
        "::ffff:0:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
    )
)


def is_public(address: Address) -> bool:
    """Whether a machine of the public internet may live there."""
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    return not any(address in network for network in _REFUSED)


async def resolve(host: str, port: int) -> list[Address]:
    """Every address of a name, from the system's own resolver: it reads 0x7f.1 and 2130706433 as a connection would."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise NameUnknown(host) from error
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


async def public_address(host: str, port: int) -> Address:
    """One public address of the name; a name with any inside address is refused whole, for it may be a trap."""
    addresses = await resolve(host, port)
    if not addresses or not all(is_public(address) for address in addresses):
        raise AddressRefused(f"{host} does not lead to a public address")
    return addresses[0]
