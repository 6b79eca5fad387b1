"""`zhengce site check`: whether site files still fit their sites, by asking each for a few pages."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import click
import msgspec

from crawlers.asking import Asker, AskFailed, key_or_address
from crawlers.channel_reading import ChannelReading, read_channel
from crawlers.golden import golden_folder, replace_golden, store_golden
from crawlers.permission import CrawlRefused, demand_contact
from crawlers.roster import load_roster
from crawlers.site import Fetch, Site, SiteFileError
from crawlers.site_text import promoted
from normalizers.addresses import host_of
from normalizers.chars import squeeze
from normalizers.failures import ADVICE, Failure
from pipelines.catalogue import Catalogue, CatalogueError
from pipelines.clock import day_of, system_clock
from pipelines.config import Config
from pipelines.standing import ChannelStanding, listed_addresses, load_standing
from zhengce.site_files import USAGE, file_of, load_or_stop, matching, stop
from zhengce.site_list import catalogue_exists
from zhengce.site_network import CHECK_ADVICE, ask_options
from zhengce.site_preview import padded

TROUBLE, UNUSABLE = 1, 3
# A list page and two documents, each with a retry, of a slow site.
SECONDS_A_CHANNEL = 60.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; `advice` says what to do (Chinese)."""

    failure: str
    message: str
    advice: str


