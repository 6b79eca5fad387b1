"""What a site is, as its TOML file declares it; no Scrapy in here.

`load_sites` reads a whole folder and reports every mistake of every file at once, a line each,
with the file, the key and the values that are allowed.
"""

import codecs
import difflib
import ipaddress
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from cssselect import HTMLTranslator, SelectorError

from crawlers.platforms import PLATFORMS
from normalizers.addresses import host_of
from normalizers.policy import CONTENT_TYPES, LEVELS

# Channels of private persons' matters: off unless the site file turns them on.
PRIVATE_TYPES = frozenset({"letter", "disclosure_request"})
DEFAULT_DELAY = 2.0
SITE_KEYS = (
    "name",
    "level",
    "region",
    "platform",
    "base",
    "hosts",
    "observed",
    "confirmed",
    "note",
    "fetch",
    "expect",
    "selectors",
    "channel",
)
CHANNEL_KEYS = ("name", "type", "list", "api", "selectors", "enabled")
FETCH_KEYS = ("delay", "concurrency", "referer")
EXPECT_KEYS = ("min_items", "max_silent_days")
LIST_SELECTORS = ("item", "link", "date", "number", "next")
DETAIL_SELECTORS = ("title", "body", "info", "attachments", "remove")
SELECTOR_KEYS = LIST_SELECTORS + DETAIL_SELECTORS
ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]|\d+\.\d+\.\d+\.\d+")
BASE = re.compile(r"https?://[^/?#\s]+/(?:[^?#\s]*/)?")
# GB/T 2260: six digits; towns add three more (GB/T 10114), villages another three.
REGION = re.compile(r"[1-9]\d{5}(?:\d{3}){0,2}", re.ASCII)
# The shape of a code by level. Cities and counties governed by the province itself (天门 429006) are xx90xx.
REGION_SHAPES: Mapping[str, tuple[re.Pattern[str], str]] = {
    "provincial": (re.compile(r"\d\d0000"), "省级代码以 0000 结尾"),
    "municipal": (re.compile(r"\d\d(?!00)\d\d00|\d\d90\d\d"), "市级代码以 00 结尾而不以 0000 结尾"),
    "county": (re.compile(r"\d{4}(?!00)\d\d"), "县级代码为 6 位，不以 00 结尾"),
    "township": (re.compile(r"\d{9}(?:\d{3})?"), "乡镇代码为 9 或 12 位"),
}
# Codes that GB/T 2260 does not give out: fictional places, of any shape.
FICTIONAL = "99"
# The loader has no clock: years that are certainly typed wrongly.
YEARS = range(2000, 2101)
# What tomllib says of a key or table that stands twice (CPython 3.11 to 3.14).
TWICE = re.compile(r"Cannot (?:overwrite a value|declare .+ twice|mutate immutable).*\(at line (\d+)")
INLINE_CHANNELS = re.compile(r"^channel[ \t]*=[ \t]*\[", re.MULTILINE)
Selectors = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Fetch:
    """How a site wants to be asked: seconds between requests, requests at a time, a Referer."""

    delay: float = DEFAULT_DELAY
    concurrency: int = 1
    referer: str = ""


@dataclass(frozen=True, slots=True)
class Expect:
    """What is normal for a site: least rows on a first list page, longest silence in days (0 = not said)."""

    min_items: int = 0
    max_silent_days: int = 0


