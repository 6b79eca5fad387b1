"""What kind of content a page is, and in which form an interpretation explains.

The page speaks first (its title, then the type of its column in the meta tags), the declared type of
the channel last. Words are from 国办发〔2017〕47号 and the columns and titles of 50 sites, 2018-2026.
"""

import re

from normalizers.doc_types import extract_doc_type

INNER = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》|〈[^〈〉]*〉|<[^<>]*>")
# Types of papers that a title can end with; a paper about interpretation is still a paper.
PAPERS = frozenset(["决议", "决定", "命令", "意见", "通知", "通报", "批复", "函", "纪要", "议案", "请示"])
EXPLAINS = re.compile(
    r"解读|图解|一图(?:读懂|看懂|了解|速览)|(?:图|漫)说|读懂|答记者问|记者问|政策(?:问答|百问|说明|答疑)|热点问答|常见问题"
    r"|\d{1,3}问(?:\d{1,3}?答)?(?:$|[（(—])|(?:起草|编制|修订|制定|文件)说明|问答$|怎么看|明白卡|政策(?:吹风会|讲解|访谈)"
)
ASKS = re.compile(
    r"(?:公开|广泛)?(?:征求|征集|听取)[^。]{0,60}(?:意见|建议)|(?:意见|建议)(?:的)?(?:公开)?征(?:集|求)|征求意见稿|公开征询|征集公告"
    r"|民意(?:调查|征集)|问卷调查|(?:立法|听证)听证会|听证会?(?:的)?公告|公众参与公告"
)
FIGURES = re.compile(
    r"统计(?:公报|月报|季报|年报|年鉴|快报|数据|简报)|普查(?:主要数据)?公报|(?:环境|生态|水资源|水土保持|气候|旅游业)[^，]{0,8}公报"
    r"|主要(?:经济|统计|数据)?指标|价格指数|(?:环境|空气|水)质量(?:状况|月报|日报|周报|年报|排名|情况)|经济运行(?:情况|数据|简况)$"
    r"|(?:部门|单位|财政|三公经费|三公)[^，]{0,20}(?:预算|决算)(?:公开|信息|草案|表|说明|报表)?(?:$|[（(])|决算公开|预算公开"
)
GAZETTE = re.compile(
    r"(?:政府|国务院|总局|委|部|厅|局|常务委员会)公报.{0,14}(?:第?\s*[\d一二三四五六七八九十百]+\s*[期号]|目录)|^(?:19|20)\d\d年第\d+期.{0,12}公报"
)
ANSWERS = re.compile(
    r"信息公开(?:申请)?(?:答复|告知)书?(?:$|[（(])|依申请公开(?:答复|告知|件|结果|信息)|(?:关于|对).{1,30}信息公开申请的(?:答复|告知|复函)"
)
LETTERS = re.compile(
    r"(?:市|省|区|县|州|局|厅|镇|委)长信箱|书记信箱|主任信箱|来信(?:选登|选编|答复|回复|摘登)|(?:网民|群众|网友)留言|留言(?:答复|回复|选登)"
    r"|(?:投诉|咨询|举报|诉求|来电)[^，]{0,20}(?:回复|答复|反馈)(?:$|[（(])"
)
NOTICES = re.compile(
    r"公示(?:表|名单|公告|信息|期|的通知)?(?:$|[（(：:\d])|公示$|启事(?:$|[（(])"
    r"|(?:招聘|招考|招录|录用|面试|体检|笔试|采购|招标|中标|成交|流标|废标|拍卖|挂牌|出让|竞价|变更|更正|终止|补充|遗失|注销|送达|拟录取|结果|评审|资格复审|递补)[^，]{0,12}(?:公告|通告)(?:$|[（(])"
)
TITLE_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("consultation", ASKS),
    ("disclosure_request", ANSWERS),
    ("interpretation", EXPLAINS),
    ("gazette", GAZETTE),
    ("letter", LETTERS),
    ("notice", NOTICES),
    ("data", FIGURES),
)
# ColumnType of 47号 and names of columns; 通知公告 holds papers and notices alike and tells neither.
COLUMN_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("interpretation", re.compile(r"解读|图解|政策问答|回应关切")),
    ("consultation", re.compile(r"征集|征求意见|意见征询|民意调查|调查征集")),
    ("disclosure_request", re.compile(r"^依申请公开(?:答复|目录|结果)?$")),
    ("gazette", re.compile(r"政府公报|^公报$")),
    ("data", re.compile(r"统计公报|统计数据|数据发布|统计信息|数据开放|预决算|财政信息")),
    ("letter", re.compile(r"信箱|咨询投诉|来信|互动交流")),
    ("notice", re.compile(r"^(?:公示|公示公告|公告公示|招标公告|采购公告|人事招考)$")),
    ("policy", re.compile(r"^政策文件|规范性文件|^政府文件|^文件库")),
)
COLUMN_TAGS = ("columntype", "columnname")

FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("press_conference", re.compile(r"发布会|吹风会|媒体通气会")),
    ("interview", re.compile(r"访谈|专访|对话|做客|面对面|答记者问|记者问|直播间")),
    ("video", re.compile(r"视频|动漫|动画|短片|微课|音频|一分钟(?:读懂|看懂)")),
    ("infographic", re.compile(r"图解|一图|图说|图文|图读|长图|海报|漫画|漫说|H5|读懂|看懂|明白卡|思维导图")),
    ("expert", re.compile(r"专家|学者|教授|院士|研究员")),
    ("text", re.compile(r"解读|问答|说明|\d+问|常见问题|百问|答疑")),
)
# A text of so many characters explains in words.
ENOUGH_TEXT = 200


def content_type_of_title(title: str) -> tuple[str, str] | None:
    """The content type that a title speaks of, with its words; None where it speaks of none.

    What stands inside 《》 is the paper that is explained or discussed, not the page.
    """
    outer = INNER.sub("《》", title)
    paper = extract_doc_type(title)
    for kind, pattern in TITLE_KINDS:
        m = pattern.search(title if kind == "consultation" else outer)
        if m and not (paper in PAPERS and kind not in ("consultation", "notice")):
            if kind == "consultation" and paper in PAPERS and not re.search(r"征求意见稿|公开征", title):
                continue
            return kind, m[0]
    return None


def content_type_of_column(name: str) -> str | None:
    """The content type that the type or name of a column speaks of; None for columns of many kinds."""
    return next((kind for kind, pattern in COLUMN_KINDS if pattern.search(name.strip())), None)


def form_of_interpretation(title: str, text: str, *, pictures: bool, video: bool) -> tuple[str, str] | None:
    """The form in which a page explains and what told it: its title, then a film or pictures alone, then its text."""
    outer = INNER.sub("", title)
    for form, pattern in FORMS:
        if form != "text" and (m := pattern.search(outer)):
            return form, m[0]
    if video:
        return "video", "video"
    if pictures and len(text) < ENOUGH_TEXT:
        return "infographic", "img"
    if len(text) >= ENOUGH_TEXT:
        return "text", f"{len(text)} 字"
    m = FORMS[-1][1].search(outer)
    return ("text", m[0]) if m else None
