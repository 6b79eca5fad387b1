"""Rows of a list API that answers JSON, by the field names seen in public interfaces (2018-2026)."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

from crawlers.platforms.base import ListPage
from crawlers.platforms.json_values import (
    address_by_value,
    date_by_value,
    number_by_value,
    title_by_value,
)
from crawlers.platforms.rows import clean_title, join, mark_pinned
from normalizers.chars import tidy
from normalizers.dates import find_dates
from normalizers.page import ListRow

SHANGHAI = timezone(timedelta(hours=8))
MAX_DEPTH = 8
# Packed answers stood at the top or one level below it.
MAX_PACKED = 2
# No list declared more than 840,638 rows (浙江, 2021-11).
MAX_DIGITS = 9
# Field names in lower case without underscores, the surest first. TRS IGS, IRS and WAS5, UCAP, JCMS,
# gov.cn, gkmlpt, 国家能源局, 网信办, 金融监管总局 and 苏州 answers; 福建 gives the written date as `pubdate`, so `docreltime`
# stands before it. gkmlpt's `publish_time` is that of a later edit; pages print `first_publish_time` (广州, 2023-11).
URL_NAMES = (
    "docpuburl",
    "puburl",
    "url",
    "posturl",
    "link",
    "linkurl",
    "href",
    "urlcomp",
    "chnldocurl",
    "publishurl",
    "infourl",
)
TITLE_NAMES = (
    "doctitle",
    "bt",
    "showtitle",
    "titletext",
    "title",
    "topic",
    "maintitle",
    "subject",
    "filename",
    "name",
)
DATE_NAMES = (
    "fbrq",
    "gbrq",
    "pubtimestr",
    "publishedtimestr",
    "publishedtimeformated",
    "publishedtime",
    "publishedtimeformat",
    "displaypublishtime",
    "firstpublishtime",
    "publishtime",
    "publishdate",
    "docpubtime",
    "docrelpubtime",
    "docreltime",
    "pubdate",
    "pubtime",
    "deploytime",
    "createdat",
    "createdate",
    "createtime",
    "cdate",
    "infodate",
    "savetime",
    "inputtime",
    "updatetime",
    "date",
    "time",
)
FIELD_NAMES: dict[str, tuple[str, ...]] = {
    "doc_number": (
        "fwzh",
        "pcode",
        "filenum",
        "fileno",
        "docno",
        "filenumber",
        "refno",
        "documentno",
        "documentnumber",
        "cwjbh",
        "wh",
    ),
    "index_number": (
        "idxid",
        "indexnumber",
        "xxgkindexcode",
        "syh",
        "csyh",
        "indexno",
        "identifier",
        "index",
    ),
    # gov.cn calls the 主题分类 childtype (一级\二级), others by its pinyin or theme name.
    "subject": ("childtype", "ztfl", "zhutifenlei", "themename", "classifythemename"),
    "issuers": ("fwjgname", "puborg", "publisher", "zdjgname", "fbjg"),
    "written_date": ("cwrq", "ptime", "writedate", "writtendate", "cfwrqformat", "compaltedate"),
}
TOTAL_NAMES = (
    "total",
    "totalcount",
    "recordcount",
    "totalrecord",
    "totalhits",
    "totalrec",
    "allrow",
    "postcount",
)
PAGES_NAMES = ("totalpages", "totalpage", "pagecount", "pages")
TAG = re.compile(r"<[^<>]{0,200}>")
Record = Mapping[str, Any]


def parse_json(text: str) -> Any:
    """The value of a JSON or JSONP answer. Raises ValueError."""
    text = text.strip().lstrip("\ufeff")
    wrapped = re.fullmatch(r"[\w$.]{1,80}\s*\((.*)\)\s*;?", text, re.DOTALL)
    try:
        return json.loads(wrapped[1] if wrapped else text)
    except RecursionError as error:
        raise ValueError("too deep") from error


def extract_json_rows(value: Any, url: str) -> ListPage:
    """The rows of a list API answer: the lists whose members have an address and a title.

    Lists under the same field name count as one (gov.cn answers one list a category).
    """
    value = _unpack(value)
    groups: dict[tuple[int, str], list[tuple[ListRow, dict[str, str]]]] = {}
    for depth, name, members in _lists(value, "", 0):
        found = [row for member in members if (row := _read(member, url)) is not None]
        if found:
            groups.setdefault((depth, name), []).extend(found)
    best = max(groups.values(), key=_worth, default=[])
    return ListPage(
        rows=mark_pinned([row for row, _ in best]),
        pages=_count(value, PAGES_NAMES),
        total=_count(value, TOTAL_NAMES),
        fields={row.url: fields for row, fields in best if fields},
    )


def _unpack(value: Any, depth: int = 0) -> Any:
    """The answer with JSON that stands in a text of it read (Epoint's `custom`, `data` of several interfaces)."""
    if isinstance(value, str) and value[:1] in ("{", "[") and '"' in value:
        try:
            return parse_json(value)
        except ValueError:
            return value
    if isinstance(value, dict) and depth < MAX_PACKED:
        return {key: _unpack(inner, depth + 1) for key, inner in value.items()}
    return value


def _worth(rows: list[tuple[ListRow, dict[str, str]]]) -> tuple[int, int]:
    """Dated rows before menus of columns, which may be longer."""
    return sum(row.date is not None for row, _ in rows), len(rows)


def _lists(value: Any, name: str, depth: int) -> Iterator[tuple[int, str, list[Any]]]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        if value and isinstance(value[0], dict):
            yield depth, name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _lists(inner, key, depth + 1)


def _count(value: Any, names: tuple[str, ...], depth: int = 0) -> int | None:
    """The outermost count of one of these names."""
    if not isinstance(value, dict) or depth > 3:
        return None
    plain = {_plain(key): inner for key, inner in value.items()}
    for name in names:
        number = plain.get(name)
        if isinstance(number, int | str) and str(number).isdecimal() and len(str(number)) <= MAX_DIGITS:
            return int(number)
    inner = (_count(v, names, depth + 1) for v in value.values() if isinstance(v, dict))
    return next((count for count in inner if count is not None), None)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _read(member: Any, base: str) -> tuple[ListRow, dict[str, str]] | None:
    if not isinstance(member, dict):
        return None
    record = {_plain(key): value for key, value in member.items()}
    for key in ("data", "source"):
        if isinstance(record.get(key), dict):
            record = {_plain(k): v for k, v in record[key].items()} | {
                k: v for k, v in record.items() if k != key
            }
    record = {**_domain_fields(record), **record}
    url = join(base, _first(record, URL_NAMES) or _packed_url(record) or address_by_value(record))
    title = clean_title(html.unescape(TAG.sub("", _first(record, TITLE_NAMES) or title_by_value(record))))
    if not url or not title:
        return None
    day, raw = _first_date(record, DATE_NAMES)
    if not raw:
        named = FIELD_NAMES["written_date"]
        day, raw = date_by_value({name: value for name, value in record.items() if name not in named})
    fields = {name: text for name, names in FIELD_NAMES.items() if (text := _first(record, names))}
    if "doc_number" not in fields:
        fields["doc_number"] = number_by_value(record)
    if "written_date" in fields:
        written, _ = _first_date(record, FIELD_NAMES["written_date"])
        fields["written_date"] = written.isoformat() if written else ""
    fields = {name: text for name, text in fields.items() if text}
    return ListRow(url, title, day, raw, fields.get("doc_number", "")), fields


def _packed_url(record: Record) -> str:
    """The desktop address of pc/list answers: {"pc": "/…/content_1.html", "phone": …} as a text or as it is."""
    urls = _unpack(record.get("urls"))
    address = urls.get("pc") or urls.get("common") if isinstance(urls, dict) else None
    return address if isinstance(address, str) else ""


def _domain_fields(record: Record) -> dict[str, Any]:
    """UCAP: domainMetaList[].resultList[] of key and value."""
    found: dict[str, Any] = {}
    for domain in _members(record.get("domainmetalist")):
        for pair in _members(domain.get("resultList")) if isinstance(domain, dict) else ():
            if isinstance(pair, dict) and isinstance(pair.get("key"), str):
                found[_plain(pair["key"])] = pair.get("value")
    return found


def _members(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _first(record: Record, names: tuple[str, ...]) -> str:
    for name in names:
        value = record.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and tidy(str(value)):
            return tidy(str(value))
    return ""


def _first_date(record: Record, names: tuple[str, ...]) -> tuple[date | None, str]:
    for name in names:
        value = record.get(name)
        if value in (None, "", 0, "0") or isinstance(value, bool):
            continue
        return read_date(value), str(value)[:40]
    return None, ""


def read_date(value: Any) -> date | None:
    """A day of a JSON answer: epoch seconds or milliseconds, an ISO instant, or a printed date."""
    text = str(value).strip()
    if text.isdecimal() and len(text) in (10, 13):
        seconds = int(text) / (1000 if len(text) == 13 else 1)
        return datetime.fromtimestamp(seconds, SHANGHAI).date()
    if "T" in text:
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            instant = None
        if instant is not None:
            return instant.astimezone(SHANGHAI).date() if instant.tzinfo else instant.date()
    printed = find_dates(text)
    return printed[0].day if printed else None
