"""Commands that keep an installation well: normalize, status, doctor, archive verify, backup, restore."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click
import msgspec

from pipelines.archive import ArchiveCheck, verify_archive
from pipelines.backup import BackupError, restore_backup, write_backup
from pipelines.catalogue import Catalogue, CatalogueError
from pipelines.clock import SHANGHAI, day_of, system_clock
from pipelines.config import Config, ConfigError
from pipelines.correction_file import CorrectionFileError
from pipelines.disk import MIB, StorageError, check_folder
from pipelines.lock import NightLock, NightRunning, lock_holder
from pipelines.normalize import NormalizeStage, StepReport
from pipelines.runs import finish_run, start_run
from pipelines.sqlite_backup import NotSqlite, sqlite_path
from pipelines.worker_pool import PoolBroken
from zhengce.doctor import FAIL, Check, run_checks
from zhengce.status import RunState, Status, Trouble, load_status

# Exit codes of design.md.
TROUBLE, USAGE, UNUSABLE, RUNNING = 1, 2, 3, 4
_MARKS = {"ok": "正常", "warn": "注意", "fail": "故障"}
_RUN_STATES = {"finished": "完成", "running": "运行中", "interrupted": "中断"}
_ARCHIVE_STATES = {"ok": "完好", "cut": "末尾不完整（进程被中断），其余完好", "damaged": "损坏"}
_PAGE_STATES = {
    "listed": "待抓取",
    "fetched": "待解析",
    "normalised": "已解析",
    "failed": "失败",
    "off_site": "站外（不抓取）",
}
_ATTACHMENT_STATES = {"pending": "待抓取", "fetched": "已抓取", "failed": "失败"}

json_option = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")


def stop(message: str, code: int) -> NoReturn:
    """Say why the command ends, and end it with a code."""
    click.echo(message, err=True)
    sys.exit(code)


@contextmanager
def named_stops() -> Iterator[None]:
    """Every known reason not to go on ends in one line and its exit code."""
    try:
        yield
    except NightRunning as error:
        stop(str(error), RUNNING)
    except (CorrectionFileError, ConfigError) as error:
        stop(str(error), USAGE)
    except (CatalogueError, StorageError, BackupError) as error:
        stop(str(error), UNUSABLE)
    except PoolBroken as error:
        stop(f"解析进程无法启动，请运行 zhengce doctor：\n{error}", UNUSABLE)


@contextmanager
def opened(config: Config, *, create: bool = False) -> Iterator[Catalogue]:
    """The catalogue of an installation that has one, else a new one with `create`.

    Every known trouble ends the command by name.
    """
    if not create and not has_catalogue(config):
        stop(f"{config.data} 中还没有数据：先运行 zhengce nightly", UNUSABLE)
    with named_stops():
        catalogue = Catalogue.open(config.catalogue_url)
        try:
            yield catalogue
        finally:
            catalogue.close()


@click.command("normalize", help="把已抓取的网页解析为政策记录（可随时中断，再次运行即继续）。")
@json_option
@click.pass_obj
def normalize_command(config: Config, as_json: bool) -> None:
    """Run the normalise stage until its queue is empty."""
    with named_stops():
        check_folder(config.data, config.min_free)
        with NightLock(config.data, system_clock):
            report = _normalize(config)
    if as_json:
        click.echo(msgspec.json.encode(report))
        return
    click.echo(
        f"解析 {report.done} 页：新增 {report.new}，变更 {report.changed}，未变 {report.unchanged}，"
        f"失败 {report.failed}；撤下 {report.vanished}，恢复 {report.restored}"
    )
    if report.failed:
        click.echo("失败的原因见 zhengce status", err=True)


def _normalize(config: Config) -> StepReport:
    night = day_of(system_clock())
    catalogue = Catalogue.open(config.catalogue_url)
    try:
        with catalogue.write() as connection:
            run = start_run(connection, "normalize", night, system_clock)
        with NormalizeStage(catalogue, config, system_clock, night=night, run=run) as stage:
            report = stage.run_until_idle()
        with catalogue.write() as connection:
            finish_run(connection, run, 0, f"解析 {report.done} 页", system_clock)
    finally:
        catalogue.close()
    return report


@click.command("status", help="最近几夜的情况、积压与需要处理的问题。")
@click.option("--runs", default=5, show_default=True, type=click.IntRange(1, 1000), help="显示最近几次运行。")
@json_option
@click.pass_obj
def status_command(config: Config, runs: int, as_json: bool) -> None:
    """Show the last runs, the queues and the troubles."""
    with opened(config) as catalogue, catalogue.read() as connection:
        status = load_status(connection, config, lock_holder(config.data), runs)
    if as_json:
        click.echo(msgspec.json.encode(status))
    else:
        _show_status(status)


def has_catalogue(config: Config) -> bool:
    """Whether there is a catalogue to read; opening one would make it."""
    try:
        return sqlite_path(config.catalogue_url).is_file()
    except NotSqlite:
        return True


def _show_status(status: Status) -> None:
    for run in status.runs:
        _show_run(run)
    if not status.runs:
        click.echo("还没有运行过")
    pages = "，".join(f"{_PAGE_STATES[name]} {count}" for name, count in status.pages.items())
    files = "，".join(f"{_ATTACHMENT_STATES[name]} {count}" for name, count in status.attachments.items())
    click.echo(f"网页：{pages}")
    click.echo(f"附件：{files}")
    click.echo(f"政策：{status.policies}（其中已撤下 {status.withdrawn}，已隐去 {status.hidden}）")
    index = "未建立或不可读" if status.index_seq is None else f"已应用到 {status.index_seq}"
    click.echo(f"变更：{status.change_seq}；索引：{index}")
    click.echo(f"归档：{status.archive_files} 个文件，{status.archive_bytes / MIB:.1f} MiB")
    _show_troubles("最近一次运行的问题：", status.troubles)
    _show_troubles("目前失败的网页：", status.waiting)
    _show_troubles("没有读出或没有读全的附件：", status.unread)


def _show_run(run: RunState) -> None:
    code = "" if run.exit_code is None else f"，退出码 {run.exit_code}"
    sums = run.sums
    click.echo(
        f"#{run.id} {run.command} {run.night} {_RUN_STATES[run.state]}{code}，"
        f"开始于 {run.started_at.astimezone(SHANGHAI):%m-%d %H:%M}；"
        f"请求 {sums['requests']}，304 {sums['not_modified']}，新增 {sums['new']}，变更 {sums['changed']}，"
        f"撤下 {sums['vanished']}，失败 {sums['failed'] + sums['unreadable']}{_told(run)}"
    )


def _told(run: RunState) -> str:
    """What the run said at its end, where it is more than its figures."""
    own = "" if run.message.startswith("请求 ") else run.message
    return f"；{own}" if own else ""


def _show_troubles(title: str, troubles: tuple[Trouble, ...]) -> None:
    if not troubles:
        return
    click.echo(title)
    for trouble in troubles:
        place = f"{trouble.site}/{trouble.channel}" if trouble.channel else trouble.site
        click.echo(
            f"  {place} {trouble.failure} ×{trouble.count}：{trouble.advice} {trouble.sample}".rstrip()
        )


@click.command("doctor", help="检查安装是否完好，并说明如何修复；有故障时退出码为 1。")
@json_option
@click.pass_obj
def doctor_command(config: Config, as_json: bool) -> None:
    """Run every check; exit 1 where one fails."""
    checks: list[Check] = []
    for check in run_checks(config, system_clock):
        checks.append(check)
        if not as_json:
            advice = f"——{check.advice}" if check.advice else ""
            click.echo(f"{_MARKS[check.state]}  {check.name}：{check.found}{advice}")
    if as_json:
        click.echo(msgspec.json.encode(checks))
    if any(check.state == FAIL for check in checks):
        sys.exit(TROUBLE)


@click.group("archive", help="归档的维护。")
def archive_group() -> None:
    """Commands on the archive."""


@archive_group.command("verify", help="读遍归档的每一条记录，核对校验和；有损坏时退出码为 1。")
@json_option
@click.pass_obj
def archive_verify_command(config: Config, as_json: bool) -> None:
    """Read every record; exit 1 where one is damaged (a cut end alone is no damage)."""
    checks: list[ArchiveCheck] = []
    for check in verify_archive(config.archive_folder):
        checks.append(check)
        if as_json:
            continue
        click.echo(f"{check.file}：{_ARCHIVE_STATES[check.state]}，{check.records} 条记录，{check.size} 字节")
        for problem in check.problems:
            click.echo(f"  偏移 {problem.offset}：{problem.reason}")
    if as_json:
        found = [msgspec.to_builtins(check) | {"state": check.state} for check in checks]
        click.echo(msgspec.json.encode(found))
    elif not checks:
        click.echo("没有归档文件")
    if any(check.state == "damaged" for check in checks):
        sys.exit(TROUBLE)


@click.command("backup", help="把目录库、归档与设置备份为一个文件；夜间任务运行时也可以使用。")
@click.argument("file", metavar="文件", type=click.Path(path_type=Path))
@click.pass_obj
def backup_command(config: Config, file: Path) -> None:
    """Write FILE; it must not exist."""
    with named_stops():
        manifest = write_backup(config, file, system_clock)
    click.echo(f"已备份 {len(manifest.files)} 个文件，{manifest.size / MIB:.1f} MiB：{file}")


@click.command("restore", help="把备份恢复到一个空目录；写入前后都核对校验和。")
@click.argument("file", metavar="文件", type=click.Path(path_type=Path))
@click.option(
    "--data", metavar="DIR", type=click.Path(path_type=Path), help="恢复到的目录（默认为数据目录）。"
)
@click.pass_obj
def restore_command(config: Config, file: Path, data: Path | None) -> None:
    """Restore FILE into an empty or missing folder."""
    folder = data or config.data
    with named_stops():
        manifest = restore_backup(file, folder)
    click.echo(
        f"已恢复 {len(manifest.files)} 个文件到 {folder}，备份制作于 {manifest.made:%Y-%m-%d %H:%M:%S} UTC"
    )
    click.echo("索引不在备份中：下次运行 zhengce index（或 zhengce nightly）时自动重建")
