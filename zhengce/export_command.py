"""`zhengce export`: taking whole results away as files, and the full dump."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import msgspec

from index.engine import RequestError
from pipelines.catalogue import Catalogue
from pipelines.clock import day_of, system_clock
from pipelines.config import Config
from pipelines.policies import StoredPolicy, iter_stored
from portal.exports.files import write_pieces
from portal.exports.formats import FORMATS, Format, open_writer
from portal.exports.writer import file_pieces
from portal.library import Library
from portal.records import api_page
from zhengce.engines import open_index
from zhengce.find_commands import known_regions, opened
from zhengce.query_options import SETTINGS, query_options, taken_form
from zhengce.search_command import show_reading
from zhengce.upkeep_commands import UNUSABLE, USAGE, json_option, named_stops, stop

STDOUT = "-"
PIECE = 200  # policies that are read at once
# How often a log file is told how far it is.
TOLD_EVERY = 10_000


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written: `documents` are rows, `size` bytes; `file` is "-" for the standard output."""

    file: str
    format: str
    documents: int
    size: int


@click.command(
    "export",
    context_settings=SETTINGS,
    help="把整个检索结果存为文件，不限件数；条件与 search 相同，没有条件即全部。\n\n"
    "文件先写在旁边，写完才换上。--all --dump DIR 写一份全量导出（JSONL 与 Parquet，附校验和）。",
)
@query_options
@click.option("--format", "kind", type=click.Choice(list(FORMATS)), help="格式（默认按文件名的结尾）。")
@click.option("--output", metavar="FILE", help="写到这个文件；- 为标准输出。")
@click.option("--no-text", is_flag=True, help="不带正文。")
@click.option("--all", "everything", is_flag=True, help="目录库中的全部政策，不经检索，按编号排列。")
@click.option(
    "--dump", type=click.Path(path_type=Path), metavar="DIR", help="与 --all 同用：全量导出的目录。"
)
@click.option(
    "--keep", type=click.IntRange(1, 3650), help="与 --dump 同用：保留最近几份（默认取设置 dump_keep）。"
)
@json_option
@click.pass_obj
def export_command(config: Config, /, query: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Write one file or a dump; exit 2 for what cannot be asked, 3 where it cannot be written."""
    kind, output, dump = options.pop("kind"), options.pop("output"), options.pop("dump")
    no_text, everything, keep = options.pop("no_text"), options.pop("everything"), options.pop("keep")
    if everything and (query or any(options[name] for name in options if name not in ("order", "synonyms"))):
        raise click.UsageError("--all 是全部政策，不能再给检索词或条件")
    if dump is not None:
        if not everything or output or kind or no_text:
            raise click.UsageError("--dump 与 --all 同用，格式与内容是固定的")
        _dump(config, dump.resolve(), keep or config.dump_keep, as_json)
        return
    if output is None or keep:
        raise click.UsageError("要写到哪里：用 --output FILE，或 --all --dump DIR")
    with opened(config) as catalogue, named_stops():
        library = Library(open_index(config).reader(), catalogue, known_regions(config))
        told = _Told(_all(catalogue), None) if everything else _found(library, query, options)
        report = _write(library, told, output, _format(kind, output), not no_text)
    _tell(report, as_json)


def _format(kind: Format | None, output: str) -> Format:
    """The format that was asked for, or the one that the file's name ends in."""
    if kind:
        return kind
    ending = Path(output).suffix.removeprefix(".").lower()
    for known in FORMATS:
        if ending == known:
            return known
    raise click.UsageError(f"看不出“{output}”是什么格式：用 --format {'、'.join(FORMATS)}")


def _found(library: Library, query: tuple[str, ...], options: dict[str, Any]) -> "_Told":
    """All that a search finds."""
    try:
        asked = taken_form(library, query, options).request(limit=0)
        found = library.search(asked.request)
    except RequestError as error:
        stop(str(error), USAGE)
    show_reading(api_page(asked, found, library.label(), library.meant(asked, found.whole)))
    return _Told(library.walk(asked.request), found.result.total)


def _all(catalogue: Catalogue) -> Iterator[Sequence[StoredPolicy]]:
    with catalogue.read() as connection:
        yield from iter_stored(connection, PIECE)


class _Told:
    """Pieces that are counted on their way, and told on stderr."""

    def __init__(self, pieces: Iterable[Sequence[StoredPolicy]], total: int | None) -> None:
        self._pieces = pieces
        self._progress = progress(total)
        self.documents = 0

    def __iter__(self) -> Iterator[Sequence[StoredPolicy]]:
        for piece in self._pieces:
            yield piece
            self.documents += len(piece)
            self._progress(self.documents)
        if sys.stderr.isatty():
            click.echo("", err=True)


def progress(total: int | None) -> Callable[[int], None]:
    """What tells how many are written: one line that changes on a terminal, a line now and then elsewhere."""
    whole = "" if total is None else f" / {total}"
    told = 0

    def tell(documents: int) -> None:
        nonlocal told
        if sys.stderr.isatty():
            click.echo(f"\r已写出 {documents}{whole} 件", nl=False, err=True)
        elif documents - told >= TOLD_EVERY:
            told = documents
            click.echo(f"已写出 {documents}{whole} 件", err=True)

    return tell


def _write(library: Library, told: _Told, output: str, kind: Format, text: bool) -> ExportReport:
    folder = None if output == STDOUT else Path(output).absolute().parent
    writer = open_writer(kind, library.label(), text, folder)
    pieces = file_pieces(writer, told)
    size = _to_stdout(pieces) if folder is None else write_pieces(Path(output), pieces)
    return ExportReport(output, kind, told.documents, size)


def _to_stdout(pieces: Iterator[bytes]) -> int:
    size, out = 0, sys.stdout.buffer
    try:
        for piece in pieces:
            out.write(piece)
            size += len(piece)
        out.flush()
    except BrokenPipeError:
        # Whoever read it has enough; Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(UNUSABLE)
    return size


def _tell(report: ExportReport, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(report), err=report.file == STDOUT)
    elif report.file != STDOUT:
        click.echo(f"写出 {report.documents} 件，{report.size} 字节：{report.file}", err=True)


def _dump(config: Config, folder: Path, keep: int, as_json: bool) -> None:
    from portal.exports.dump import DumpError, DumpPlan, write_dump

    day, tell = day_of(system_clock()), progress(None)
    with opened(config) as catalogue, named_stops():
        plan = DumpPlan(folder, day, system_clock, keep, known_regions(config), config.min_free)
        try:
            dump = write_dump(catalogue, plan, tell)
        except DumpError as error:
            stop(str(error), UNUSABLE)
    if as_json:
        click.echo(msgspec.json.encode(dump))
        return
    size = sum(file.size for file in dump.files)
    click.echo(
        f"全量导出 {dump.documents} 件，{size} 字节，变更位置 {dump.change_seq}：{folder / dump.name}.*",
        err=True,
    )
