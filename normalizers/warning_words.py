"""Warnings of pages and files in Chinese, for everybody who shows them to people."""

import re
from collections.abc import Callable

from normalizers.chinese_names import FIELD_NAMES, SOURCE_NAMES, VALUE_NAMES
from normalizers.failures import ADVICE, Failure

# Name of a warning → what it says; what it concerns follows it. Every name that is produced is here (tested).
WORDS: dict[str, str] = {
    # of a page
    "title_missing": "没有读到标题",
    "page_cut": "网页超过长度上限，后面的部分没有读",
    "body_empty": "没有读到正文，只有标题和信息表",
    "body_only_images": "正文只有图片，没有文字可检索",
    "body_only_in_attachments": "正文只在附件里：附件会照常下载并取出文字",
    "body_too_large_for_extractors": "网页没有可以认出的正文区域，又太长，全页都当作正文",
    "body_disagreement": "两种通用正文提取的结果相差很大，已取其一",
    "text_printed_twice": "正文在网页上印了两遍，只保留一遍",
    "text_restored": "网页文字已还原为简体原文，原样文字另存",
    "annex_without_link": "网页提到附件，但没有可以下载的链接",
    "label_unconsumed": "信息表中没有用上的栏目名",
    "issuer_unknown": "机关名录里没有的发文机关",
    "doc_number_unreadable": "读不出的发文字号",
    "doc_type_unknown": "不认识的文种",
    "date_unreadable": "读不出的日期",
    "date_conflict": "日期互相矛盾，已按出处取其一",
    "validity_conflict": "网页标明有效，但按期限已经失效",
    "corrected": "已经人工更正",
    "correction_to_review": "人工更正之后网页有变，请复核",
    "correction_not_needed": "不再需要的人工更正，程序读出的就是这个值",
    # of a file
    "text_cut": "文字超过长度上限或中途断开，后面的部分没有读",
    "content_damaged": "文件有损坏，读出的内容可能不全",
    "document_missing": "文件中缺少应有的文档",
    "fonts_without_unicode": "字体没有字符映射，改用另一种方法读出",
    "ocr_not_installed": "没有安装 OCR 组件，扫描页未能识别",
    "ocr_page_limit": "扫描页超过 OCR 的页数上限，其余没有识别",
    "pages_by_ocr": "由 OCR 识别的页",
    "pages_without_text": "没有文字的页（扫描件或图片）",
    "pages_blank": "空白的页",
    "pages_unreadable": "读不出的页、幻灯片或工作表",
    "pages_left_out": "超过上限而没有读的页、幻灯片或工作表数",
    "sheets_hidden": "隐藏而没有读的工作表数",
    "member_unreadable": "压缩包中读不出的文件",
    "members_left_out": "压缩包中超过上限而没有读的文件数",
}
# A list of page numbers ends at this length, whether or not there are more pages.
MOST_NUMBERS = 20
MIRRORS = {"traditional": "繁体版网页", "pinyin": "拼音版网页"}
NUMBERS = re.compile(r"\d+(?:,\d+)*", re.ASCII)
WAS = re.compile(r"(?P<field>\w+), was (?P<was>.*?)(?:, now (?P<now>.*))?", re.DOTALL)
SOURCE = re.compile(rf"（({'|'.join(SOURCE_NAMES)}):")


def warning_text(warning: str) -> str:
    """A warning as a person reads it; one that is not known is itself."""
    name, _, rest = warning.partition(":")
    if name not in WORDS:
        return warning
    detail = rest.strip()
    if told := _DETAILS.get(name, _pages if name.startswith("pages_") else None):
        detail = told(detail)
    return f"{WORDS[name]}：{detail}" if detail else WORDS[name]


def _pages(detail: str) -> str:
    """Numbers (1,2), what is named instead of them, and the member of an archive (1,2:a.pdf)."""
    first, _, member = detail.partition(":")
    if NUMBERS.fullmatch(first):
        numbers = first.split(",")
        first = "、".join(numbers) + ("等" if len(numbers) == MOST_NUMBERS else "")
    return f"{first}（{member}）" if member else first


def _member(detail: str) -> str:
    """`<name>:<failure>`, within an archive of an archive followed by that one's name."""
    parts = detail.split(":")
    at = next((i for i in reversed(range(1, len(parts))) if parts[i] in ADVICE), None)
    if at is None:
        return detail
    outer, name = ":".join(parts[at + 1 :]), ":".join(parts[:at])
    return (f"{outer} 中的 " if outer else "") + f"{name}（{ADVICE[Failure(parts[at])]}）"


def _field(detail: str) -> str:
    return FIELD_NAMES.get(detail, detail)


def _correction(detail: str) -> str:
    """`<field>, was <value>`, and `, now <value>` where the page has changed since."""
    if not (found := WAS.fullmatch(detail)):
        return detail
    field, was, now = found["field"], found["was"], found["now"]
    text = f"{_field(field)}，程序读出的是 {_value(field, was)}"
    return text if now is None else text + f"，现在是 {_value(field, now)}"


def _value(field: str, text: str) -> str:
    return "（无）" if text == "unknown" else VALUE_NAMES.get(field, {}).get(text, text)


def _date_conflict(detail: str) -> str:
    return SOURCE.sub(lambda found: f"（{SOURCE_NAMES[found[1]]} ", detail)


def _restored(detail: str) -> str:
    return MIRRORS.get(detail, detail)


_DETAILS: dict[str, Callable[[str], str]] = {
    "corrected": _correction,
    "correction_to_review": _correction,
    "correction_not_needed": _field,
    "date_conflict": _date_conflict,
    "text_restored": _restored,
    "member_unreadable": _member,
}
