"""Room to write in: checked before anything starts and again during the run."""

import errno
import os
import secrets
import shutil
from pathlib import Path

GIB = 1 << 30
MIB = 1 << 20

# A night over 147 sites writes well under 1 GiB (2.5 to 5 pages of 12 KB to a packed 12 KB page).
NIGHT_BYTES = GIB
# The demo country is a few thousand pages.
DEMO_BYTES = 64 * MIB

# Kept free during a run, so that the catalogue can still finish what it is doing.
RESERVE_BYTES = 64 * MIB

# Errors of the operating system that mean "no room": device, quota, or a limit on the size of files.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


class StorageError(RuntimeError):
    """The data folder cannot be written; the message is Chinese and says what to do."""


class DiskFull(StorageError):
    """There is no room for what has to be written."""


class ReadOnly(StorageError):
    """The folder or the file system does not allow writing."""


def storage_error(error: OSError, path: Path) -> StorageError:
    """The StorageError that an OSError on `path` means."""
    if error.errno in _FULL:
        return DiskFull(f"磁盘空间不足，无法写入 {path}：请清理或扩容后重新运行，已写入的数据完好")
    if error.errno in _READ_ONLY:
        return ReadOnly(f"没有写入权限或文件系统只读：{path}")
    return StorageError(f"无法写入 {path}：{error.strerror or error}")


def check_folder(path: Path, need_bytes: int = NIGHT_BYTES) -> int:
    """Make sure that `path` exists, can be written and has `need_bytes` free; returns the free bytes.

    The folder is made if it is missing. Raises DiskFull, ReadOnly or StorageError.
    """
    probe = path / f".write-test-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"zhengce")
        probe.unlink()
    except OSError as error:
        probe.unlink(missing_ok=True) if path.is_dir() else None
        raise storage_error(error, path) from error
    return check_free(path, need_bytes)


def check_free(path: Path, need_bytes: int) -> int:
    """The free bytes below `path`; raises DiskFull where they are fewer than `need_bytes`."""
    free = shutil.disk_usage(path).free
    if free < need_bytes:
        raise DiskFull(f"磁盘空间不足：{path} 剩余 {_size(free)}，至少需要 {_size(need_bytes)}，请清理或扩容")
    return free


def _size(count: int) -> str:
    return f"{count / GIB:.1f} GiB" if count >= GIB else f"{count / MIB:.1f} MiB"