@dataclass(frozen=True, slots=True)
class Channel:
    """One column of a site; `list` is the absolute address of its first list page.

    A channel with `seeds` has no list: its detail addresses are given (a replay of saved pages).
    """

    name: str
    type: str
    list: str
    api: Mapping[str, str] = field(default_factory=dict)
    selectors: Selectors = field(default_factory=dict)
    enabled: bool = True
    seeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """One government site; `hosts` holds every host that belongs to it, that of `base` included.

    Exactly one of `observed` (what the file rests on) and `confirmed` (day of a crawl that passed
    every check) is set; `region` is "" where the site covers the whole nation.
    """

    id: str
    name: str
    level: str
    region: str
    platform: str
    base: str
    hosts: frozenset[str]
    channels: tuple[Channel, ...]
    fetch: Fetch = field(default_factory=Fetch)
    expect: Expect = field(default_factory=Expect)
    observed: str = ""
    confirmed: date | None = None
    note: str = ""

    @property
    def active(self) -> tuple[Channel, ...]:
        """The channels that are crawled."""
        return tuple(channel for channel in self.channels if channel.enabled)

    def channel(self, name: str) -> Channel | None:
        """The channel of this name; None where the site has none (it was renamed or taken out)."""
        return next((channel for channel in self.channels if channel.name == name), None)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a site file; `key` is "" where the whole file is meant."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}：{self.key}：{self.message}" if self.key else f"{self.file}：{self.message}"


class SiteFileError(Exception):
    """Site files cannot be used; `mistakes` names every one of them, `str()` gives a line each."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


def load_site(path: Path) -> Site:
    """Load one site file; the stem of its name is the id. Raises SiteFileError."""
    mistakes: list[Mistake] = []
    site = _read_site(path, path.name, mistakes)
    if site is None:
        raise SiteFileError(mistakes)
    return site


def load_sites(folder: Path) -> dict[str, Site]:
    """Load every `*.toml` below a folder, by id. Raises SiteFileError with all mistakes of all files."""
    mistakes: list[Mistake] = []
    sites: dict[str, Site] = {}
    first: dict[str, str] = {}
    addresses: dict[object, str] = {}
    if not folder.is_dir():
        raise SiteFileError([Mistake(str(folder), "", "站点文件夹不存在")])
    for path in sorted(folder.rglob("*.toml")):
        label = path.relative_to(folder).as_posix()
        if path.stem in first:
            mistakes.append(Mistake(label, "", f"与 {first[path.stem]} 重名：文件名即站点标识，必须唯一"))
            continue
        first[path.stem] = label
        site = _read_site(path, label, mistakes)
        if site is None:
            continue
        sites[site.id] = site
        other = addresses.setdefault((site.base, frozenset(map(_place, site.channels))), label)
        if other != label:
            mistakes.append(Mistake(label, "base", f"与 {other} 是同一个站点：base 与全部栏目的地址都相同"))
    if mistakes:
        raise SiteFileError(mistakes)
    return sites


def sites_for_host(sites: Mapping[str, Site], host: str) -> list[Site]:
    """The sites a host belongs to, those whose base lies on it first."""
    found = [site for site in sites.values() if host in site.hosts]
    return sorted(found, key=lambda site: host_of(site.base) != host)


def _read_site(path: Path, label: str, mistakes: list[Mistake]) -> Site | None:
    """Read one file; None (and at least one mistake) where it is wrong."""
    before = len(mistakes)
    if not ID.fullmatch(path.stem):
        mistakes.append(Mistake(label, "", "文件名只能用小写字母、数字、_ 和 -"))
    try:
        data = _read_toml(path)
    except ValueError as error:
        mistakes.append(Mistake(label, "", str(error)))
        return None
    top = _Table(label, "", data, mistakes)
    top.check_keys(SITE_KEYS)
    base = _read_base(top)
    hosts = frozenset({host_of(base), *_read_hosts(top)}) - {""}
    platform = top.choice("platform", sorted(PLATFORMS))
    level = top.choice("level", LEVELS)
    observed, confirmed = _read_standing(top)
    site = Site(
        id=path.stem,
        name=top.text("name"),
        level=level,
        region=_read_region(top, level),
        platform=platform,
        base=base,
        hosts=hosts,
        channels=_read_channels(top, base, hosts, platform),
        fetch=_read_fetch(top, base),
        expect=_read_expect(top),
        observed=observed,
        confirmed=confirmed,
        note=top.text("note", required=False),
    )
    return site if len(mistakes) == before else None


def _read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file. Raises ValueError that says, in Chinese, why it cannot be read."""
    if path.is_dir():
        raise ValueError("这是文件夹，不是站点文件；文件夹名不要以 .toml 结尾")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ValueError(f"无法读取（{error.strerror}）") from error
    if data.startswith(codecs.BOM_UTF8):
        raise ValueError("文件以 BOM 开头；请另存为不带 BOM 的 UTF-8")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ValueError("文件是 UTF-16 编码；请另存为不带 BOM 的 UTF-8")
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"不是 UTF-8 编码（第 {line} 行起；可能是 GBK）；请另存为 UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        if twice := TWICE.search(str(error)):
            cure = "只留其中一处"
            if INLINE_CHANNELS.search(data.decode("utf-8")):
                cure = "channel = [...] 不能与 [[channel]] 并用，请把那一行也改写成 [[channel]] 及其下各行"
            raise ValueError(f"第 {twice[1]} 行：同一个键或表写了两次；{cure}") from error
        raise ValueError(f"不是有效的 TOML（{error}）") from error


