"""拓尔思 TRS WCM: static lists; the paging script tells the number of pages (`index_1.html` is page 2)."""

import re
from typing import ClassVar

from crawlers.platforms.generic import Generic
from crawlers.platforms.recognition import Mark
from normalizers.page import Hints


class Trs(Generic):
    """TRS sites; containers by frequency (2018-2026)."""

    name = "trs"
    marks: ClassVar[tuple[Mark, ...]] = (
        # Other platforms carry it too where text was pasted from a TRS site.
        Mark(
            "正文在 TRS 编辑器的块中",
            0.75,
            text=re.compile(r"\b(?:TRS_(?:Editor|UEDITOR|PreAppend)|trs_(?:editor_view|paper_default))\b"),
        ),
        Mark(
            'TRS 翻页脚本 createPageHTML(总页数, 当前页, "index", "html")',
            0.7,
            text=re.compile(r"""\bcreatePage(?:HTML)?\(\s*(?:\d{1,5}|countPage)\s*,\s*\w{1,9}\s*,\s*["']"""),
        ),
        Mark("TRS 翻页变量 countPage", 0.5, text=re.compile(r"\bvar\s+countPage\s*=")),
        Mark("TRS 网脉统计脚本", 0.5, text=re.compile(r"//ta\.trs\.cn/|[\"']_trs_ta_js[\"']")),
        Mark(
            "附件名形如 P0年月日 或 W0年月日",
            0.5,
            text=re.compile(r"""[/"'][PW]0(?:20|19)\d{15,}\.\w{2,5}"""),
        ),
        Mark(
            "TRS 检索接口",
            0.85,
            text=re.compile(
                r'/(?:igs|irs)/front/search|/was5/web/search|"(?:__index|listAndBox|trs_warehouse_time)"'
            ),
        ),
        Mark(
            "TRS 检索字段 docpuburl",
            0.8,
            text=re.compile(r'"(?:DOCPUBURL|docpuburl|doc_pub_url|MetaDataId|chnldocurl)"\s*:'),
        ),
        Mark(
            "TRS 检索接口地址",
            0.95,
            url=re.compile(r"/(?:igs|irs)/front/search|/was5/web/search|/fjdzapp/search"),
        ),
    )
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
