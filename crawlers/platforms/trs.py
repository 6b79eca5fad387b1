"""拓尔思 TRS WCM: static lists; the paging script tells the number of pages (`index_1.html` is page 2)."""

from crawlers.platforms.generic import Generic
from normalizers.page import Hints


class Trs(Generic):
    """TRS sites; containers by frequency (2018-2026)."""

    name = "trs"
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
