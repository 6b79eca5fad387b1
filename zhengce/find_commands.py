"""`zhengce search`, `show`, `serve` and `index`: finding policies from the command line."""

import html
import re
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from index.engine import (
    MAX_LIMIT,
    ORDERS,
    SORTS,
    IndexBusyError,
    IndexUnusableError,
    Reader,
    RequestError,
    SearchRequest,
)
from index.sync import Problem, SyncReport, rebuild_index, sync_index, verify_index
from index.words_of_why import Reason, reasons
from normalizers.chinese_names import FIELD_NAMES
from normalizers.correction_fields import value_of
from normalizers.corrections import is_corrected
from normalizers.dates import iso_text
from normalizers.doc_numbers import doc_number_key
from normalizers.policy import CONTENT_TYPES, LEVELS, VALIDITIES, Policy
from normalizers.regions import region_names
from pipelines.catalogue import Catalogue, CatalogueError
from pipelines.config import Config, ConfigError
from pipelines.own_tables import load_own_tables
from pipelines.policies import StoredPolicy, find_by_number, load_stored
from pipelines.sqlite_backup import NotSqlite, sqlite_path
from portal.forms import SearchForm
from portal.labels import PART_NAMES, ROLE_NAMES
from portal.library import Library
from portal.records import ApiItem, ApiPage, api_number, api_page, whole
from zhengce.corrections_command import told_value
from zhengce.engines import open_index

# Exit codes of design.md.
TROUBLE, USAGE, UNUSABLE, RUNNING = 1, 2, 3, 4
SHOWN_PROBLEMS = 20
PROBLEMS = {
    "missing": "索引缺少",
    "extra": "索引多出",
    "differs": "内容不同",
    "behind": "索引落后于目录库，先运行 zhengce index",
    "ahead": "索引领先于目录库，运行 zhengce index 会重建",
}

NO_REASONS: Mapping[str, Sequence[Reason]] = {}

json_option = click.option("--json", "as_json", is_flag=True, help="输出 JSON。")


def _stop(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)


@contextmanager
def _opened(config: Config, *, create: bool = False) -> Iterator[Catalogue]:
    """The catalogue; whatever makes it or the index unusable ends in one line and its exit code."""
    if not create and not _has_catalogue(config):
        _stop(f"{config.data} 中还没有数据：先运行 zhengce nightly", UNUSABLE)
    try:
        catalogue = Catalogue.open(config.catalogue_url)
        try:
            yield catalogue
        finally:
            catalogue.close()
    except IndexBusyError as error:
        _stop(str(error), RUNNING)
    except (CatalogueError, IndexUnusableError) as error:
        _stop(str(error), UNUSABLE)
    except (SQLAlchemyError, OSError) as error:
        _stop(f"目录库或索引无法使用：{error}", UNUSABLE)


def _has_catalogue(config: Config) -> bool:
    try:
        return sqlite_path(config.catalogue_url).is_file()
    except NotSqlite:
        return True


