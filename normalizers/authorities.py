"""Public bodies: the authority file, the names by rule of what is not in it, and the prefixes of their numbers.

`data/authorities.csv` holds the national bodies, the provinces and some cities, each row with its source;
`data/departments.csv` the stems of local departments, from which 某市发改委 becomes 某市发展和改革委员会.
A name that neither knows is unknown: it keeps its printed form.
"""

import re
from dataclasses import dataclass, replace
from functools import cache

from normalizers.chars import squeeze
from normalizers.regions import (
    NOWHERE,
    Near,
    Region,
    chain_of,
    full_region_name,
    gazetteer,
    level_of,
    read_region,
    read_table,
    read_within,
    region_names,
    stem,
)

MAX_NAME = 60
MAX_PREFIX = 20
MAX_LEAD = 30
LONGEST_STEM = 14
LAST = frozenset("府厅室会局部署行院委办心")
PARTY = re.compile(r"^(?:中国共产党|中共)")
SEAL = re.compile(r"[（(](?:代章|印章|盖章|章)[）)]$")
AND_OTHERS = re.compile(r"等(?:\d{1,3}|[一二三四五六七八九十]{1,3})个?(?:部门|单位|部委|厅局)$")
NOTE = re.compile(r"[（(][^（）()]{1,30}[）)]$")
# These words are only in the names of national bodies; other short names may be a local body's.
NATIONAL = re.compile(r"国家|中国|中华|国务院|中央|全国|最高|部$|总局|总署|审计署|部办公厅$")
# What stands after the name of a body when one of its own offices signs: 商务部办公厅, 某行金融市场司.
OFFICE = re.compile(
    r"(?:办公厅|办公室|秘书局|秘书|综合司|[\u4e00-\u9fff]{1,12}司|[\u4e00-\u9fff]{2,8}(?:中心|组))$"
)
# Branches of national bodies: 国家税务总局某省税务局, 某证监局, 中国人民银行某市分行 (observed 2018-2026).
BRANCH = re.compile(
    r"(?:[\u4e00-\u9fff]{0,10}(?:税务局|监管局|监管分局|监管办公室|监督管理局|监督管理分局|监察局|分行|分局|支行|调查总队|调查队|特派员办事处|办事处|总队|支队|分公司|"
    r"通信管理局|出入境检验检疫局|检验检疫局|证监局|银保监局|银监局|保监局|海关|邮政管理局|气象局|地震局))$"
)
# Governments, their agencies (行政公署), congresses and conferences by the forms of 《地方各级人民代表大会和地方各级人民政府组织法》
# and 《中国人民政治协商会议章程》, with the short forms that titles print.
GOVERNMENT = re.compile(r"(?:人民政府|政府|行政公署|行署)(办公厅|办公室|秘书处|府办|办)?$|府办(?:公室)?$")
COMMITTEE = re.compile(r"(?:委员会|党委|委)(办公厅|办公室|办)?$")
CONGRESS = re.compile(r"(?:人民代表大会|人大)(常务委员会|常委会|常委)?(办公厅|办公室)?$")
CPPCC = re.compile(r"^(?:中国人民政治协商会议|政协)")
PARTY_COMMITTEE = re.compile(r"(?:党委|委)(办公厅|办公室|办)?$")
CPPCC_LOCAL = re.compile(r"(?:政协|政治协商会议)(?:委员会)?(办公厅|办公室)?$")
SUFFIX = re.compile(r"(委员会|委|厅|局|办公室|办|署)(办公室|办公厅|办|党组|党委)?$")
LONG_SUFFIX = {"委": "委员会", "办": "办公室"}
# Bodies of every level that are no department, by what is printed after the division's name: offices of party
# committees and mass organisations as the reforms of 2018 and 2023 left them, with the short forms in use.
OTHERS: dict[str, str] = {
    printed: name
    for name, printed_names in {
        "机构编制委员会办公室": "编办 编委办 委编办 委机构编制委员会办公室 机构编制委员会办公室 编制委员会办公室 委机构编制委员会",
        "互联网信息办公室": "网信办 委网信办 互联网信息办公室 委网络安全和信息化委员会办公室",
        "安全生产委员会": "安委会 安全生产委员会",
        "安全生产委员会办公室": "安委办 安委会办公室 安全生产委员会办公室",
        "食品安全委员会办公室": "食安办 食药安办 食品安全委员会办公室",
        "防汛抗旱指挥部": "防汛抗旱指挥部 防指",
        "防汛抗旱指挥部办公室": "防汛抗旱指挥部办公室 防汛办",
        "科学技术协会": "科协 科学技术协会",
        "妇女联合会": "妇联 妇女联合会",
        "残疾人联合会": "残联 残疾人联合会",
        "工商业联合会": "工商联 工商业联合会",
        "文学艺术界联合会": "文联 文学艺术界联合会",
        "总工会": "总工会",
        "红十字会": "红十字会",
        "供销合作社": "供销社 供销合作社",
        "供销合作社联合社": "供销合作社联合社",
        "人民防空办公室": "人防办 人民防空办公室 民防办 民防办公室",
        "国防动员办公室": "国动办 国防动员办公室",
        "外事办公室": "外办 外事办 外事办公室 委外事工作委员会办公室",
        "金融工作办公室": "金融办 金融工作办公室",
        "大数据中心": "大数据中心",
        "乡村振兴局": "乡村振兴局",
        "扶贫开发办公室": "扶贫办 扶贫开发办公室",
        "口岸办公室": "口岸办 口岸办公室",
        "住房公积金管理中心": "公积金中心 公积金管理中心 住房公积金管理中心 住房公积金中心",
        "住房公积金管理委员会": "公积金管委会 住房公积金管理委员会",
        "公共资源交易中心": "公共资源交易中心",
        "公共资源交易管理办公室": "公共资源交易管理办公室 公管办",
        "投资促进服务中心": "投资促进服务中心 投促中心",
        "社会保险基金管理中心": "社保中心 社保基金管理中心 社会保险基金管理中心",
        "消防救援总队": "消防救援总队 消防总队",
        "消防救援支队": "消防救援支队 消防支队",
        "消防救援大队": "消防救援大队",
        "公安局交通警察支队": "公安局交通警察支队 公安交警支队 交警支队",
        "委员会组织部": "委组织部 委员会组织部 党委组织部",
        "委员会宣传部": "委宣传部 委员会宣传部 党委宣传部",
        "委员会统战部": "委统战部 委员会统战部 党委统战部",
        "委员会社会工作部": "委社会工作部 委社工部",
        "委员会政法委员会": "委政法委 委政法委员会 政法委",
        "纪律检查委员会": "纪委 纪律检查委员会 纪委监委",
        "监察委员会": "监委 监察委员会 监察委",
        "高级人民法院": "高级人民法院 高院",
        "中级人民法院": "中级人民法院 中院",
        "人民法院": "人民法院 法院",
        "人民检察院": "人民检察院 检察院",
        "管理委员会": "管委会 管理委员会",
        "管理委员会办公室": "管委会办公室 管理委员会办公室 管委办 党政办公室 党政办",
        "办事处": "办事处",
        "党政综合办公室": "党政综合办公室",
    }.items()
    for printed in printed_names.split()
}


