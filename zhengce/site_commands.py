"""The operator's commands on site files, and saved list pages; nothing here asks a network."""

import fnmatch
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NoReturn

import click
import msgspec

from crawlers.saved_lists import UNKNOWN, parse_saved_list
from crawlers.site import Site, SiteFileError, load_sites
from normalizers.failures import Failure
from normalizers.policy import LEVELS
from pipelines.config import Config
from zhengce.extract_command import rows_of

TROUBLE, USAGE = 1, 2
# A saved list may be as long as the longest answer the crawl takes.
MAX_BYTES = 64 << 20


@click.group("site")
def site_group() -> None:
    """站点文件：列出与检查。"""


@site_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@click.pass_obj
def site_list_command(config: Config, *, as_json: bool) -> None:
    """列出全部站点。"""
    sites = _load(config)
    if as_json:
        rows = [
            {
                "id": site.id,
                "name": site.name,
                "level": site.level,
                "region": site.region or None,
                "platform": site.platform,
                "base": site.base,
                "channels": [channel.name for channel in site.active],
                "confirmed": site.confirmed,
            }
            for site in sites.values()
        ]
        click.echo(msgspec.json.encode(rows))
        return
    for site in sites.values():
        click.echo(
            f"{site.id}\t{LEVELS[site.level]}\t{site.platform}\t{len(site.active)} 个栏目\t{site.name}"
        )


@site_group.command("check")
@click.argument("pattern", default="*", metavar="[GLOB]")
@click.pass_obj
def site_check_command(config: Config, pattern: str) -> None:
    """检查站点文件（不访问网络），并说明哪些已经实际抓取确认。"""
    sites = [site for site in _load(config).values() if fnmatch.fnmatch(site.id, pattern)]
    if not sites:
        _stop(f"没有站点符合 {pattern!r}；站点文件目录：{config.sites}", USAGE)
    for site in sites:
        standing = f"已确认 {site.confirmed}" if site.confirmed else f"待确认（{site.observed}）"
        off = len(site.channels) - len(site.active)
        closed = f"，{off} 个未开启" if off else ""
        click.echo(
            f"{site.id}：{standing}，{len(site.active)} 个栏目{closed}"
            + (f"；{site.note}" if site.note else "")
        )
    confirmed = sum(site.confirmed is not None for site in sites)
    click.echo(
        f"共 {len(sites)} 个站点文件，格式全部正确；已确认 {confirmed}，待确认 {len(sites) - confirmed}"
    )


def _load(config: Config) -> dict[str, Site]:
    try:
        return load_sites(config.sites)
    except SiteFileError as error:
        _stop(str(error), USAGE)


@click.command("extract-list", help="从保存的列表页或接口返回读出条目，每页输出一行 JSON。")
@click.argument("file", metavar="[文件]", required=False, type=click.Path(path_type=Path))
@click.option("--url", metavar="网址", help="文件原来的网址。")
@click.option(
    "--manifest",
    metavar="清单",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="JSONL 清单，每行含 file（相对清单）与 url（可为 null）。",
)
@click.option("--no-site", is_flag=True, help="不使用站点文件。")
@click.pass_obj
def extract_list_command(
    config: Config, file: Path | None, url: str | None, manifest: Path | None, *, no_site: bool
) -> None:
    """Print one JSON line for FILE, or for each row of the manifest; exit 1 only where FILE itself fails."""
    if (file is None) == (manifest is None):
        raise click.UsageError("请给出一个文件，或用 --manifest 给出清单（二者选一）")
    sites = {} if no_site else _load(config)
    rows: Iterable[tuple[str, str | None]] = rows_of(manifest) if manifest else [(str(file), url)]
    folder = manifest.parent if manifest else Path()
    failed = False
    for name, address in rows:
        answer = list_answer(folder / name, name, address, sites)
        failed = failed or "error" in answer
        sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    sys.stdout.flush()
    sys.exit(TROUBLE if failed and file else 0)


def list_answer(path: Path, name: str, url: str | None, sites: Mapping[str, Site]) -> dict[str, object]:
    """The answer for one saved list: its items, next address and declared counts, or a failure by name."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES)
        saved = parse_saved_list(data, url or UNKNOWN + name, sites)
    except OSError as error:
        return _error(name, url, "unreadable_file", f"无法打开文件：{error.strerror or error}")
    except Exception as error:  # noqa: BLE001  one page's trouble is its own line
        return _error(name, url, Failure.CRAWL_CRASHED.value, f"{type(error).__name__}: {error}")
    page = saved.page
    return {
        "file": name,
        "url": url,
        "items": [{"url": row.url or None, "title": row.title, "date": row.date} for row in page.items],
        "next": saved.next,
        "pages": page.pages,
        "total": page.total,
    }


def _error(name: str, url: str | None, failure: str, message: str) -> dict[str, object]:
    return {"file": name, "url": url, "error": {"name": failure, "message": message}}


def _stop(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)
