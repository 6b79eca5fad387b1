"""Which addresses are on the public Internet: nothing of ours connects to others unless it is told to."""

import ipaddress
import socket
import unicodedata

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(address: Address) -> bool:
    """Whether an address is on the public Internet; what an IPv6 address wraps counts as well.

    Mapped, 6to4 and Teredo addresses carry an IPv4 address; reserved ranges hold the NAT64 prefix.
    """
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if any(inner is not None and not is_public(inner) for inner in wrapped):
            return False
        if address.ipv4_mapped is not None:
            return True
    return address.is_global and not address.is_multicast and not address.is_reserved


def parse_literal(host: str) -> Address | None:
    """The address that a host name literally is, in any spelling that connects; None for a real name.

    `inet_aton` takes what the C library takes: 2130706433, 0x7f000001, 0177.0.0.1, 127.1.
    """
    host = unicodedata.normalize("NFKC", host).strip("[]").partition("%")[0].rstrip(".")
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host)) if host[:1].isdigit() else None
    except OSError:
        return None
