"""拓尔思 TRS WCM: static lists; the paging script tells the number of pages."""

from typing import TYPE_CHECKING

from crawlers.platforms.base import ListPage, Platform
from crawlers.platforms.generic import parse_page
from normalizers.encoding import decode_page
from normalizers.page import Hints

if TYPE_CHECKING:
    from crawlers.site import Channel


class Trs(Platform):
    """TRS pages: `index.html`, `index_1.html` (page 2) … as `createPageHTML` or `countPage` says."""

    name = "trs"
    # By frequency on TRS sites (2018-2026).
    hints = Hints(
        body=(
            "div.TRS_UEDITOR",
            "div.trs_editor_view",
            "div.TRS_Editor",
            "div.TRS_PreAppend",
            "#Zoom",
            "#zoom",
        ),
        attachments=("div.fjfj", ".filelist", "ul.fjlist", "table.enclosure", "div.attachment"),
    )

    def parse_list(self, data: bytes, url: str, channel: "Channel") -> ListPage:
        """Rows of a static list page."""
        return parse_page(decode_page(data), url, channel.selectors)
