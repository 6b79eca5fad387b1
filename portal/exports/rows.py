"""The columns of every table that is taken away, and the row of a policy in them.

Names and meanings of columns are stable: new ones come before the text, none is renamed (docs/exports.md).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Literal

from normalizers.policy import Policy
from pipelines.policies import StoredPolicy
from portal.labels import Label

Kind = Literal["text", "texts", "day", "instant", "flag"]
Value = str | tuple[str, ...] | date | datetime | bool | None
Row = tuple[Value, ...]

SURROGATES = re.compile("[\ud800-\udfff]")
# What a table on a screen has no place for; XML can hold none of it but tabs and line ends.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
LINE_ENDS = re.compile("\r\n?")
# Any of the three; hardly a text has one.
ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
# Between several values of one cell.
BETWEEN = "；"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its stable name, its Chinese heading, and the type of its values."""

    name: str
    heading: str
    kind: Kind = "text"


COLUMNS = (
    Column("id", "编号"),
    Column("title", "标题"),
    Column("doc_number", "文号"),
    Column("issuers", "发文机关", "texts"),
    Column("level", "层级代码"),
    Column("level_name", "层级"),
    Column("region", "地区代码"),
    Column("region_name", "地区"),
    Column("content_type", "内容类型代码"),
    Column("content_type_name", "内容类型"),
    Column("doc_type", "文种"),
    Column("instrument", "体裁"),
    Column("normative", "规范性文件", "flag"),
    Column("subject", "主题分类"),
    Column("topics", "标签", "texts"),
    Column("keywords", "关键词", "texts"),
    Column("index_number", "索引号"),
    Column("registration_number", "登记号"),
    Column("written_date", "成文日期", "day"),
    Column("written_precision", "成文日期精度"),
    Column("published_date", "发布日期", "day"),
    Column("published_precision", "发布日期精度"),
    Column("effective_date", "施行日期", "day"),
    Column("effective_precision", "施行日期精度"),
    Column("expiry_date", "失效日期", "day"),
    Column("expiry_precision", "失效日期精度"),
    Column("validity", "有效性代码"),
    Column("validity_name", "有效性"),
    Column("validity_reason", "有效性依据"),
    Column("site", "站点编号"),
    Column("site_name", "站点"),
    Column("url", "原文地址"),
    Column("attachments", "附件", "texts"),
    Column("attachment_urls", "附件地址", "texts"),
    Column("first_seen", "首次收录", "instant"),
    Column("last_seen", "最近核对", "instant"),
    Column("changed_at", "最近变更", "instant"),
    Column("withdrawn", "原站已撤下", "flag"),
    Column("text", "正文"),
)
TEXT = "text"


class Rows:
    """Makes rows; without `text` the last column is left out."""

    def __init__(self, label: Label, text: bool = True) -> None:
        self._label = label
        self._text = text
        self.columns = COLUMNS if text else COLUMNS[:-1]

    def __call__(self, stored: StoredPolicy) -> Row:
        """The values of a policy in the order of the columns."""
        policy = stored.policy
        row: Row = (
            policy.id,
            policy.title,
            policy.doc_number,
            policy.issuers,
            *self._named("level", policy.level),
            *self._named("region", policy.region),
            *self._named("content_type", policy.content_type),
            policy.doc_type,
            policy.instrument,
            policy.normative,
            policy.subject,
            policy.topics,
            policy.keywords,
            policy.index_number,
            policy.registration_number,
            *_dated(policy, "written_date", policy.written_date),
            *_dated(policy, "published_date", policy.published_date),
            *_dated(policy, "effective_date", policy.effective_date),
            *_dated(policy, "expiry_date", policy.expiry_date),
            *self._named("validity", policy.validity),
            policy.validity_reason,
            *self._named("site", policy.site),
            policy.url,
            tuple(one.name for one in policy.attachments),
            tuple(one.url for one in policy.attachments),
            stored.first_seen,
            stored.last_seen,
            stored.changed_at,
            stored.withdrawn,
        )
        return (*row, policy.text) if self._text else row

    def _named(self, field: str, value: str | None) -> tuple[str | None, str | None]:
        return value, None if value is None else self._label(field, value)


def _dated(policy: Policy, field: str, day: date | None) -> tuple[date | None, str | None]:
    return day, policy.date_precision.get(field, "day") if day else None


def cell_text(value: Value) -> str:
    """A value as the text of a cell: unknown is "", instants are UTC, several values stand between "；"."""
    match value:
        case None:
            return ""
        case str():
            return _visible(value)
        case bool():
            return "true" if value else "false"
        case tuple():
            return _visible(BETWEEN.join(value))
        case datetime():
            return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
        case _:
            return str(value)


def _visible(text: str) -> str:
    return whole_pairs(CONTROLS.sub("", LINE_ENDS.sub("\n", text))) if ODD.search(text) else text


def whole_pairs(text: str) -> str:
    """Text that can be encoded: half of a pair of UTF-16 becomes U+FFFD."""
    return SURROGATES.sub("\ufffd", text)


def without_text(stored: StoredPolicy) -> StoredPolicy:
    """A policy with all its fields but none of its texts; parts are ranges of blocks and go with them."""
    policy = stored.policy
    files = tuple(replace(one, text="") for one in policy.attachments)
    bare = replace(policy, blocks=(), text="", printed_text="", parts=(), attachments=files)
    return replace(stored, policy=bare)


def encodable(value: Any) -> Any:
    """Builtins whose every text can be encoded."""
    match value:
        case str():
            return whole_pairs(value)
        case list() | tuple():
            return [encodable(one) for one in value]
        case dict():
            return {encodable(name): encodable(one) for name, one in value.items()}
        case _:
            return value


def dictionaries(columns: tuple[Column, ...]) -> Iterator[str]:
    """The columns whose values come again and again."""
    many = {"id", "title", "doc_number", "url", "text", "validity_reason", "attachments", "attachment_urls"}
    return (one.name for one in columns if one.kind == "text" and one.name not in many)
