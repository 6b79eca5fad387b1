"""`zhengce demo`: the fictional country on this machine: its web, a night over it, and the portal."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NoReturn

import click

from demo.history import DAY_ZERO
from demo.web import running
from demo.world import PORT, World, write_authorities, write_regions, write_site_files
from index.engine import IndexUnusableError
from pipelines.catalogue import CatalogueError
from pipelines.clock import clock_at, parse_instant
from pipelines.config import Config, ConfigError
from pipelines.correction_file import CorrectionFileError
from pipelines.disk import DEMO_BYTES, StorageError
from pipelines.lock import NightRunning
from pipelines.own_tables import AUTHORITIES, REGIONS
from zhengce.night_report import report_lines
from zhengce.nightly import UNUSABLE, NightOptions, run_night
from zhengce.nightly_command import RUNNING
from zhengce.progress import showing
from zhengce.upkeep_commands import TROUBLE

CONTACT = "demo@yanshi.test"
NOTICE = "演示数据：国家、机构、文件全部为虚构"


@click.command("demo")
@click.option("--day", default=0, show_default=True, type=click.IntRange(0, 3650), help="演示国的第几天。")
@click.option(
    "--documents",
    default=4000,
    show_default=True,
    type=click.IntRange(60, 100_000),
    help="文件总数；少于 700 时只有 12 个站点。",
)
@click.option("--port", default=8000, show_default=True, help="门户端口。")
@click.option("--portal/--no-portal", default=True, help="夜间任务之后是否继续提供门户。")
@click.pass_obj
def demo_command(config: Config, day: int, documents: int, port: int, portal: bool) -> None:
    """演示国：启动虚构的政府网站，跑一夜，然后在浏览器中检索。

    全部内容为虚构。数据在数据目录的 demo 子目录；再用 --day 1 运行一次，就是有新消息的第二夜。
    """
    config = demo_config(config)
    for number, purpose in ((PORT, "演示网站"), (port, "门户")):
        if number == PORT or portal:
            _check_port(number, purpose)
    world = World(documents)
    write_site_files(config.sites, PORT, world.sites)
    write_tables(config)
    signal.signal(signal.SIGTERM, _leave)
    with running(world, day=day, port=PORT), _serving(config, port) if portal else nullcontext() as served:
        if portal:
            click.echo(f"门户：http://127.0.0.1:{port}（索引随夜间任务逐步充实）", err=True)
        code = _night(config, day)
        if served is None:
            sys.exit(code)
        click.echo(f"完成。在浏览器打开 http://127.0.0.1:{port} ；按 Ctrl-C 结束。", err=True)
        _wait(served)


def demo_config(config: Config) -> Config:
    """The configuration of the demo: its own data folder, and `.test` hosts on this machine only."""
    data, server = config.data / "demo", config.index_server
    return replace(
        config,
        data=data,
        catalogue_url=f"sqlite:///{data / 'catalogue.sqlite'}",
        sites=data / "sites",
        contact=CONTACT,
        window=None,
        backfill=10**9,
        min_free=DEMO_BYTES,
        dump=None,
        address_map={".test": "127.0.0.1"},
        index_server=server and replace(server, name=f"{server.name}_demo"),
    )


def demo_options(day: int) -> NightOptions:
    """A night on a day of the fictional country."""
    now = demo_night(day)
    return NightOptions(clock=clock_at(now), now=now)


def write_tables(config: Config) -> None:
    """Write the fictional bodies and regions where every command on this data folder reads them."""
    config.data.mkdir(parents=True, exist_ok=True)
    write_authorities(config.data / AUTHORITIES)
    write_regions(config.data / REGIONS)


def demo_night(day: int) -> datetime:
    """02:00 of the night after a day, when its documents are all online."""
    return parse_instant((DAY_ZERO + timedelta(days=day)).isoformat())


def _night(config: Config, day: int) -> int:
    try:
        with showing() as show:
            outcome = run_night(config, demo_options(day), show)
    except NightRunning as error:
        click.echo(str(error), err=True)
        return RUNNING
    except (IndexUnusableError, CatalogueError, StorageError, CorrectionFileError, ConfigError) as error:
        click.echo(str(error), err=True)
        return UNUSABLE
    for line in report_lines(outcome.report, hint=""):
        click.echo(line)
    return outcome.exit_code


@contextmanager
def _serving(config: Config, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-P", "-m", "zhengce", "--data", str(config.data)]
    options = ["--port", str(port), "--notice", NOTICE]
    environ = dict(os.environ)
    if config.index_server:
        environ["ZHENGCE_INDEX_NAME"] = config.index_server.name
    process = subprocess.Popen([*command, "serve", *options], env=environ)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


def _check_port(port: int, purpose: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise click.UsageError(f"端口 {port}（{purpose}）已被占用：{error.strerror}") from error


def _leave(number: int, _: object) -> NoReturn:
    """End as by Ctrl-C, so that the portal ends too."""
    raise SystemExit(128 + number)


def _wait(portal: "subprocess.Popen[bytes]") -> None:
    """Until someone ends it; a portal that ended by itself ends the demo."""
    with suppress(KeyboardInterrupt):
        code = portal.wait()
        click.echo(f"门户已退出（退出码 {code}），演示结束；可再次运行 zhengce demo", err=True)
        sys.exit(TROUBLE)