@dataclass(frozen=True, slots=True)
class Authority:
    """One public body; `region` is "" for the nation, `source` says where the row or the rule is from.

    `prefixes` are the 机关代字 of its numbers; one that ends in * begins longer ones. Years are None
    where the body has no known beginning or end; `successor` is the id of the body that took over.
    """

    id: str
    name: str
    level: str
    region: str
    prefixes: tuple[str, ...] = ()
    valid_from: int | None = None
    valid_to: int | None = None
    successor: str = ""
    source: str = "rule"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a printed name tells: its level and region, and the body where that is known, too."""

    level: str
    region: str
    authority: Authority | None


@dataclass(frozen=True, slots=True)
class Tail:
    """What follows a division's name, in full words, with what precedes it; `key` ends the id of a listed body."""

    key: str
    head: str
    words: str


@dataclass(frozen=True, slots=True)
class Department:
    """A kind of local department: its stem, short stems, letters in numbers, its word 厅 or 局 by level."""

    key: str
    stem: str
    shorts: tuple[str, ...]
    letters: tuple[str, ...]
    suffixes: tuple[str, str, str, str]
    valid_to: int | None


@dataclass(frozen=True, slots=True)
class AuthorityFile:
    """All tables, by what they are asked for."""

    by_id: dict[str, Authority]
    by_name: dict[str, Authority]
    shared_names: dict[str, tuple[Authority, ...]]
    by_prefix: dict[str, tuple[Authority, ...]]
    open_prefixes: dict[str, tuple[Authority, ...]]
    departments: dict[str, Department]
    letters: dict[str, tuple[Department, ...]]


