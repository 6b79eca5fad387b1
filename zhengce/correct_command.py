"""`zhengce correct`: one field of one policy set right, in the file and at once in the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import click
import msgspec
from sqlalchemy import Connection, select

from normalizers.chars import tidy
from normalizers.chinese_names import FIELD_NAMES
from normalizers.correction_fields import (
    FIELDS,
    LISTS,
    NEVER_UNKNOWN,
    CorrectionError,
    Value,
    kind_of,
    normalize_value,
    shown_value,
    value_of,
)
from normalizers.corrections import MAX_SHOWN, Correction, is_corrected
from normalizers.policy import Policy
from pipelines import schema as t
from pipelines.catalogue import Catalogue
from pipelines.clock import day_of, system_clock
from pipelines.config import Config
from pipelines.correction_file import (
    MAX_TEXT,
    identity,
    put_correction,
    remove_correction,
)
from pipelines.corrections import digest_of, load_digests, open_corrections
from pipelines.disk import check_folder
from pipelines.lock import NightLock, NightRunning
from pipelines.normalize import NormalizeStage
from pipelines.policies import StoredPolicy, load_stored
from zhengce.corrections_command import BY_NAME, told_value
from zhengce.named_policy import index_now, the_policy
from zhengce.upkeep_commands import TROUBLE, USAGE, json_option, opened, stop


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a policy before and after a correction; None is unknown."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction did; `applied` is false where it waits for the next normalisation."""

    page: str
    field: str
    file: str
    applied: bool
    changes: tuple[Change, ...]


@click.command(
    "correct",
    help="更正一件政策的一个字段，立即重新解析；更正记在更正文件中，以后每次解析都保留。\n\n"
    "PAGE：编号、文号（任意写法）或网址。字段可用英文名或中文名，如 doc_number 或 发文字号。"
    "列表字段（如 发文机关）可给多个值；日期写 2023-05-01，只知道月份写 2023-05。",
)
@click.argument("page", metavar="PAGE")
@click.argument("field", metavar="字段")
@click.argument("values", metavar="[值]…", nargs=-1)
@click.option("--reason", default="", help="为什么更正，例如依据哪份原件（必填）。")
@click.option("--by", default="", metavar="姓名", help="谁更正的。")
@click.option("--unknown", is_flag=True, help="程序读出的值是错的，而且确实没有值。")
@click.option("--remove", is_flag=True, help="撤销这一页这个字段的更正。")
@json_option
@click.pass_obj
def correct_command(
    config: Config, /, page: str, field: str, values: tuple[str, ...], **options: Any
) -> None:
    """Write or remove a correction, normalise the page, show what has changed."""
    remove, reason, by = options["remove"], tidy(options["reason"]), tidy(options["by"])
    if remove and (values or options["unknown"] or reason or by):
        raise click.UsageError("撤销时只用 --remove，不带值和其他选项")
    if not remove and bool(values) == options["unknown"]:
        raise click.UsageError("请给出值，或用 --unknown 表示确实没有值（二者选一）")
    if not remove and not 0 < len(reason) <= MAX_TEXT:
        raise click.UsageError(f"请用 --reason 写明为什么更正，例如依据哪份原件（不超过 {MAX_TEXT} 字）")
    field = BY_NAME.get(field, field)
    value = None if remove else _value(field, values)
    with opened(config) as catalogue:
        with catalogue.read() as connection:
            corrections = open_corrections(config.corrections, connection)
            stored = the_policy(connection, page)
            mine = corrections.of_pages(connection, [stored.policy.id]).get(stored.policy.id, ())
            keys = _names(connection, stored.policy.id)
        old = next((c for c in mine if c.field == field), None)

        def same(other: Correction) -> bool:
            return other.field == field and (other.page in keys or identity(other.page) in keys)

        if remove:
            if remove_correction(config.corrections, same) is None:
                stop(f"{config.corrections} 中没有这一页 {_named(field)} 的更正", TROUBLE)
        else:
            made = Correction(stored.policy.url, field, value, reason, by, day_of(system_clock()))
            made = replace(made, was=_was(stored.policy, made, old))
            put_correction(config.corrections, made, same, stored.policy.title or "")
        _show(_apply(config, catalogue, stored, field), options["as_json"], removed=remove)


def _value(field: str, values: Sequence[str]) -> Value:
    try:
        kind_of(field)
        if not values:
            if field in NEVER_UNKNOWN:
                raise CorrectionError(f"{field} 必须有值")
            return None
        if field not in LISTS and len(values) > 1:
            raise CorrectionError(f"{_named(field)} 只有一个值；含空格的值请加引号")
        return normalize_value(field, tuple(values) if field in LISTS else values[0])
    except CorrectionError as error:
        stop(f"{_named(field)}：{error}", USAGE)


def _named(field: str) -> str:
    return FIELD_NAMES.get(field, field)


def _names(connection: Connection, page: str) -> frozenset[str]:
    """The id of a page, and the ids that its other addresses would have given it."""
    a = t.address.c
    urls = connection.execute(select(a.url).where(a.page_id == page)).scalars()
    return frozenset({page, *map(identity, urls)})


def _was(policy: Policy, made: Correction, old: Correction | None) -> str | None:
    """What the rules say, as far as it can be known; ends the command where they say the same."""
    if is_corrected(policy, made.field):
        return old.was if old else None
    now = value_of(policy, made.field)
    if now == made.value:
        stop(f"{_named(made.field)} 现在就是 {told_value(made.field, now)}，无需更正", TROUBLE)
    return shown_value(now)[:MAX_SHOWN]


def _apply(config: Config, catalogue: Catalogue, stored: StoredPolicy, field: str) -> Corrected:
    """Normalise the page and bring the index level with it, unless another run is at work."""
    page = stored.policy.id
    try:
        check_folder(config.data, config.min_free)
        with NightLock(config.data, system_clock):
            one, night = replace(config, processes=1), day_of(system_clock())
            with NormalizeStage(catalogue, one, system_clock, night=night, run=None, only={page}) as stage:
                stage.run_until_idle()
    except NightRunning as error:
        click.echo(f"{error}；更正已记下，此后运行 zhengce normalize（或下一夜）生效", err=True)
        return Corrected(page, field, str(config.corrections), False, ())
    with catalogue.read() as connection:
        after = load_stored(connection, [page])[page].policy
        mine = open_corrections(config.corrections, connection).of_pages(connection, [page])
        applied = load_digests(connection, [page]).get(page, "") == digest_of(mine.get(page, ()))
    if not applied:
        click.echo("这一页现在不能重新解析（见 zhengce status）；更正已记下，解析后生效", err=True)
    if complaint := index_now(config, catalogue):
        click.echo(complaint, err=True)
    return Corrected(page, field, str(config.corrections), applied, _changes(stored.policy, after))


def _changes(before: Policy, after: Policy) -> tuple[Change, ...]:
    pairs = ((name, value_of(before, name), value_of(after, name)) for name in FIELDS)
    return tuple(Change(name, old, new) for name, old, new in pairs if old != new)


def _show(done: Corrected, as_json: bool, *, removed: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(done))
        return
    click.echo(f"{'已撤销' if removed else '已记入'} {done.file}：{done.page} {_named(done.field)}")
    for change in done.changes:
        before, after = (told_value(change.field, value) for value in (change.before, change.after))
        click.echo(f"{_named(change.field)}：{before} → {after}")
    if done.applied and not done.changes:
        click.echo("各字段没有变化")
