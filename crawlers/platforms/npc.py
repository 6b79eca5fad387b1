"""NPC (国家法律法规数据库, flk.npc.gov.cn): laws by a search interface, their texts as office files.

A state organ that publishes for everybody; robots.txt and pauses are kept as everywhere.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs, quote, urljoin, urlsplit

from crawlers.platforms.base import Detail, ListPage
from crawlers.platforms.generic import Generic
from crawlers.platforms.json_details import keyed_rows
from crawlers.platforms.json_rows import parse_json
from crawlers.platforms.list_requests import ListRequest, Paging
from crawlers.platforms.numbered import page_by
from crawlers.platforms.paging import Pager
from crawlers.platforms.recognition import Mark
from crawlers.platforms.rows import join
from normalizers.encoding import decode_page
from normalizers.failures import Failure
from normalizers.page import AttachmentLink, Hints

if TYPE_CHECKING:
    from crawlers.site import Channel

SIZE = 20
SEARCH = re.compile(r"/law-search/search/list$")
DETAIL = "/detail?id={id}"
CONTENT = "/law-search/search/flfgDetails?bbbs={id}"
# Answers {"data": {"url": …}}: where the file lies tonight, signed.
DOWNLOAD = "/law-search/download/pc?format={format}&bbbs={id}&fileId="
# Parameters that are lists of codes: kind of law, state of validity, issuing body, year. An order is not asked
# for: since 2026-09 the interface answers 500 where one is.
LISTS = ("flfgCodeId", "sxx", "zdjgCodeId", "gbrqYear")
# Of the codes of validity only this one is told alike by all who read them (2025-2026).
IN_FORCE = {"3": "有效"}
CODE = re.compile(r"\d{1,6}")


class Npc(Generic):
    """Channels `/law-search/search/list?flfgCodeId=102`; at most 500 pages of an answer."""

    name = "npc"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("接口在 /law-search/ 下", 0.95, url=re.compile(r"/law-search/")),
        Mark("页面调用 /law-search/ 接口", 0.9, text=re.compile(r"/law-search/|\bflfgCodeId\b")),
    )
    hints = Hints(
        json_body="data.content",
        json_fields={
            "title": "data.title",
            "issuers": "data.zdjgName",
            "published_date": "data.gbrq",
            "effective_date": "data.sxrq",
        },
    )

    def list_requests(self, channel: "Channel") -> ListRequest:
        """The search, its parameters as the JSON it takes."""
        paging = search_paging(channel.list)
        return paging.request(1) if paging else ListRequest(channel.list)

    def read_list(self, text: str, url: str, channel: "Channel") -> ListPage:
        """Rows of an answer: `rows[]` with bbbs, title, gbrq 公布, sxrq 施行, zdjgName, sxx."""
        try:
            value = parse_json(text)
        except ValueError:
            return ListPage(failure=Failure.LIST_EMPTY)
        page = keyed_rows(value, url, "bbbs", DETAIL, CONTENT)
        records = value.get("rows") if isinstance(value, dict) else None
        told = {
            str(record["url"]): _fields(record)
            for record in (records if isinstance(records, list) else ())
            if isinstance(record, dict) and "url" in record
        }
        fields = {row.url: {**page.fields.get(row.url, {}), **told.get(row.url, {})} for row in page.rows}
        paging = search_paging(channel.list)
        return page_by(replace(page, fields=fields), Pager(paging) if paging else None)

    def parse_detail(self, data: bytes, url: str, hints: Hints) -> Detail:
        """Hints of a law, and its text as a file: Word, else PDF."""
        detail = super().parse_detail(data, url, hints)
        try:
            value = parse_json(decode_page(data))
        except ValueError:
            return detail
        law = value.get("data") if isinstance(value, dict) else None
        link = file_link(law, url) if isinstance(law, dict) else None
        return replace(detail, attachments=(*detail.attachments, link)) if link else detail

    def attachment_source(self, data: bytes, url: str) -> str:
        """Where a download says that the file lies; "" where it is the file itself."""
        if "/law-search/download/" not in url:
            return ""
        try:
            value = parse_json(decode_page(data))
        except ValueError:
            return ""
        inner = value.get("data") if isinstance(value, dict) else None
        address = inner.get("url") if isinstance(inner, dict) else None
        return join(url, address) if isinstance(address, str) else ""


def search_paging(address: str) -> Paging | None:
    """The paging of a search named by its address; None for another address."""
    parts = urlsplit(address)
    if not SEARCH.search(parts.path):
        return None
    asked = parse_qs(parts.query)
    lists = {name: [int(code) for code in CODE.findall(",".join(asked.get(name, [])))] for name in LISTS}
    body = lists | {
        "searchRange": 1,
        "searchType": 2,
        "searchContent": asked.get("searchContent", [""])[0],
        "gbrq": [],
        "sxrq": [],
        "pageSize": SIZE,
        "pageNum": "{n}",
    }
    text = json.dumps(body, ensure_ascii=False).replace('"{n}"', "{n}")
    return Paging(parts._replace(query="", fragment="").geturl(), size=SIZE, json=text)


def file_link(law: Mapping[str, Any], url: str) -> AttachmentLink | None:
    """The link to the text of a law; None where the database has no file of it."""
    files, number = law.get("ossFile"), law.get("bbbs") or parse_qs(urlsplit(url).query).get("id", [""])[0]
    if not isinstance(files, dict) or not isinstance(number, str) or not number:
        return None
    for kind, name in (("docx", "ossWordPath"), ("pdf", "ossPdfPath")):
        path = files.get(name)
        if isinstance(path, str) and path:
            address = urljoin(url, DOWNLOAD.format(format=kind, id=quote(number, safe="")))
            extension = (
                path.rpartition(".")[2].lower() if path.lower().endswith((".doc", ".docx", ".pdf")) else kind
            )
            return AttachmentLink(address, f"{str(law.get('title') or '')[:180]}.{extension}")
    return None


def _fields(record: Mapping[str, Any]) -> dict[str, str]:
    """What a record of the search says of a law beyond its row."""
    told = {"effective_date": record.get("sxrq"), "validity": IN_FORCE.get(str(record.get("sxx")))}
    return {name: value for name, value in told.items() if isinstance(value, str) and value}
