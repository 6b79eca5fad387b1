"""Bodies, unpacked within the size limit; what cannot be unpacked has a name."""

import struct
import zlib

import brotli  # type: ignore[import-untyped]  # it has no types
from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawlers.failures import NamedFailure
from normalizers.failures import Failure

# What gzip, deflate, br and zstd raise on bytes that are not theirs.
_DAMAGED = (OSError, EOFError, struct.error, zlib.error, brotli.error, ValueError)


class Decompression(HttpCompressionMiddleware):
    """Scrapy's decompression (bombs end at DOWNLOAD_MAXSIZE), its failures named."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """Unpack a body."""
        if b"Content-Encoding" not in response.headers:
            return response
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            raise NamedFailure(Failure.TOO_LARGE, f"解压后超过大小上限：{response.url}") from error
        except _DAMAGED as error:
            message = f"响应体与 Content-Encoding 不符：{response.url}"
            raise NamedFailure(Failure.BAD_HEADERS, message) from error
