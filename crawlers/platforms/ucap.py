"""开普 UCAP: list templates with a paging script, or the JSON search interface by channel id."""

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from crawlers.platforms.base import ListPage
from crawlers.platforms.generic import Generic, parse_api
from crawlers.platforms.list_requests import ListRequest, Paging
from normalizers.encoding import decode_page
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

# Rows a page of the JSON interface; the sites' own scripts ask for 15 to 20.
PAGE_SIZE = 20
SEARCH = (
    "/common/search/{channel}?page={{n}}&_pageSize={size}"
    "&_isAgg=true&_isJson=true&_template=index&_rangeTimeGte=&_channelName="
)


class Ucap(Generic):
    """UCAP columns; with `api.channel_id` the rows come from `/common/search/`."""

    name = "ucap"
    api_keys = (*Generic.api_keys, "channel_id", "page_size")
    hints = Hints(
        title=("ucaptitle",),
        body=("ucapcontent", "#UCAP-CONTENT", "#zoomcon", "div.article-content"),
    )

    def list_requests(self, channel: "Channel") -> ListRequest:
        """The first page of the JSON interface, or the column page."""
        paging = self._api(channel)
        return paging.request(1) if paging else ListRequest(channel.list)

    def parse_list(self, data: bytes, url: str, channel: "Channel") -> ListPage:
        """Rows of a JSON answer or of a static list page."""
        paging = self._api(channel)
        if paging is None:
            return super().parse_list(data, url, channel)
        page = parse_api(decode_page(data), channel.list)
        pages = -(-page.total // paging.size) if page.total is not None else None
        return ListPage(page.rows, paging, None, pages, page.total, page.fields, page.failure)

    def _api(self, channel: "Channel") -> Paging | None:
        if "channel_id" not in channel.api:
            return None
        size = int(channel.api.get("page_size", PAGE_SIZE))
        address = SEARCH.format(channel=channel.api["channel_id"], size=size)
        return Paging(urljoin(self.site.base, address), 0, size)
