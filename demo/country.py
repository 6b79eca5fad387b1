"""The country's map: regions, bodies with their number prefixes, and the sites they publish on."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Region:
    """One fictional division: `code` 99xxxx, `parent` the code above it ("" for the nation)."""

    code: str
    name: str
    level: str
    parent: str
    letter: str


@dataclass(frozen=True, slots=True)
class Authority:
    """One body; `prefixes` are the 机关代字 of its numbers, the usual one first."""

    id: str
    name: str
    aliases: tuple[str, ...]
    level: str
    region: str
    prefixes: tuple[str, ...]
    kind: str

    @property
    def prefix(self) -> str:
        """The usual 机关代字, such as 云政办发."""
        return self.prefixes[0]


@dataclass(frozen=True, slots=True)
class Channel:
    """One column of a site; `key` is its folder (TRS, UCAP), its column number (JCMS), else zcwj, zcjd or tzgg."""

    name: str
    type: str
    key: str
    pinned: bool = False
    cap: int = 0
    traits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Look:
    """How a site's pages are drawn: each field names one of the variants in `demo.dialects.parts`."""

    info: str
    labels: str
    body: str
    meta: str
    row: str
    date: str = "dash"
    attachments: str = "outside"
    issuer: str = "full"
    number_line: bool = False
    title_line: bool = False
    empty: str = ""
    tail: str = "_"
    charset: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Site:
    """One fictional site; `bodies` are the ids of those who publish on it, `id` is its host before .test.

    `variant` names one of several generations of the same platform, "" the usual one.
    """

    id: str
    name: str
    level: str
    region: str
    platform: str
    bodies: tuple[str, ...]
    channels: tuple[Channel, ...]
    look: Look
    weight: float
    code: str
    variant: str = ""

    @property
    def owner(self) -> str:
        """The site's name without the mark 演示."""
        return self.name.removesuffix("（演示）")


@dataclass(frozen=True, slots=True)
class Topic:
    """What documents are about, with the words of the trade."""

    name: str
    subject: str
    depts: tuple[str, ...]
    terms: tuple[str, ...]
    acts: tuple[str, ...]
    facts: tuple[str, ...]


REGIONS = (
    Region("990000", "演示国", "national", "", "演"),
    Region("990100", "云川省", "provincial", "990000", "云"),
    Region("990200", "海岚省", "provincial", "990000", "岚"),
    Region("990110", "示范市", "municipal", "990100", "示"),
    Region("990120", "样例市", "municipal", "990100", "样"),
    Region("990210", "模拟市", "municipal", "990200", "模"),
    Region("990111", "演练县", "county", "990110", "练"),
    Region("990112", "例证区", "county", "990110", "证"),
    Region("990121", "试点县", "county", "990120", "点"),
    Region("990122", "仿真区", "county", "990120", "仿"),
    Region("990211", "虚构县", "county", "990210", "构"),
)
REGION = {region.code: region for region in REGIONS}

# key → name stem, short stem, 机关代字, suffix at national · provincial · municipal · county level
DEPARTMENTS = {
    "fgw": ("发展和改革", "发改", "发改", "委员会 委员会 委员会 局"),
    "kj": ("科学技术", "科技", "科", "部 厅 局 局"),
    "gx": ("工业和信息化", "工信", "工信", "部 厅 局 局"),
    "cz": ("财政", "财政", "财", "部 厅 局 局"),
    "rs": ("人力资源和社会保障", "人社", "人社", "部 厅 局 局"),
    "jy": ("教育", "教育", "教", "部 厅 局 局"),
    "sthj": ("生态环境", "环保", "环", "部 厅 局 局"),
    "zj": ("住房和城乡建设", "住建", "建", "部 厅 局 局"),
    "jt": ("交通运输", "交通", "交", "部 厅 局 局"),
    "nync": ("农业农村", "农业", "农", "部 厅 局 局"),
    "sw": ("商务", "商务", "商", "部 厅 局 局"),
    "wl": ("文化和旅游", "文旅", "文旅", "部 厅 局 局"),
    "wj": ("卫生健康", "卫健", "卫", "委员会 委员会 委员会 局"),
    "mz": ("民政", "民政", "民", "部 厅 局 局"),
    "scjg": ("市场监督管理", "市场监管", "市监", "总局 局 局 局"),
    "yj": ("应急管理", "应急", "应急", "部 厅 局 局"),
    "sl": ("水利", "水利", "水", "部 厅 局 局"),
    "zr": ("自然资源", "自然资源", "自然资", "部 厅 局 局"),
    "ylbz": ("医疗保障", "医保", "医保", "局 局 局 局"),
    "sj": ("数据", "数据", "数", "局 局 局 局"),
}
LEVELS = ("national", "provincial", "municipal", "county")


def _government(region: Region) -> tuple[Authority, Authority]:
    name = "演示国政务院" if region.level == "national" else f"{region.name}人民政府"
    office = name + ("办公厅" if region.level in ("national", "provincial") else "办公室")
    short = "演示国政务院" if region.level == "national" else f"{region.name}政府"
    letter, level, code = region.letter, region.level, region.code
    alias = () if short == name else (short,)
    orders = (f"{name}令",) if level in ("national", "provincial") else ()
    main = Authority(
        f"{code}-gov",
        name,
        alias,
        level,
        code,
        (f"{letter}政发", f"{letter}政函", f"{letter}政规", *orders),
        "gov",
    )
    desk = Authority(
        f"{code}-office",
        office,
        (f"{short}办公厅" if "厅" in office and short != name else f"{short}办",),
        level,
        code,
        (f"{letter}政办发", f"{letter}政办函", f"{letter}政办规"),
        "office",
    )
    return main, desk


def _department(region: Region, key: str) -> Authority:
    stem, short, letters, suffixes = DEPARTMENTS[key]
    suffix = suffixes.split()[LEVELS.index(region.level)]
    brief = "委" if suffix == "委员会" else suffix
    base = region.letter + letters
    return Authority(
        f"{region.code}-{key}",
        f"{region.name}{stem}{suffix}",
        (f"{region.name}{short}{brief}",) if short != stem or brief != suffix else (),
        region.level,
        region.code,
        (f"{base}发", f"{base}函", f"{base}规"),
        key,
    )


@cache
def all_authorities() -> dict[str, Authority]:
    """Every body of the country by its id, such as 990100-office."""
    found: list[Authority] = []
    for region in REGIONS:
        found += _government(region)
        found += [_department(region, key) for key in DEPARTMENTS]
    return {authority.id: authority for authority in found}


@cache
def all_topics() -> tuple[Topic, ...]:
    """The topics of `topics.toml`."""
    data = tomllib.loads(Path(__file__).with_name("topics.toml").read_text(encoding="utf-8"))
    return tuple(
        Topic(
            t["name"], t["subject"], tuple(t["depts"]), tuple(t["terms"]), tuple(t["acts"]), tuple(t["facts"])
        )
        for t in data["topic"]
    )


def hex_id(*parts: object) -> str:
    """32 hex digits that look like a platform's ids and are the same in every run."""
    return hashlib.md5("|".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def digits(length: int, *parts: object) -> str:
    """A number of `length` digits that looks like a platform's ids and is the same in every run."""
    return str(10 ** (length - 1) + int(hex_id(*parts), 16) % (9 * 10 ** (length - 1)))


def _portal(region: str) -> tuple[str, ...]:
    return tuple(f"{region}-{key}" for key in ("gov", "office", *DEPARTMENTS))


def _trs(policy: str, interpretation: str = "", notice: str = "", pinned: str = "") -> tuple[Channel, ...]:
    rows = (
        ("政策文件", "policy", policy),
        ("政策解读", "interpretation", interpretation),
        ("通知公告", "notice", notice),
    )
    return tuple(Channel(name, kind, key, kind == pinned) for name, kind, key in rows if key)


_columns = _trs  # the three columns have the same names on every platform

SITES = (
    Site(
        "yanshi",
        "演示国政府网（演示）",
        "national",
        "990000",
        "trs",
        _portal("990000"),
        _trs("zhengce/zcwj", "zhengce/jiedu", pinned="policy"),
        Look("td", "state", "p", "full", "span"),
        1.5,
        "9900000001",
    ),
    Site(
        "yanshi-cz",
        "演示国财政部（演示）",
        "national",
        "990000",
        "jcms",
        ("990000-cz",),
        _columns("2101", "2102", "2103"),
        Look("th", "local", "mso", "swapped", "b", attachments="inside", number_line=True),
        0.9,
        "9900000002",
    ),
    Site(
        "yanshi-kj",
        "演示国科学技术部（演示）",
        "national",
        "990000",
        "ucap",
        ("990000-kj",),
        _columns("xxgk/zcwj", "xxgk/zcjd"),
        Look("ul", "local", "div", "lower", "json", "zh", empty="无"),
        0.8,
        "9900000003",
    ),
    Site(
        "yunchuan",
        "云川省人民政府（演示）",
        "provincial",
        "990100",
        "trs",
        _portal("990100"),
        _trs("zwgk/zcwj", "zwgk/zcjd", "zwgk/tzgg", pinned="notice"),
        Look("th", "local", "p", "full", "code", "zh", number_line=True, title_line=True),
        1.4,
        "9901000001",
    ),
    Site(
        "yunchuan-nync",
        "云川省农业农村厅（演示）",
        "provincial",
        "990100",
        "jcms",
        ("990100-nync",),
        _columns("3301", "3302"),
        Look("dl", "spaced", "p", "single", "span", issuer="alias", empty="-"),
        0.9,
        "9901000002",
    ),
    Site(
        "hailan",
        "海岚省人民政府（演示）",
        "provincial",
        "990200",
        "ucap",
        _portal("990200"),
        _columns("zwgk/c100101", "zwgk/c100102", "zwgk/c100103"),
        Look("header", "local", "p", "full", "json"),
        1.3,
        "9902000001",
    ),
    Site(
        "shifan",
        "示范市人民政府（演示）",
        "municipal",
        "990110",
        "jcms",
        _portal("990110"),
        _columns("4501", "4502", "4503", pinned="policy"),
        Look("td", "spaced", "mso", "full", "b", "zh", attachments="inside", title_line=True),
        1.2,
        "9901100001",
    ),
    Site(
        "yangli",
        "样例市人民政府（演示）",
        "municipal",
        "990120",
        "ucap",
        _portal("990120"),
        _columns("ylzwgk/zcwj", "ylzwgk/zcjd"),
        Look("dl", "alias", "spans", "lower", "json", "slash", empty="暂无", number_line=True),
        1.1,
        "9901200001",
    ),
    Site(
        "moni",
        "模拟市人民政府（演示）",
        "municipal",
        "990210",
        "trs",
        _portal("990210"),
        _trs("xxgk/wj", "xxgk/jd", "xxgk/gg"),
        Look("span", "alias", "br", "single", "table", issuer="alias", tail="-"),
        1.1,
        "9902100001",
    ),
    Site(
        "yanlian",
        "演练县人民政府（演示）",
        "county",
        "990111",
        "trs",
        _portal("990111"),
        _trs("zfxxgk/zcwj", notice="zfxxgk/gsgg"),
        Look("ul", "spaced", "mso", "swapped", "span", "zh", attachments="inside", tail=""),
        0.8,
        "9901110001",
    ),
    Site(
        "lizheng",
        "例证区人民政府（演示）",
        "county",
        "990112",
        "ucap",
        _portal("990112"),
        _columns("lzq/wjk"),
        Look("td", "state", "div", "full", "json", issuer="alias", empty="----"),
        0.7,
        "9901120001",
    ),
    Site(
        "shidian",
        "试点县人民政府（演示）",
        "county",
        "990121",
        "jcms",
        _portal("990121"),
        _columns("5601", "5602"),
        Look(
            "header",
            "alias",
            "br",
            "lower",
            "date-first",
            "slash",
            number_line=True,
            tail="-",
            charset="gb2312",
        ),
        0.8,
        "9901210001",
    ),
)
SITE = {site.id: site for site in SITES}


def regions() -> tuple[tuple[str, str, str, str], ...]:
    """The table of fictional regions: (code, name, level, code of the parent or "")."""
    return tuple((region.code, region.name, region.level, region.parent) for region in REGIONS)


def authorities() -> tuple[Authority, ...]:
    """The table of fictional bodies."""
    return tuple(all_authorities().values())


def is_above(upper: str, lower: str) -> bool:
    """Whether the region `upper` contains the region `lower` (and is not the same)."""
    while lower := REGION[lower].parent:
        if lower == upper:
            return True
    return False