@cache
def authority_file() -> AuthorityFile:
    """The tables of `data/`, read once."""
    tables = AuthorityFile({}, {}, {}, {}, {}, {}, {})
    for row in read_table("authorities.csv"):
        body = Authority(
            row["id"], row["name"], row["level"], row["region"],
            tuple(filter(None, row["prefixes"].split("|"))), _year(row["valid_from"]), _year(row["valid_to"]),
            row["successor"], row["source"],
        )  # fmt: skip
        tables.by_id[body.id] = body
        for name in filter(None, (body.name, *row["aliases"].split("|"))):
            if (first := tables.by_name.setdefault(name, body)) is not body:
                tables.shared_names[name] = (*tables.shared_names.get(name, (first,)), body)
        for prefix in body.prefixes:
            table = tables.open_prefixes if prefix.endswith("*") else tables.by_prefix
            key = prefix.rstrip("*")
            table[key] = (*table.get(key, ()), body)
    departments = [_department(row) for row in read_table("departments.csv")]
    for department in departments:
        tables.departments.setdefault(department.stem, department)
        for letters in department.letters:
            tables.letters[letters] = (*tables.letters.get(letters, ()), department)
    for department in departments:
        for short in department.shorts:
            tables.departments.setdefault(short, department)
    return tables


def _year(text: str) -> int | None:
    return int(text) if text else None


def _department(row: dict[str, str]) -> Department:
    def parts(name: str) -> tuple[str, ...]:
        return tuple(filter(None, row[name].split("|")))

    suffixes = (row["province"], row["municipality"], row["city"], row["county"])
    return Department(
        row["key"], row["stem"], parts("shorts"), parts("letters"), suffixes, _year(row["valid_to"])
    )


def lookup(name: str, near: Near = NOWHERE, year: int | None = None) -> Authority | None:
    """The body that a printed name means where it was printed; None for one that is not known.

    `near` resolves relative names: 省政府办公厅 on a site of 610000 is 陕西省人民政府办公厅. `year` tells
    apart bodies that had one short name: 广电总局 of 2010 is 国家广播电影电视总局. A name stays that of its
    own body in every year: 国土资源部 is never made 自然资源部.
    """
    reading = read_body(name, near, year)
    return reading.authority if reading else None


def read_body(name: str, near: Near = NOWHERE, year: int | None = None) -> Reading | None:
    """Level and region of a body by its printed name, known or not; None where the name tells neither.

    `near` and `year` as in `lookup`.
    """
    flat = AND_OTHERS.sub("", SEAL.sub("", squeeze(name)))
    if not 2 <= len(flat) <= MAX_NAME:
        return None
    local = bool(near.region) and near.level != "national"
    if (not local or NATIONAL.search(flat)) and (listed := _listed(flat, year)):
        return listed
    reading = _local(flat, near) or _listed(flat, year)
    bare = NOTE.sub("", flat)
    if bare != flat and (reading is None or reading.authority is None):
        return read_body(bare, near, year) or reading
    return reading


