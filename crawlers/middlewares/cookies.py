"""Cookies, kept only where a site insists on them."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.cookies import CookieJar

# A page that only sets a cookie and sends the browser back to itself has no content; those seen are below 2 KB.
MAX_SHELL_BYTES = 4096


class CookiesOnDemand:
    """One cookie jar a site, made when a redirect or a bare page sets a cookie.

    A session cookie on every request defeats caches and 304s, and costs time on sites that need none.
    Scrapy's own middleware would ask a list of public suffixes, which it downloads; a jar here meets only
    the hosts of its site.
    """

    def __init__(self) -> None:
        self.jar: CookieJar | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        return cls()

    def process_request(self, request: Request) -> None:
        """Send cookies, once there are any."""
        if self.jar is not None:
            request.headers.pop(b"Cookie", None)
            self.jar.add_cookie_header(request)

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep cookies of answers that are no content."""
        if b"Set-Cookie" not in response.headers:
            return response
        shell = response.status != 200 or len(response.body) <= MAX_SHELL_BYTES
        if self.jar is None and shell:
            self.jar = CookieJar()
        if self.jar is not None:
            self.jar.extract_cookies(response, request)
        return response
