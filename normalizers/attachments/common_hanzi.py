"""Tells Chinese text from what a PDF font without a ToUnicode map yields: wrong but plausible characters."""

import re

# Measured 2026-11 on generated PDFs: good text .72 to .74 of its non-ASCII characters, garbage .002 and .013.
LEAST_COMMON_SHARE = 0.3
# Fewer non-ASCII characters than this say nothing.
LEAST_CHARS = 30

# The 560 commonest Hanzi of 138 State Council documents of 2020 (92 % of their Hanzi), commonest first.
COMMON_HANZI = frozenset(
    "的情疫防工要和作控业人务关部生保实行对政地发通各理机等加区医时有一资中好及用国强员管应企在进做门构病"
    "公服重社力新全运动大会定办产民方制报导信施为障提卫期不法开展落金化于项合位出现分高持相者以事级知经上"
    "护确支疗息求建监安染治指规度线单策点设体复调场物组感市按肺炎冠间输性统主财当家可省学能联助农年健措交"
    "毒入严责局基程网下型照就康查目院到需件接委告本织决供传面日任税或切费处急流式同据况自外推状月三心与内"
    "前其技收是险后平准效二央结过集电预检活响成格共向诊备坚校计审受教小影执排精救协立所序系问证认解范航职"
    "积改并群融厅优取利测品党风总快明源领步案个署专极配条量道免口采记督营乡台标患识四号题境将城核形增续特"
    "战直使因客意府依补培根第完具村训类减离善筹常际招置科十难术层困育充挥正消整众申养路送考司造车他批放抓"
    "请尽我款得贷银商环隔域予限励辖济手原了参引促研负例站如宣布数投权儿担贯纳先延质稳彻毕突转必由视示多神"
    "北团料打适无近住划暂广来紧势属习聘童未老付少非五击络已鼓给价评互革长次帮违贫书岗清真试居议话停围察创"
    "深础临干更节登扩见空户返湖扶低药失班究最足密除早远维水观别缴兵段注断疑聚贴身把算房举表针则种待六疾从"
    "升阻恢名守疆简头退触率态微存室模之县销至验播汇券南询子爱赢较止果回速师细债散便降再购武追猪涉汉履移额"
    "继约遇们印压义辆缺缓"
)


# How pdfminer.six prints a glyph that no map of the font names.
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_UNKNOWN_GLYPH = re.compile(r"\(cid:\d+\)")


def is_garbage(text: str) -> bool:
    """Whether the Hanzi of a text are not those that Chinese is written with."""
    text, unknown = _UNKNOWN_GLYPH.subn("", text)
    foreign = _FOREIGN.findall(text)
    common = sum(map(COMMON_HANZI.__contains__, foreign))
    total = len(foreign) + unknown
    return total >= LEAST_CHARS and common < LEAST_COMMON_SHARE * total
