"""`zhengce show`, `serve` and `index`: reading policies from the command line."""

import html
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from index.engine import IndexBusyError, IndexUnusableError
from index.sync import Problem, SyncReport, rebuild_index, sync_index, verify_index
from index.words_of_why import Reason
from normalizers.chinese_names import FIELD_NAMES
from normalizers.correction_fields import value_of
from normalizers.corrections import is_corrected
from normalizers.dates import iso_text
from normalizers.doc_numbers import doc_number_key
from normalizers.policy import Policy
from normalizers.regions import region_names
from pipelines.catalogue import Catalogue
from pipelines.config import Config, ConfigError, parse_public_url
from pipelines.own_tables import load_own_tables
from pipelines.policies import StoredPolicy, find_by_number, load_stored
from portal.labels import PART_NAMES, ROLE_NAMES
from portal.library import Library
from portal.passages import unmarked
from portal.records import ApiItem, ApiPassage, ApiSimilar, api_number, api_similar, whole
from zhengce.corrections_command import told_value
from zhengce.engines import open_index
from zhengce.upkeep_commands import RUNNING, TROUBLE, UNUSABLE, json_option, stop
from zhengce.upkeep_commands import opened as opened_catalogue

if TYPE_CHECKING:
    from portal.serving import Serving

SHOWN_PROBLEMS = 20
SIMILAR = 10
PROBLEMS = {
    "missing": "索引缺少",
    "extra": "索引多出",
    "differs": "内容不同",
    "behind": "索引落后于目录库，先运行 zhengce index",
    "ahead": "索引领先于目录库，运行 zhengce index 会重建",
}

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


@click.command("index", help="让索引跟上目录库；损坏或版本不符的索引会自动重建。")
@click.option("--verify", is_flag=True, help="只核对：索引与目录库逐件比较，有差别时退出码为 1。")
@click.option("--rebuild", is_flag=True, help="全部重建，完成后一次切换；期间检索照常。")
@json_option
@click.pass_obj
def index_command(config: Config, verify: bool, rebuild: bool, as_json: bool) -> None:
    """Bring the index level with the catalogue, rebuild it, or compare the two."""
    if verify and rebuild:
        raise click.UsageError("--verify 与 --rebuild 不能同时使用")
    with opened(config) as catalogue:
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
@click.option(
    "--public-url", metavar="网址", help="对外的网址，写入订阅源和通知中的链接（设置 public_url）。"
)
@json_option
@click.pass_obj
def serve_command(
    config: Config, host: str, port: int, notice: str, public_url: str | None, as_json: bool
) -> None:
    """Serve pages and API until interrupted; one line says where."""
    import uvicorn

    from portal.app import create_app

    names, serving = known_regions(config), _serving(config, public_url)
    try:
        listener = socket.create_server((host, port))
        # Connections inherit it; asyncio sets it only where the protocol of a socket is named. Without it an answer
        # in two pieces waits 40 ms for the client's word of the first.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        stop(f"无法监听 {host}:{port}：{error.strerror}；可用 --port 换一个端口", TROUBLE)
    address = f"http://{host}:{listener.getsockname()[1]}/"
    with opened(config, create=True) as catalogue:
        app = create_app(open_index(config), catalogue, regions=names, notice=notice, serving=serving)
        click.echo(
            msgspec.json.encode({"address": address}) if as_json else f"政策库：{address}", err=not as_json
        )
        # Whose word is taken on who asks is a setting of ours (`trusted_proxies`), not one of the server.
        settings = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, proxy_headers=False
        )
        with suppress(KeyboardInterrupt):  # uvicorn has ended in order and then raises it again
            uvicorn.Server(settings).run(sockets=[listener])


def _serving(config: Config, public_url: str | None) -> "Serving":
    from portal.serving import Serving

    try:
        address = parse_public_url(public_url, "选项 --public-url") if public_url else config.public_url
    except ConfigError as error:
        raise click.UsageError(str(error)) from error
    return Serving(
        public_url=address,
        rate=config.requests_per_second,
        burst=config.requests_burst,
        proxies=config.trusted_proxies,
        archive=config.archive_folder,
        aside=config.data,
        spare=config.min_free,
        alerts=config.alerts,
        data=config.data,
    )


def known_regions(config: Config) -> dict[str, str]:
    """The names of all regions, those of the installation's own among them."""
    try:
        return {**region_names(), **load_own_tables(config.data).regions}
    except ConfigError as error:
        raise click.UsageError(str(error)) from error
