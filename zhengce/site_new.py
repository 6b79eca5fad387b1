"""`zhengce site new`: from an address to a site file with golden files, without Python."""

import asyncio
import functools
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NoReturn
from urllib.parse import urljoin

import click

from crawlers.asking import Asker, AskFailed, SavedPages
from crawlers.channel_reading import ChannelReading
from crawlers.columns import Column
from crawlers.domains import domain_of
from crawlers.golden import GoldenError, compare_golden, golden_folder, replace_golden, store_golden
from crawlers.permission import CrawlRefused, demand_contact
from crawlers.place import PROVINCES, Place, level_of, recognise_place, site_names
from crawlers.roster import NAME as ROSTER
from crawlers.site import ID, REGION, Site, SiteFileError, load_site, load_sites
from crawlers.site_text import site_text
from crawlers.strangers import newcomer
from crawlers.survey import Order, Survey, survey_site
from normalizers.addresses import host_of
from normalizers.encoding import decode_page
from normalizers.failures import ADVICE, BLOCKED, Failure
from normalizers.policy import CONTENT_TYPES, LEVELS
from normalizers.regions import region_names
from pipelines.clock import day_of, system_clock
from pipelines.config import Config
from zhengce.saved_site import SavedPagesError, load_saved_site
from zhengce.site_network import NETWORK_ADVICE, ask_options
from zhengce.site_preview import preview

TROUBLE, USAGE = 1, 2
# One page takes at most 15 s and its retry as long; a site that needs more is told so.
SECONDS = 55.0
CHANNEL = re.compile(r"(?P<name>[^=]+)=(?P<type>\w+)@(?P<url>.+)")
ADDRESS = re.compile(r"https?://[^\s/?#]+", re.IGNORECASE)


