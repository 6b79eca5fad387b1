"""Whom a document addresses (主送), what its note (附注) says, whom to ask, and its imprint (版记).

Elements of GB/T 9704-2012, with words of older imprints (抄报, 校对).
"""

import re

from normalizers.policy import Block

MAX_ADDRESSEES = 60
MAX_LINE = 400
BODY_END = re.compile(
    r"(?:局|厅|委|会|部|政府|办|办公室|公司|集团|院|行|处|中心|所|署|社|大学|学院|学校|站|队|镇|乡|街道|单位|机构|馆|库|校|军区|兵团)(?:[（(][^（）()]*[）)])?$"
)
NOTE = re.compile(
    r"^[（(]\s*((?:此件|本文|本件|联系人|此文|信息公开|主动公开|公开方式|公开属性|依申请公开|不予公开)[^（）()]{0,80}(?:[（(][^（）()]{0,40}[）)][^（）()]{0,40})?)\s*[）)]$"
)
OPENNESS = re.compile(r"^(?:公开方式|公开属性|信息公开形式|信息公开选项|公开类别)\s*[:：]\s*.{2,20}$")
NOT_A_PARTY = re.compile(
    r"(?:如下|为|说明|附件|下列|公告|通知|规定|要求|原则|内容|方法|条件|一、|第.{1,3}条|[。；！？])"
)


def extract_addressees(blocks: tuple[Block, ...]) -> tuple[tuple[str, ...], str] | None:
    """The bodies that the first line before the text addresses, with the line; None where it addresses none."""
    for block in blocks[:4]:
        text = block.text
        if block.kind != "paragraph" or len(text) > MAX_LINE:
            continue
        if text.endswith(("：", ":")):
            if NOT_A_PARTY.search(text[:-1]):
                return None
            parts = [
                name for part in re.split(r"[，,;；]", text[:-1]) for name in _bodies(part.strip()) if name
            ]
            return tuple(parts[:MAX_ADDRESSEES]), text
    return None


def _bodies(part: str) -> list[str]:
    """The bodies of a list joined by 、; one group where its pieces are no names: 各省、自治区、直辖市人民政府."""
    names = [name.strip() for name in part.split("、")]
    whole = all(BODY_END.search(name) and not name.startswith("各") for name in names)
    return names if whole else [part]


def extract_note(blocks: tuple[Block, ...]) -> tuple[str, str] | None:
    """The note in brackets after the signature, as （此件公开发布）, without its brackets."""
    for block in reversed(blocks):
        if m := NOTE.match(block.text):
            return m[1], block.text
        if OPENNESS.match(block.text):
            return block.text, block.text
    return None


MAX_CONTACTS, MAX_CONTACT = 12, 120
# A line whose label stands so near its front is a contact as a whole: 市卫生健康委联系人：….
FRONT = 14
PHONE = r"(?:(?:[（(]?0\d{2,3}[)）]?\s*[-—－–‐ ]?\s*)?[1-9]\d{6,7}(?:\s*[-—－转]\s*\d{1,5})?|1[3-9]\d{9}|12345)(?!\d)"
CONTACT = re.compile(
    r"(?:联系人|联系电话|咨询电话|联系方式|咨询方式|监督电话|举报电话|服务电话|受理电话|业务咨询|技术支持|联系单位|联系处室|(?<!总台)电话|传真|邮箱|电子邮[箱件])"
    r"(?:[及和与、/（(][^：:，。]{1,12})?\s*[:：]\s*\S"
)
ASKS = re.compile("联系|电话|传真|邮箱|邮件|咨询|技术支持")
# A heading such as 联系方式： over lines of names and numbers.
CONTACT_HEAD = re.compile(
    r"(?:联系人|联系方式|咨询方式|联系电话|咨询电话)(?:[及和与、](?:联系)?(?:电话|方式|地址))?\s*[:：]?\s*$"
)
CONTACT_LINE = re.compile(rf"(?<!\d){PHONE}|[\w.-]+@[\w-]+\.\w+")
# 版记: who gets a copy, who printed it when. It stands at the very end.
PRINTED = re.compile(
    r"^(?:抄\s*送|分\s*送|主\s*送|报\s*送|抄\s*报)\s*[:：]|(?:19|20)\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s*印发\s*[。)）]?$|^(?:共印|印)\s*\d+\s*份|^校对[:：]"
)
# What its lines begin with, but for those of the printing office.
IMPRINTS = frozenset("抄分主报共印校")
PRINTED_LINES = 12


def extract_contacts(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """Lines and clauses that name whom to ask and how, as printed, each once.

    A clause of a long paragraph counts from its label to the end of its sentence.
    """
    found: dict[str, None] = {}
    under_head = 0
    for block in blocks:
        if block.kind in ("table", "image"):
            continue
        text = block.text
        if not under_head and not ASKS.search(text):
            continue
        if CONTACT_HEAD.search(text) and len(text) <= 40:
            under_head = 4
            continue
        m = CONTACT.search(text)
        if m and m.start() <= FRONT and len(text) <= MAX_CONTACT:
            found[text.strip("（）()")] = None
        elif m and (clause := re.match(r"[^。；]+", text[m.start() :])) and CONTACT_LINE.search(clause[0]):
            found[clause[0][:MAX_CONTACT].rstrip("）)")] = None
        elif under_head and len(text) <= MAX_CONTACT and CONTACT_LINE.search(text):
            found[text] = None
            continue
        under_head = max(0, under_head - 1)
        if len(found) >= MAX_CONTACTS:
            break
    return tuple(found)


def extract_print_info(blocks: tuple[Block, ...]) -> str | None:
    """The imprint 版记 among the last lines: copies sent, printing office and day; None where there is none."""
    lines = [
        b.text
        for b in blocks[-PRINTED_LINES:]
        if b.kind != "table"
        and len(b.text) <= MAX_LINE
        and (b.text[:1] in IMPRINTS or "印发" in b.text)
        and PRINTED.search(b.text)
    ]
    return "\n".join(lines) or None
