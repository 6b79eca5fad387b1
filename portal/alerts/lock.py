"""One delivery at a time: a lock on the data folder that the kernel frees when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = "alerts.lock"


class DeliveryRunning(RuntimeError):
    """Another process is delivering alerts of this data folder."""

    def __init__(self) -> None:
        super().__init__("另一个进程正在发送通知")


@contextmanager
def delivery_lock(folder: Path) -> Iterator[None]:
    """Hold the lock; raises DeliveryRunning at once where another does."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DeliveryRunning from error
        yield
    finally:
        os.close(lock)
