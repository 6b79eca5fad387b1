"""Files that are there whole or not at all."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO

from pipelines.disk import storage_error


def write_whole(target: Path, write: Callable[[IO[bytes]], None]) -> int:
    """Let `write` fill a file aside, then put it in the place of `target` in one step; its size in bytes.

    Raises StorageError and whatever `write` raises; then `target` is as it was.
    """
    part = target.with_name(f".{target.name}.part-{os.getpid()}")
    try:
        with part.open("wb") as out:
            write(out)
            out.flush()
            os.fsync(out.fileno())
            size = out.tell()
        part.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise storage_error(error, target) from error
    finally:
        with suppress(OSError):
            part.unlink()
    return size


def sync_folder(folder: Path) -> None:
    """Make new names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_pieces(target: Path, pieces: Iterable[bytes]) -> int:
    """Write what comes in pieces into `target`, whole or not at all; its size. Raises StorageError."""

    def write(out: IO[bytes]) -> None:
        out.writelines(pieces)

    return write_whole(target, write)
