"""nfcms, the static side of Guangdong's platform: columns `index.html`, `index_2.html`, details content/post_N."""

import re
from typing import ClassVar

from crawlers.platforms.generic import Generic
from crawlers.platforms.recognition import Mark
from normalizers.page import Hints


class Nfcms(Generic):
    """Static columns of Guangdong's government, its cities, bureaus and districts; containers differ by site."""

    name = "nfcms"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("脚本变量 NFCMS_*", 0.9, text=re.compile(r"\bNFCMS_[A-Z]{2}")),
        Mark("南方网附件标记 nfw-cms-attachment", 0.9, text=re.compile(r"\bnfw-cms-attachment\b")),
        Mark("地址形如 /content/post_N.html", 0.85, url=re.compile(r"/content/m?post_\d+\.html")),
        Mark(
            "列表链接形如 /content/post_N.html",
            0.7,
            text=re.compile(r"href=[\"'][^\"'<>]{0,200}/content/m?post_\d+\.html"),
        ),
        Mark(
            "广东省政务云页脚",
            0.4,
            text=re.compile(r"(?:cloud|service|statistics)\.gd\.gov\.cn/|slhsrv\.southcn\.com"),
        ),
    )
    hints = Hints(
        title=("div.titleinfo h1",),
        body=(
            "div.articlecontent",
            "div.zoomcon",
            "#zoomcon",
            "#detailCon",
            "div.detailCon",
            "div.news_cont_d_wrap",
            "div.article-content",
            "div.content",
        ),
        info=("div.zw-info",),
        attachments=("div.annex", "ul.annex"),
    )