@dataclass(frozen=True, slots=True)
class ChannelCheck:
    """One channel as it was found; `findings` make it fail, `remarks` do not."""

    site: str
    channel: str
    rows: int
    newest: date | None
    details: int
    last_ok_night: date | None
    findings: tuple[Finding, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalogue knows of one channel."""

    standing: ChannelStanding
    addresses: frozenset[str]


@click.command("check", short_help="检查站点文件是否仍与网站相符。")
@click.argument("pattern", default="*", metavar="[GLOB]")
@click.option("--offline", is_flag=True, help="只检查文件格式，不访问网络。")
@click.option(
    "--promote", is_flag=True, help="把全部栏目都通过的站点由 observed 改为 confirmed，并补存样本页。"
)
@click.option("--record", is_flag=True, help="把读到的网页存为通过的站点的样本，替换已有的样本。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.pass_obj
def site_check_command(
    config: Config, pattern: str, *, offline: bool, promote: bool, record: bool, as_json: bool
) -> None:
    """每个栏目读一页列表和两篇文件，与 [expect] 和最近一次成功的抓取比较。

    遵守 robots.txt 与各站的间隔；不写目录库，不受夜间窗口限制。

    退出码：0 全部通过；1 有栏目不通过；2 用法或站点文件错误；3 目录库不可用。
    """
    if offline and (promote or record):
        raise click.UsageError("--promote 与 --record 需要访问网络，不能与 --offline 同用")
    known = load_or_stop(config)
    try:
        load_roster(config.sites, known)
    except SiteFileError as error:
        stop(str(error), USAGE)
    sites = matching(known, pattern, config)
    if offline:
        _print_standing(sites, as_json)
        return
    try:
        demand_contact(sites, config.contact)
        checks, readings = check_sites(config, sites)
    except CrawlRefused as error:
        stop(str(error), USAGE)
    except CatalogueError as error:
        stop(str(error), UNUSABLE)
    passed = [site for site in sites if all(c.passed for c in checks if c.site == site.id)]
    lines = list(_recorded(config, passed, readings)) if record else []
    lines += _promotions(config, passed, readings, promote)
    if as_json:
        click.echo(msgspec.json.encode({"checks": checks, "passed": [site.id for site in passed]}))
    else:
        for line in (*_table(checks), *lines):
            click.echo(line)
    if len(passed) < len(sites):
        raise SystemExit(TROUBLE)


def _print_standing(sites: Sequence[Site], as_json: bool) -> None:
    """What the files themselves say."""
    if as_json:
        rows = [
            {"id": site.id, "confirmed": site.confirmed, "observed": site.observed or None} for site in sites
        ]
        click.echo(msgspec.json.encode(rows))
        return
    for site in sites:
        standing = f"已确认 {site.confirmed}" if site.confirmed else f"待确认（{site.observed}）"
        off = len(site.channels) - len(site.active)
        closed = f"，{off} 个未开启" if off else ""
        note = f"；{site.note}" if site.note else ""
        click.echo(f"{site.id}：{standing}，{len(site.active)} 个栏目{closed}{note}")
    confirmed = sum(site.confirmed is not None for site in sites)
    click.echo(
        f"共 {len(sites)} 个站点文件，格式全部正确；已确认 {confirmed}，待确认 {len(sites) - confirmed}"
    )


# asking


def check_sites(
    config: Config, sites: Sequence[Site]
) -> tuple[list[ChannelCheck], dict[str, list[ChannelReading]]]:
    """Ask every site; the checks of all channels in their order, and the readings by site."""
    # Scrapy is imported only where a network is asked.
    from crawlers.survey_child import Job, SurveyBroken, survey_sites

    today = day_of(system_clock())
    jobs = [
        Job(_asked(site), functools.partial(_work, site, today), SECONDS_A_CHANNEL * len(site.active))
        for site in sites
    ]
    readings: dict[str, list[ChannelReading]] = {}
    try:
        for job, result in survey_sites(jobs, ask_options(config, sites)):
            readings[job.site.id] = _readings(job.site, result)
            click.echo(f"\r已检查 {len(readings)}/{len(sites)}", nl=len(readings) == len(sites), err=True)
    except SurveyBroken as error:
        click.echo(str(error), err=True)
    for site in sites:
        broken = AskFailed(Failure.CRAWL_CRASHED, "没有结果", site.base)
        readings.setdefault(site.id, _readings(site, broken))
    known = _known(config, sites)
    checks = [
        judge(site, reading, known.get((site.id, reading.channel.name)), today)
        for site in sites
        for reading in readings[site.id]
    ]
    return checks, readings


def _asked(site: Site) -> Site:
    """The site as it is asked; fictional ones need no delay."""
    demo = all(host.endswith(".test") for host in site.hosts)
    return replace(site, fetch=Fetch(delay=0)) if demo else site


async def _work(site: Site, today: date, asker: Asker) -> list[ChannelReading]:
    return [await read_channel(asker, site, channel, today) for channel in site.active]


def _readings(site: Site, result: object) -> list[ChannelReading]:
    """A reading for every channel, where the site could not be asked at all as well."""
    if isinstance(result, list):
        return result
    assert isinstance(result, AskFailed)
    message = f"{result.url} {result.message}"
    return [ChannelReading(channel, failure=result.failure, message=message) for channel in site.active]


def _known(config: Config, sites: Sequence[Site]) -> dict[tuple[str, str], Known]:
    if not catalogue_exists(config):
        return {}
    catalogue = Catalogue.open(config.catalogue_url)
    try:
        with catalogue.read() as connection:
            standing = load_standing(connection)
            return {
                (site.id, channel.name): Known(
                    standing[site.id][channel.name],
                    frozenset(listed_addresses(connection, site.id, channel.name)),
                )
                for site in sites
                for channel in site.active
                if channel.name in standing.get(site.id, {})
            }
    finally:
        catalogue.close()


# judging


def judge(site: Site, reading: ChannelReading, known: Known | None, today: date) -> ChannelCheck:
    """What is wrong with a channel, by its own pages, `expect` and the last good crawl."""
    rows = reading.page.rows
    newest = max((row.date for row in rows if row.date), default=None)
    findings = [_finding(name, message) for name, message in _failures(site, reading, known, newest, today)]
    return ChannelCheck(
        site=site.id,
        channel=reading.channel.name,
        rows=len(rows),
        newest=newest,
        details=sum(detail.failure is None for detail in reading.details),
        last_ok_night=known.standing.last_ok_night if known else None,
        findings=tuple(dict.fromkeys(findings)),
        remarks=tuple(_remarks(site, reading, known, newest)),
    )


def _finding(name: Failure, message: str) -> Finding:
    advice = CHECK_ADVICE.get(name)
    return Finding(name.value, message, ADVICE[name] + (f"。{advice}" if advice else ""))


def _failures(
    site: Site, reading: ChannelReading, known: Known | None, newest: date | None, today: date
) -> Iterator[tuple[Failure, str]]:
    for name, message in reading.failures:
        empty = name in (Failure.LIST_EMPTY, Failure.LIST_SHELL)
        before = known is not None and known.standing.addresses > 0
        yield (Failure.LAYOUT_CHANGED if empty and before else name), message
    count = len(reading.page.rows)
    if reading.failure is None and count < site.expect.min_items:
        yield Failure.LAYOUT_CHANGED, f"第一页 {count} 条，少于 min_items {site.expect.min_items}"
    silent = (today - newest).days if newest else 0
    if 0 < site.expect.max_silent_days < silent:
        yield Failure.LIST_SILENT, f"最新一条 {newest}，已 {silent} 天"
    if reading.failure is None and not reading.details:
        yield Failure.OFF_SITE, "第一页没有一条在本站主机上"


def _remarks(site: Site, reading: ChannelReading, known: Known | None, newest: date | None) -> Iterator[str]:
    """What a person may want to look at, though nothing failed."""
    rows = reading.page.rows
    if reading.landing:
        yield f"list 是栏目首页，实际读的是 {reading.answers[-1].request.url}"
    if outside := sum(host_of(row.url) not in site.hosts for row in rows):
        yield f"{outside} 条指向站外"
    if known is not None and known.standing.newest and newest and newest < known.standing.newest:
        yield f"最新一条 {newest} 早于目录库中的 {known.standing.newest}"
    if (
        known is not None
        and known.addresses
        and rows
        and not any(key_or_address(row.url) in known.addresses for row in rows)
    ):
        yield "第一页的条目在目录库中一条也没有：网址可能换了写法"
    for detail in reading.details:
        title = squeeze(detail.policy.title or "") if detail.policy else ""
        told = squeeze(detail.row.title).rstrip(".…")
        if title and told and told not in title and title not in told:
            yield f"标题不一致：列表为「{detail.row.title}」，详情页为「{title}」"


# showing and promoting


def _table(checks: Sequence[ChannelCheck]) -> Iterator[str]:
    for check in checks:
        before = f"，上次成功 {check.last_ok_night}" if check.last_ok_night else ""
        yield (
            f"{'通过' if check.passed else '不通过'}  {padded(check.site, 22)}  {padded(check.channel, 24)}"
            f"  列表 {check.rows:>3} 条，最新 {check.newest or '-'}，详情 {check.details} 篇{before}"
        )
        for finding in check.findings:
            yield f"    {finding.failure}：{finding.advice}（{finding.message}）"
        yield from (f"    注意：{remark}" for remark in check.remarks)
    passed = sum(check.passed for check in checks)
    yield f"共 {len(checks)} 个栏目，通过 {passed}，不通过 {len(checks) - passed}"


def _recorded(
    config: Config, passed: Sequence[Site], readings: Mapping[str, list[ChannelReading]]
) -> Iterator[str]:
    """Keep the pages just read as golden files."""
    today = day_of(system_clock())
    for site in passed:
        folder = golden_folder(file_of(config, site))
        before = replace_golden(folder, readings[site.id], today)
        yield f"已{'替换' if before else '写出'}样本 {folder}"


def _promotions(
    config: Config, passed: Sequence[Site], readings: Mapping[str, list[ChannelReading]], promote: bool
) -> Iterator[str]:
    """Promote the sites that passed, or say that they could be."""
    ready = [site for site in passed if site.confirmed is None]
    if ready and not promote:
        yield f"这些站点全部栏目通过，可用 --promote 改为已确认：{'、'.join(site.id for site in ready)}"
        return
    today = day_of(system_clock())
    for site in ready:
        path = file_of(config, site)
        text = promoted(path.read_text(encoding="utf-8"), today)
        if text is None:
            yield f"{path}：observed 不是单独一行的文字，请手工改为 confirmed = {today}"
            continue
        folder = golden_folder(path)
        if not folder.exists():
            store_golden(folder, readings[site.id], today)
            yield f"已写出样本 {folder}"
        aside = path.with_suffix(".toml.new")
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
        yield f"已确认 {path}：confirmed = {today}"
