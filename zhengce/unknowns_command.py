"""`zhengce unknowns`: what the readers did not understand, by count, with a page for each."""

import sys
from typing import Any

import click
import msgspec

from normalizers.chinese_names import FIELD_NAMES
from normalizers.warning_words import WORDS
from pipelines.catalogue import Catalogue
from pipelines.config import Config
from pipelines.unknowns import KINDS, Unknowns, count_unknowns, most_common
from zhengce.upkeep_commands import has_catalogue, named_stops

UNUSABLE = 3
_FIELDS = FIELD_NAMES | {"blocks": "正文"}


@click.command("unknowns", help="程序没有看懂的内容：按种类和出现次数列出，各附一个网页。")
@click.option("--kind", type=click.Choice(KINDS), help="只列出一种。")
@click.option("--top", default=10, show_default=True, type=click.IntRange(1), help="每种列出几项。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON（全部内容，不受 --top 限制）。")
@click.pass_obj
def unknowns_command(config: Config, kind: str | None, top: int, as_json: bool) -> None:
    """Read all policies once and show what is unknown of them."""
    if not has_catalogue(config):
        click.echo(f"{config.data} 中还没有数据：先运行 zhengce nightly", err=True)
        sys.exit(UNUSABLE)
    with named_stops():
        catalogue = Catalogue.open(config.catalogue_url)
        with catalogue.read() as connection:
            found = count_unknowns(connection)
        catalogue.close()
    kinds = (kind,) if kind else KINDS
    if as_json:
        click.echo(msgspec.json.encode(_as_json(found, kinds)))
    else:
        _show(found, kinds, top)


def _as_json(found: Unknowns, kinds: tuple[str, ...]) -> dict[str, Any]:
    return {
        "policies": found.policies,
        "documents": found.documents,
        "unknowns": [
            {"kind": kind, "value": value, "count": seen.count, "sample": seen.sample}
            for kind in kinds
            for value, seen in most_common(found.values[kind])
        ],
        "rest": found.rest,
        "missing": [
            {"field": name, "count": seen.count, "sample": seen.sample}
            for name, seen in most_common(found.missing)
        ],
    }


def _show(found: Unknowns, kinds: tuple[str, ...], top: int) -> None:
    click.echo(f"在架的政策 {found.policies} 条，其中政策文件 {found.documents} 条")
    for kind in kinds:
        values, rest = found.values[kind], found.rest.get(kind, 0)
        times = sum(seen.count for seen in values.values()) + rest
        click.echo(f"{WORDS[kind]}（{kind}）：{times} 处，{len(values)}{'+' if rest else ''} 种")
        for value, seen in most_common(values)[:top]:
            click.echo(f"  {seen.count:>6}  {value}  {seen.sample}")
    if found.missing and len(kinds) > 1:
        click.echo("政策文件中缺少：")
        for name, seen in most_common(found.missing):
            share = seen.count / found.documents
            click.echo(f"  {seen.count:>6}  {_FIELDS[name]}（{share:.1%}）  {seen.sample}")