@click.command(
    "search",
    context_settings={"ignore_unknown_options": True},  # -词 leaves a word out
    help='检索政策。QUERY：空格分隔的词都要出现，"…" 逐字匹配，-词 排除，OR 与括号，标题: 文号: 地区: 等字段，文号可用任意写法。',
)
@click.argument("query", metavar="[QUERY]…", nargs=-1)
@click.option("--level", multiple=True, type=click.Choice(list(LEVELS)), help="层级，可重复。")
@click.option("--region", multiple=True, metavar="CODE", help="地区代码（GB/T 2260），包含下级，可重复。")
@click.option("--issuer", multiple=True, metavar="NAME", help="发文机关，全称或通用简称，可重复。")
@click.option(
    "--type", "content_type", multiple=True, type=click.Choice(list(CONTENT_TYPES)), help="内容类型。"
)
@click.option("--doc-type", multiple=True, metavar="NAME", help="文种，如 通知，可重复。")
@click.option("--year", multiple=True, metavar="YYYY", help="年份，可重复。")
@click.option("--validity", multiple=True, type=click.Choice(list(VALIDITIES)), help="有效性。")
@click.option("--from", "first", default="", metavar="DAY", help="日期不早于，如 2023-05-01。")
@click.option("--to", "last", default="", metavar="DAY", help="日期不晚于。")
@click.option("--sort", type=click.Choice(SORTS), help="排序（默认：有检索词按相关度，否则按发布日期）。")
@click.option("--order", type=click.Choice(ORDERS), default="desc", show_default=True, help="次序。")
@click.option("--synonyms/--no-synonyms", default=True, help="是否同时检索同义词和简称（默认是）。")
@click.option("--why", is_flag=True, help="说明每条结果为什么被找到、各部分得了多少分。")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, MAX_LIMIT), help="最多几条。")
@click.option("--cursor", metavar="NEXT", help="从上一页给出的 next 继续。")
@json_option
@click.pass_obj
def search_command(
    config: Config, /, query: tuple[str, ...], why: bool, as_json: bool, **options: Any
) -> None:
    """Search and print the hits; exit 2 for a query that cannot be understood."""
    limit, cursor = options.pop("limit"), options.pop("cursor")
    first, last, sort, order = (options.pop(name) or "" for name in ("first", "last", "sort", "order"))
    synonyms = options.pop("synonyms")
    with _opened(config) as catalogue:
        library = Library(open_index(config).reader(), catalogue, _region_names(config))
        form = SearchForm(
            " ".join(query),
            options,
            first,
            last,
            sort,
            order,
            synonyms=synonyms,
            names=library.query_names(),
        )
        try:
            asked = form.request(limit=limit, cursor=cursor)
            page = api_page(asked, library.search(asked.request))
        except RequestError as error:
            _stop(str(error), USAGE)
        told = _reasons(library.reader, asked.request, page) if why else {}
    if as_json:
        click.echo(msgspec.json.encode({**msgspec.to_builtins(page), "why": told} if why else page))
        return
    for mistake in page.mistakes:
        click.echo(f"第 {mistake.start + 1} 个字符：{mistake.message}", err=True)
    for also in page.also:
        click.echo(f"也检索了：{also.word} → {'、'.join(also.others)}（--no-synonyms 只检索原词）", err=True)
    _show_rows(page.items, told)
    more = f"；下一页：--cursor {page.next}" if page.next else ""
    click.echo(f"共 {page.total} 件{more}", err=True)


def _reasons(reader: Reader, request: SearchRequest, page: ApiPage) -> dict[str, tuple[Reason, ...]]:
    """Why each item was found, by id; nothing of one that a commit took away meanwhile."""
    typed = {other: also.word for also in page.also for other in also.others}
    told: dict[str, tuple[Reason, ...]] = {}
    for item in page.items:
        with suppress(RequestError):
            explanation = reader.explain(request, item.id)
            told[item.id] = reasons(explanation, item.level, item.written_date or item.published_date, typed)
    return told


@click.command("show", help="显示一件政策：编号，或任意写法的文号。")
@click.argument("name", metavar="ID_OR_NUMBER")
@json_option
@click.pass_obj
def show_command(config: Config, name: str, as_json: bool) -> None:
    """Print one policy; several bearers of a number are listed; exit 1 where there is none."""
    with _opened(config) as catalogue:
        key = doc_number_key(name)
        found = _find(catalogue, name, key)
    if not found:
        _stop(f"没有编号或文号为 {name} 的政策", TROUBLE)
    if len(found) > 1:
        _show_candidates(name, key, found, as_json)
    elif as_json:
        click.echo(msgspec.json.encode(whole(found[0])))
    else:
        _show_policy(found[0], _region_names(config))


def _find(catalogue: Catalogue, name: str, key: str) -> list[StoredPolicy]:
    with catalogue.read() as connection:
        found = load_stored(connection, [name])
        if not found and key:
            found = load_stored(connection, find_by_number(connection, key))
    return [found[page_id] for page_id in sorted(found) if found[page_id].hidden is None]


def _show_candidates(name: str, key: str, found: Sequence[StoredPolicy], as_json: bool) -> None:
    number = api_number(name, key, found)
    if as_json:
        click.echo(msgspec.json.encode(number))
        return
    _show_rows(number.items)
    click.echo(f"{len(found)} 件政策使用这个文号，请用编号再查", err=True)


