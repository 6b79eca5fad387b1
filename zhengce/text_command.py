"""`zhengce text FILE`: the text of one attachment."""

import sys
from pathlib import Path
from typing import NoReturn

import click
import msgspec

from normalizers.attachments.contained import ContainedReader
from normalizers.attachments.file_text import ReadError
from normalizers.attachments.reading import MAX_INPUT_BYTES
from normalizers.failures import ADVICE
from normalizers.warning_words import warning_text

_REASONS = {FileNotFoundError: "文件不存在", IsADirectoryError: "这是目录", PermissionError: "没有读取权限"}


@click.command(
    "text", help="读出一个附件的文字（PDF、Word、WPS、OFD、Excel、PPTX、压缩包等；分页处为换页符）。"
)
@click.argument("file", metavar="文件", type=click.Path(path_type=Path))
@click.option(
    "--json", "as_json", is_flag=True, help="输出 JSON：类型、分页文字、所用阅读器、标题、警告、全文。"
)
def text_command(file: Path, as_json: bool) -> None:
    """Print the text of FILE; exit 1 with a message where it cannot be read."""
    try:
        with ContainedReader() as reader:
            found = reader.read(_load_file(file), file.name)
    except OSError as error:
        _fail(file, "unreadable_file", f"无法打开文件：{_REASONS.get(type(error), error)}", as_json)
    except ReadError as error:
        _fail(file, error.failure, f"{ADVICE[error.failure]}（{error.message}）", as_json)
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    for warning in found.warnings:
        click.echo(f"警告：{warning_text(warning)}", err=True)
    click.echo(found.text)


def _load_file(file: Path) -> bytes:
    """The bytes of a file, or enough of them for the reader to find it too large."""
    with file.open("rb") as stream:
        return stream.read(MAX_INPUT_BYTES + 1)


def _fail(file: Path, name: str, message: str, as_json: bool) -> NoReturn:
    if as_json:
        click.echo(msgspec.json.encode({"file": str(file), "error": {"name": name, "message": message}}))
    else:
        click.echo(f"{file}：{message}", err=True)
    sys.exit(1)