def _listed(flat: str, year: int | None) -> Reading | None:
    """A body of the authority file, one of its own offices or one of its branches."""
    tables = authority_file()
    for size in range(len(flat), 1, -1):
        body = tables.by_name.get(flat[:size])
        if body is None:
            continue
        if year and (alive := _alive(tables.shared_names.get(flat[:size], ()), year)):
            body = alive[0]
        if size == len(flat):
            return Reading(body.level, body.region, body)
        rest = flat[size:]
        if branch := _branch(body, flat, rest):
            return branch
        if OFFICE.fullmatch(rest):
            office = replace(
                body,
                id=f"{body.id}/{rest}",
                name=body.name + rest,
                prefixes=(),
                source="rule: office of a body",
            )
            return Reading(body.level, body.region, office)
    return None


def _branch(body: Authority, flat: str, rest: str) -> Reading | None:
    """A branch of a national body in a division: its level and region are the division's."""
    if body.level != "national" or not BRANCH.fullmatch(rest):
        return None
    region = _division_at_start(rest)
    if region is None:
        return None
    authority = Authority(
        f"{body.id}@{region.code}", flat, region.level, region.code, source="rule: branch of a body"
    )
    return Reading(region.level, region.code, authority)


def _division_at_start(text: str) -> Region | None:
    """The division that a text begins with, its name whole or short: 江西调查总队, 陕西省税务局."""
    if found := read_region(text):
        return found[0] if found[0].code else None
    return next((r for size in (5, 4, 3, 2) if (r := gazetteer().short.get(text[:size]))), None)


def _local(flat: str, near: Near) -> Reading | None:
    """A body of a division, or one of the site's own division that does not name it."""
    party = PARTY.match(flat)
    text = flat[party.end() :] if party else CPPCC.sub("", flat)
    named = read_region(text, near)
    if named is None and BRANCH.fullmatch(flat) and (place := _division_at_start(flat)):
        body = Authority(f"branch@{place.code}:{flat}", flat, place.level, place.code)
        return Reading(place.level, place.code, body)
    own = _own(near) if named is None and near.level != "national" else None
    region, rest = named or (read_within(own, text) if own else (None, text))
    if region is None:
        return None
    tail = _tail_of("政协" + rest if text != flat and not party else rest, region, party=bool(party))
    if tail and region.code and region.level != "national":
        return _made_reading(region, tail)
    return Reading(region.level, region.code, None) if named or tail else None


def _made_reading(region: Region, tail: Tail) -> Reading:
    """The body of a division by rule, or its row of the authority file."""
    listed = authority_file().by_id.get(f"{region.code}-{tail.key}") if tail.key else None
    if listed and region.name == region_names().get(region.code):
        return Reading(listed.level, listed.region, listed)
    name = tail.head + full_region_name(region) + tail.words
    body = Authority(f"{region.code}:{tail.head}{tail.words}", name, region.level, region.code)
    return Reading(region.level, region.code, body)


def _own(near: Near) -> Region | None:
    if near.region in near.regions:
        name = near.regions[near.region]
        return Region(near.region, name, near.level)
    return next(iter(chain_of(near.region)), None)


def _tail_of(rest: str, region: Region, *, party: bool) -> Tail | None:
    """What is printed after a division's name in full words: 发改委 → 发展和改革委员会."""
    if m := COMMITTEE.fullmatch(rest) if party else PARTY_COMMITTEE.fullmatch(rest):
        return _with_office(Tail("party", "中共", "委员会"), m[1], region)
    if m := GOVERNMENT.fullmatch(rest):
        office = m[1] or ("办" if rest.startswith("府办") else "")
        return _with_office(Tail("gov", "", "人民政府"), office, region)
    if m := CONGRESS.fullmatch(rest):
        standing = "常务委员会" if m[1] else ""
        key = "congress" if m[1] and not m[2] else ""
        return Tail(key, "", f"人民代表大会{standing}{m[2] or ''}")
    if m := CPPCC_LOCAL.fullmatch(rest):
        return Tail("", "政协", "委员会" + (m[1] or ""))
    words = OTHERS.get(rest) or _department_words(rest)
    return Tail("", "", words) if words else None


