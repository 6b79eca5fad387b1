"""Where a webhook may connect to: looked up once, checked, and connected to as checked.

Whoever owns a name may answer a second look-up with another address; so there is none.
"""

import asyncio
import socket
from dataclasses import dataclass

import httpx

from pipelines.alert_settings import AlertSettings
from pipelines.public_addresses import Address, is_public, parse_literal

MAX_ADDRESSES = 3  # of one name that are tried, one after the other
PORTS = range(1, 65536)
MAX_URL = 2_000


class NotAllowed(Exception):
    """An address that nothing may be sent to; the message says why (Chinese)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to connect to (`address`) for a URL: its host is still the name that TLS and Host speak of."""

    url: httpx.URL
    address: str


def check_url(text: str) -> httpx.URL:
    """A URL that a webhook may have; raises NotAllowed."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise NotAllowed("不是网址") from error
    if len(text) > MAX_URL or not text.isprintable() or " " in text:
        raise NotAllowed(f"网址含有不可用的字符，或超过 {MAX_URL} 个字符")
    if url.scheme not in ("http", "https") or not url.host:
        raise NotAllowed("应为 https:// 或 http:// 开头的网址")
    if url.userinfo or url.fragment:
        raise NotAllowed("网址中不可有用户名、密码或 # 之后的部分")
    if url.port is not None and url.port not in PORTS:
        raise NotAllowed("端口不可用")
    return url


async def allowed_places(url: httpx.URL, settings: AlertSettings) -> list[Place]:
    """The checked addresses of a URL's host; raises NotAllowed, and OSError where the name is not found."""
    host = url.raw_host.decode("ascii").strip("[]")
    found = await _look_up(host, url.port or (443 if url.scheme == "https" else 80))
    allowed = [address for address in found if _may(host, address, settings)]
    if not allowed:
        raise NotAllowed("目标不在公网；确属内网目标请写入 [alerts] allow_hosts")
    return [Place(url, str(address)) for address in allowed[:MAX_ADDRESSES]]


async def _look_up(host: str, port: int) -> list[Address]:
    literal = parse_literal(host)
    if literal is not None:
        return [literal]
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    literals = (parse_literal(str(address[0])) for *_, address in found)
    return list(dict.fromkeys(one for one in literals if one is not None))


def _may(host: str, address: Address, settings: AlertSettings) -> bool:
    return (
        is_public(address)
        or host.lower().rstrip(".") in settings.hosts
        or any(address in network for network in settings.networks)
    )
