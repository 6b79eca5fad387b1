"""What `zhengce site new` would extract, as text: the file, the items, one document with its evidence."""

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from crawlers.channel_reading import ChannelReading
from crawlers.golden import body_ends
from crawlers.place import Place
from crawlers.site import Channel, Site
from crawlers.site_text import channel_lines, relative
from crawlers.survey import Survey
from normalizers.chars import squeeze
from normalizers.policy import CONTENT_TYPES, LEVELS, Policy, encode_policy
from zhengce.site_questions import channel_questions, site_questions

SHOWN_ITEMS = 10
SHOWN_COLUMNS = 8
TITLE_WIDTH, RAW_WIDTH = 56, 48
# Names of fields as an operator reads them, in the order of a document's head.
FIELDS: dict[str, str] = {
    "title": "标题",
    "doc_number": "文号",
    "issuers": "发文机关",
    "written_date": "成文日期",
    "published_date": "发布日期",
    "effective_date": "施行日期",
    "expiry_date": "失效日期",
    "index_number": "索引号",
    "subject": "主题分类",
    "doc_type": "文种",
    "validity": "有效性",
    "source": "来源",
    "addressees": "主送",
    "keywords": "关键词",
}
VALIDITY = {
    "valid": "有效",
    "amended": "已修改",
    "not_yet": "尚未施行",
    "expired": "已失效",
    "repealed": "已废止",
}
SOURCES = {
    "meta": "网页元数据",
    "info_table": "信息表",
    "header": "标题区",
    "title": "标题",
    "body": "正文",
    "address": "网址",
    "list_row": "列表行",
    "api": "列表接口",
    "attachment": "附件",
    "site": "平台规则",
    "trafilatura": "正文识别",
    "readability": "正文识别",
}


def preview(
    site: Site, place: Place, names: Mapping[str, str], survey: Survey, text: str, today: date
) -> Iterator[str]:
    """Everything an operator reviews, line by line."""
    yield f"站点文件 {site.id}.toml"
    yield from (f"    {line}" for line in text.splitlines())
    found = survey.recognition
    reasons = f"：{'；'.join(found.reasons)}" if found.reasons and found.platform == site.platform else ""
    yield f"平台 {site.platform}（把握 {found.confidence:.2f}）{reasons}"
    region = f" {place.region} {names.get(place.region, '')}".rstrip() if place.region else ""
    yield f"层级与地区 {LEVELS[place.level]}{region}（{place.reason}）"
    asked = site_questions(site, place, survey.recognition)
    for reading in survey.readings:
        yield ""
        yield from _channel(reading, site)
        lines = channel_questions(site, reading, today)
        if reading.channel.type != "policy":
            lines += [f"这个栏目没有读出来：{failed}" for failed in survey.failed]
        several = f"栏目「{reading.channel.name}」：" if len(survey.readings) > 1 else ""
        asked += [several + line for line in lines]
    yield ""
    yield "待核对"
    yield from (f"    - {line}" for line in asked or ["没有疑问"])
    if survey.others:
        yield ""
        yield "还发现这些栏目（尚未试读；需要的话粘贴到站点文件末尾）"
        for column in survey.others[:SHOWN_COLUMNS]:
            yield from (
                f"    {line}"
                for line in channel_lines(Channel(column.name, column.type, column.url), site.base)
            )
    yield ""


def _channel(reading: ChannelReading, site: Site) -> Iterator[str]:
    page, channel = reading.page, reading.channel
    dead = len(page.items) - len(page.rows)
    parts = [f"第一页 {len(page.items)} 条" + (f"（{dead} 条没有链接，无从抓取）" if dead else "")]
    parts += [f"共 {page.pages} 页"] if page.pages else []
    parts += [f"声明 {page.total} 条"] if page.total is not None else []
    following = reading.following
    parts += [f"下一页 {relative(following.url, site.base)}"] if following else []
    address = relative(channel.list, site.base)
    yield f"栏目 {channel.name}（{CONTENT_TYPES[channel.type]}）{address}：{'，'.join(parts)}"
    for number, row in enumerate(page.items[:SHOWN_ITEMS], 1):
        where = relative(row.url, site.base) if row.url else "（无链接）"
        yield f"    {number:>2}  {row.date or '（无日期）'}  {padded(row.title, TITLE_WIDTH)}  {where}"
    if len(page.items) > SHOWN_ITEMS:
        yield f"    …  另有 {len(page.items) - SHOWN_ITEMS} 条"
    policy = next((detail.policy for detail in reading.details if detail.policy), None)
    if policy is not None:
        yield ""
        yield f"文件 {policy.url}"
        yield from _document(policy)


def _document(policy: Policy) -> Iterator[str]:
    """The fields of one document with what they were read from."""
    values = msgspec.json.decode(encode_policy(policy))
    for field, label in FIELDS.items():
        if values[field]:
            told = VALIDITY.get(values[field], "") if field == "validity" else _shown(values[field])
            evidence = policy.evidence.get(field)
            source = _source(evidence.rule) if evidence else ""
            raw = (
                f"「{cut(evidence.raw, RAW_WIDTH)}」"
                if evidence and squeeze(evidence.raw) != squeeze(told)
                else ""
            )
            if field == "title":
                raw = ""
            yield f"    {padded(label, 8)}  {told}  ← {source}{raw}"
    body = body_ends(policy)
    yield f"    {padded('正文', 8)}  {body['characters']} 字：{body['start']}…{body['end']}"
    for attachment in policy.attachments:
        yield f"    {padded('附件', 8)}  {attachment.name}  {attachment.url}"


def _source(rule: str) -> str:
    kind, _, detail = rule.partition(":")
    return SOURCES.get(kind, kind) + (f" {detail}" if detail else "")


def _shown(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def width(text: str) -> int:
    """Columns that a text takes on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def cut(text: str, columns: int) -> str:
    """A text in at most so many columns, with … where something is left out."""
    if width(text) <= columns:
        return text
    kept = ""
    for char in text:
        if width(kept + char) > columns - 1:
            break
        kept += char
    return kept + "…"


def padded(text: str, columns: int) -> str:
    """A text cut or filled up to so many columns."""
    text = cut(" ".join(text.split()), columns)
    return text + " " * (columns - width(text))
