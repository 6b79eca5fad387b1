"""`zhengce crawl`: the crawl alone, in this process."""

import sys
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn

import click
import msgspec

from crawlers.permission import CrawlRefused, permitted_sites, window_end
from crawlers.run import CrawlOptions, CrawlSummary, crawl_sites
from crawlers.site import Site, SiteFileError
from pipelines.catalogue import Catalogue, CatalogueError
from pipelines.clock import clock_at, day_of, system_clock
from pipelines.config import Config
from pipelines.disk import StorageError, check_folder
from pipelines.lock import NightLock, NightRunning
from pipelines.runs import finish_run, start_run
from zhengce.night_report import load_report, report_lines
from zhengce.nightly_command import InstantType, ShardType

TROUBLE, USAGE, UNUSABLE, RUNNING = 1, 2, 3, 4
LEFT_UNDONE = frozenset({"disk_full", "catalogue_failed"})


@dataclass(frozen=True, slots=True)
class Shown:
    """How a report is printed."""

    full: bool
    as_json: bool


@click.command(
    "crawl",
    help="只抓取：列表、详情与附件存入目录库和归档，不解析。可随时中断，再次运行即接着做。\n\n"
    "退出码：0 正常；1 部分站点失败；2 用法错误；3 目录库或磁盘不可用；4 另一个任务正在运行。",
)
@click.argument("names", nargs=-1, metavar="[站点]...")
@click.option(
    "--sites", metavar="GLOB", help="只抓取标识符合的站点（默认核心名单 core.roster；'*' 为全部）。"
)
@click.option("--shard", type=ShardType(), help="只做第 k 份，共 n 份（按主机组划分）。")
@click.option("--now", type=InstantType(), help="把时钟拨到这一刻（默认现在）。")
@click.option("--full", is_flag=True, help="报告逐栏列出（站点多时默认只列有问题的栏目）。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.pass_obj
def crawl_command(
    config: Config,
    names: tuple[str, ...],
    sites: str | None,
    shard: tuple[int, int] | None,
    now: datetime | None,
    *,
    full: bool,
    as_json: bool,
) -> None:
    """Crawl the chosen sites in this process and print the report."""
    clock = clock_at(now) if now else system_clock
    try:
        chosen = permitted_sites(config, sites, names, shard or (1, 1))
        until = window_end(config.window, clock())
        check_folder(config.data, config.min_free)
        with NightLock(config.data, clock):
            code = _crawl(
                config,
                chosen,
                Shown(full=full, as_json=as_json),
                CrawlOptions(
                    catalogue_url=config.catalogue_url,
                    archive=config.archive_folder,
                    run=0,
                    night=day_of(clock()),
                    clock=clock,
                    contact=config.contact,
                    address_map=config.address_map,
                    lanes=config.lanes,
                    budget=config.backfill,
                    until=until,
                ),
            )
    except (CrawlRefused, SiteFileError) as error:
        _stop(str(error), USAGE)
    except NightRunning as error:
        _stop(str(error), RUNNING)
    except (CatalogueError, StorageError) as error:
        _stop(str(error), UNUSABLE)
    sys.exit(code)


def _crawl(config: Config, sites: list[Site], show: Shown, options: CrawlOptions) -> int:
    catalogue = Catalogue.open(config.catalogue_url)
    with catalogue.write() as connection:
        run = start_run(connection, "crawl", options.night, options.clock)
    summary = crawl_sites(sites, replace(options, run=run))
    code = UNUSABLE if summary.stopped in LEFT_UNDONE else TROUBLE if summary.failed_sites else 0
    with catalogue.write() as connection:
        finish_run(connection, run, code, summary.message, options.clock)
    _print_summary(catalogue, run, summary, show)
    catalogue.close()
    return code


def _print_summary(catalogue: Catalogue, run: int, summary: CrawlSummary, show: Shown) -> None:
    if show.as_json:
        click.echo(msgspec.json.encode(summary))
        return
    with catalogue.read() as connection:
        report = load_report(connection, run)
    for line in report_lines(report, full=show.full):
        click.echo(line)
    if summary.stopped:
        click.echo(f"提前停止：{summary.stopped} {summary.message}", err=True)


def _stop(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)
