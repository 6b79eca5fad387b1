"""The words that a query may use before a colon, and what the values behind it are called.

Text fields take words and phrases, filters take values; both are known by English and Chinese names.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from index.query import Days, Either, Filter, Node, Span, TextField
from normalizers.doc_types import INSTRUMENTS, TYPES
from normalizers.policy import CONTENT_TYPES, LEVELS, VALIDITIES
from normalizers.regions import gazetteer
from normalizers.subjects import parse_subject, subject_names
from normalizers.topics import load_tags

TEXT_WORDS: dict[TextField, str] = {
    "title": "title 标题 题名 题目",
    "number": "number 文号 发文字号 字号",
    "issuer": "issuer 机关 发文机关 发布机关 制定机关 印发机关 发布机构 部门 发文部门 发布部门 单位 发文单位 发布单位",
    "body": "body 正文 全文 内容",
    "attachment": "attachment 附件",
}
FILTER_WORDS: dict[str, str] = {
    "region": "region 地区 地域 行政区划",
    "level": "level 层级 级别",
    "type": "type 类型",
    "document": "doc 文种 体裁",
    "content": "content 内容类型",
    "subject": "subject 主题 主题分类",
    "topic": "tag 标签 topic 主题标签",
    "keyword": "keyword 关键词",
    "year": "year 年份 年度 年",
    "date": "date 日期 时间 成文日期 成文时间 发布日期 发布时间 发文日期 发文时间 印发日期 印发时间",
    "collected": "collected 收录 收录日期 收录时间 入库日期 入库时间",
    "validity": "validity 有效性 效力",
    "site": "site 站点 网站 来源站点",
}
# What people take for fields, as lists and forms of other sites name them.
NO_FIELDS = frozenset(("作者", "来源", "索引号", "编号", "栏目", "密级", "签发人", "链接", "摘要", "版本"))
LEVEL_WORDS = {
    "国家级": "national",
    "中央": "national",
    "全国": "national",
    "省": "provincial",
    "自治区": "provincial",
    "市": "municipal",
    "县": "county",
    "区县": "county",
    "乡": "township",
    "乡镇街道": "township",
}
VALIDITY_WORDS = {
    "有效": "valid",
    "修改": "amended",
    "已修改": "amended",
    "未施行": "not_yet",
    "失效": "expired",
    "废止": "repealed",
}
SEPARATORS = re.compile(r"[,，、;；]")
RANGE = re.compile(r"\.\.+|…+|[~～至]|—+|--+")
YEARS = re.compile(rf"{RANGE.pattern}|[-－]")
YEAR = re.compile(r"((?:19|20)\d\d)年?")
DAY = re.compile(r"((?:19|20)\d\d)(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?")
NEAR_TAGS = 8  # named where a tag is not known, of some sixty


class ValueUnknown(ValueError):
    """A value that a filter does not have; the message says what it takes (Chinese)."""


@dataclass(frozen=True, slots=True)
class Names:
    """What only an installation knows: names of regions beside the real ones, and of its sites, by code."""

    regions: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, str] = field(default_factory=dict)


NO_NAMES = Names()


@cache
def field_names() -> Mapping[str, str]:
    """Every word that may stand before a colon, and the text field or filter it means."""
    rows = [*TEXT_WORDS.items(), *FILTER_WORDS.items()]
    return {word: name for name, words in rows for word in words.split()}


def named_fields() -> str:
    """All that may stand before a colon, by its first Chinese and English names."""
    rows = (words.split() for words in (*TEXT_WORDS.values(), *FILTER_WORDS.values()))
    return "、".join(f"{next(w for w in row if not w.isascii())}（{row[0]}）" for row in rows)


def read_filter(name: str, text: str, names: Names, span: Span) -> Node:
    """What `name:text` asks for; several values are parted by commas. Raises ValueUnknown."""
    if name in ("date", "collected"):
        return replace(read_days(text, span), of="date" if name == "date" else "first_seen")
    values = [v for value in SEPARATORS.split(text) if (v := value.strip())]
    if not values:
        raise ValueUnknown("冒号后面缺少内容")
    if name in _TYPES:
        parts = [part for value in values for part in _types(name, value, span)]
        return parts[0] if len(parts) == 1 else Either(tuple(parts), span)
    read = _READERS[name]
    return Filter(name, tuple(dict.fromkeys(v for value in values for v in read(value, names))), span)


def read_days(text: str, span: Span) -> Days:
    """A day, month or year, or two of them with `..` between; either end may be open."""
    ends = RANGE.split(unicodedata.normalize("NFKC", text).strip(), maxsplit=1)
    first = _edges(ends[0])
    last = _edges(ends[1]) if len(ends) == 2 else first
    if first is None and last is None:
        raise ValueUnknown("日期请写成 2023、2023-05、2023-05-01，或 2023-01..2024-06")
    days = Days(first[0] if first else None, last[1] if last else None, span=span)
    if days.first and days.last and days.first > days.last:
        raise ValueUnknown(f"日期范围颠倒了：{days.first} 晚于 {days.last}")
    return days


def _edges(text: str) -> tuple[date, date] | None:
    """The first and the last day that a day, month or year means; None for nothing at all."""
    if not text.strip():
        return None
    m = DAY.fullmatch(text.strip())
    if not m:
        raise ValueUnknown(f"看不懂日期“{text.strip()[:20]}”：请写成 2023、2023-05 或 2023-05-01")
    year, month, day = (int(part) if part else 0 for part in m.groups())
    try:
        if day:
            return date(year, month, day), date(year, month, day)
        if month:
            following = date(year + month // 12, month % 12 + 1, 1)
            return date(year, month, 1), date.fromordinal(following.toordinal() - 1)
        return date(year, 1, 1), date(year, 12, 31)
    except ValueError:
        kind = "这一天" if day else "这个月"
        raise ValueUnknown(f"没有 {text.strip()[:20]} {kind}") from None


def _types(name: str, value: str, span: Span) -> Iterator[Filter]:
    """A type of document (通知) or an instrument (办法), else one of content (解读): 公告 is a document."""
    found = False
    if name != "content" and value in TYPES:
        found = True
        yield Filter("doc_type", (TYPES[value],), span)
    if name != "content" and value in INSTRUMENTS:
        found = True
        yield Filter("instrument", (value,), span)
    for code, label in CONTENT_TYPES.items() if name != "document" and not found else ():
        if value in (code, label) or (value == "政策" and code == "policy"):
            found = True
            yield Filter("content_type", (code,), span)
    if not found:
        raise ValueUnknown(f"没有{_TYPES[name]}“{value[:20]}”：{'；'.join(_known_types(name))}")


def _known_types(name: str) -> Iterator[str]:
    if name != "document":
        yield f"内容类型有{'、'.join(CONTENT_TYPES.values())}"
    if name != "content":
        yield f"文种有{'、'.join(dict.fromkeys(TYPES.values()))}"
        yield "体裁如条例、办法、方案"


def _one_of(kind: str, *tables: Mapping[str, str]) -> Callable[[str, Names], tuple[str, ...]]:
    """A reader of values that have a code and a label, `tables` of labels or of other words."""
    labels, others = tables[0], tables[1:]

    def read(value: str, _: Names) -> tuple[str, ...]:
        if value in labels:
            return (value,)
        found = {label: code for code, label in labels.items()}
        for table in others:
            found |= table
        likely = {found[value]} if value in found else {found[w] for w in labels.values() if value in w}
        if len(likely) == 1:
            return tuple(likely)
        raise ValueUnknown(f"没有{kind}“{value[:20]}”，可用：{'、'.join(labels.values())}")

    return read


def _region(value: str, names: Names) -> tuple[str, ...]:
    if value.isascii() and value.isdecimal() and len(value) in (6, 9, 12):
        return (value,)
    own = tuple(code for code, name in names.regions.items() if name == value)
    own = own or tuple(c for c, n in names.regions.items() if len(value) > 1 and n.startswith(value))
    known = gazetteer()
    if own or value in known.full:
        return own or tuple(region.code for region in known.full[value])
    if value in known.short:
        return (known.short[value].code,)
    raise ValueUnknown(f"没有地区“{value[:20]}”：请写行政区划的名称或代码，如 陕西省、西安、610100")


def _site(value: str, names: Names) -> tuple[str, ...]:
    if value in names.sites or not names.sites:
        return (value,)
    found = tuple(site for site, name in names.sites.items() if value in name)
    if not found:
        raise ValueUnknown(f"没有站点“{value[:20]}”：请写站点编号或名称")
    return found


def _year(value: str, _: Names) -> tuple[str, ...]:
    parts = YEARS.split(unicodedata.normalize("NFKC", value), maxsplit=1)
    ends = [YEAR.fullmatch(part.strip()) for part in parts]
    years = [int(m[1]) for m in ends if m]
    if len(years) == len(ends) and years != sorted(years):
        raise ValueUnknown(f"年份范围颠倒了：{years[0]} 晚于 {years[1]}")
    if len(years) != len(ends):
        raise ValueUnknown(f"看不懂年份“{value[:20]}”：请写成 2023 或 2021..2023")
    return tuple(str(year) for year in range(years[0], years[-1] + 1))


def _subject(value: str, _: Names) -> tuple[str, ...]:
    subject = parse_subject(value)
    if subject is None or subject.name is None:
        raise ValueUnknown(f"没有主题分类“{value[:20]}”，可用：{'；'.join(subject_names().values())}")
    return (subject.name,)


def _topic(value: str, _: Names) -> tuple[str, ...]:
    tags = load_tags()
    exact = tuple(tag.name for tag in tags if value in (tag.id, tag.name))
    found = exact or tuple(tag.name for tag in tags if len(value) > 1 and value in tag.name)
    if not found:
        near = sorted((tag.name for tag in tags), key=lambda name: -len(set(name) & set(value)))
        raise ValueUnknown(f"没有标签“{value[:20]}”，可用如{'、'.join(near[:NEAR_TAGS])}，共 {len(near)} 个")
    return found


_TYPES = {"type": "类型", "document": "文种或体裁", "content": "内容类型"}
_READERS: dict[str, Callable[[str, Names], tuple[str, ...]]] = {
    "region": _region,
    "level": _one_of("层级", LEVELS, LEVEL_WORDS),
    "validity": _one_of("有效性", VALIDITIES, VALIDITY_WORDS),
    "subject": _subject,
    "topic": _topic,
    "keyword": lambda value, _: (value,),
    "year": _year,
    "site": _site,
}
