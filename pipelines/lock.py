"""One night at a time: a lock on the data folder which the kernel frees when its holder dies."""

import fcntl
import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

import msgspec

from pipelines.clock import Clock
from pipelines.disk import storage_error

LOCK_NAME = "night.lock"
# `lock_holder` takes the lock for some microseconds to see whether it is free; a night waits that out.
_TRIES = 5
_PAUSE_S = 0.1


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock, and since when (UTC)."""

    pid: int
    since: datetime


class NightRunning(RuntimeError):
    """Another night holds the lock; `holder` is None where its note could not be read."""

    def __init__(self, holder: Holder | None) -> None:
        who = f"进程 {holder.pid}，开始于 {holder.since:%Y-%m-%d %H:%M:%S} UTC" if holder else "进程不明"
        super().__init__(f"另一个任务正在使用此数据目录（{who}）")
        self.holder = holder


class NightLock:
    """The lock of a data folder, as a context manager; entering raises NightRunning, never waits."""

    def __init__(self, data: Path, clock: Clock) -> None:
        self._path = data / LOCK_NAME
        self._clock = clock
        self._fd = -1

    def acquire(self) -> None:
        """Take the lock and note who took it; raises NightRunning or StorageError."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        except OSError as error:
            raise storage_error(error, self._path) from error
        try:
            _lock(fd)
            note = msgspec.json.encode(Holder(os.getpid(), self._clock()))
            os.ftruncate(fd, 0)
            os.pwrite(fd, note, 0)
        except BlockingIOError:
            holder = _read_note(fd)
            os.close(fd)
            raise NightRunning(holder) from None
        except OSError as error:
            os.close(fd)
            raise storage_error(error, self._path) from error
        self._fd = fd

    def release(self) -> None:
        """Let the lock go; the file stays."""
        if self._fd >= 0:
            os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = -1

    @property
    def descriptor(self) -> int:
        """The open file: a child that inherits it holds the lock with us."""
        return self._fd

    def __enter__(self) -> "NightLock":
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def lock_holder(data: Path) -> Holder | None:
    """Who holds the lock of a data folder now; None where nobody does. Changes nothing."""
    try:
        fd = os.open(data / LOCK_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_note(fd) or Holder(0, datetime.fromtimestamp(os.fstat(fd).st_mtime).astimezone())
    finally:
        os.close(fd)
    return None


def _lock(fd: int) -> None:
    for _ in range(_TRIES - 1):
        try:
            return fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_S)
    return fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _read_note(fd: int) -> Holder | None:
    try:
        return msgspec.json.decode(os.pread(fd, 1000, 0), type=Holder)
    except (OSError, msgspec.DecodeError):
        return None
