"""What plain words say besides being words: a wish for the newest, a year, a place, a level, a question."""

import re
import unicodedata

from index.vocabulary import Names
from normalizers.policy import LEVELS
from normalizers.regions import gazetteer

# What is asked for where nothing in particular is: 政策 in 最新养老服务政策.
ANYTHING = r"(?:相关|有关)?(?:政策文件|政策法规|政策|文件|规定|法规|消息|动态)"
MADE = r"(?:发布|出台|印发|公布|制定|下发|修订)?的?"
LATEST = (
    rf"(?:今年|目前|现在)?的?(?:最新|最近|新近){MADE}|近期(?:发布|出台|印发|公布)?的|新(?:出台|发布|印发)的?"
)
ONLY_LATEST = re.compile(rf"(?:{LATEST}|近期)(?:{ANYTHING})?")
# 近期 before other words belongs to plans (近期建设规划) unless it asks for policies at large.
FIRST_LATEST = re.compile(rf"(?:{LATEST}|近期(?=.+{ANYTHING}$))(?=..)")
LAST_LATEST = re.compile(rf"(?<=..)的?(?:{LATEST})(?:{ANYTHING})?$")
# A kind of document that ends what the newest is wished of: 养老通知 stands in few titles letter for letter.
LAST_KIND = re.compile(r"(?<=..)(的?)(?:通知|公告|通告)$")
ONLY_ANYTHING = re.compile(ANYTHING)
LAST_ANYTHING = re.compile(rf"(?<=..)的?{ANYTHING}$")
# Parts of a word that ask and say nothing of what is asked for; the longer before the shorter.
ASKING = re.compile(
    r"(?:可以|能够?|需要|应该?|要)?(?:怎么|怎样|如何)(?:办理|申请|领取|申领|办|样|领)?|是?多少钱?|是?多久|(?:需要|要)?多长时间"
    r"|是什么|有什么|什么|(?:都|包括)?有哪些|哪些|哪里|能不能|是不是|是否|可不可以|可以|请问|我想知道|[吗呢]?[?？]+$|[吗呢]$"
)
# The end of a request that no title has: the 的文件 of 知识产权质押融资的文件.
LAST_THINGS = re.compile(
    r"(?<=..)的?(?:相关|有关)(?:政策文件|政策|文件|规定)$|(?<=..)的(?:政策文件|政策|文件)$"
)
YEAR = re.compile(r"((?:19|20)\d\d)(?:年度?)?")
LEVEL_CODES = {name: code for code, name in LEVELS.items() if name.endswith("级")} | {"国家级": "national"}
PLACE_ENDS = "省市区县州盟旗"
# A place is split off a word that goes on for so long, but not off the name of a body.
LEAST_REST = 4
BODY = re.compile(r".{0,14}?(?:政府|厅|局|委|部|办|院|署|中心)")
BEFORE_SUBJECT = re.compile(r"(?:关于|有关|对于|的)(?=..)")


def latest(word: str) -> tuple[bool, int, int]:
    """Whether a word wishes for the newest, and which characters of it, from and to, say of what."""
    if ONLY_LATEST.fullmatch(word):
        return True, 0, 0
    if m := FIRST_LATEST.match(word):
        return True, m.end(), len(word)
    if m := LAST_LATEST.search(word):
        return True, 0, m.start()
    return False, 0, len(word)


def subject(word: str) -> str:
    """A word without what means anything at its end (…的政策); "" for one that means nothing else."""
    return "" if ONLY_ANYTHING.fullmatch(word) else LAST_ANYTHING.sub("", word)


def before_kind(word: str) -> tuple[int, int]:
    """Where the subject of a word ends and where the kind of document behind it begins; twice the end without one."""
    m = LAST_KIND.search(word)
    return (m.start(), m.end(1)) if m else (len(word), len(word))


def asked_of(word: str) -> int:
    """How many characters of a word say what is asked for, without 的文件 at its end."""
    m = LAST_THINGS.search(word)
    return m.start() if m else len(word)


def hinted(word: str, names: Names) -> tuple[str, tuple[str, ...], str] | None:
    """The facet and values that a word may mean and what to call them, for a year, a place or a level."""
    if m := YEAR.fullmatch(unicodedata.normalize("NFKC", word)):
        return "year", (m[1],), f"{m[1]}年的文件"
    if codes := _place(word, names):
        return "region", codes, f"{word}及其下级的文件"
    if code := LEVEL_CODES.get(word):
        return "level", (code,), f"{word}文件"
    return None


def place_before(word: str, names: Names) -> int:
    """How many characters of a word are the full name of a place before something else, 0 for none."""
    for at in range(len(word) - LEAST_REST, 2, -1):
        if word[at - 1] in PLACE_ENDS and not BODY.match(word, at) and _place(word[:at], names):
            return at
    return 0


def pieces(word: str) -> list[tuple[int, int]]:
    """The characters of a word, from and to, around the parts that only ask; all of it where there are none."""
    found, start = [], 0
    for m in ASKING.finditer(word):
        found.append((start, m.start()))
        start = m.end()
    found.append((start, len(word)))
    return [(a, b) for a, b in found if b - a > 1] or [(0, len(word))]


def after_place(word: str) -> int:
    """How many characters of what follows a place only lead to the subject: 关于."""
    m = BEFORE_SUBJECT.match(word)
    return m.end() if m else 0


def _place(word: str, names: Names) -> tuple[str, ...]:
    """The codes of a place; short names only of provinces and prefectures."""
    known = gazetteer()
    if word in known.full:
        return tuple(region.code for region in known.full[word])
    if word in known.short:
        return (known.short[word].code,)
    if word[-1:] in PLACE_ENDS and word in names.regions.values():
        return tuple(code for code, name in names.regions.items() if name == word)
    return ()