def _with_office(tail: Tail, office: str | None, region: Region) -> Tail:
    """A government or committee, or its general office where one is printed."""
    if not office:
        return tail
    if office in ("办", "府办"):
        office = "办公厅" if region.level == "provincial" else "办公室"
    key = "office" if tail.key == "gov" else "party-office"
    return Tail(key, tail.head, tail.words + office)


def _department_words(rest: str) -> str:
    departments = authority_file().departments
    for size in range(min(len(rest) - 1, LONGEST_STEM), 0, -1):
        department = departments.get(rest[:size])
        if department and (m := SUFFIX.fullmatch(rest, size)):
            return department.stem + LONG_SUFFIX.get(m[1], m[1]) + LONG_SUFFIX.get(m[2] or "", m[2] or "")
    return ""


def by_prefix(prefix: str, near: Near = NOWHERE, year: int | None = None) -> Authority | None:
    """The body whose numbers begin so (陕政发, 国办发); None where none or more than one is known.

    `near` settles prefixes of several bodies (宁政发 of a province and of a city) and reads those of
    the site's own city (安政发 on a site of 安康市); `year` tells a body from its successor.
    """
    reading = read_prefix(prefix, near, year)
    return reading.authority if reading else None


def read_prefix(prefix: str, near: Near = NOWHERE, year: int | None = None) -> Reading | None:
    """Level and region that the prefix of a number tells, with the body where it tells that, too."""
    flat = squeeze(prefix)
    if not 2 <= len(flat) <= MAX_NAME:
        return None
    exact = authority_file().by_prefix.get(flat, ())
    codes = {r.code for r in chain_of(near.region)}
    if own := _own_prefix(flat, near) if not any(b.region in codes for b in exact) else None:
        return own
    if exact:
        return _reading_of(exact, near, year)
    if spelled := ORDER.search(flat):
        first = flat[: spelled.start()].partition("、")[0].removeprefix("中华人民共和国")
        if told := read_body(first, near):
            return told
    if len(flat) > MAX_PREFIX:
        return None
    return _place_prefix(flat, near, year) or _below_prefix(flat, near) or _open_prefix(flat, year)


def _reading_of(bodies: tuple[Authority, ...], near: Near, year: int | None) -> Reading | None:
    """The body of these which stands over the site, or the only one that existed in the year."""
    for region in chain_of(near.region):
        if found := [b for b in bodies if b.region == region.code]:
            return Reading(found[0].level, found[0].region, found[0])
    if near.region:
        bodies = tuple(b for b in bodies if b.level != "municipal") or bodies
    first = bodies[0]
    if len({b.region for b in bodies}) > 1 or (
        first.level == "municipal" and first.prefixes[0][0] not in OWN_LETTERS
    ):
        return None
    alive = _alive(bodies, year)
    return Reading(first.level, first.region, alive[0] if len(alive) == 1 else None)


GOVERNMENT_LETTERS = re.compile(r"(?:政|府)(?:(办|厅)|(?=发|函|字|规|令|任|文|复|$))")


def _own_prefix(flat: str, near: Near) -> Reading | None:
    """The government of the site's division or of one above it, by a character of its name: 安政发 of 安康市."""
    if near.level == "national":
        return None
    for region in chain_of(near.region):
        if region.level == "provincial":
            return None
        for letter in (*gazetteer().letters_of.get(region.code, ()), *region.name[:-1]):
            if flat.startswith(letter) and (m := GOVERNMENT_LETTERS.match(flat, len(letter))):
                name = full_region_name(region) + ("人民政府办公室" if m[1] else "人民政府")
                body = lookup(name, near)
                return Reading(region.level, region.code, body) if body else None
    return None


def _place_prefix(flat: str, near: Near, year: int | None) -> Reading | None:
    """A department by the letters after those of its province or city: 粤科函资字 of 广东省科学技术厅.

    The letters of cities are believed on sites of that city, or where no other place has them.
    """
    above = {region.code for region in chain_of(near.region)}
    for size in (2, 1):
        letter, rest = flat[:size], flat[size:]
        codes = gazetteer().letters.get(letter, ())
        codes = tuple(c for c in codes if c in above) or codes
        if len(codes) != 1 or not rest:
            continue
        code, level = codes[0], level_of(codes[0])
        if level != "provincial" and letter not in OWN_LETTERS and code not in above:
            continue
        for length in range(min(4, len(rest)), 0, -1):
            if kinds := authority_file().letters.get(rest[:length]):
                body = _department_body(kinds, code, level, year)
                return Reading(level, code, body and _office_of(body, rest[length:]))
        return Reading(level, code, None)
    return None


