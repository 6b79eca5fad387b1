"""拓尔思 TRS WCM: static lists with a paging script; its search servers IGS, IRS and WAS5 as list APIs."""

import re
from typing import ClassVar

from crawlers.platforms.generic import Generic
from crawlers.platforms.interfaces import Interface
from crawlers.platforms.recognition import Mark
from normalizers.page import Hints


class Trs(Generic):
    """TRS sites; containers by frequency (2018-2026).

    A channel's list is a column (static, rows in a script, a frame or a JSON file beside it) or a search
    address with its parameters: `/igs/front/search/list.html?index=&type=`, `/irs/front/search?code=&dataTypeId=`,
    `/was5/web/search?channelid=`, `/fjdzapp/search?channelid=&classsql=`, `/govsearch/jsonp/….jsp?…`.
    """

    name = "trs"
    marks: ClassVar[tuple[Mark, ...]] = (
        # Other platforms carry it too where text was pasted from a TRS site.
        Mark(
            "正文在 TRS 编辑器容器中",
            0.8,
            text=re.compile(
                r"TRS_(?:UE)?editor|trs_editor_view|TRS_PreAppend|trs_paper_default", re.IGNORECASE
            ),
        ),
        Mark("TRS 样式标记 Custom_UnionStyle", 0.8, text=re.compile(r"Custom_UnionStyle")),
        Mark(
            "TRS 翻页脚本 createPageHTML(总页数, 当前页, 文件名, 后缀)",
            0.8,
            text=re.compile(
                r"""createPage(?:HTML)?\(\s*\d{1,6}\s*,\s*\d{1,6}\s*,\s*["'][\w-]+["']\s*,\s*["']s?html?["']"""
            ),
        ),
        Mark("TRS 翻页变量 countPage", 0.7, text=re.compile(r"\bvar\s+(?:countPage|nPageCount)\s*=\s*\d")),
        Mark(
            "TRS 翻页脚本 Pager({size, current, prefix, suffix})",
            0.7,
            text=re.compile(r"Pager\(\{\s*size\s*:\s*\d+,\s*current\s*:"),
        ),
        Mark(
            "TRS 附件文件名 P0/W0 加日期",
            0.5,
            text=re.compile(r"""["'/][PW]0(?:19|20)\d{12,18}\.\w{3,4}\b"""),
        ),
        Mark("TRS 网脉统计脚本", 0.5, text=re.compile(r"//ta\.trs\.cn/|[\"']_trs_ta_js[\"']")),
        Mark("检索框指向 TRS 检索服务", 0.6, text=re.compile(r"/(?:igs|irs)/front/search|/was5/web/search")),
        Mark(
            "TRS 检索接口的字段",
            0.8,
            text=re.compile(
                r'"(?:DOCPUBURL|DOCTITLE|docpuburl|doc_pub_url|listAndBox|_trs_highlights|chnldocurl)"'
            ),
        ),
        Mark(
            "TRS 检索接口地址",
            0.9,
            url=re.compile(
                r"/(?:igs|irs)/front/(?:search|list)|/was5/web/search|/fjdzapp/search|/govsearch/jsonp/"
            ),
        ),
    )
    interfaces: ClassVar[tuple[Interface, ...]] = (
        # 广西, 天津, 湖北: pageNumber counts from 1 (answers of 2021-11).
        Interface(
            re.compile(r"/igs/front/search(?:/list\.html)?$"), page="pageNumber", size="pageSize", rows=10
        ),
        Interface(
            re.compile(r"/irs/front/(?:search|list)$"),
            page="pageNo",
            size="pageSize",
            method="JSON",
            fixed={"searchWord": ""},
        ),
        # Its templates answer pages as well as JSON.
        Interface(re.compile(r"/was5/web/search$"), page="page", answers="html"),
        Interface(
            re.compile(r"/fjdzapp/search$"),
            page="page",
            size="prepage",
            method="FORM",
            fixed={"sortfield": "-docorderpri,-docreltime"},
        ),
        Interface(re.compile(r"/govsearch/jsonp/\w+\.jsp$"), page="page", answers="html"),
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
        info=(
            "table.gkxl-top",
            "table.affairs-detail-head",
            "table.a-info",
            "table.zw-table",
            "div.xy-xxgk-txt",
            "div.metadata_content",
        ),
        attachments=("div.fjfj", ".filelist", "ul.fjlist", "table.enclosure", "div.attachment"),
    )
