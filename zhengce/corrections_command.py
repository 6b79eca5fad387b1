"""`zhengce corrections`: what became of every correction of the file."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

import click
import msgspec
from sqlalchemy import Connection

from normalizers.chinese_names import FIELD_NAMES
from normalizers.correction_fields import FIELDS, Value, shown_value, value_of
from normalizers.corrections import MAX_SHOWN, REVIEW, Correction, is_corrected
from normalizers.policy import Policy
from pipelines.config import Config
from pipelines.correction_file import MAX_BYTES, add_corrections
from pipelines.correction_sheet import parse_sheet
from pipelines.corrections import PageCorrections, digest_of, load_digests, open_corrections
from pipelines.policies import load_stored
from portal.labels import value_label
from zhengce.tables import show_table
from zhengce.upkeep_commands import json_option, opened

State = Literal["applied", "review", "not_needed", "waiting", "overridden", "unknown_page"]
STATES: dict[State, str] = {
    "applied": "已生效",
    "review": "已生效，请复核：页面后来有变",
    "not_needed": "不再需要：程序读出的就是这个值",
    "waiting": "待生效：运行 zhengce normalize",
    "overridden": "被后面同一页同一字段的更正取代",
    "unknown_page": "目录库中没有这一页",
}
# Fields by the names that people see.
BY_NAME = {name: field for field, name in FIELD_NAMES.items() if field in FIELDS} | {
    "行政规范性文件": "normative"
}
# A person who corrects a region writes its code.
NO_REGIONS: Mapping[str, str] = {}
# Policies read at once.
READ = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """One correction of the file and what became of it; `id` is None where the page is not known."""

    state: State
    id: str | None
    page: str
    field: str
    value: Value
    was: str | None
    reason: str
    by: str
    date: str | None


@click.command(
    "corrections",
    help="列出更正文件中的更正，以及每一条是否生效；--add 把表格中的更正并入文件。",
)
@click.option(
    "--add",
    metavar="表格",
    type=click.File("rb"),
    help="CSV，或从电子表格粘贴的文本：表头为 页面、字段、值、理由（可加 更正人、日期）；"
    "列表的各项用；隔开，值写 unknown 表示确实没有值。",
)
@json_option
@click.pass_obj
def corrections_command(config: Config, add: BinaryIO | None, as_json: bool) -> None:
    """List the corrections of the file with what became of them, after those of a table were added."""
    with opened(config) as catalogue, catalogue.read() as connection:
        if add:
            _add(config, connection, add)
        listed = list_corrections(connection, open_corrections(config.corrections, connection))
    if as_json:
        click.echo(msgspec.json.encode(listed))
        return
    _show_listed(listed)
    counts = Counter(one.state for one in listed)
    said = "，".join(f"{STATES[state].partition('：')[0]} {n}" for state in STATES if (n := counts[state]))
    click.echo(f"共 {len(listed)} 条{'：' if said else ''}{said}（{config.corrections}）", err=True)


def _add(config: Config, connection: Connection, table: BinaryIO) -> None:
    open_corrections(config.corrections, connection)
    given = parse_sheet(table.read(MAX_BYTES), Path(table.name).name, BY_NAME)
    replaced = add_corrections(config.corrections, _with_was(connection, given))
    click.echo(
        f"并入 {len(given)} 条（其中 {replaced} 条取代了原有的）；运行 zhengce normalize 生效", err=True
    )


def _with_was(connection: Connection, given: Sequence[Correction]) -> list[Correction]:
    """The corrections with what the rules say now, as far as the pages are known and not corrected yet."""
    made: list[Correction] = []
    pages = PageCorrections(given).pages(connection)
    for start in range(0, len(given), READ):
        some = pages[start : start + READ]
        stored = load_stored(connection, [page for page in some if page])
        for correction, page in zip(given[start : start + READ], some, strict=True):
            policy = stored[page].policy if page in stored else None
            told = None if policy is None or is_corrected(policy, correction.field) else policy
            was = shown_value(value_of(told, correction.field))[:MAX_SHOWN] if told else None
            made.append(replace(correction, was=was))
    return made


def list_corrections(connection: Connection, corrections: PageCorrections) -> list[Listed]:
    """Every correction of the file in its order, with its state."""
    pages = corrections.pages(connection)
    ids = sorted({page for page in pages if page})
    chosen = corrections.of_pages(connection, ids)
    states: dict[tuple[str, str], State] = {}
    for start in range(0, len(ids), READ):
        some = ids[start : start + READ]
        stored, made = load_stored(connection, some), load_digests(connection, some)
        for page in some:
            fresh = page in stored and made.get(page) == digest_of(chosen[page])
            states |= _states(page, chosen[page], stored[page].policy if fresh else None)
    return [
        _listed(correction, page, chosen, states)
        for correction, page in zip(corrections.corrections, pages, strict=True)
    ]


def _states(
    page: str, corrections: Sequence[Correction], policy: Policy | None
) -> Iterator[tuple[tuple[str, str], State]]:
    for correction in corrections:
        name = correction.field
        if policy is None:
            state: State = "waiting"
        elif not is_corrected(policy, name):
            state = "not_needed"
        else:
            stale = any(w.startswith(f"{REVIEW}: {name},") for w in policy.warnings)
            state = "review" if stale else "applied"
        yield (page, name), state


def _listed(
    correction: Correction,
    page: str | None,
    chosen: Mapping[str, tuple[Correction, ...]],
    states: Mapping[tuple[str, str], State],
) -> Listed:
    if page is None:
        state: State = "unknown_page"
    else:
        state = states[page, correction.field] if correction in chosen[page] else "overridden"
    c = correction
    day = c.day.isoformat() if c.day else None
    return Listed(state, page, c.page, c.field, c.value, c.was, c.reason, c.by, day)


def _show_listed(listed: Sequence[Listed]) -> None:
    """A table on a terminal, lines with tabs elsewhere."""
    rows = [
        (
            STATES[one.state],
            one.id or "",
            FIELD_NAMES.get(one.field, one.field),
            told_value(one.field, one.value),
            one.reason + (f"（{one.by}）" if one.by else ""),
            one.page,
        )
        for one in listed
    ]
    show_table(("状态", "编号", "字段", "更正为", "理由", "页面"), rows)


def told_value(field: str, value: Value, regions: Mapping[str, str] = NO_REGIONS) -> str:
    """A value as a person reads it, closed lists by their Chinese names, regions by those given."""
    names = {"region": regions}
    return (value_label(field, value, names) if isinstance(value, str) else shown_value(value)) or "（无）"
