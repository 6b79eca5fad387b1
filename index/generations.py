"""Generations of an index on disk: numbered folders, a file that names the current one, one writer.

Layout of the index folder: `1/`, `2/`, …, `current` (the number of one of them) and `writer.lock`.
"""

import fcntl
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from index.engine import IndexBusyError, IndexUnusableError


def read_current(folder: Path) -> int | None:
    """The number of the current generation; None where none was ever published.

    Raises IndexUnusableError where the file is there and says nothing sensible.
    """
    try:
        text = (folder / "current").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexUnusableError(f"{folder / 'current'}：无法读取：{error}") from error
    if not text.isdecimal():
        raise IndexUnusableError(f"{folder / 'current'}：内容 {text[:40]!r} 不是代次编号")
    return int(text)


def publish(folder: Path, number: int) -> None:
    """Make a generation the current one: a rename, so that a reader sees the old or the new."""
    new = folder / "current.new"
    with new.open("w", encoding="ascii") as file:
        file.write(f"{number}\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / "current")
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def next_number(folder: Path) -> int:
    """A number that no generation of this folder has or had since the last clearing."""
    return max([read_current_or_none(folder) or 0, *_numbers(folder)]) + 1


def read_current_or_none(folder: Path) -> int | None:
    """The current number, None where there is none that can be read."""
    try:
        return read_current(folder)
    except IndexUnusableError:
        return None


def clear_others(folder: Path, keep: int | None) -> None:
    """Remove every generation but one: what killed builds and replaced generations left behind."""
    for number in _numbers(folder):
        if number != keep:
            shutil.rmtree(folder / str(number), ignore_errors=True)


def _numbers(folder: Path) -> list[int]:
    return [int(path.name) for path in folder.iterdir() if path.name.isdecimal() and path.is_dir()]


class WriterLock:
    """The right to write in an index folder; the kernel takes it back when the process ends."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / "writer.lock").open("ab")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.close()
            raise IndexBusyError(f"{folder}：另一个进程正在写索引，请等它结束") from error

    def release(self) -> None:
        """Give the right back."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
