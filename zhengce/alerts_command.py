"""`zhengce alerts`: deliver what is due, and the operator's hands on saved queries and their targets."""

import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import click
import msgspec
from starlette.datastructures import QueryParams

from index.engine import RequestError
from pipelines.alerts import (
    Alert,
    AlertState,
    Rhythm,
    Topic,
    add_alert,
    find_alert,
    load_alerts,
    remove_alerts,
    resume_alert,
    set_alert,
)
from pipelines.clock import SHANGHAI, system_clock
from pipelines.config import Config
from portal.alerts.content import TOPIC_NAMES
from portal.alerts.lock import DeliveryRunning
from portal.alerts.run import Service, deliver_due
from portal.alerts.saved_query import MAX_NAME, name_of, save_query, told_query
from portal.alerts.secret_file import SecretsError
from portal.alerts.targets import TargetError, parse_target, shown_target
from portal.alerts.trial import try_target
from portal.site_text import one_line
from zhengce.alert_service import alert_service
from zhengce.find_commands import known_regions, opened
from zhengce.tables import show_table
from zhengce.upkeep_commands import RUNNING, TROUBLE, UNUSABLE, USAGE, json_option, stop

# Secrets that shall be in no history of a shell: read from here where the target or its key is not given.
TARGET_VARIABLE = "ZHENGCE_ALERT_TARGET"
KEY_VARIABLE = "ZHENGCE_ALERT_KEY"
STATES = {
    AlertState.PENDING: "待确认",
    AlertState.ACTIVE: "有效",
    AlertState.PAUSED: "已暂停",
    AlertState.DECLINED: "已谢绝",
}
RHYTHMS = {Rhythm.INSTANT: "即时", Rhythm.DAILY: "每日"}
EVERY_TOPIC = ",".join(Topic)


@dataclass(frozen=True, slots=True)
class ListedAlert:
    """One alert as operators see it; `target` shows no secret, of a mail address its first letter and host."""

    id: str
    name: str
    query: str
    asks: str
    target: str
    topics: tuple[str, ...]
    rhythm: str
    state: str
    made_at: datetime
    position: int
    failures: int
    failing_since: datetime | None
    failure: str | None
    message: str


@click.group(
    "alerts",
    invoke_without_command=True,
    help="发送到期的通知（不带子命令时），或管理订阅：add、list、remove、pause、resume、test。\n\n"
    "退出码：0 正常；1 有目标失败；2 用法错误；3 目录库或密钥文件不可用；4 另一个进程正在发送。",
)
@json_option
@click.pass_context
def alerts_group(ctx: click.Context, as_json: bool) -> None:
    """Deliver what is due where no command is given."""
    if ctx.invoked_subcommand is not None:
        return
    with _service(ctx.obj) as service:
        report = deliver_due(service)
    if as_json:
        click.echo(msgspec.json.encode(report))
    else:
        for line in report.lines:
            click.echo(line)
    if report.troubles or report.given_up:
        sys.exit(TROUBLE)


@alerts_group.command("add", help="添加订阅；邮件目标由收件人确认后才开始，其他目标立即开始。")
@click.option("--query", default="", metavar="检索", help="检索词，或结果页网址中 ? 之后的部分（含 =）。")
@click.option(
    "--to",
    "target",
    metavar="目标",
    help="mail:地址、webhook:https://…、dingtalk:令牌、wecom:令牌 或 feishu:令牌；"
    f"不给则取环境变量 {TARGET_VARIABLE}。",
)
@click.option("--name", default="", help="名称（默认按检索条件）。")
@click.option("--daily", is_flag=True, help="每天汇总一次（默认有新内容就发）。")
@click.option(
    "--events", default=EVERY_TOPIC, show_default=True, help="通知什么，用逗号分隔：new、changed、status。"
)
@json_option
@click.pass_obj
def add_command(
    config: Config, query: str, target: str | None, name: str, daily: bool, events: str, as_json: bool
) -> None:
    """Add an alert; its secret goes into the file of secrets."""
    wanted = _topics(events)
    with _service(config, create=True) as service:
        try:
            parsed = parse_target(
                target or os.environ.get(TARGET_VARIABLE, ""), os.environ.get(KEY_VARIABLE, "")
            )
            parameters = query.removeprefix("?") if "=" in query else urlencode({"q": query} if query else {})
            saved = save_query(QueryParams(parameters), service.library.query_names())
        except (TargetError, RequestError) as error:
            stop(str(error), USAGE)
        if parsed.secret is None and not service.can_mail:
            stop("没有设置发信：在 zhengce.toml 中写 public_url 与 [alerts] 的 smtp、from", USAGE)
        now = service.clock()
        alert = Alert(
            secrets.token_hex(8),
            one_line(name)[:MAX_NAME] or name_of(saved, service.library.label()),
            saved,
            parsed.kind,
            parsed.address,
            wanted,
            Rhythm.DAILY if daily else Rhythm.INSTANT,
            AlertState.ACTIVE if parsed.secret else AlertState.PENDING,
            now,
            ask_at=None if parsed.secret else now,
        )
        if parsed.secret:
            service.secrets.add(alert.id, parsed.secret)
        with service.catalogue.write() as connection:
            add_alert(connection, alert)
        listed = _listed(service, alert)
        if as_json:
            click.echo(msgspec.json.encode(listed))
            return
        click.echo(f"已添加 {alert.id}：{listed.asks} → {listed.target}")
        if parsed.secret:
            click.echo(f"密钥在 {service.secrets.path}（只有所有者可读）", err=True)
        else:
            click.echo("下次运行 zhengce alerts 时寄出确认邮件，收件人确认后开始", err=True)


