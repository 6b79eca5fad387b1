"""Which addresses may be connected to; every connection by name in the process passes here."""

import ipaddress
from collections.abc import Mapping
from typing import Any, Self

from scrapy.resolver import CachingThreadedResolver
from scrapy.settings import BaseSettings
from scrapy.utils.datatypes import LocalCache
from twisted.internet import defer
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from pipelines.public_addresses import is_public

# Twisted drops the reason of a failed look-up, so the names refused here are kept beside it: name → address.
refused: LocalCache[str, str] = LocalCache(1000)


def mapped_address(host: str, address_map: Mapping[str, str]) -> str | None:
    """The address that the map of the demo gives a host; None outside its suffixes."""
    for suffix, address in address_map.items():
        if host.endswith("." + suffix.lstrip(".")):
            return address
    return None


class GuardedResolver(CachingThreadedResolver):
    """Resolver of the whole process that gives no address outside the public Internet.

    What it gives is what is connected to, so redirects and names that change their address between
    two look-ups are covered. The one exception is the address map of the demo, for its suffixes.
    """

    address_map: Mapping[str, str] = {}

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: ReactorBase) -> Self:
        """Made by Scrapy's process with its settings."""
        resolver = super().from_crawler(crawler, reactor)
        resolver.address_map = dict(crawler.settings["ZHENGCE_ADDRESS_MAP"] or {})
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:  # noqa: N802  Twisted's name
        """The address of a name; DNSLookupError where it has none or a refused one."""
        mapped = mapped_address(name.lower(), self.address_map)
        if mapped is not None:
            return defer.succeed(mapped)
        return super().getHostByName(name, timeout).addCallback(_check, name)


def _check(address: str, name: str) -> str:
    if not is_public(ipaddress.ip_address(address)):
        refused[name] = address
        raise DNSLookupError(f"{name} resolves to {address}, which is not public")
    return address


def install_resolver(settings: BaseSettings) -> None:
    """Put the guard before every connection of the running reactor.

    `AsyncCrawlerProcess` does this by itself from TWISTED_DNS_RESOLVER; whoever uses a runner calls this.
    """
    from twisted.internet import reactor  # importing it installs it

    with_settings = type("WithSettings", (), {"settings": settings})
    resolver = GuardedResolver.from_crawler(with_settings, reactor)
    resolver.install_on_reactor()
    threads = reactor.getThreadPool()
    threads.adjustPoolsize(maxthreads=settings.getint("REACTOR_THREADPOOL_MAXSIZE"))
