"""Conditional requests: what has not changed is not sent again (RFC 9110, section 13)."""

from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers.counts import counts_of

NOT_MODIFIED = 304


class ConditionalRequests:
    """Asks with the ETag and Last-Modified of the catalogue, and lets the 304 reach the callback."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Set the conditions.

        After a redirect only the ETag is sent: it names the content, whereas an error page that is older
        than our copy would answer 304 to a date.
        """
        meta = request.meta
        etag, modified = meta.get("etag"), meta.get("last_modified")
        redirected = "redirect_urls" in meta
        if redirected:
            request.headers.pop(b"If-Modified-Since", None)
        if etag:
            request.headers[b"If-None-Match"] = etag
        if modified and not redirected:
            request.headers[b"If-Modified-Since"] = modified
        if etag or modified:
            meta["handle_httpstatus_list"] = [NOT_MODIFIED]

    def process_response(self, request: Request, response: Response) -> Response:
        """Count the 304s."""
        if response.status == NOT_MODIFIED:
            spider: Any = self.crawler.spider
            counts_of(spider, request.meta.get("channel", "")).not_modified += 1
        return response