@alerts_group.command("list", help="列出订阅、状态与最近的失败。")
@json_option
@click.pass_obj
def list_command(config: Config, as_json: bool) -> None:
    """List all alerts."""
    with _service(config) as service:
        with service.catalogue.read() as connection:
            alerts = load_alerts(connection)
        listed = [_listed(service, alert) for alert in alerts]
    if as_json:
        click.echo(msgspec.json.encode(listed))
    elif listed:
        _show(listed)
    else:
        click.echo("还没有订阅", err=True)


@alerts_group.command("remove", help="删除订阅，连同地址、密钥和未送的通知。")
@click.argument("alert_id", metavar="ID")
@click.pass_obj
def remove_command(config: Config, alert_id: str) -> None:
    """Forget an alert."""
    with _service(config) as service:
        _find(service, alert_id)
        with service.catalogue.write() as connection:
            remove_alerts(connection, [alert_id])
        service.secrets.remove([alert_id])
    click.echo(f"已删除 {alert_id}")


@alerts_group.command("pause", help="暂停订阅；期间的变化在恢复后补发。")
@click.argument("alert_id", metavar="ID")
@click.pass_obj
def pause_command(config: Config, alert_id: str) -> None:
    """Pause an alert."""
    with _service(config) as service:
        if _find(service, alert_id).state is not AlertState.ACTIVE:
            stop("只有有效的订阅可以暂停", USAGE)
        with service.catalogue.write() as connection:
            set_alert(connection, alert_id, state=AlertState.PAUSED)
    click.echo(f"已暂停 {alert_id}")


@alerts_group.command("resume", help="恢复已暂停的订阅，从停下的地方接着通知。")
@click.argument("alert_id", metavar="ID")
@click.option("--skip", is_flag=True, help="略过暂停期间的变化，从现在开始。")
@click.pass_obj
def resume_command(config: Config, alert_id: str, skip: bool) -> None:
    """Resume an alert."""
    with _service(config) as service:
        if _find(service, alert_id).state is not AlertState.PAUSED:
            stop("只有已暂停的订阅可以恢复", USAGE)
        with service.catalogue.write() as connection:
            resume_alert(connection, alert_id, skip=skip)
    click.echo(f"已恢复 {alert_id}")


@alerts_group.command("test", help="向目标发一条试验通知，不含政策；被拒绝时退出码为 1。")
@click.argument("alert_id", metavar="ID")
@click.pass_obj
def test_command(config: Config, alert_id: str) -> None:
    """Send a trial message."""
    with _service(config) as service:
        alert = _find(service, alert_id)
        if alert.state in (AlertState.PENDING, AlertState.DECLINED):
            stop("收件人还没有确认，不能寄试验邮件", USAGE)
        refusal = try_target(service, alert)
    target = shown_target(alert.kind, alert.address)
    if refusal:
        stop(f"{target} 没有接收：{refusal.failure}（{refusal.message}）", TROUBLE)
    click.echo(f"{target} 已接收")


@contextmanager
def _service(config: Config, *, create: bool = False) -> Iterator[Service]:
    """The alerts of an installation that has any data, else of a new one with `create`.

    Every known trouble ends the command by name.
    """
    with opened(config, create=create) as catalogue:
        try:
            yield alert_service(config, catalogue, known_regions(config), system_clock)
        except DeliveryRunning as error:
            stop(str(error), RUNNING)
        except SecretsError as error:
            stop(str(error), UNUSABLE)


def _topics(events: str) -> frozenset[Topic]:
    names = [name.strip() for name in events.split(",") if name.strip()]
    unknown = [name for name in names if name not in tuple(Topic)]
    if unknown or not names:
        told = "、".join(f"{topic}（{label}）" for topic, label in TOPIC_NAMES.items())
        raise click.UsageError(f"--events 可用：{told}")
    return frozenset(map(Topic, names))


def _find(service: Service, alert_id: str) -> Alert:
    with service.catalogue.read() as connection:
        alert = find_alert(connection, alert_id)
    if alert is None:
        stop(f"没有编号为 {alert_id} 的订阅，见 zhengce alerts list", USAGE)
    return alert


def _listed(service: Service, alert: Alert) -> ListedAlert:
    return ListedAlert(
        alert.id,
        alert.name,
        alert.query,
        told_query(alert.query, service.library.label()),
        shown_target(alert.kind, alert.address),
        tuple(sorted(alert.topics)),
        alert.rhythm,
        alert.state,
        alert.made_at,
        alert.position,
        alert.failures,
        alert.failing_since,
        alert.failure,
        alert.message,
    )


def _show(listed: Sequence[ListedAlert]) -> None:
    rows = [
        (
            one.id,
            STATES[AlertState(one.state)],
            RHYTHMS[Rhythm(one.rhythm)],
            one.name,
            one.target,
            _failing(one),
        )
        for one in listed
    ]
    show_table(("编号", "状态", "频率", "名称", "目标", "最近的失败"), rows)


def _failing(one: ListedAlert) -> str:
    if not one.failure:
        return ""
    since = f"，自 {one.failing_since.astimezone(SHANGHAI):%m-%d %H:%M}" if one.failing_since else ""
    return f"{one.failure}（{one.message}）{since}"
