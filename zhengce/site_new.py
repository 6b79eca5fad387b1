"""`zhengce site new`: from an address to a site file with golden files, without Python."""

import asyncio
import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from crawlers.asking import Asker, AskFailed, SavedPages
from crawlers.columns import Column
from crawlers.domains import domain_of
from crawlers.permission import CrawlRefused, demand_contact
from crawlers.place import Place, recognise_place, site_names
from crawlers.site import Site, SiteFileError, load_sites, root_of
from crawlers.site_text import site_text
from crawlers.strangers import newcomer
from crawlers.survey import Order, Survey, read_again, survey_site
from normalizers.addresses import host_of
from normalizers.encoding import decode_page
from normalizers.failures import ADVICE, BLOCKED, Failure
from normalizers.policy import LEVELS
from normalizers.regions import level_of, region_names
from pipelines.clock import day_of, system_clock
from pipelines.config import Config
from zhengce.saved_site import SavedPagesError, load_saved_site
from zhengce.site_files import USAGE, stop
from zhengce.site_network import NETWORK_ADVICE, ask_options
from zhengce.site_order import ChannelType, Wanted, check_wanted, order_of
from zhengce.site_preview import preview
from zhengce.site_writing import (
    Taken,
    Unproven,
    enrol,
    id_of,
    place_of,
    prove,
    refuse_doubled,
    refuse_taken,
    write,
)

TROUBLE = 1
# One page takes at most 15 s and its retry as long; a site that needs more is told so.
SECONDS = 55.0


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
    **options: Any,
) -> None:
    """从网址生成站点文件（不超过 10 行）与样本页，不用写程序。

    认出平台、层级与地区，找到政策栏目，读一页列表和两篇文件，把网页连同读出的结果存为样本
    （站点文件旁的 <标识>.golden），并列出需要人核对的地方。只问几页，遵守 robots.txt，不受夜间窗口限制。

    退出码：0 已写出；1 站点拒绝或读不出条目，什么也没写；2 用法错误。
    """
    order, saved = order_of(arguments, url, files, channels)
    wanted = Wanted(id=name, **options)
    check_wanted(wanted)
    today = day_of(system_clock())
    try:
        known = load_sites(config.sites)
        guess = wanted.id or (id_of(order.url) if order.url else "")
        if guess and not wanted.force:
            refuse_taken(config.sites, wanted.out, known, guess)
        survey = _survey_saved(order, saved, today) if saved else _survey_network(config, order, today)
        _finish(config, known, survey, wanted, today)
    except (SiteFileError, CrawlRefused, SavedPagesError, Taken) as error:
        stop(str(error), USAGE)
    except Unproven as error:
        stop(str(error), TROUBLE)
    except AskFailed as error:
        stop(_told(error), TROUBLE)


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
    """The host of the same owner that the site sends to (its interface, its new name); None for any other."""
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


# what was found


def _finish(config: Config, known: Mapping[str, Site], survey: Survey, wanted: Wanted, today: date) -> None:
    texts = [decode_page(answer.data) for answer in survey.seen]
    base = survey.site.base
    names = _names(base)
    place = _place(wanted, texts, base, names, known)
    name = wanted.id or id_of(base)
    if not wanted.force:
        refuse_taken(config.sites, wanted.out, known, name)
    site = _site(survey, name, place, next(site_names(texts), ""))
    channels = tuple(reading.channel for reading in survey.readings)
    site = replace(site, channels=channels)
    refuse_doubled(known, site)
    readings = tuple(asyncio.run(read_again(site, survey.readings, today)))
    survey = replace(survey, readings=readings)
    text = site_text(site, channels, today)
    prove(site, text, survey.readings, today)
    path = place_of(config.sites, wanted.out, known, name, place)
    for line in preview(site, place, names, survey, text, today):
        click.echo(line)
    for line in write(path, text, survey.readings, today):
        click.echo(line)
    if wanted.roster and (line := enrol(config.sites, path, name)):
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
        stop(
            "看不出这个站点的层级与地区：网页没有网站标识码，名称里也没有地名。\n"
            "请写明后再运行一次，如 --region 610200（地方站点）或 --level national（国家级）。没有写出任何文件。",
            USAGE,
        )
    return replace(place, level=wanted.level) if wanted.level else place


def _site(survey: Survey, name: str, place: Place, title: str) -> Site:
    """The surveyed site with its place; further hosts only where most rows lie on one of the same owner.

    Where there are any its base is the host of the first list, which then tells it.
    """
    site, base = survey.site, survey.site.base
    hosts = {host_of(base)} | {host_of(reading.channel.list) for reading in survey.readings}
    hosts |= {host_of(answer.request.url) for reading in survey.readings for answer in reading.answers}
    rows = [host_of(row.url) for reading in survey.readings for row in reading.page.rows]
    for host in set(rows):
        if domain_of(f"http://{host}/") == domain_of(base) and rows.count(host) * 2 > len(rows):
            hosts.add(host)
    if len(hosts) > 1:
        base = root_of(survey.readings[0].channel.list) or base
    return replace(
        site,
        id=name,
        base=base,
        name=title or host_of(base),
        level=place.level,
        region=place.region,
        hosts=frozenset(hosts),
    )
