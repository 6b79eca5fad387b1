"""`zhengce search`: finding policies from the command line."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import click
import msgspec

from index.engine import LAST_OFFSET, MAX_LIMIT, RequestError
from index.words_of_why import Reason
from pipelines.config import Config
from portal.facets import in_order
from portal.forms import Asked
from portal.labels import FACET_NAMES
from portal.library import Found, Library
from portal.records import ApiPage, api_page, api_suggestions
from zhengce.engines import open_index
from zhengce.find_commands import known_regions, opened, show_rows
from zhengce.query_options import SETTINGS, query_options, taken_form
from zhengce.upkeep_commands import USAGE, json_option, stop
from zhengce.usage_errors import Labelled

KINDS = {"title": "标题", "number": "文号", "issuer": "机关"}


@click.command(
    "search",
    context_settings=SETTINGS,
    help='检索政策。QUERY：空格分隔的词都要出现，"…" 逐字匹配，-词 排除，OR 与括号，标题: 文号: 地区: 等字段，文号可用任意写法。',
)
@query_options
@click.option(
    "--limit", default=10, show_default=True, type=click.IntRange(0, MAX_LIMIT), help="最多几条；0 只计数。"
)
@click.option("--offset", default=0, type=click.IntRange(0, LAST_OFFSET), help="跳过多少件。")
@click.option("--cursor", metavar="NEXT", help="从上一页给出的 next 继续。")
@click.option(
    "--facet", "facets", multiple=True, type=Labelled(FACET_NAMES), help="另给一个分面的计数，可重复。"
)
@click.option("--suggest", is_flag=True, help="QUERY 是开头：列出可补全的机关、文号、标题。")
@click.option("--why", is_flag=True, help="说明每条结果为什么被找到、各部分得了多少分。")
@json_option
@click.pass_obj
def search_command(config: Config, /, query: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Search and print the hits; exit 2 for a query that cannot be understood."""
    piece = {name: options.pop(name) for name in ("limit", "offset", "cursor", "facets")}
    suggesting, why = options.pop("suggest"), options.pop("why")
    with opened(config) as catalogue:
        library = Library(open_index(config).reader(), catalogue, known_regions(config))
        if suggesting:
            _suggest(library, " ".join(query), piece["limit"], as_json)
            return
        form = taken_form(library, query, options)
        try:
            asked = form.request(**piece)
            found = library.search(asked.request)
        except RequestError as error:
            stop(str(error), USAGE)
        page = api_page(asked, found, library.label(), library.meant(asked, found.whole))
        told = _reasons(library, asked, found) if why else {}
    if as_json:
        click.echo(msgspec.json.encode({**msgspec.to_builtins(page), "why": told} if why else page))
    else:
        _show(page, told)


def _reasons(library: Library, asked: Asked, found: Found) -> dict[str, tuple[Reason, ...]]:
    """Why each item was found, by id; nothing of one that a commit took away meanwhile."""
    told: dict[str, tuple[Reason, ...]] = {}
    for item in found.items:
        with suppress(RequestError):
            told[item.stored.policy.id] = library.why(asked, item.stored)[1]
    return told


def show_reading(page: ApiPage) -> None:
    """Say on stderr how a query was read: mistakes, words beside its own, what else may have been meant."""
    for mistake in page.mistakes:
        click.echo(f"第 {mistake.start + 1} 个字符：{mistake.message}", err=True)
    for also in page.also:
        click.echo(f"也检索了：{also.word} → {'、'.join(also.others)}（--no-synonyms 只检索原词）", err=True)
    if page.note:
        click.echo(f"{page.note}（--no-synonyms 照原样检索）", err=True)
    if page.did_you_mean:
        click.echo(f"您要找的是不是：{'；'.join(page.did_you_mean)}", err=True)


def _show(page: ApiPage, told: Mapping[str, Sequence[Reason]]) -> None:
    show_reading(page)
    show_rows(page.items, told)
    for name, counts in page.facets.items():
        for one in in_order(name, counts):
            click.echo(f"{FACET_NAMES[name]}\t{one.value}\t{one.label}\t{one.count}")
    more = f"；下一页：--cursor {page.next}" if page.next else ""
    click.echo(f"共 {page.total} 件{more}", err=True)


def _suggest(library: Library, text: str, limit: int, as_json: bool) -> None:
    found = api_suggestions(text, library.suggest(text, limit))
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    for one in found.items:
        click.echo(f"{KINDS[one.kind]}\t{one.text}\t{one.id or ''}".rstrip())
