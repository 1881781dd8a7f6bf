"""Which IP addresses belong to the public internet, whatever they are dressed as."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_NOT_PUBLIC: tuple[IPv4Network | IPv6Network, ...] = (
    IPv4Network("192.88.99.0/24"),  # relays of 6to4
    IPv6Network("::/96"),  # IPv4 in its oldest dress, loopback, unspecified
    IPv6Network("64:ff9b:1::/48"),  # NAT64 within a network
    IPv6Network("2001::/32"),  # Teredo: holds two IPv4 addresses
    IPv6Network("2002::/16"),  # 6to4: holds one
    IPv6Network("3fff::/20"),  # documentation
    IPv6Network("5f00::/16"),  # segment routing
    IPv6Network("fec0::/10"),  # site-local
)
"""Networks that `is_global` of this or of an older Python lets through."""


def is_public(address: str) -> bool:
    """Whether a visit to it leaves our own networks. False for a text that is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    inner = _dressed(found)
    if inner is not None:
        found = inner
    if found.is_multicast or any(found in network for network in _NOT_PUBLIC):
        return False
    return found.is_global


def _dressed(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a visit really goes to: mapped (::ffff:0:0/96), or behind NAT64."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped
