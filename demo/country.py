"""The country's map: regions, bodies with their number prefixes, and the sites they publish on."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from demo.places import REGIONS, Region
from demo.roster import ROSTER


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
    """One column of a site; `key` is its folder (TRS, UCAP), its column number (JCMS), else zcwj, zcjd or tzgg.

    A list with a `cap` ends after that many rows but declares all; `traits` are the other peculiarities
    of demo/roster.py: repeat, sublinks, offsite, cross, redirect, files.
    """

    name: str
    type: str
    key: str
    pinned: bool = False
    cap: int = 0
    traits: frozenset[str] = frozenset()

    @property
    def limited(self) -> bool:
        """Whether paging cannot reach every row that the list declares."""
        return bool(self.cap) or "repeat" in self.traits


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

    `variant` names one of several generations of the same platform, "" the usual one. A site with
    `soft404` answers for what is gone with its front page, and its lists go on naming it.
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
    soft404: bool = False

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
    "wx": ("网络信息", "网信", "网信", "办公室 办公室 办公室 办公室"),
    "jr": ("金融监督管理", "金融监管", "金", "总局 局 局 局"),
    "ny": ("能源", "能源", "能源", "局 局 局 局"),
    "gz": ("国有资产监督管理", "国资", "国资", "委员会 委员会 委员会 局"),
    "sjt": ("审计", "审计", "审", "署 厅 局 局"),
    "sws": ("税务", "税务", "税", "总局 局 局 局"),
}
LEVELS = ("national", "provincial", "municipal", "county")
COLUMNS = {
    "p": ("政策文件", "policy", "zcwj"),
    "j": ("政策解读", "interpretation", "zcjd"),
    "n": ("通知公告", "notice", "tzgg"),
}
FOLDERS = ("zwgk", "xxgk", "zfxxgk/fdzdgknr", "zhengce")
UCAP_FOLDERS = ("zwgk", "xxgk", "zfxxgk")


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


def _channels(
    platform: str, number: int, letters: str, traits: dict[str, dict[str, int]]
) -> tuple[Channel, ...]:
    found = []
    for letter in letters:
        name, kind, slug = COLUMNS[letter]
        key = slug
        if platform == "trs":
            key = f"{FOLDERS[number % len(FOLDERS)]}/{slug}"
        elif platform == "ucap":
            key = f"{UCAP_FOLDERS[number % len(UCAP_FOLDERS)]}/{slug}"
        elif platform == "jcms":
            key = str(2001 + 11 * number + "pjn".index(letter))
        own = traits.get(letter, {})
        names = frozenset(own) - {"pinned", "cap"}
        found.append(Channel(name, kind, key, "pinned" in own, own.get("cap", 0), names))
    return tuple(found)


def _look(site: str, platform: str, variant: str, old: bool) -> Look:
    """A look drawn by lot, the same in every run."""
    rng = Random(f"look/{site}")
    rows = {"trs": ("span", "span", "code", "table"), "jcms": ("span", "b", "date-first")}
    return Look(
        info=rng.choice(("td", "th", "ul", "dl", "header", "span")),
        labels=rng.choice(("state", "local", "local", "spaced", "alias")),
        body=rng.choice(("p", "p", "mso", "div", "spans", "br")),
        meta=rng.choice(("full", "full", "lower", "single", "swapped")),
        row=rng.choice(rows.get(platform, ("span",))) if not variant else "span",
        date=rng.choice(("dash", "dash", "zh", "slash")),
        attachments=rng.choice(("outside", "outside", "inside")),
        issuer=rng.choice(("full", "full", "alias")),
        number_line=rng.random() < 0.35,
        title_line=rng.random() < 0.2,
        empty=rng.choice(("", "", "无", "-", "暂无", "----")),
        tail=rng.choice(("_", "_", "-", "")),
        charset="gb2312" if old else "utf-8",
    )


def _site(number: int, line: str) -> Site:
    place, dept, family, letters, weight, *more = line.split()
    region = next(region for region in REGIONS if region.id == place)
    platform, _, variant = family.partition("/")
    traits: dict[str, dict[str, int]] = {}
    for item in more:
        trait, _, letter = item.partition("@")
        name, _, value = trait.partition(":")
        traits.setdefault(letter, {})[name] = int(value or 0)
    name_id = place if dept == "-" else f"{place}-{dept}"
    if dept == "-":
        owner = "演示国政府网" if region.level == "national" else f"{region.name}人民政府"
    else:
        owner = all_authorities()[f"{region.code}-{dept}"].name
    return Site(
        id=name_id, name=f"{owner}（演示）", level=region.level, region=region.code, platform=platform,
        bodies=_portal(region.code) if dept == "-" else (f"{region.code}-{dept}",),
        channels=_channels(platform, number, letters, traits),
        look=_look(name_id, platform, variant, "gb2312" in traits.get("", {})),
        weight=float(weight), code=f"{region.code}{number + 1:04d}", variant=variant,
        soft404="soft404" in traits.get("", {}),
    )  # fmt: skip


SITES = tuple(_site(number, line) for number, line in enumerate(ROSTER.strip().splitlines()))
SITE = {site.id: site for site in SITES}
# Twelve sites of the three commonest families over all four levels: a country small enough for quick tests.
STARTERS = (
    "yanshi-fgw", "yanshi-cz", "yanshi-kj", "yunchuan", "yunchuan-nync", "hailan", "shifan", "yangli", "moni",
    "yanlian", "lizheng", "shidian",
)  # fmt: skip


def regions() -> tuple[tuple[str, str, str, str], ...]:
    """The table of fictional regions: (code, name, level, code of the parent or "")."""
    return tuple((region.code, region.name, region.level, region.parent) for region in REGIONS)


def authorities() -> tuple[Authority, ...]:
    """The table of fictional bodies."""
    return tuple(all_authorities().values())
