"""`zhengce index`: bringing the index level with the catalogue, and comparing the two."""

import sys
from collections.abc import Sequence

import click
import msgspec

from index.sync import Problem, SyncReport, rebuild_index, sync_index, verify_index
from pipelines.config import Config
from zhengce.engines import open_index
from zhengce.find_commands import opened
from zhengce.upkeep_commands import TROUBLE, json_option

SHOWN_PROBLEMS = 20
PROBLEMS = {
    "missing": "索引缺少",
    "extra": "索引多出",
    "differs": "内容不同",
    "behind": "索引落后于目录库，先运行 zhengce index",
    "ahead": "索引领先于目录库，运行 zhengce index 会重建",
}


@click.command("index", help="让索引跟上目录库；损坏或版本不符的索引会自动重建。")
@click.option("--verify", is_flag=True, help="只核对：索引与目录库逐件比较，有差别时退出码为 1。")
@click.option("--rebuild", is_flag=True, help="全部重建，完成后一次切换；期间检索照常。")
@json_option
@click.pass_obj
def index_command(config: Config, verify: bool, rebuild: bool, as_json: bool) -> None:
    """Bring the index level with the catalogue, rebuild it, or compare the two."""
    if verify and rebuild:
        raise click.UsageError("--verify 与 --rebuild 不能同时使用")
    with opened(config) as catalogue:
        engine = open_index(config)
        if verify:
            _show_problems(verify_index(catalogue, engine), as_json)
        elif rebuild:
            _show_report(rebuild_index(catalogue, engine, progress=_progress), as_json)
        else:
            _show_report(sync_index(catalogue, engine, progress=_progress), as_json)


def _progress(documents: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r已写入 {documents} 件", nl=False, err=True)
    elif documents % 5000 == 0:
        click.echo(f"已写入 {documents} 件", err=True)


def _show_report(report: SyncReport, as_json: bool) -> None:
    if sys.stderr.isatty():
        click.echo("", err=True)
    if as_json:
        click.echo(msgspec.json.encode(report))
        if report.rejected:
            sys.exit(TROUBLE)
        return
    if report.rebuilt:
        click.echo(f"重建了索引：{report.rebuilt}", err=True)
    click.echo(f"变更 {report.applied}，写入 {report.added}，删除 {report.deleted}，位置 {report.seq}")
    for one in report.rejected[:SHOWN_PROBLEMS]:
        click.echo(f"检索服务器拒收 {one.id}：{one.reason}", err=True)
    if report.rejected:
        click.echo(f"共 {len(report.rejected)} 件被拒收，索引中没有它们的现状", err=True)
        sys.exit(TROUBLE)


def _show_problems(problems: Sequence[Problem], as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode({"problems": problems}))
    elif problems:
        for problem in problems[:SHOWN_PROBLEMS]:
            click.echo(f"{PROBLEMS[problem.kind]} {problem.page_id}".rstrip())
        click.echo(f"共 {len(problems)} 处差别")
    else:
        click.echo("索引与目录库一致")
    if problems:
        sys.exit(TROUBLE)
