from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.addresses import is_public

PRIVATE = [
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.0.1",
    "192.88.99.1",
    "0.0.0.0",  # noqa: S104 - nothing is bound to it
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fc00::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_our_own_networks_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("text", ["", "shop.example.com", "127.1", "0x7f000001", "10.0.0.1/8", "[::1]"])
def test_what_is_no_address_is_not_public(text: str) -> None:
    assert not is_public(text)


DRESSES = {
    "mapped": lambda v4: (0xFFFF << 32) | v4,
    "compatible": lambda v4: v4,
    "NAT64": lambda v4: (0x64FF9B << 96) | v4,
    "NAT64 within a network": lambda v4: (0x64FF9B0001 << 80) | v4,
    "6to4": lambda v4: (0x2002 << 112) | (v4 << 80) | 1,
    "Teredo": lambda v4: (0x20010000 << 96) | (v4 << 64) | (v4 ^ 0xFFFF_FFFF),
}


@pytest.mark.parametrize("dress", DRESSES)
@given(st.sampled_from([a for a in PRIVATE if ":" not in a]) | st.ip_addresses(v=4).map(str))
def test_no_dress_makes_a_private_address_public(dress: str, address: str) -> None:
    dressed = str(IPv6Address(DRESSES[dress](int(IPv4Address(address)))))
    assert is_public(address) or not is_public(dressed)


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public(address: IPv4Address | IPv6Address) -> None:
    if not address.is_global and not getattr(address, "ipv4_mapped", None):
        assert not is_public(str(ip_address(address)))
