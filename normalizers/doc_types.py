"""Document types 文种 and instruments 体裁 from titles and numbers."""

import re

from normalizers.chars import squeeze

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
} | {"令": "命令", "复函": "函", "会议纪要": "纪要"}
# Kinds of rules and plans that a paper makes or carries, the longer before the shorter.
INSTRUMENTS = (
    "实施细则", "实施办法", "管理办法", "暂行办法", "暂行规定", "若干规定", "若干措施", "政策措施", "行动计划", "行动方案", "实施方案", "工作方案",
    "工作要点", "指导意见", "实施意见", "若干意见", "应急预案", "管理规定", "实施条例", "工作规则", "议事规则", "管理规范", "工作规范", "技术规范",
    "裁量基准", "负面清单", "权责清单", "任务清单", "工作计划", "专项规划", "总体规划", "发展规划",
    "条例", "规定", "办法", "细则", "规则", "规程", "规范", "标准", "方案", "规划", "计划", "要点", "意见", "指南", "指引", "清单", "目录", "名录", "措施", "预案",
    "章程", "制度", "公约", "准则", "纲要", "导则", "基准", "法典", "法",
)  # fmt: skip
TAIL = r"(?:\s*[（(【\[〔][^（(]{0,60}[）)】\]〕])*"
TYPE_END = re.compile(
    rf"(?:的|\s|^|[）)])?(会议纪要|复函|{'|'.join(t for t in TYPES if len(t) < 4 and t != '复函')}){TAIL}$"
)
# Words that end like a type and are none.
NO_TYPE = re.compile(r"(?:司令|指令|时令|信函|预告|被告|广告|征求意见|听取意见|提出意见)" + TAIL + "$")
INNER = re.compile(r"[《〈]([^》]+?)[》〉]")
ORDER_TITLE = re.compile(
    r"令\s*[（(]?\s*(?:(?:19|20)\d\d\s*年\s*)?第?\s*[\d一二三四五六七八九十百零〇○]+\s*号"
)
NUMBERED = re.compile(
    r"(公告|通告|公报|通报|决定|决议)\s*[（(〔\[]?\s*(?:(?:19|20)\d\d)?\s*[〕\]年]?\s*第?\s*[\d一二三四五六七八九十百零〇○]+\s*[号期]"
)
INSTRUMENT_END = re.compile(rf"({'|'.join(INSTRUMENTS)}){TAIL}$")
# 方法, 做法 and 司法 are no laws; 计划 at the end of a report about events is none either.
NO_LAW = re.compile(r"[方办做手用司执普立说看想语书守违]法" + TAIL + "$")
NEWS = re.compile(
    r"召开|举行|举办|开展|走访|调研|出席|学习贯彻|研究.{0,12}计划|启动仪式|现场发布|印发了|落地"
)
CARRIED = re.compile(r"的(?:通知|决定|公告|命令|令|批复|通告|函)" + TAIL + "$")


def extract_doc_type(title: str) -> str | None:
    """The type of a document by the last word of its title; None where the title ends otherwise."""
    text = title.strip()
    if m := TYPE_END.search(text):
        return None if NO_TYPE.search(text) else TYPES[m[1]]
    if ORDER_TITLE.search(text):
        return "命令"
    m = NUMBERED.search(INNER.sub("", text))
    return TYPES[m[1]] if m else None


def doc_type_of_number(number: str) -> str | None:
    """The type that the number itself names: 令第N号, 公告2024年第N号, 纪要〔2024〕N号."""
    text = squeeze(number)
    if re.search(r"令[（(]?(?:(?:19|20)\d\d年)?第?\S{1,6}号", text):
        return "命令"
    m = re.search(r"(公告|通告|纪要|公报)[（(〔\[]?(?:(?:19|20)\d\d)", text)
    return m[1] if m else None


def doc_type_of_cell(text: str) -> str | None:
    """The type that a cell of 公文种类 or 体裁分类 names; None for other words."""
    folded = re.sub(r"类$|[（(].*$", "", squeeze(text))
    return TYPES.get(folded)


def extract_instrument(title: str) -> str | None:
    """The kind of rule that a title names: in the inner title of 关于印发《…》的通知, else at its end.

    News about a plan has none.
    """
    inner = INNER.findall(title)
    if not inner and NEWS.search(title):
        return None
    for text in [*reversed(inner), CARRIED.sub("", title.strip())]:
        m = INSTRUMENT_END.search(text.strip())
        if m and not (m[1] == "法" and NO_LAW.search(text.strip())):
            return m[1]
    return None


def instrument_of_cell(text: str) -> str | None:
    """The instrument that a cell of 体裁 names; None for other words."""
    folded = squeeze(text)
    return folded if folded in INSTRUMENTS else None