def _show_rows(items: Sequence[ApiItem], told: Mapping[str, Sequence[Reason]] = NO_REASONS) -> None:
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
            table.add_row("", Text(_unmarked(item.passages[0]), style="dim"))
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


def _unmarked(passage: str) -> str:
    return html.unescape(re.sub("</?mark>", "", passage))


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


@click.command("index", help="让索引跟上目录库；损坏或版本不符的索引会自动重建。")
@click.option("--verify", is_flag=True, help="只核对：索引与目录库逐件比较，有差别时退出码为 1。")
@click.option("--rebuild", is_flag=True, help="全部重建，完成后一次切换；期间检索照常。")
@json_option
@click.pass_obj
def index_command(config: Config, verify: bool, rebuild: bool, as_json: bool) -> None:
    """Bring the index level with the catalogue, rebuild it, or compare the two."""
    if verify and rebuild:
        raise click.UsageError("--verify 与 --rebuild 不能同时使用")
    with _opened(config) as catalogue:
        engine = open_index(config)
        if verify:
            _show_problems(verify_index(catalogue, engine), as_json)
        elif rebuild:
            _show_report(rebuild_index(catalogue, engine, progress=_progress), as_json)
        else:
            _show_report(sync_index(catalogue, engine, progress=_progress), as_json)


def _progress(documents: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r已写入 {documents} 件", nl=False, err=True)
    elif documents % 5000 == 0:
        click.echo(f"已写入 {documents} 件", err=True)


def _show_report(report: SyncReport, as_json: bool) -> None:
    if sys.stderr.isatty():
        click.echo("", err=True)
    if as_json:
        click.echo(msgspec.json.encode(report))
        if report.rejected:
            sys.exit(TROUBLE)
        return
    if report.rebuilt:
        click.echo(f"重建了索引：{report.rebuilt}", err=True)
    click.echo(f"变更 {report.applied}，写入 {report.added}，删除 {report.deleted}，位置 {report.seq}")
    for one in report.rejected[:SHOWN_PROBLEMS]:
        click.echo(f"检索服务器拒收 {one.id}：{one.reason}", err=True)
    if report.rejected:
        click.echo(f"共 {len(report.rejected)} 件被拒收，索引中没有它们的现状", err=True)
        sys.exit(TROUBLE)


def _show_problems(problems: Sequence[Problem], as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode({"problems": problems}))
    elif problems:
        for problem in problems[:SHOWN_PROBLEMS]:
            click.echo(f"{PROBLEMS[problem.kind]} {problem.page_id}".rstrip())
        click.echo(f"共 {len(problems)} 处差别")
    else:
        click.echo("索引与目录库一致")
    if problems:
        sys.exit(TROUBLE)


@click.command("serve", help="打开网页与接口（没有索引时也能打开，新的一夜会自动出现）。")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址。")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="端口；0 为任意空闲端口。"
)
@click.option("--notice", default="", metavar="文字", help="每一页顶端的告示。")
@json_option
@click.pass_obj
def serve_command(config: Config, host: str, port: int, notice: str, as_json: bool) -> None:
    """Serve pages and API until interrupted; one line says where."""
    import uvicorn

    from portal.app import create_app

    names = _region_names(config)
    try:
        listener = socket.create_server((host, port))
    except OSError as error:
        _stop(f"无法监听 {host}:{port}：{error.strerror}；可用 --port 换一个端口", TROUBLE)
    address = f"http://{host}:{listener.getsockname()[1]}/"
    with _opened(config, create=True) as catalogue:
        app = create_app(open_index(config), catalogue, regions=names, notice=notice)
        click.echo(
            msgspec.json.encode({"address": address}) if as_json else f"政策库：{address}", err=not as_json
        )
        settings = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        with suppress(KeyboardInterrupt):  # uvicorn has ended in order and then raises it again
            uvicorn.Server(settings).run(sockets=[listener])


def _region_names(config: Config) -> dict[str, str]:
    """The names of all regions, those of the installation's own among them."""
    try:
        return {**region_names(), **load_own_tables(config.data).regions}
    except ConfigError as error:
        raise click.UsageError(str(error)) from error
