"""What a site is, as its TOML file declares it; no Scrapy in here.

`load_sites` reads a whole folder and reports every mistake of every file at once, a line each,
with the file, the key and the values that are allowed.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

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
# GB/T 2260: six digits; towns add three more (GB/T 10114).
BASE = re.compile(r"https?://[^/?#\s]+/(?:[^?#\s]*/)?")
REGION = re.compile(r"[1-9]\d{5}(?:\d{3}){0,2}")
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
    if not folder.is_dir():
        raise SiteFileError([Mistake(str(folder), "", "站点文件夹不存在")])
    for path in sorted(folder.rglob("*.toml")):
        label = path.relative_to(folder).as_posix()
        if path.stem in first:
            mistakes.append(Mistake(label, "", f"与 {first[path.stem]} 重名：文件名即站点标识，必须唯一"))
            continue
        first[path.stem] = label
        site = _read_site(path, label, mistakes)
        if site is not None:
            sites[site.id] = site
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
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        mistakes.append(Mistake(label, "", f"不是有效的 TOML（{error}）"))
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
    base = top.text("base")
    if not base:
        return ""
    if not BASE.fullmatch(base) or not HOST.fullmatch(host_of(base)):
        top.wrong("base", "应为以 http:// 或 https:// 开头、以 / 结尾的地址")
        return ""
    return base


def _read_hosts(top: _Table) -> list[str]:
    value = top.data.get("hosts", [])
    if not isinstance(value, list) or not all(isinstance(x, str) and HOST.fullmatch(x) for x in value):
        top.wrong("hosts", '应为主机名列表，例如 ["zwgk.example.gov.cn"]，不带协议、端口和路径')
        return []
    return value


def _read_region(top: _Table, level: str) -> str:
    if level == "national" and "region" not in top.data:
        return ""
    region = top.text("region")
    if region and not REGION.fullmatch(region):
        top.wrong("region", '应为 GB/T 2260 的 6 位数字代码（乡镇 9 或 12 位），写成文字，例如 "610200"')
    return region


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
        channels.append(channel)
    return tuple(channels)


def _read_channel(
    table: _Table, base: str, hosts: frozenset[str], platform: str, shared: Selectors
) -> Channel:
    table.check_keys(CHANNEL_KEYS)
    content_type = table.choice("type", CONTENT_TYPES)
    enabled = table.data.get("enabled", content_type not in PRIVATE_TYPES)
    if not isinstance(enabled, bool):
        table.wrong("enabled", "应为 true 或 false")
        enabled = False
    address = _join(base, table.text("list"))
    if base and "list" in table.data and host_of(address) not in hosts:
        table.wrong("list", f"{address} 不在本站主机之内；确属本站请写入 hosts")
    return Channel(
        name=table.text("name", limit=120),
        type=content_type,
        list=address,
        api=_read_api(table, platform),
        selectors={**shared, **_read_selectors(table)},
        enabled=enabled,
    )


def _read_api(table: _Table, platform: str) -> dict[str, str]:
    allowed = PLATFORMS[platform].api_keys if platform in PLATFORMS else None
    inner = table.table("api", allowed)
    for key, value in inner.data.items():
        if isinstance(value, bool) or not isinstance(value, str | int):
            inner.wrong(key, "应为文字或整数")
    return {key: str(value) for key, value in inner.data.items()}


def _join(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address