@dataclass(frozen=True, slots=True)
class _Table:
    """A TOML table under examination: every getter notes what is wrong and returns a harmless value."""

    label: str
    prefix: str
    data: Mapping[str, Any]
    mistakes: list[Mistake]

    def wrong(self, key: str, message: str) -> None:
        self.mistakes.append(Mistake(self.label, self.prefix + key, message))

    def check_keys(self, allowed: Sequence[str]) -> None:
        for key in self.data:
            if key not in allowed:
                close = difflib.get_close_matches(key, allowed, n=1)
                hint = f"，是否想写 {close[0]}？" if close else "。"
                self.wrong(key, f"没有这个键{hint}可用的键：{'、'.join(allowed) or '（无）'}")

    def text(self, key: str, *, required: bool = True, limit: int = 2000) -> str:
        value = self.data.get(key)
        if value is None:
            if required:
                self.wrong(key, "缺少这个键")
            return ""
        if not isinstance(value, str) or not value.strip() or len(value) > limit:
            self.wrong(key, f"应为不超过 {limit} 字的非空文字")
            return ""
        return value.strip()

    def choice(self, key: str, allowed: Iterable[str]) -> str:
        value = self.text(key)
        options = list(allowed)
        if value and value not in options:
            close = difflib.get_close_matches(value, options, n=1)
            hint = f"，是否想写 {close[0]}？" if close else "。"
            self.wrong(key, f"不认识 {value!r}{hint}可用的值：{'、'.join(options)}")
            return ""
        return value

    def table(self, key: str, allowed: Sequence[str] | None) -> "_Table":
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            self.wrong(key, "应为一个表")
            value = {}
        inner = _Table(self.label, f"{self.prefix}{key}.", value, self.mistakes)
        if allowed is not None:
            inner.check_keys(allowed)
        return inner

    def number(self, key: str, default: float, low: float, high: float, *, whole: bool = False) -> float:
        value = self.data.get(key, default)
        fits = isinstance(value, int) if whole else isinstance(value, int | float)
        if isinstance(value, bool) or not fits or not low <= value <= high:
            self.wrong(key, f"应为 {low:g} 到 {high:g} 之间的{'整数' if whole else '数'}")
            return default
        return float(value)


def _read_base(top: _Table) -> str:
    base = _implied_base(top) or top.text("base")
    if not base:
        return ""
    if not BASE.fullmatch(base) or not HOST.fullmatch(host_of(base)):
        top.wrong("base", "应为以 http:// 或 https:// 开头、以 / 结尾的地址")
        return ""
    if not _port_fits(base):
        top.wrong("base", "端口应在 1 到 65535 之间")
    if not _is_public(host_of(base)):
        top.wrong("base", f"{host_of(base)} 不是公网地址")
    return base


