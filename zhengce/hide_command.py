"""`zhengce hide`: taking a policy out of every view, and bringing it back."""

from dataclasses import dataclass
from datetime import datetime

import click
import msgspec

from normalizers.chars import tidy
from pipelines.catalogue import Catalogue
from pipelines.clock import SHANGHAI, system_clock
from pipelines.config import Config
from pipelines.hiding import MAX_REASON, HiddenPolicy, hide_policy, list_hidden, unhide_policy
from zhengce.named_policy import index_now, the_policy
from zhengce.upkeep_commands import json_option, opened


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: `changed` is false where it was so before; `index` complains where the index lags.

    `dumps` is the folder of full dumps, those of earlier nights have what is hidden now; "" without any.
    """

    id: str
    title: str | None
    hidden: bool
    changed: bool
    index: str
    dumps: str


@click.command(
    "hide",
    help="隐去一件政策（已撤回，或含个人信息）：检索、网页、订阅、导出和接口都不再给出，变更流中留下一条墓碑。\n\n"
    "ID_OR_NUMBER：编号、文号（任意写法）或网址。以后各夜重新抓取、重新解析也仍然隐去，直到 --undo。",
)
@click.argument("name", metavar="ID_OR_NUMBER", required=False, default="")
@click.option("--reason", default="", help="为什么隐去（必填）；只有维护人员看得到。")
@click.option("--undo", is_flag=True, help="恢复显示。")
@click.option("--list", "listing", is_flag=True, help="列出已隐去的政策。")
@json_option
@click.pass_obj
def hide_command(config: Config, name: str, reason: str, undo: bool, listing: bool, as_json: bool) -> None:
    """Hide a policy, show it again, or list those hidden."""
    reason = tidy(reason)
    if listing:
        if name or reason or undo:
            raise click.UsageError("--list 不与其他参数同用")
        with opened(config) as catalogue, catalogue.read() as connection:
            _show_list(list_hidden(connection), as_json)
        return
    if not name:
        raise click.UsageError("请给出编号、文号或网址，或用 --list 列出已隐去的政策")
    if undo and reason:
        raise click.UsageError("--undo 不带 --reason")
    if not undo and not 0 < len(reason) <= MAX_REASON:
        raise click.UsageError(f"请用 --reason 写明为什么隐去（不超过 {MAX_REASON} 字）")
    with opened(config) as catalogue:
        _show(_apply(config, catalogue, name, "" if undo else reason), as_json)


def _apply(config: Config, catalogue: Catalogue, name: str, reason: str) -> Done:
    """Hide with a reason, or show again without one; the catalogue first, then the index."""
    with catalogue.read() as connection:
        policy = the_policy(connection, name).policy
    at = system_clock()
    with catalogue.write() as connection:
        if reason:
            changed = hide_policy(connection, policy.id, reason, at)
        else:
            changed = unhide_policy(connection, policy.id, at)
    dumps = str(config.dump) if reason and config.dump and config.dump.is_dir() else ""
    return Done(policy.id, policy.title, bool(reason), changed, index_now(config, catalogue), dumps)


def _show(done: Done, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(done))
        return
    if done.hidden:
        told = "已隐去" if done.changed else "此前已经隐去，理由已更新"
    else:
        told = "已恢复显示" if done.changed else "没有隐去，未作改动"
    click.echo(f"{told}：{done.id} {done.title or '（无标题）'}")
    if done.index:
        click.echo(done.index, err=True)
    if done.dumps:
        click.echo(f"此前各夜的全量导出中可能有它，请自行处理：{done.dumps}", err=True)


def _show_list(found: tuple[HiddenPolicy, ...], as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    for one in found:
        cells = (one.id, _day(one.at), " ".join((one.title or "（无标题）").split()), one.reason, one.url)
        click.echo("\t".join(cells))
    click.echo(f"共 {len(found)} 件已隐去", err=True)


def _day(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d}" if at else ""
