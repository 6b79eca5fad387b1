"""Which addresses are public, in every spelling."""

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.resolver import mapped_address
from pipelines.public_addresses import is_public, parse_literal

INSIDE = [
    *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1"),
    # 6to4, Teredo and NAT64 carry an IPv4 address inside.
    *("2002:7f00:1::", "2002:a00:1::1", "64:ff9b::7f00:1", "2001:0:7f00:1::1"),
]
OUTSIDE = ["1.1.1.1", "114.114.114.114", "2400:3200::1", "::ffff:1.1.1.1"]


@pytest.mark.parametrize("text", INSIDE)
def test_inner_address_is_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", OUTSIDE)
def test_outer_address_is_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("１２７.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("www.example.gov.cn", None),
        ("12306.cn", None),
        ("0x7f.example.cn", None),
        ("", None),
    ],
)
def test_literal_in_any_spelling(host: str, address: str | None) -> None:
    literal = parse_literal(host)
    assert (None if literal is None else str(literal)) == address


@given(st.ip_addresses(v=4), st.sampled_from(["{}", "0x{:x}", "0{:o}"]))
def test_a_number_names_the_address_it_connects_to(address: ipaddress.IPv4Address, spelling: str) -> None:
    host = spelling.format(int(address))
    assert parse_literal(host) == ipaddress.IPv4Address(socket.inet_aton(host))


@given(st.ip_addresses(v=4))
def test_wrapping_an_inner_address_does_not_make_it_public(address: ipaddress.IPv4Address) -> None:
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    six_to_four = ipaddress.IPv6Address((0x2002 << 112) | (int(address) << 80) | 1)
    assert is_public(mapped) == is_public(address)
    assert is_public(six_to_four) <= is_public(address)


@pytest.mark.parametrize(
    ("host", "suffix", "mapped"),
    [
        ("a.test", ".test", True),
        ("a.b.test", ".test", True),
        ("a.test", "test", True),
        ("attest", "test", False),
        ("a.test.example.cn", ".test", False),
        ("test", ".test", False),
    ],
)
def test_the_map_holds_for_its_suffix_only(host: str, suffix: str, mapped: bool) -> None:
    assert mapped_address(host, {suffix: "127.0.0.1"}) == ("127.0.0.1" if mapped else None)