def _implied_base(top: _Table) -> str:
    """The root of the host of the first list, where `base` is left out and that list is a whole address."""
    channels = top.data.get("channel")
    first = channels[0] if isinstance(channels, list) and channels else None
    address = first.get("list") if isinstance(first, dict) else None
    return root_of(address) if "base" not in top.data and isinstance(address, str) else ""


def root_of(address: str) -> str:
    """Scheme and host of a whole address, as `base` is written; "" for any other."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}/" if parts.scheme in ("http", "https") and parts.netloc else ""


def _port_fits(address: str) -> bool:
    try:
        return urlsplit(address).port != 0
    except ValueError:
        return False


def _is_public(host: str) -> bool:
    """Whether a host is a name, or the literal of a public address; HOST lets no IPv6 pass."""
    if not host.replace(".", "").isdigit():
        return True
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _read_hosts(top: _Table) -> list[str]:
    value = top.data.get("hosts", [])
    if not isinstance(value, list) or not all(isinstance(x, str) and HOST.fullmatch(x) for x in value):
        top.wrong("hosts", '应为主机名列表，例如 ["zwgk.example.gov.cn"]，不带协议、端口和路径')
        return []
    for host in value:
        if not _is_public(host):
            top.wrong("hosts", f"{host} 不是公网地址")
    return value


def _read_region(top: _Table, level: str) -> str:
    value = top.data.get("region")
    if level == "national" and value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        top.wrong("region", f'应写成文字，加引号，例如 region = "{value}"')
        return ""
    region = top.text("region")
    if region and not REGION.fullmatch(region):
        top.wrong("region", '应为 GB/T 2260 的 6 位数字代码（乡镇 9 或 12 位），写成文字，例如 "610200"')
    elif region and level and not region.startswith(FICTIONAL):
        _check_shape(top, level, region)
    return region


def _check_shape(top: _Table, level: str, region: str) -> None:
    if level == "national":
        top.wrong("region", "国家级站点不写 region")
        return
    shape, rule = REGION_SHAPES[level]
    if not shape.fullmatch(region):
        top.wrong("region", f"{region} 与 level = {level!r} 不符：{rule}")


def _read_standing(top: _Table) -> tuple[str, date | None]:
    """`observed` or `confirmed`, exactly one of them."""
    if ("observed" in top.data) == ("confirmed" in top.data):
        top.wrong("observed", "observed 与 confirmed 必须且只能写一个")
        return "", None
    if "observed" in top.data:
        return top.text("observed"), None
    confirmed = top.data["confirmed"]
    if not isinstance(confirmed, date) or isinstance(confirmed, datetime):
        top.wrong("confirmed", "应为日期，不加引号，例如 2026-12-01")
        return "", None
    if confirmed.year not in YEARS:
        top.wrong("confirmed", f"{confirmed.year} 年不可能是抓取通过检查的年份")
    return "", confirmed


def _read_fetch(top: _Table, base: str) -> Fetch:
    table = top.table("fetch", FETCH_KEYS)
    delay = table.number("delay", DEFAULT_DELAY, 0, 600)
    if delay == 0 and base and not host_of(base).endswith(".test"):
        table.wrong("delay", "只有 .test 主机可以写 0")
    referer = table.text("referer", required=False)
    if referer and not host_of(referer):
        table.wrong("referer", "应为完整地址")
    return Fetch(delay, int(table.number("concurrency", 1, 1, 8, whole=True)), referer)


def _read_expect(top: _Table) -> Expect:
    table = top.table("expect", EXPECT_KEYS)
    return Expect(
        int(table.number("min_items", 0, 0, 1000, whole=True)),
        int(table.number("max_silent_days", 0, 0, 3650, whole=True)),
    )


def _read_selectors(table: _Table) -> dict[str, tuple[str, ...]]:
    inner = table.table("selectors", SELECTOR_KEYS)
    found: dict[str, tuple[str, ...]] = {}
    for key in SELECTOR_KEYS:
        value = inner.data.get(key)
        if value is None:
            continue
        options = [value] if isinstance(value, str) else value
        if not isinstance(options, list) or not options or not all(isinstance(x, str) for x in options):
            inner.wrong(key, "应为 CSS 选择器，或其列表")
            continue
        for option in options:
            try:
                HTMLTranslator().css_to_xpath(option)
            except SelectorError as error:
                inner.wrong(key, f"CSS 选择器 {option!r} 无效（{error}）")
        found[key] = tuple(options)
    return found


def _read_channels(top: _Table, base: str, hosts: frozenset[str], platform: str) -> tuple[Channel, ...]:
    value = top.data.get("channel", [])
    if not isinstance(value, list) or not value or not all(isinstance(x, dict) for x in value):
        top.wrong("channel", "至少需要一个 [[channel]]")
        return ()
    shared = _read_selectors(top)
    channels: list[Channel] = []
    for number, data in enumerate(value, 1):
        table = _Table(top.label, f"channel[{number}].", data, top.mistakes)
        channel = _read_channel(table, base, hosts, platform, shared)
        if channel.name and any(channel.name == other.name for other in channels):
            table.wrong("name", f"栏目名 {channel.name!r} 重复")
        elif channel.list and (same := _same_place(channel, channels)):
            table.wrong("list", f"与 channel[{same}] 的地址和选择器相同")
        channels.append(channel)
    if not any(channel.enabled for channel in channels):
        top.wrong("channel", "没有启用的栏目；信箱、依申请公开等栏目默认不抓取，需写 enabled = true")
    return tuple(channels)


def _place(channel: Channel) -> object:
    """What tells one list from another: its address, and the interface its rows come from."""
    return channel.list, frozenset(channel.api.items())


def _same_place(channel: Channel, others: Sequence[Channel]) -> int:
    """The number (from 1) of a channel that reads the same rows; 0 where none does.

    One page may hold the lists of several channels, told apart by their selectors.
    """
    for number, other in enumerate(others, 1):
        if _place(channel) == _place(other) and channel.selectors == other.selectors:
            return number
    return 0


def _read_channel(
    table: _Table, base: str, hosts: frozenset[str], platform: str, shared: Selectors
) -> Channel:
    table.check_keys(CHANNEL_KEYS)
    content_type = table.choice("type", CONTENT_TYPES)
    enabled = table.data.get("enabled", content_type not in PRIVATE_TYPES)
    if not isinstance(enabled, bool):
        table.wrong("enabled", "应为 true 或 false")
        enabled = True
    address = _join(base, table.text("list"))
    if base and "list" in table.data and host_of(address) not in hosts:
        table.wrong("list", f"{address} 不在本站主机之内；确属本站请写入 hosts")
    return Channel(
        name=table.text("name", limit=120),
        type=content_type,
        list=address,
        api=_read_api(table, platform, address, hosts),
        selectors={**shared, **_read_selectors(table)},
        enabled=enabled,
    )


def _read_api(table: _Table, platform: str, address: str, hosts: frozenset[str]) -> dict[str, str]:
    allowed = PLATFORMS[platform].api_keys if platform in PLATFORMS else None
    inner = table.table("api", allowed)
    for key, value in inner.data.items():
        if isinstance(value, bool) or not isinstance(value, str | int):
            inner.wrong(key, "应为文字或整数")
        elif allowed is not None and key in allowed:
            _check_api(inner, key, str(value), address, hosts)
    return {key: str(value) for key, value in inner.data.items()}


def _check_api(inner: _Table, key: str, value: str, address: str, hosts: frozenset[str]) -> None:
    if key == "paging" and "{n}" not in value:
        inner.wrong(key, "应含 {n}，抓取时换成页码")
    elif key == "paging" and address and host_of(_join(address, value)) not in hosts:
        inner.wrong(key, f"{_join(address, value)} 不在本站主机之内；确属本站请写入 hosts")


def _join(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address