def _below_prefix(flat: str, near: Near) -> Reading | None:
    """A district of the site's city by the first character of its name: 徐府发 of 徐汇区, seen from 上海市."""
    if not near.region or near.level == "national":
        return None
    if not (GOVERNMENT_LETTERS.match(flat, 1) or flat[1:3] in authority_file().letters):
        return None
    found = _counties(stem(near.region), flat[0])
    return Reading("county", found[0], None) if len(found) == 1 and found[0] != near.region else None


@cache
def _counties(inside: str, first: str) -> tuple[str, ...]:
    """Codes of the counties within a division whose names begin with one character."""
    names = region_names().items()
    return tuple(c for c, n in names if n[0] == first and c.startswith(inside) and level_of(c) == "county")


def _department_body(
    kinds: tuple[Department, ...], code: str, level: str, year: int | None
) -> Authority | None:
    """The department of a province or city with these letters in that year, where its name is regular."""
    alive = [k for k in kinds if k.valid_to is None or (year and year <= k.valid_to)]
    past = [k for k in alive if k.valid_to is not None]
    if not alive or len(past) > 1:
        return None
    kind = past[0] if past else alive[0]
    column = 2 if level == "municipal" else 1 if region_names()[code].endswith("市") else 0
    suffix = kind.suffixes[column]
    return lookup(region_names()[code] + kind.stem + suffix) if suffix else None


# Characters that stand for one city only, wherever they are printed (gazetteer names; GB/T 2260 has no short ones).
OWN_LETTERS = frozenset("穗深甬榕筑饶佛珠厦")
ORDER = re.compile(r"(?:令|公告|通告)$")
# What follows the first letter of a county's or city's government: 建政发 is no number of 建设部.
LOCAL_REST = re.compile(r"(?:政(?:发|办|函|字|规|任|复|文|通)|府|县|市|区|委(?:发|办)|发改)")


def _open_prefix(flat: str, year: int | None) -> Reading | None:
    """A national body by the beginning of a prefix: 发改能源 of 国家发展和改革委员会."""
    for size in range(len(flat), 0, -1):
        bodies = _alive(authority_file().open_prefixes.get(flat[:size], ()), year)
        if bodies and not (size == 1 and LOCAL_REST.match(flat, 1)):
            only = bodies[0] if len(bodies) == 1 else None
            return Reading("national", "", only and _office_of(only, flat[size:]))
    return None


def _office_of(body: Authority, rest: str) -> Authority:
    """The body's general office where a prefix goes on with 办 or 厅: 商办 of 商务部办公厅."""
    if not re.match(r"办|[\u4e00-\u9fff]?厅", rest):
        return body
    small = body.level != "national" or (body.name.endswith("局") and not body.name.endswith("总局"))
    name = body.name + ("办公室" if small else "办公厅")
    return replace(body, id=f"{body.id}/{name[-3:]}", name=name, prefixes=(), source="rule: office of a body")


def _alive(bodies: tuple[Authority, ...], year: int | None) -> tuple[Authority, ...]:
    """Those that existed in a year, without a year those that exist; in the year of a reform both do."""
    if year is None:
        return tuple(b for b in bodies if b.valid_to is None)
    return tuple(b for b in bodies if (b.valid_from or 0) <= year <= (b.valid_to or 9999))


def known_at_start(text: str, near: Near = NOWHERE) -> str:
    """The longest known name of a body that a text begins with; "" for none."""
    flat = text[:MAX_LEAD]
    for size in range(len(flat), 3, -1):
        if flat[size - 1] in LAST and (reading := read_body(flat[:size], near)) and reading.authority:
            return flat[:size]
    return ""
