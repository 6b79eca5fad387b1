"""`zhengce nightly`: the night from the command line."""

import sys
from datetime import datetime
from pathlib import Path

import click
import msgspec

from crawlers.permission import CrawlRefused
from crawlers.site import SiteFileError
from index.engine import IndexBusyError, IndexUnusableError
from pipelines.catalogue import CatalogueError
from pipelines.clock import Clock, clock_at, parse_instant, system_clock
from pipelines.config import Config, ConfigError
from pipelines.correction_file import CorrectionFileError
from pipelines.disk import StorageError
from pipelines.lock import NightRunning
from pipelines.worker_pool import PoolBroken
from zhengce.night_report import report_lines
from zhengce.nightly import UNUSABLE, NightOptions, run_night
from zhengce.progress import showing

USAGE, RUNNING = 2, 4


class ShardType(click.ParamType[tuple[int, int]]):
    """`k/n` as a pair of numbers."""

    name = "k/n"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """The pair, 1 ≤ k ≤ n."""
        try:
            k, n = (int(part) for part in str(value).split("/"))
        except ValueError:
            self.fail("应为 k/n，如 1/2", param, ctx)
        if not 1 <= k <= n:
            self.fail("应满足 1 ≤ k ≤ n", param, ctx)
        return k, n


class InstantType(click.ParamType[datetime]):
    """A day or an instant, Asia/Shanghai where no zone is given."""

    name = "时间"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The instant, UTC."""
        try:
            return parse_instant(str(value))
        except ValueError:
            self.fail("应为日期或时间，如 2026-03-02 或 2026-03-02T02:00", param, ctx)


@click.command(
    "nightly",
    help="一夜的全部工作：抓取、解析、建索引同时进行，最后打印报告。\n\n"
    "退出码：0 全部正常；1 部分站点失败或被拦；2 用法错误；3 目录库、索引或磁盘不可用；4 另一夜正在运行。",
)
@click.option(
    "--sites", metavar="GLOB", help="只抓取标识符合的站点（默认核心名单 core.roster；'*' 为全部）。"
)
@click.option("--shard", type=ShardType(), help="只做第 k 份，共 n 份（按主机组划分）。")
@click.option(
    "--replay",
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="用目录中保存的网页代替网络（truth.jsonl 为详情，lists.jsonl 为列表）。",
)
@click.option("--now", type=InstantType(), help="把时钟拨到这一刻（默认现在）。")
@click.option("--full", is_flag=True, help="报告逐栏列出（站点多时默认只列有问题的栏目）。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON 报告。")
@click.pass_obj
def nightly_command(
    config: Config,
    sites: str | None,
    shard: tuple[int, int] | None,
    replay: Path | None,
    now: datetime | None,
    *,
    full: bool,
    as_json: bool,
) -> None:
    """Run a night and print its report."""
    clock: Clock = clock_at(now) if now else system_clock
    options = NightOptions(sites, shard or (1, 1), replay.resolve() if replay else None, clock=clock, now=now)
    try:
        with showing() as show:
            outcome = run_night(config, options, show)
    except (CrawlRefused, SiteFileError, CorrectionFileError, ConfigError) as error:
        _stop(str(error), USAGE)
    except (NightRunning, IndexBusyError) as error:
        _stop(str(error), RUNNING)
    except (CatalogueError, StorageError, PoolBroken, IndexUnusableError) as error:
        _stop(str(error), UNUSABLE)
    if as_json:
        click.echo(msgspec.json.encode(outcome))
    else:
        for line in report_lines(outcome.report, full=full):
            click.echo(line)
        for line in outcome.alerts:
            click.echo(line)
        if outcome.exit_code:
            click.echo(outcome.message, err=True)
    sys.exit(outcome.exit_code)


def _stop(message: str, code: int) -> None:
    click.echo(message, err=True)
    sys.exit(code)
