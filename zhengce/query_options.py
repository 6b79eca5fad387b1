"""The options that say what to find, for every command that searches."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from index.engine import ORDERS
from normalizers.policy import CONTENT_TYPES, INTERPRETATION_FORMS, LEVELS, VALIDITIES
from portal.forms import SearchForm
from portal.labels import NORMATIVE, SORT_NAMES, UNKNOWN
from portal.library import Library
from zhengce.usage_errors import Labelled

Command = TypeVar("Command", bound=Callable[..., Any])
# -词 leaves a word out, and is no option.
SETTINGS = {"ignore_unknown_options": True}


def _words(ctx: click.Context, _: click.Parameter, query: tuple[str, ...]) -> tuple[str, ...]:
    """The words of the query; one that begins with two dashes is an option that there is not."""
    for word in query:
        if word.startswith("--"):
            known = [option for one in ctx.command.params for option in (*one.opts, *one.secondary_opts)]
            raise click.NoSuchOption(word.split("=")[0], possibilities=known, ctx=ctx)
    return query


OPTIONS = (
    click.argument("query", metavar="[QUERY]…", nargs=-1, callback=_words),
    click.option("--level", multiple=True, type=Labelled({**LEVELS, **UNKNOWN}), help="层级，可重复。"),
    click.option("--region", multiple=True, metavar="CODE", help="地区代码（GB/T 2260），包含下级，可重复。"),
    click.option("--issuer", multiple=True, metavar="NAME", help="发文机关，全称或通用简称，可重复。"),
    click.option("--type", "content_type", multiple=True, type=Labelled(CONTENT_TYPES), help="内容类型。"),
    click.option("--doc-type", multiple=True, metavar="NAME", help="文种，如 通知，可重复。"),
    click.option("--instrument", multiple=True, metavar="NAME", help="体裁，如 办法，可重复。"),
    click.option(
        "--normative", multiple=True, type=Labelled({**NORMATIVE, **UNKNOWN}), help="是否规范性文件。"
    ),
    click.option(
        "--interpretation-form",
        multiple=True,
        type=Labelled({**INTERPRETATION_FORMS, **UNKNOWN}),
        help="解读形式。",
    ),
    click.option("--subject", multiple=True, metavar="NAME", help="主题分类，可重复。"),
    click.option("--topic", multiple=True, metavar="NAME", help="标签，可重复。"),
    click.option("--year", multiple=True, metavar="YYYY", help="年份，可重复。"),
    click.option("--validity", multiple=True, type=Labelled({**VALIDITIES, **UNKNOWN}), help="有效性。"),
    click.option("--site", multiple=True, metavar="ID", help="站点编号，可重复。"),
    click.option("--from", "first", default="", metavar="DAY", help="日期不早于，如 2023-05-01。"),
    click.option("--to", "last", default="", metavar="DAY", help="日期不晚于。"),
    click.option(
        "--sort", type=Labelled(SORT_NAMES), help="排序（默认：有检索词按相关度，否则按发布日期）。"
    ),
    click.option("--order", type=click.Choice(ORDERS), default="desc", show_default=True, help="次序。"),
    click.option(
        "--synonyms/--no-synonyms", default=True, help="是否同时检索同义词和简称、找不到时放宽（默认是）。"
    ),
)


def query_options(command: Command) -> Command:
    """Give a command the words of a query and the options above; all but the words reach `taken_form`."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def taken_form(library: Library, query: tuple[str, ...], options: dict[str, Any]) -> SearchForm:
    """What the options ask for; takes those that are not filters out of `options`, which must hold no others."""
    first, last, sort, order = (options.pop(name) or "" for name in ("first", "last", "sort", "order"))
    synonyms, names = options.pop("synonyms"), library.query_names()
    return SearchForm(" ".join(query), options, first, last, sort, order, synonyms=synonyms, names=names)
