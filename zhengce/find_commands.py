"""`zhengce show`: one policy or those like it; what it shares with other commands that read."""

import html
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from index.engine import IndexBusyError, IndexUnusableError
from index.words_of_why import Reason
from normalizers.chinese_names import FIELD_NAMES
from normalizers.correction_fields import value_of
from normalizers.corrections import is_corrected
from normalizers.dates import iso_text
from normalizers.doc_numbers import doc_number_key
from normalizers.policy import Policy
from pipelines.catalogue import Catalogue
from pipelines.config import Config, ConfigError
from pipelines.own_tables import load_region_names
from pipelines.policies import StoredPolicy, find_by_number, load_stored
from portal.labels import PART_NAMES, ROLE_NAMES
from portal.library import Library
from portal.passages import unmarked
from portal.records import ApiItem, ApiPassage, ApiSimilar, api_number, api_similar, whole
from zhengce.corrections_command import told_value
from zhengce.engines import open_index
from zhengce.upkeep_commands import RUNNING, TROUBLE, UNUSABLE, json_option, stop
from zhengce.upkeep_commands import opened as opened_catalogue

SIMILAR = 10

NO_REASONS: Mapping[str, Sequence[Reason]] = {}


@contextmanager
def opened(config: Config, *, create: bool = False) -> Iterator[Catalogue]:
    """The catalogue; whatever makes it or the index unusable ends in one line and its exit code."""
    try:
        with opened_catalogue(config, create=create) as catalogue:
            yield catalogue
    except IndexBusyError as error:
        stop(str(error), RUNNING)
    except IndexUnusableError as error:
        stop(str(error), UNUSABLE)
    except (SQLAlchemyError, OSError) as error:
        stop(f"目录库或索引无法使用：{error}", UNUSABLE)


@click.command("show", help="显示一件政策：编号，或任意写法的文号。")
@click.argument("name", metavar="ID_OR_NUMBER")
@click.option("--similar", is_flag=True, help="列出与它相似的政策。")
@json_option
@click.pass_obj
def show_command(config: Config, name: str, similar: bool, as_json: bool) -> None:
    """Print one policy or those like it; several bearers of a number are listed; exit 1 for none."""
    with opened(config) as catalogue:
        key = doc_number_key(name)
        named = _find(catalogue, name, key)
        found = [one for one in named if one.hidden is None]
        alike = _similar(config, catalogue, found[0]) if similar and len(found) == 1 else None
    if not found:
        told = f"{name} 已隐去（zhengce hide --list）" if named else f"没有编号或文号为 {name} 的政策"
        stop(told, TROUBLE)
    if len(found) > 1:
        _show_candidates(name, key, found, as_json)
    elif alike is not None:
        _show_similar(alike, as_json)
    elif as_json:
        click.echo(msgspec.json.encode(whole(found[0])))
    else:
        _show_policy(found[0], known_regions(config))


def _find(catalogue: Catalogue, name: str, key: str) -> list[StoredPolicy]:
    with catalogue.read() as connection:
        found = load_stored(connection, [name])
        if not found and key:
            found = load_stored(connection, find_by_number(connection, key))
    return [found[page_id] for page_id in sorted(found)]


def _similar(config: Config, catalogue: Catalogue, stored: StoredPolicy) -> ApiSimilar:
    library = Library(open_index(config).reader(), catalogue, known_regions(config))
    return api_similar(stored.policy.id, library.similar(stored, SIMILAR))


def _show_similar(alike: ApiSimilar, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(alike))
        return
    show_rows(alike.items)
    if not alike.items:
        click.echo("没有相似的政策", err=True)


def _show_candidates(name: str, key: str, found: Sequence[StoredPolicy], as_json: bool) -> None:
    number = api_number(name, key, found)
    if as_json:
        click.echo(msgspec.json.encode(number))
        return
    show_rows(number.items)
    click.echo(f"{len(found)} 件政策使用这个文号，请用编号再查", err=True)


def show_rows(items: Sequence[ApiItem], told: Mapping[str, Sequence[Reason]] = NO_REASONS) -> None:
    """A table with the first passage of each on a terminal, lines with tabs elsewhere; reasons below each."""
    rows = [
        (
            i.id,
            i.title or "（无标题）",
            i.doc_number or "",
            "；".join(i.issuers),
            _day(i),
        )
        for i in items
    ]
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(" ".join(cell.split()) for cell in row))
            for reason in told.get(row[0], ()):
                click.echo(f"\t{_reason(reason)}")
        return
    table = Table("编号", "标题", "文号", "发文机关", "日期", box=None, header_style="bold")
    for row, item in zip(rows, items, strict=True):
        table.add_row(*map(Text, row))
        if item.passages:
            table.add_row("", Text(_passage_text(item.passages[0]), style="dim"))
        for reason in told.get(item.id, ()):
            table.add_row("", Text(_reason(reason), style="dim"))
    Console().print(table)


def _reason(reason: Reason) -> str:
    return f"{reason.words}（{reason.points:.1f} 分）" if reason.points else reason.words


def _day(item: ApiItem) -> str:
    """The date of a row, no more exact than it is known."""
    for name, day in (("written_date", item.written_date), ("published_date", item.published_date)):
        if day:
            return iso_text(day, item.date_precision.get(name, "day"))
    return ""


def _passage_text(passage: ApiPassage) -> str:
    text = html.unescape(unmarked(passage.html))
    return f"{passage.place}：{text}" if passage.place else text


def _show_policy(stored: StoredPolicy, regions: Mapping[str, str]) -> None:
    policy = stored.policy
    click.echo(policy.title or "（无标题）")
    click.echo(f"编号：{policy.id}")
    click.echo(f"原文：{policy.url}")
    if stored.withdrawn:
        click.echo("状态：原站已撤下")
    for name, label in FIELD_NAMES.items():
        if name == "authorities" and policy.authorities == policy.issuers:
            continue
        if name not in ("title", "text", "attachments") and (text := _field(policy, name, regions)):
            click.echo(f"{label}：{text}")
    for name in FIELD_NAMES:
        if is_corrected(policy, name):
            click.echo(f"人工更正：{FIELD_NAMES[name]}（{policy.evidence[name].raw}）")
    for attachment in policy.attachments:
        click.echo(f"{ROLE_NAMES[attachment.role]}：{attachment.name} {attachment.url}")
    for part in policy.parts:
        number = f" {part.doc_number}" if part.doc_number else ""
        click.echo(f"正文所含{PART_NAMES[part.kind]}：{part.title}{number}")
    click.echo(f"\n{policy.text}")


def _field(policy: Policy, name: str, regions: Mapping[str, str]) -> str:
    """A field as a person reads it, a date no more exact than it is known; "" where it is unknown."""
    value = value_of(policy, name)
    return "" if value is None else told_value(name, value, regions)


def known_regions(config: Config) -> dict[str, str]:
    """The names of all regions, those of the installation's own among them."""
    try:
        return load_region_names(config.data)
    except ConfigError as error:
        raise click.UsageError(str(error)) from error
