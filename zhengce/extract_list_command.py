"""`zhengce extract-list`: saved list pages and API answers to their items, without catalogue or network."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import click
import msgspec

from crawlers.platforms.base import MAX_PAGE_BYTES
from crawlers.saved_lists import UNKNOWN, parse_saved_list
from crawlers.site import Site, SiteFileError, load_sites
from normalizers.failures import ADVICE, Failure
from normalizers.normalize import is_binary
from pipelines.config import Config
from zhengce.extract_command import BAD_ADDRESS, NO_ADDRESS, check_choice, has_host, of_saved_pages, rows_of

TROUBLE = 1


@click.command("extract-list", help="从保存的列表页或接口返回读出条目，每页输出一行 JSON。")
@of_saved_pages
@click.pass_obj
def extract_list_command(
    config: Config, file: Path | None, url: str | None, manifest: Path | None, *, no_site: bool
) -> None:
    """Print one JSON line for FILE, or for each row of the manifest; exit 1 only for a FILE without items."""
    check_choice(file, manifest, url)
    try:
        sites = {} if no_site else load_sites(config.sites)
    except SiteFileError as error:
        raise click.UsageError(f"站点文件有误，可用 --no-site 忽略：\n{error}") from error
    rows: Iterable[tuple[str, str | None]] = rows_of(manifest) if manifest else [(str(file), url)]
    folder = manifest.parent if manifest else Path()
    code = 0
    for name, address in rows:
        answer = list_answer(folder / name, name, address, sites)
        sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        code = 0 if manifest else _judge(answer)
    sys.stdout.flush()
    sys.exit(code)


def _judge(answer: Mapping[str, object]) -> int:
    """The exit code for one file; a list without items is told by name, unless it names its source."""
    if "failure" not in answer:
        return TROUBLE if "error" in answer else 0
    if answer["next"]:
        click.echo(f"{answer['failure']}：这一页没有条目，条目取自 {answer['next']}", err=True)
        return 0
    click.echo(f"{answer['failure']}：{ADVICE[Failure(str(answer['failure']))]}", err=True)
    return TROUBLE


def list_answer(path: Path, name: str, url: str | None, sites: Mapping[str, Site]) -> dict[str, object]:
    """The answer for one saved list: its items, next address and declared counts, or an error by name.

    A list without items has a `failure` that says why, unless it declares that there are none.
    """
    if url is not None and not has_host(url):
        return _error(name, url, BAD_ADDRESS, NO_ADDRESS.format(url))
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_PAGE_BYTES + 1)
        if len(data) > MAX_PAGE_BYTES:
            message = f"超过 {MAX_PAGE_BYTES >> 20} MiB，抓取时也不会保存"
            return _error(name, url, Failure.TOO_LARGE.value, message)
        if not data.strip() or is_binary(data):
            message = "文件是空的" if not data.strip() else f"不是网页，也不是接口返回（{len(data)} 字节）"
            return _error(name, url, Failure.NOT_A_PAGE.value, message)
        saved = parse_saved_list(data, url or UNKNOWN + name, sites)
    except OSError as error:
        return _error(name, url, "unreadable_file", f"无法打开文件：{error.strerror or error}")
    except Exception as error:  # noqa: BLE001  one page's trouble is its own line
        return _error(name, url, Failure.CRAWL_CRASHED.value, f"{type(error).__name__}: {error}")
    page = saved.page
    answer: dict[str, object] = {
        "file": name,
        "url": url,
        "items": [{"url": row.url, "title": row.title, "date": row.date} for row in page.rows],
        "next": saved.next,
        "pages": page.pages,
        "total": page.total,
    }
    if not page.rows and page.total != 0:
        answer["failure"] = (page.failure or Failure.LIST_EMPTY).value
    return answer


def _error(name: str, url: str | None, failure: str, message: str) -> dict[str, object]:
    return {"file": name, "url": url, "error": {"name": failure, "message": message}}
