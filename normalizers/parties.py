"""Whom a document addresses (主送) and what its note (附注) says."""

import re

from normalizers.policy import Block

MAX_ADDRESSEES = 60
MAX_LINE = 400
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
            parts = [p.strip() for p in re.split(r"[，,、;；]", text[:-1]) if p.strip()]
            return tuple(parts[:MAX_ADDRESSEES]), text
    return None


def extract_note(blocks: tuple[Block, ...]) -> tuple[str, str] | None:
    """The note in brackets after the signature, as （此件公开发布）, without its brackets."""
    for block in reversed(blocks):
        if m := NOTE.match(block.text):
            return m[1], block.text
        if OPENNESS.match(block.text):
            return block.text, block.text
    return None