class ChannelType(click.ParamType[Column]):
    """`NAME=TYPE@URL` as a column."""

    name = "名称=类别@网址"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Column:
        """The column; its address may be relative to that of the site."""
        found = CHANNEL.fullmatch(str(value))
        if found is None:
            self.fail("应为 名称=类别@网址，如 政策文件=policy@/zwgk/zcwj/", param, ctx)
        if found["type"] not in CONTENT_TYPES:
            self.fail(f"不认识类别 {found['type']!r}，可用：{'、'.join(CONTENT_TYPES)}", param, ctx)
        return Column(found["name"].strip(), found["type"], found["url"].strip(), 1.0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator asked for besides the address: where to write, what is known already."""

    out: Path | None
    id: str | None
    level: str | None
    region: str | None
    force: bool
    roster: bool


@click.command("new", short_help="从网址生成站点文件与样本页。")
@click.argument("arguments", nargs=-1, metavar="[网址] [文件]...")
@click.option("--url", metavar="网址", help="列表页原来的网址（与 --from 同用，网页自己没有写明时）。")
@click.option(
    "--from", "files", multiple=True, metavar="文件", help="从保存的网页生成，不访问网络；可跟多个文件。"
)
@click.option(
    "--channel", "channels", multiple=True, type=ChannelType(), help="指定栏目，可重复；默认自动寻找一个。"
)
@click.option(
    "--out",
    metavar="目录",
    type=click.Path(path_type=Path, file_okay=False),
    help="写到这个目录（默认站点文件目录下按省分的目录）。",
)
@click.option("--id", "name", metavar="标识", help="站点标识，即文件名（默认由主机名得出）。")
@click.option("--level", type=click.Choice(list(LEVELS)), help="层级；网页上读不出时填写。")
@click.option("--region", metavar="代码", help="行政区划代码（GB/T 2260）；网页上读不出时填写。")
@click.option("--force", is_flag=True, help="替换已有的站点文件与样本页，并说明替换了什么。")
@click.option("--roster/--no-roster", default=True, help="是否写入核心名单 core.roster（有这个文件时）。")
@click.pass_obj
def site_new_command(
    config: Config,
    /,
    arguments: tuple[str, ...],
    url: str | None,
    files: tuple[str, ...],
    channels: tuple[Column, ...],
    name: str | None,
    **options: object,
) -> None:
    """从网址生成站点文件（不超过 10 行）与样本页，不用写程序。

    认出平台、层级与地区，找到政策栏目，读一页列表和两篇文件，把网页连同读出的结果存为样本
    （站点文件旁的 <标识>.golden），并列出需要人核对的地方。只问几页，遵守 robots.txt，不受夜间窗口限制。

    退出码：0 已写出；1 站点拒绝或读不出条目，什么也没写；2 用法错误。
    """
    order, saved = _order(arguments, url, files, channels)
    wanted = Wanted(id=name, **options)  # type: ignore[arg-type]
    _check_wanted(wanted)
    today = day_of(system_clock())
    try:
        known = load_sites(config.sites)
        if guess := wanted.id or (_id_of(order.url) if order.url else ""):
            _refuse_taken(config, known, wanted, guess)
        survey = _survey_saved(order, saved, today) if saved else _survey_network(config, order, today)
        _finish(config, known, survey, wanted, today)
    except (SiteFileError, CrawlRefused, SavedPagesError) as error:
        _stop(str(error), USAGE)
    except AskFailed as error:
        _stop(_told(error), TROUBLE)


# what was asked for


def _order(
    arguments: Sequence[str], url: str | None, files: Sequence[str], channels: tuple[Column, ...]
) -> tuple[Order, tuple[Path, ...]]:
    """The address and the saved files among the arguments."""
    addresses = [one for one in (*arguments, *([url] if url else [])) if ADDRESS.match(one)]
    rest = [one for one in arguments if not ADDRESS.match(one)]
    if url is not None and not ADDRESS.match(url):
        raise click.UsageError(f"--url 应为以 http:// 或 https:// 开头的网址：{url!r}")
    if rest and not files:
        raise click.UsageError(
            f"{rest[0]!r} 不是网址（应以 http:// 或 https:// 开头）；若是保存的网页，请写在 --from 之后"
        )
    if len(set(addresses)) > 1:
        raise click.UsageError(f"只能给一个网址：{'、'.join(addresses)}")
    if not addresses and not files:
        raise click.UsageError(
            "请给出网址，如 zhengce site new https://www.example.gov.cn/；或用 --from 给出保存的网页"
        )
    if channels and files:
        raise click.UsageError("--channel 与 --from 不能同用：保存的网页只生成一个栏目")
    address = addresses[0] if addresses else ""
    if address and not _usable(address):
        raise click.UsageError(f"网址不可用：{address!r}")
    return Order(address, _absolute(channels, address)), tuple(Path(one) for one in (*files, *rest))


def _usable(address: str) -> bool:
    host = host_of(address)
    return "." in host and not re.search(r"\s", address) and len(address) < 2000


def _absolute(channels: tuple[Column, ...], address: str) -> tuple[Column, ...]:
    made = tuple(replace(column, url=urljoin(address, column.url)) for column in channels)
    for column in made:
        if host_of(column.url) != host_of(address):
            raise click.UsageError(
                f"--channel 的网址不在 {host_of(address)} 上：{column.url}（另一主机请另建站点）"
            )
    return made


def _check_wanted(wanted: Wanted) -> None:
    if wanted.id is not None and not ID.fullmatch(wanted.id):
        raise click.UsageError(f"--id 只能用小写字母、数字、_ 和 -：{wanted.id!r}")
    if wanted.region is not None and not REGION.fullmatch(wanted.region):
        raise click.UsageError(f"--region 应为 6 位行政区划代码（乡镇 9 或 12 位）：{wanted.region!r}")
    if wanted.level == "national" and wanted.region:
        raise click.UsageError("国家级站点不写 --region")


# surveying


def _survey_saved(order: Order, files: Sequence[Path], today: date) -> Survey:
    saved = load_saved_site(files, order.url or None, today)
    for name in saved.unused:
        click.echo(f"未使用 {name}：不是列表中的文件", err=True)
    wanted = replace(order, url=saved.url, whole=True, details=saved.details, hosts=(host_of(saved.url),))
    return asyncio.run(survey_site(SavedPages(saved.answers), wanted, today))


def _survey_network(config: Config, order: Order, today: date) -> Survey:
    # Scrapy is imported only where a network is asked.
    from crawlers.survey_child import Job, SurveyBroken, survey_sites

    site = newcomer(order.url, *order.hosts)
    demand_contact([site], config.contact)
    job = Job(site, functools.partial(_work, order, today), SECONDS)
    click.echo(f"正在访问 {host_of(order.url)}（每次一页，间隔 {site.fetch.delay:g} 秒）…", err=True)
    try:
        ((_, result),) = survey_sites([job], ask_options(config, [site]))
    except SurveyBroken as error:
        raise AskFailed(Failure.CRAWL_CRASHED, str(error), order.url) from error
    if isinstance(result, AskFailed):
        further = _further_host(result, site)
        if further is None or order.hosts:
            raise result
        return _survey_network(config, replace(order, hosts=(further,)), today)
    assert isinstance(result, Survey)
    return result


def _further_host(error: AskFailed, site: Site) -> str | None:
    """The host of the same owner that the site sends to (its interface, its new name); None for anything else."""
    if error.failure not in (Failure.OFF_SITE, Failure.OFF_SITE_REDIRECT):
        return None
    named = (host_of(url) for url in re.findall(r"https?://[^\s；（）]+", f"{error.url} {error.message}"))
    return next(
        (one for one in named if one not in site.hosts and domain_of(f"//{one}") == domain_of(site.base)),
        None,
    )


async def _work(order: Order, today: date, asker: Asker) -> Survey:
    return await survey_site(asker, order, today)


def _told(error: AskFailed) -> str:
    """A failure with its name, what it means and what to do."""
    advice = NETWORK_ADVICE.get(error.failure, "")
    lines = [
        f"{error.failure.value}：{ADVICE[error.failure]}",
        f"  网址 {error.url}",
        f"  详情 {error.message}",
    ]
    if error.failure in BLOCKED:
        advice = "这个站点拒绝程序访问，不应绕过。可在浏览器中另存列表页与详情页，用 --from 生成站点文件备用"
    return "\n".join([*lines, *([f"  建议 {advice}"] if advice else []), "没有写出任何文件。"])


# writing


def _finish(config: Config, known: Mapping[str, Site], survey: Survey, wanted: Wanted, today: date) -> None:
    texts = [decode_page(answer.data) for answer in survey.seen]
    base = survey.site.base
    names = _names(base)
    place = _place(wanted, texts, base, names, known)
    name = wanted.id or _id_of(base)
    _refuse_taken(config, known, wanted, name)
    site = _site(survey, name, place, next(site_names(texts), ""))
    channels = tuple(reading.channel for reading in survey.readings)
    site = replace(site, channels=channels)
    text = site_text(site, channels, today)
    _prove(site, text, survey.readings, today)
    path = (wanted.out or config.sites / _group(place, known, config.sites)) / f"{name}.toml"
    for line in preview(site, place, names, survey, text, today):
        click.echo(line)
    for line in _write(path, text, survey.readings, today, force=wanted.force):
        click.echo(line)
    if wanted.roster and (line := _enrol(config.sites, path, name)):
        click.echo(line)
    click.echo(
        f"请核对以上各项；改动站点文件后运行 zhengce site check {name} --record 重存样本，再提交站点文件与样本目录。"
    )


def _names(base: str) -> Mapping[str, str]:
    """Names of divisions; for fictional hosts those of the demo country."""
    if not host_of(base).endswith(".test"):
        return region_names()
    from demo import regions

    return {**region_names(), **{code: name for code, name, *_ in regions()}}


def _place(
    wanted: Wanted, texts: Sequence[str], url: str, names: Mapping[str, str], known: Mapping[str, Site]
) -> Place:
    """The place the operator named, else the one read; stops where there is none."""
    if wanted.level == "national":
        return Place("national", "", "--level")
    if wanted.region:
        level = wanted.level or level_of(wanted.region, names.get(wanted.region, ""))
        return Place(level, wanted.region, "--region")
    place = recognise_place(texts, url, names, known.values())
    if place is None:
        _stop(
            "看不出这个站点的层级与地区：网页没有网站标识码，名称里也没有地名。\n"
            "请写明后再运行一次，如 --region 610200（地方站点）或 --level national（国家级）。没有写出任何文件。",
            USAGE,
        )
    return replace(place, level=wanted.level) if wanted.level else place


def _id_of(base: str) -> str:
    """An id from the host: jyt.gansu.gov.cn → gansu_jyt."""
    host, domain = host_of(base), domain_of(base)
    if host.endswith(".test"):
        parts = [host.removesuffix(".test")]
    else:
        below = host.removesuffix(domain).removeprefix("www.").strip(".").split(".")
        parts = [domain.partition(".")[0], *reversed([label for label in below if label])]
    return re.sub(r"[^a-z0-9_-]+", "_", "_".join(parts)).strip("_-")[:80] or "site"


def _group(place: Place, known: Mapping[str, Site], sites: Path) -> str:
    """The folder of a province's sites, that of the national ones, or none for fictional places."""
    if place.level == "national":
        return "national"
    return PROVINCES.get(place.region[:2], (".",))[0]


def _site(survey: Survey, name: str, place: Place, title: str) -> Site:
    """The surveyed site with its place; further hosts only where most rows lie on one of the same owner."""
    site, base = survey.site, survey.site.base
    hosts = {host_of(base)} | {host_of(reading.channel.list) for reading in survey.readings}
    hosts |= {host_of(answer.request.url) for reading in survey.readings for answer in reading.answers}
    rows = [host_of(row.url) for reading in survey.readings for row in reading.page.rows]
    for host in set(rows):
        if domain_of(f"http://{host}/") == domain_of(base) and rows.count(host) * 2 > len(rows):
            hosts.add(host)
    return replace(
        site,
        id=name,
        name=title or host_of(base),
        level=place.level,
        region=place.region,
        hosts=frozenset(hosts),
    )


def _prove(site: Site, text: str, readings: Sequence[ChannelReading], today: date) -> None:
    """Load the file and read the golden pages with it before anything is written; stops where either fails."""
    with tempfile.TemporaryDirectory(prefix="zhengce-site-") as folder:
        path = Path(folder) / f"{site.id}.toml"
        path.write_text(text, encoding="utf-8")
        loaded = load_site(path)
        store_golden(golden_folder(path), readings, today)
        try:
            lines = compare_golden(loaded, golden_folder(path))
        except GoldenError as error:
            lines = [str(error)]
        if lines:
            _stop("\n".join(["用写出的站点文件重读样本页，结果不同，没有写出任何文件：", *lines]), TROUBLE)


def _refuse_taken(config: Config, known: Mapping[str, Site], wanted: Wanted, name: str) -> None:
    """Stop where the id is taken and nothing was said of replacing it."""
    if wanted.force:
        return
    taken = sorted(config.sites.rglob(f"{name}.toml")) if name in known else []
    if wanted.out is not None:
        taken += [
            path for path in (wanted.out / f"{name}.toml", wanted.out / f"{name}.golden") if path.exists()
        ]
    if taken:
        _stop(f"已有 {taken[0]}，没有覆盖：用 --id 另取标识，或用 --force 替换", USAGE)


def _write(
    path: Path, text: str, readings: Sequence[ChannelReading], today: date, *, force: bool
) -> list[str]:
    """Write site file and golden files; returns what was written and what was replaced."""
    folder, lines = golden_folder(path), []
    if path.exists() or folder.exists():
        if not force:
            _stop(
                f"已有 {path if path.exists() else folder}，没有覆盖：用 --id 另取标识，或用 --force 替换",
                USAGE,
            )
        lines += [f"已替换 {old}" for old in (path, folder) if old.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_golden(folder, readings, today)
    stored = list(folder.iterdir())
    aside = path.with_suffix(".toml.new")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)
    size = sum(file.stat().st_size for file in stored)
    return [
        *lines,
        f"已写出 {path}（{len(text.splitlines())} 行）",
        f"已写出 {folder}（{len(stored)} 个文件，{size / 1024:.0f} KB）",
    ]


def _enrol(sites: Path, path: Path, name: str) -> str:
    """Add the id to the core roster of the folder the file lies in; says so, "" where there is none."""
    folder = sites if path.resolve().is_relative_to(sites.resolve()) else path.parent
    roster = folder / ROSTER
    if not roster.is_file():
        return ""
    text = roster.read_text(encoding="utf-8")
    if name in (line.partition("#")[0].strip() for line in text.splitlines()):
        return ""
    roster.write_text(
        text + ("" if text.endswith("\n") or not text else "\n") + name + "\n", encoding="utf-8"
    )
    return f"已写入核心名单 {roster}（不需要时用 --no-roster）"


def _stop(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)
