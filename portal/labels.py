"""Chinese words for values that are stored in English."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from index.engine import NONE
from normalizers.chinese_names import VALUE_NAMES

FACET_NAMES: dict[str, str] = {
    "level": "层级",
    "region": "地区",
    "issuer": "发文机关",
    "content_type": "内容类型",
    "doc_type": "文种",
    "instrument": "体裁",
    "normative": "规范性文件",
    "interpretation_form": "解读形式",
    "subject": "主题分类",
    "topic": "标签",
    "year": "年份",
    "validity": "有效性",
    "site": "站点",
    "withdrawn": "在架",
}
# What may be filtered by; the last two are not counted.
FILTER_NAMES: dict[str, str] = {**FACET_NAMES, "keyword": "关键词", "work": "同一文件"}
NORMATIVE = {"true": "是", "false": "否"}
UNKNOWN = {NONE: "未知"}
WITHDRAWN = {"true": "原站已撤下", "false": "原站在架"}
SORT_NAMES: dict[str, str] = {
    "relevance": "相关度",
    "written": "成文日期",
    "published": "发布日期",
    "first_seen": "收录时间",
}
# What a file of a page is to its policy.
ROLE_NAMES: dict[str, str] = {"annex": "附件", "document": "正文文件"}
# What a part of a body is.
PART_NAMES: dict[str, str] = {"annex": "附件", "document": "内含文件"}
# What evidence tells beside the fields of a Policy.
NOTED_NAMES: dict[str, str] = {
    "origin": "被转发机关",
    "text": "正文",
    "doc_number_key": "文号检索键",
}
_FIXED: dict[str, Mapping[str, str]] = {**VALUE_NAMES, "normative": NORMATIVE, "withdrawn": WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Label:
    """What a value of a field is called; `names` knows regions and sites; an unknown value is itself."""

    names: Mapping[str, Mapping[str, str]]

    def __call__(self, field: str, value: str) -> str:
        return value_label(field, value, self.names)


def value_label(field: str, value: str, names: Mapping[str, Mapping[str, str]]) -> str:
    """What a value of a field is called; `names` knows regions and sites; an unknown value is itself."""
    table = _FIXED.get(field) or names.get(field) or {}
    return table.get(value) or UNKNOWN.get(value, value)


def day_text(day: date | None, precision: str = "day") -> str:
    """A day as written in Chinese, no more exact than it is known."""
    if day is None:
        return ""
    text = f"{day.year}年"
    text += f"{day.month}月" if precision != "year" else ""
    return text + (f"{day.day}日" if precision == "day" else "")
