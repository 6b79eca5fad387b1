"""Document types 文种 and instruments 体裁 from titles."""

import re

# The 15 types of 《党政机关公文处理工作条例》 (2012), by the word that ends a title.
TYPES: dict[str, str] = {
    name: name
    for name in (
        "决议",
        "决定",
        "公报",
        "公告",
        "通告",
        "意见",
        "通知",
        "通报",
        "报告",
        "请示",
        "批复",
        "议案",
        "函",
        "纪要",
        "命令",
    )
} | {"令": "命令", "复函": "函"}
INSTRUMENTS = (
    "实施细则", "实施办法", "管理办法", "暂行办法", "暂行规定", "若干措施", "行动计划", "实施方案", "工作方案", "工作要点", "指导意见", "实施意见", "应急预案",
    "条例", "规定", "办法", "细则", "规则", "规程", "标准", "方案", "规划", "计划", "要点", "意见", "指南", "清单", "目录", "措施", "预案", "章程", "制度", "公约", "法",
)  # fmt: skip
TAIL = r"(?:[（(【\[〔][^（(]{0,60}[）)】\]〕])*"
TYPE_END = re.compile(rf"(?:的|\s|^|[）)])?(复函|{'|'.join(t for t in TYPES if t != '复函')}){TAIL}$")
INNER = re.compile(r"[《〈]([^》]+?)[》〉]")
ORDER_TITLE = re.compile(
    r"令\s*[（(]?\s*(?:(?:19|20)\d\d\s*年\s*)?第?\s*[\d一二三四五六七八九十百零〇]+\s*号"
)


def extract_doc_type(title: str) -> str | None:
    """The type of a document by the last word of its title; None where the title ends otherwise."""
    text = title.strip()
    if m := TYPE_END.search(text):
        return TYPES[m[1]]
    return "命令" if ORDER_TITLE.search(text) else None


def extract_instrument(title: str) -> str | None:
    """The kind of rule that a title names: in the inner title of 关于印发《…》的通知, else at its end."""
    inner = INNER.findall(title)
    tail = re.compile(rf"({'|'.join(INSTRUMENTS)}){TAIL}$")
    for text in [
        *reversed(inner),
        re.sub(r"的(?:通知|决定|公告|命令|令|批复)" + TAIL + "$", "", title.strip()),
    ]:
        if m := tail.search(text.strip()):
            return m[1]
    return None
