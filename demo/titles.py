"""Titles and document numbers: what a body calls what it writes."""

from dataclasses import dataclass
from random import Random

from demo.country import Authority, Topic
from demo.places import REGION

# How often each form is met among the documents of a channel; set by eye after real policy columns.
POLICY_FORMS = {
    "print": 30, "opinion": 15, "work": 22, "check": 7, "funds": 8, "reply": 4, "order": 3, "list": 6, "apply": 5,
}  # fmt: skip
NOTICE_FORMS = {"apply": 25, "list": 25, "announce": 28, "solicit": 22}
INSTRUMENTS = (
    "实施方案", "管理办法", "行动计划", "若干措施", "实施细则", "工作要点", "专项规划", "工作规程", "考核办法", "专项资金管理办法",
)  # fmt: skip
VERBS = ("加快推进", "深入推进", "进一步加强", "支持", "规范", "全面推进", "促进", "持续深化")


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a page, how others cite it, and the name of what it carries."""

    title: str
    cited: str


def quote_inside(title: str) -> str:
    """A title fit to stand inside 《》."""
    return title.replace("《", "〈").replace("》", "〉")


def make_title(
    rng: Random, form: str, issuers: tuple[Authority, ...], topic: Topic, aspect: str, year: int
) -> Heading:
    """The title of a document of this form."""
    names = " ".join(authority.name for authority in issuers)
    place = REGION[issuers[0].region].name
    subject = topic.name + aspect
    if form == "print":
        return _printed(rng, names, place, subject, year)
    if form == "order":
        title = f"{place}{subject}{rng.choice(('办法', '规定', '管理办法'))}"
        return Heading(title, title)
    if form == "opinion":
        about = f"{rng.choice(VERBS)}{subject}的{rng.choice(('实施意见', '指导意见', '若干意见', '意见'))}"
    elif form == "work":
        year_part = f"{year}年" if rng.random() < 0.5 else ""
        about = f"{rng.choice(('做好', '进一步做好', '切实抓好', '加强'))}{year_part}{subject}工作的通知"
    elif form == "solicit":
        about = f"公开征求《{place}{subject}{rng.choice(INSTRUMENTS)}（征求意见稿）》意见的公告"
    else:
        about = _SIMPLE[form].format(
            s=subject,
            y=year,
            lower=_lower_place(rng, issuers[0]),
            k=rng.choice(("示范单位", "试点地区", "典型案例", "入库项目")),
        )
    title = f"{names}关于{about}"
    return Heading(title, quote_inside(title))


_SIMPLE = {
    "check": "开展{s}专项检查的通知",
    "funds": "下达{y}年{s}专项资金的通知",
    "apply": "组织申报{y}年度{s}项目的通知",
    "list": "公布{y}年{s}{k}名单的通知",
    "reply": "{lower}{s}专项规划的批复",
    "announce": "{s}有关事项的公告",
}


def _printed(rng: Random, names: str, place: str, subject: str, year: int) -> Heading:
    instrument = rng.choice(INSTRUMENTS)
    span = (
        f"（{year}—{year + 2}年）"
        if instrument in ("行动计划", "专项规划", "实施方案") and rng.random() < 0.6
        else ""
    )
    inner = f"{place}{subject}{instrument}{span}"
    quoted = f"《{inner}》" if rng.random() < 0.6 else inner
    return Heading(f"{names}关于印发{quoted}的通知", inner)


def _lower_place(rng: Random, issuer: Authority) -> str:
    lower = [region.name for region in REGION.values() if region.parent == issuer.region]
    return rng.choice(lower) if lower else "示例镇"


def make_number(rng: Random, form: str, issuer: Authority, year: int, serials: dict[str, int]) -> str:
    """The next document number of this body, "" where the form goes without one."""
    if form == "order":
        key = f"{issuer.name}令"
        serials[key] = serials.get(key, 200) + 1
        return f"{key}第{serials[key]}号"
    if form == "announce":
        return _serial(serials, f"{issuer.name}公告{year}年第", "号") if rng.random() < 0.5 else ""
    if form == "solicit" or (form in ("apply", "list") and rng.random() < 0.4) or rng.random() < 0.04:
        return ""
    kind = 1 if form in ("reply", "funds", "check") else 2 if form == "print" and rng.random() < 0.25 else 0
    return _serial(serials, f"{issuer.prefixes[kind]}〔{year}〕", "号")


def _serial(serials: dict[str, int], head: str, tail: str) -> str:
    serials[head] = serials.get(head, 0) + 1
    return f"{head}{serials[head]}{tail}"


def make_addressee(form: str, issuer: Authority, title: str) -> str:
    """主送: whom a document of this form addresses, "" for those that address everybody."""
    if form in ("announce", "solicit", "order", "repeal", "amend", "interpret"):
        return ""
    if form == "reply":
        lower = [
            region.name
            for region in REGION.values()
            if region.parent == issuer.region and region.name in title
        ]
        return f"{lower[0] if lower else '示例镇'}人民政府："
    level = issuer.level
    if issuer.kind in ("gov", "office"):
        return {
            "national": "各省人民政府，政务院各部门、各直属机构：",
            "provincial": "各市、县（区）人民政府，省政府各部门、各直属机构：",
            "municipal": "各县（区）人民政府，市政府各部门、各直属机构：",
            "county": "各乡镇人民政府、各街道办事处，县政府各部门：",
        }[level]
    return {
        "national": "各省有关主管部门，各有关单位：",
        "provincial": "各市有关主管部门，省直各有关单位：",
        "municipal": "各县（区）有关主管部门，市直各有关单位：",
        "county": "各乡镇、街道，各有关单位：",
    }[level]
