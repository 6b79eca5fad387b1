"""Whether a paper is an administrative normative document 行政规范性文件, only where something says so.

国办发〔2018〕37号 tells what it is not: orders and laws above it, and papers on internal work, people,
praise, requests, reports, minutes and single cases.
"""

import re

# A prefix that ends in 规, 规字, 规发 (穗人社规字, 发改能源规, 沪府规); a place and 规 alone, 资规 and 建规
# may be planning offices, 法规 the legal division (21,000 numbers, 1981-2024).
PREFIX = re.compile(r"\S{2,}规(?:字|发|办|函|告)?$|规范字?$|规备$|规审$")
PLANNING = re.compile(
    r"^.(?:市|省|区|县)?规(?:字|发|办|函)?$|法规[字发函]?$|(?:资|国土|住建?|城乡?|建|自然)规(?:划)?[字发函]?$"
)
KIND = re.compile(r"规范性文件")
# Columns and titles about such documents that hold others.
ABOUT = re.compile(r"解读|清理|备案|审查|征求|征集|草案|目录|废止|计划|公开情况")
ORDER = re.compile(r"令\s*[（(]?\s*(?:(?:19|20)\d\d\s*年?)?\s*第")
LAW = re.compile(r"^中华人民共和国\S+(?:法|法典|条例)(?:[（(].{0,30}[）)])?$")
NOT_TITLE = re.compile(
    r"任免|关于任命|任命.{0,12}职务|免去|任职的|免职|职务的(?:通知|决定|批复)$|人选的(?:通知|批复|函)$"
    r"|(?:表彰|表扬|嘉奖|记功)(?!.*(?:办法|规定|细则|条例|规则))|奖励[^《》]{0,12}的(?:决定|通报)$"
    r"|(?:成立|组建|调整|设立|撤销|充实)[^《》]{2,40}(?:领导小组|指挥部|委员会|联席会议)|领导小组[^《》]{0,8}的(?:通知|批复)$|组成人员|成员(?:单位)?的通知$"
    r"|召开[^《》]{0,30}会议的通知$|(?:放假|节假日|假期)[^《》]{0,6}安排|会议纪要|^[^《》]*政府工作报告(?:[（(].*)?$|分工的通知$"
)
# Papers to one body about one matter, or within the administration.
NOT_TYPES = frozenset(["批复", "函", "请示", "报告", "纪要", "议案", "通报"])


def normative_of_prefix(prefix: str) -> bool:
    """Whether the prefix of a document number marks a normative document."""
    return bool(PREFIX.search(prefix)) and not PLANNING.search(prefix)


def normative_of_words(text: str) -> bool:
    """Whether the name of a column, category or kind says that what it holds are normative documents."""
    return bool(KIND.search(text)) and not ABOUT.search(text)


def above_normative(title: str, number: str) -> str | None:
    """What in title or number tells an order 令 or a law, which stand above normative documents; None for neither."""
    m = ORDER.search(number) or ORDER.search(title) or LAW.search(title.strip())
    return m[0] if m else None


def not_normative(title: str, doc_type: str | None) -> str | None:
    """What in title or type tells that a paper is no normative document; None where nothing does."""
    if doc_type in NOT_TYPES:
        return doc_type
    return m[0] if (m := NOT_TITLE.search(title)) else None
