"""Cookies, kept only where a site insists on them."""

from collections.abc import Iterable
from http.cookiejar import Cookie

from scrapy import Request, Spider
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.http import Response
from scrapy.http.cookies import CookieJar

# A page that only sets a cookie and sends the browser back to itself has no content; those seen are below 2 KB.
MAX_SHELL_BYTES = 4096


class CookiesOnDemand(CookiesMiddleware):
    """Scrapy's cookie jar, one a site, empty until a redirect or a bare page sets a cookie.

    A session cookie on every request defeats caches and 304s, and costs time on sites that need none.
    """

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Send cookies, once there are any."""
        if self.jars:
            super().process_request(request)

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Response:
        """Keep cookies of answers that are no content."""
        shell = response.status != 200 or len(response.body) <= MAX_SHELL_BYTES
        if b"Set-Cookie" in response.headers and (shell or self.jars):
            super().process_response(request, response)
        return response

    def _process_cookies(self, cookies: Iterable[Cookie], *, jar: CookieJar, request: Request) -> None:
        """Without Scrapy's public suffix list, which it downloads: a jar meets only the hosts of its site."""
        for cookie in cookies:
            jar.set_cookie_if_ok(cookie, request)
