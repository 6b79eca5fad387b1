"""`zhengce extract`: saved detail pages to policies, without catalogue or network."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import click
import msgspec

from crawlers.channel_reading import page_input
from crawlers.platforms import PLATFORMS
from crawlers.site import HOST, Site, SiteFileError, load_sites, sites_for_host
from normalizers.addresses import host_of
from normalizers.attachments.reading import MAX_INPUT_BYTES
from normalizers.failures import Failure
from normalizers.normalize import NormalizeError, PageInput, normalize_policy
from normalizers.page import Hints
from normalizers.policy import Policy, SiteContext
from pipelines.clock import day_of, system_clock
from pipelines.config import Config

# Starting a second process costs about 0.5 s: worth it from here.
PARALLEL_ROWS = 50
PROCESSES = 2
UNKNOWN_SITE = "unknown"
BAD_ADDRESS = "bad_address"
NO_ADDRESS = "{!r} 不是网址：应以 http:// 或 https:// 开头，如 https://www.example.gov.cn/zwgk/"


@dataclass(frozen=True, slots=True)
class Task:
    """One saved page: as the manifest names it, where it lies, its address, and what decides its site."""

    name: str
    path: str
    url: str | None
    sites_folder: str | None
    today: date


@lru_cache(maxsize=4)
def sites_of(folder: str) -> dict[str, Site]:
    """The sites of a folder, read once a process."""
    return load_sites(Path(folder))


def context_for(url: str, sites: Mapping[str, Site], today: date) -> tuple[SiteContext, Hints]:
    """Site context and platform hints of an address, by its host; the generic ones for unknown hosts."""
    found = sites_for_host(sites, host_of(url)) if sites else []
    if not found:
        return SiteContext(UNKNOWN_SITE, "", (), "policy", None, None, today), Hints()
    site = found[0]
    channel = next((c for c in site.active if url.startswith(c.list.rpartition("/")[0] + "/")), None)
    hints = PLATFORMS[site.platform](site).detail_hints(channel or site.channels[0], {})
    context = SiteContext(
        site.id,
        site.name,
        (channel.name,) if channel else (),
        channel.type if channel else "policy",
        site.level,
        site.region or None,
        today,
    )
    return context, hints


def extract_row(task: Task) -> bytes:
    """The JSON line of one saved page: its Policy, or a failure by name."""
    if task.url is not None and not has_host(task.url):
        return _failure(task, BAD_ADDRESS, NO_ADDRESS.format(task.url))
    url = task.url or f"https://unknown.invalid/{task.name}"
    try:
        context, hints = context_for(
            url, sites_of(task.sites_folder) if task.sites_folder else {}, task.today
        )
        policy = normalize_policy(page_of(task, url, hints), context)
    except NormalizeError as error:
        return _failure(task, error.failure.value, str(error).replace(url, task.url or task.name))
    except OSError as error:
        return _failure(task, "unreadable_file", f"无法打开文件：{error.strerror or error}")
    except Exception as error:  # noqa: BLE001  one page's trouble is its own line
        return _failure(task, Failure.NORMALIZE_CRASHED.value, f"{type(error).__name__}: {error}")
    return _line(task, policy)


def page_of(task: Task, url: str, hints: Hints) -> PageInput:
    """The input for one saved page; raises NormalizeError for a file too large to be read whole."""
    with Path(task.path).open("rb") as stream:
        data = stream.read(MAX_INPUT_BYTES + 1)
    if len(data) > MAX_INPUT_BYTES:
        raise NormalizeError(Failure.TOO_LARGE, f"{url} 超过 {MAX_INPUT_BYTES >> 20} MiB")
    return page_input(url, data, hints, fallback=task.name)


def _line(task: Task, policy: Policy) -> bytes:
    fields: dict[str, Any] = msgspec.to_builtins(policy)
    fields["url"] = task.url
    return msgspec.json.encode({"file": task.name, **fields})


def _failure(task: Task, name: str, message: str) -> bytes:
    return msgspec.json.encode(
        {"file": task.name, "url": task.url, "error": {"name": name, "message": message}}
    )


def rows_of(manifest: Path) -> Iterator[tuple[str, str | None]]:
    """File and address of each row of a manifest; raises click.UsageError naming a bad row."""
    with manifest.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                row = msgspec.json.decode(line)
                name, url = row["file"], row.get("url")
            except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
                raise click.UsageError(
                    f"{manifest} 第 {number} 行不是带 file 的 JSON 对象：{error}"
                ) from error
            if not isinstance(name, str) or not (url is None or isinstance(url, str)):
                raise click.UsageError(f"{manifest} 第 {number} 行：file 应为字符串，url 应为字符串或 null")
            yield name, url


def extract_all(tasks: list[Task]) -> Iterable[bytes]:
    """The lines of all tasks in their order, in two processes where there are many."""
    if len(tasks) <= PARALLEL_ROWS:
        yield from map(extract_row, tasks)
        return
    with ProcessPoolExecutor(PROCESSES) as pool:
        yield from pool.map(extract_row, tasks, chunksize=8)


def check_url(context: click.Context, option: click.Parameter, url: str | None) -> str | None:
    """Callback of `--url`: an http(s) address with a host, or a usage error."""
    if url is None:
        return None
    if not has_host(url) or any(char.isspace() for char in url):
        raise click.BadParameter(NO_ADDRESS.format(url), context, option)
    return url


def has_host(url: str) -> bool:
    """Whether an address is http(s) and names a host; a manifest may have a remark behind it."""
    host = host_of(url) if url.lower().startswith(("http://", "https://")) else ""
    return bool(host and HOST.fullmatch(host))


def check_choice(file: Path | None, manifest: Path | None, url: str | None) -> None:
    """Raise a usage error unless there is one of FILE and manifest, and `--url` only with FILE."""
    if (file is None) == (manifest is None):
        raise click.UsageError("请给出一个文件，或用 --manifest 给出清单（二者选一）")
    if manifest is not None and url is not None:
        raise click.UsageError("--url 只用于一个文件；清单中各页的网址写在清单的 url 中")


def of_saved_pages(command: Callable[..., None]) -> Callable[..., None]:
    """What every command on saved pages takes: FILE or --manifest, --url and --no-site."""
    for take in (
        click.option("--no-site", is_flag=True, help="不使用站点文件。"),
        click.option(
            "--manifest",
            metavar="清单",
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            help="JSONL 清单，每行含 file（相对清单）与 url（可为 null）。",
        ),
        click.option("--url", metavar="网址", callback=check_url, help="文件原来的网址。"),
        click.argument("file", metavar="[文件]", required=False, type=click.Path(path_type=Path)),
    ):
        command = take(command)
    return command


@click.command(
    "extract",
    help="从保存的详情页读出政策，每页输出一行 JSON。\n\n"
    "保存的是 JSON 而不是网页时，只有网址所属站点的平台指明了 JSON 字段（npc、nfra）才能读出。",
)
@of_saved_pages
@click.pass_obj
def extract_command(
    config: Config, file: Path | None, url: str | None, manifest: Path | None, no_site: bool
) -> None:
    """Print one JSON line for FILE, or for each row of the manifest; exit 1 only where FILE itself fails."""
    check_choice(file, manifest, url)
    folder = None if no_site else str(config.sites)
    today = day_of(system_clock())
    rows = rows_of(manifest) if manifest else iter([(str(file), url)])
    base = manifest.parent if manifest else Path()
    tasks = [Task(name, str(base / name), address, folder, today) for name, address in rows]
    try:
        if folder:
            sites_of(folder)
    except SiteFileError as error:
        raise click.UsageError(f"站点文件有误，可用 --no-site 忽略：\n{error}") from error
    failed = False
    for line in extract_all(tasks):
        sys.stdout.buffer.write(line + b"\n")
        failed = b'"error":{' in line[:4000] if file else False
    sys.stdout.flush()
    if failed:
        sys.exit(1)
