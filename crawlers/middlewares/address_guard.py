"""Addresses a site may be asked for: http(s), a declared host, never an address inside."""

from collections.abc import Collection, Mapping
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.utils.httpobj import urlparse_cached

from crawlers.failures import NamedFailure
from crawlers.resolver import mapped_address
from crawlers.stopping import check_running
from normalizers.failures import Failure
from pipelines.public_addresses import is_public, parse_literal

# Scrapy's own limit, which it enforces by dropping the request.
MAX_URL = 2083


class AddressGuard:
    """Refuses, by name, every request that must not leave; redirected and robots requests come here too."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.address_map: Mapping[str, str] = crawler.settings["ZHENGCE_ADDRESS_MAP"] or {}
        # Only mapped hosts may be asked without telling them whom to write to.
        self.anonymous = (
            not crawler.settings["ZHENGCE_CONTACT"] and crawler.settings["ZHENGCE_REPLAY"] is None
        )

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let a request pass or raise NamedFailure."""
        check_running(self.crawler)
        spider: Any = self.crawler.spider
        failure = check_address(request, spider.site.hosts, self.address_map)
        if failure is not None:
            raise failure
        if (
            self.anonymous
            and mapped_address(urlparse_cached(request).hostname or "", self.address_map) is None
        ):
            message = "未配置联系方式，不访问真实站点；.test 是演示主机，只有 zhengce demo 能访问"
            raise NamedFailure(Failure.ADDRESS_REFUSED, message)


def check_address(
    request: Request, hosts: Collection[str], address_map: Mapping[str, str]
) -> NamedFailure | None:
    """What forbids a request: ADDRESS_REFUSED (scheme, length, inner address) or OFF_SITE; None if nothing."""
    parts = urlparse_cached(request)
    url = request.url[:MAX_URL]
    if parts.scheme not in {"http", "https"}:
        return NamedFailure(Failure.ADDRESS_REFUSED, f"不支持的协议：{url}")
    if len(request.url) > MAX_URL:
        return NamedFailure(Failure.ADDRESS_REFUSED, f"地址超过 {MAX_URL} 个字符：{url[:100]}…")
    host = (parts.hostname or "").lower()
    if not host:
        return NamedFailure(Failure.ADDRESS_REFUSED, f"地址没有主机名：{url}")
    if mapped_address(host, address_map) is None:
        literal = parse_literal(host)
        if literal is not None and not is_public(literal):
            return NamedFailure(Failure.ADDRESS_REFUSED, f"非公网地址 {literal}：{url}")
    if host not in hosts:
        return NamedFailure(Failure.OFF_SITE, f"{host} 不属于本站：{url}")
    return None
