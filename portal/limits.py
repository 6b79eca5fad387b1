"""How much one client may ask: a bucket of requests a client, filled at a steady rate, emptied by asking."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response

from portal.middleware import App, Message, Receive, Scope, Send

# Clients that are remembered; the one not heard of for longest is forgotten first. 50,000 take 13 MB.
MAX_CLIENTS = 50_000
# One subscriber holds a whole /64 of IPv6 (RFC 6177) and could ask from a new address every time.
IPV6_PREFIX = 64
# What costs nothing, and what watches over the server.
FREE = ("/static/", "/healthz", "/robots.txt")
TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Grant:
    """Whether a request may pass; requests left, seconds until the bucket is full and until one more may pass."""

    allowed: bool
    remaining: int
    reset: int
    wait: int


class Buckets:
    """The buckets of all clients, `burst` deep and filled by `rate` a second; for one thread."""

    def __init__(
        self,
        rate: float,
        burst: int,
        *,
        most: int = MAX_CLIENTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate, self._burst, self._most, self._clock = rate, burst, most, clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self.policy = f"{burst};w={math.ceil(burst / rate)}"

    @property
    def burst(self) -> int:
        """How many requests may come at once."""
        return self._burst

    def __len__(self) -> int:
        return len(self._held)

    def take(self, client: str) -> Grant:
        """Take one request out of the bucket of a client."""
        now = self._clock()
        left, since = self._held.pop(client, (float(self._burst), now))
        left = min(self._burst, left + (now - since) * self._rate)
        allowed = left >= 1
        left -= allowed
        self._held[client] = (left, now)
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        wait = 0 if allowed else math.ceil((1 - left) / self._rate)
        return Grant(allowed, int(left), math.ceil((self._burst - left) / self._rate), wait)


class Limits:
    """Lets through what the bucket of a client allows; every answer says how much is left.

    The headers are those of draft-ietf-httpapi-ratelimit-headers-06. `refuse` makes the answer for whoever asks
    too much.
    """

    def __init__(self, app: App, buckets: Buckets, refuse: Callable[[Request, str], Response]) -> None:
        self._app = app
        self._buckets = buckets
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(FREE):
            await self._app(scope, receive, send)
            return
        peer = scope.get("client")
        grant = self._buckets.take(client_key(peer[0] if peer else ""))

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["ratelimit-limit"] = str(self._buckets.burst)
                headers["ratelimit-remaining"] = str(grant.remaining)
                headers["ratelimit-reset"] = str(grant.reset)
                headers["ratelimit-policy"] = self._buckets.policy
                if not grant.allowed:
                    headers["retry-after"] = str(grant.wait)
            await send(message)

        if grant.allowed:
            await self._app(scope, receive, send_told)
            return
        told = f"请求太频繁：每个来源一次最多连续 {self._buckets.burst} 个请求，请在 {grant.wait} 秒后再试"
        answer = await run_in_threadpool(self._refuse, Request(scope), told)
        await answer(scope, receive, send_told)


@lru_cache(maxsize=4_096)
def client_key(address: str) -> str:
    """Whose bucket an address takes from: an IPv4 address, a /64 of IPv6; what is no address is itself."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100]
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, IPV6_PREFIX), strict=False))
