"""`zhengce search`: finding policies from the command line."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import click
import msgspec

from index.engine import LAST_OFFSET, MAX_LIMIT, ORDERS, RequestError
from index.words_of_why import Reason
from normalizers.policy import CONTENT_TYPES, INTERPRETATION_FORMS, LEVELS, VALIDITIES
from pipelines.config import Config
from portal.facets import in_order
from portal.forms import Asked, SearchForm
from portal.labels import FACET_NAMES, NORMATIVE, SORT_NAMES
from portal.library import Found, Library
from portal.records import ApiPage, api_page, api_suggestions
from zhengce.engines import open_index
from zhengce.find_commands import known_regions, opened, show_rows
from zhengce.upkeep_commands import USAGE, json_option, stop
from zhengce.usage_errors import Labelled

KINDS = {"title": "标题", "number": "文号", "issuer": "机关"}


def _words(ctx: click.Context, _: click.Parameter, query: tuple[str, ...]) -> tuple[str, ...]:
    """The words of the query; one that begins with two dashes is an option that there is not."""
    for word in query:
        if word.startswith("--"):
            known = [option for one in ctx.command.params for option in (*one.opts, *one.secondary_opts)]
            raise click.NoSuchOption(word.split("=")[0], possibilities=known, ctx=ctx)
    return query


@click.command(
    "search",
    context_settings={"ignore_unknown_options": True},  # -词 leaves a word out
    help='检索政策。QUERY：空格分隔的词都要出现，"…" 逐字匹配，-词 排除，OR 与括号，标题: 文号: 地区: 等字段，文号可用任意写法。',
)
@click.argument("query", metavar="[QUERY]…", nargs=-1, callback=_words)
@click.option("--level", multiple=True, type=Labelled(LEVELS), help="层级，可重复。")
@click.option("--region", multiple=True, metavar="CODE", help="地区代码（GB/T 2260），包含下级，可重复。")
@click.option("--issuer", multiple=True, metavar="NAME", help="发文机关，全称或通用简称，可重复。")
@click.option("--type", "content_type", multiple=True, type=Labelled(CONTENT_TYPES), help="内容类型。")
@click.option("--doc-type", multiple=True, metavar="NAME", help="文种，如 通知，可重复。")
@click.option("--instrument", multiple=True, metavar="NAME", help="体裁，如 办法，可重复。")
@click.option("--normative", multiple=True, type=Labelled(NORMATIVE), help="是否规范性文件。")
@click.option("--interpretation-form", multiple=True, type=Labelled(INTERPRETATION_FORMS), help="解读形式。")
@click.option("--subject", multiple=True, metavar="NAME", help="主题分类，可重复。")
@click.option("--topic", multiple=True, metavar="NAME", help="标签，可重复。")
@click.option("--year", multiple=True, metavar="YYYY", help="年份，可重复。")
@click.option("--validity", multiple=True, type=Labelled(VALIDITIES), help="有效性。")
@click.option("--site", multiple=True, metavar="ID", help="站点编号，可重复。")
@click.option("--from", "first", default="", metavar="DAY", help="日期不早于，如 2023-05-01。")
@click.option("--to", "last", default="", metavar="DAY", help="日期不晚于。")
@click.option("--sort", type=Labelled(SORT_NAMES), help="排序（默认：有检索词按相关度，否则按发布日期）。")
@click.option("--order", type=click.Choice(ORDERS), default="desc", show_default=True, help="次序。")
@click.option(
    "--synonyms/--no-synonyms", default=True, help="是否同时检索同义词和简称、找不到时放宽（默认是）。"
)
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
    text = " ".join(query)
    with opened(config) as catalogue:
        library = Library(open_index(config).reader(), catalogue, known_regions(config))
        if suggesting:
            _suggest(library, text, piece["limit"], as_json)
            return
        form = _form(library, text, options)
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


def _form(library: Library, text: str, options: dict[str, Any]) -> SearchForm:
    first, last, sort, order = (options.pop(name) or "" for name in ("first", "last", "sort", "order"))
    synonyms, names = options.pop("synonyms"), library.query_names()
    return SearchForm(text, options, first, last, sort, order, synonyms=synonyms, names=names)


def _show(page: ApiPage, told: Mapping[str, Sequence[Reason]]) -> None:
    for mistake in page.mistakes:
        click.echo(f"第 {mistake.start + 1} 个字符：{mistake.message}", err=True)
    for also in page.also:
        click.echo(f"也检索了：{also.word} → {'、'.join(also.others)}（--no-synonyms 只检索原词）", err=True)
    if page.note:
        click.echo(f"{page.note}（--no-synonyms 照原样检索）", err=True)
    if page.did_you_mean:
        click.echo(f"您要找的是不是：{'；'.join(page.did_you_mean)}", err=True)
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
