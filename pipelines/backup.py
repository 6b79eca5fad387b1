"""One file that holds catalogue, archive, settings and corrections, with checksums; and the way back.

A tar file, its last member a manifest of names, sizes and SHA-256. The catalogue is copied before
the archive: every record that the copy names was flushed before, so the backup is whole even while
a night runs. The index is left out, it is made again from the catalogue.
"""

import hashlib
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from pipelines.archive import archive_files
from pipelines.clock import Clock
from pipelines.config import SHIPPED_SITES, Config
from pipelines.disk import MIB, check_folder, check_free, storage_error
from pipelines.own_tables import AUTHORITIES, REGIONS
from pipelines.sqlite_backup import NotSqlite, check_sqlite, copy_sqlite, sqlite_path

FORMAT = 1
CATALOGUE = "catalogue.sqlite"
MANIFEST = "manifest.json"
SETTINGS = "zhengce.toml"
CORRECTIONS = "corrections.toml"
_ROOMS = ("archive", "sites")
_CHUNK = 1 << 20
# A manifest line is 150 bytes; a hundred thousand files are far more than any archive has.
_MAX_MANIFEST = 32 * MIB


class BackupError(RuntimeError):
    """A backup that cannot be made or read; the message is Chinese, nothing was put in place."""


@dataclass(frozen=True, slots=True)
class BackupFile:
    """One file of a backup: its name below the data folder."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds; `made` is the instant of the copy of the catalogue."""

    format: int
    program: str
    made: datetime
    files: tuple[BackupFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)


def write_backup(config: Config, target: Path, clock: Clock) -> Manifest:
    """Write the backup file `target`, aside first and then renamed; a night may be running.

    Raises BackupError, also where `target` exists, and StorageError.
    """
    if target.exists():
        raise BackupError(f"文件已存在，不会覆盖：{target}")
    try:
        catalogue = sqlite_path(config.catalogue_url)
    except NotSqlite as error:
        raise BackupError(str(error)) from error
    if not catalogue.is_file():
        raise BackupError(f"没有找到目录库：{catalogue}")
    expected = 2 * catalogue.stat().st_size + sum(
        p.stat().st_size for p in archive_files(config.archive_folder)
    )
    check_folder(target.absolute().parent, expected + 16 * MIB)
    part = target.with_name(f".{target.name}.part-{os.getpid()}")
    try:
        manifest = _write(config, part, clock)
        part.rename(target)
    except OSError as error:
        raise storage_error(error, target) from error
    except sqlite3.Error as error:
        raise BackupError(f"目录库无法复制：{error}") from error
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _write(config: Config, part: Path, clock: Clock) -> Manifest:
    with part.open("xb") as out, tempfile.TemporaryDirectory(dir=part.parent, prefix=".zhengce-") as aside:
        made = clock()
        copy = Path(aside) / CATALOGUE
        copy_sqlite(config.catalogue_url, copy)
        if (wrong := check_sqlite(copy)) is not None:
            raise BackupError(f"目录库已损坏，未作备份：{wrong}")
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            files = [_add(tar, copy, CATALOGUE)]
            copy.unlink()
            files += [_add(tar, path, name) for path, name in _sources(config)]
            manifest = Manifest(FORMAT, f"zhengce {version('zhengce')}", made, tuple(files))
            _add_bytes(tar, MANIFEST, msgspec.json.encode(manifest))
        out.flush()
        os.fsync(out.fileno())
    return manifest


def _sources(config: Config) -> Iterator[tuple[Path, str]]:
    for path in archive_files(config.archive_folder):
        yield path, f"archive/{path.name}"
    if (settings := config.data / SETTINGS).is_file():
        yield settings, SETTINGS
    if config.corrections.is_file():
        yield config.corrections, CORRECTIONS
    for name in (AUTHORITIES, REGIONS):
        if (table := config.data / name).is_file():
            yield table, name
    if config.sites != SHIPPED_SITES and config.sites.is_dir():
        for path in sorted(config.sites.rglob("*")):
            if path.is_file():
                yield path, f"sites/{path.relative_to(config.sites).as_posix()}"


class _Hashing:
    """A stream of at most `size` bytes that keeps the digest of what was read."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._stream = stream
        self._left = size
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        self.digest.update(data)
        return data


def _add(tar: tarfile.TarFile, path: Path, name: str) -> BackupFile:
    """Add a file as long as it is now: an archive file may grow meanwhile."""
    with path.open("rb") as stream:
        info = tarfile.TarInfo(name)
        status = os.fstat(stream.fileno())
        info.size, info.mtime, info.mode = status.st_size, int(status.st_mtime), 0o640
        hashing = _Hashing(stream, info.size)
        tar.addfile(info, hashing)
    return BackupFile(name, info.size, hashing.digest.hexdigest())


def _add_bytes(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    with tempfile.TemporaryFile() as stream:
        stream.write(data)
        stream.seek(0)
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(data), 0o640
        tar.addfile(info, stream)


def check_backup(file: Path) -> Manifest:
    """Read a backup file whole and compare every checksum; raises BackupError."""
    return _walk(file, None)


def restore_backup(file: Path, data: Path) -> Manifest:
    """Put a backup back as the data folder `data`, which must be missing or empty.

    The file is checked whole before anything is written, the written files again before they are
    put in place. Raises BackupError and StorageError; then `data` is as it was.
    """
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise BackupError(f"目录不是空的，不会覆盖：{data}")
    manifest = check_backup(file)
    aside = data.absolute().with_name(f".{data.name}.restore-{os.getpid()}")
    try:
        aside.mkdir(parents=True)
        check_free(aside, manifest.size + 16 * MIB)
        _walk(file, aside)
        if (wrong := check_sqlite(aside / CATALOGUE)) is not None:
            raise BackupError(f"备份中的目录库已损坏：{wrong}")
        if data.exists():
            data.rmdir()
        aside.rename(data)
    except OSError as error:
        raise storage_error(error, data) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return manifest


def _walk(file: Path, folder: Path | None) -> Manifest:
    """Read all members, into `folder` where one is given; compare them with the manifest."""
    found: list[BackupFile] = []
    with _opened(file) as tar:
        for member in tar:
            if member.name == MANIFEST:
                return _compare(file, _load_manifest(file, tar, member), found)
            found.append(_take_out(file, tar, member, folder))
    raise BackupError(f"备份文件不完整，没有清单：{file}")


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, mode="r:") as tar:
            yield tar
    except tarfile.TarError as error:
        raise BackupError(f"备份文件损坏：{file}：{error}") from error
    except FileNotFoundError as error:
        raise BackupError(f"没有找到备份文件：{file}") from error


def _take_out(file: Path, tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path | None) -> BackupFile:
    if not member.isfile() or not _is_ours(member.name):
        raise BackupError(f"备份文件中有不该出现的内容：{member.name}（{file}）")
    stream = tar.extractfile(member)
    assert stream is not None
    hashing = _Hashing(stream, member.size)
    if folder is None:
        while hashing.read(_CHUNK):
            pass
    else:
        target = folder / member.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as out:
            while piece := hashing.read(_CHUNK):
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
    return BackupFile(member.name, member.size, hashing.digest.hexdigest())


def _is_ours(name: str) -> bool:
    """Whether a member is one that `write_backup` writes: nothing may land outside of the data folder."""
    path = PurePosixPath(name)
    if name in {CATALOGUE, SETTINGS, CORRECTIONS, AUTHORITIES, REGIONS}:
        return True
    return len(path.parts) > 1 and path.parts[0] in _ROOMS and ".." not in path.parts


def _load_manifest(file: Path, tar: tarfile.TarFile, member: tarfile.TarInfo) -> Manifest:
    stream = tar.extractfile(member)
    if stream is None or member.size > _MAX_MANIFEST:
        raise BackupError(f"备份清单无法读取：{file}")
    try:
        manifest = msgspec.json.decode(stream.read(), type=Manifest)
    except msgspec.DecodeError as error:
        raise BackupError(f"备份清单无法读取：{file}：{error}") from error
    if manifest.format > FORMAT:
        raise BackupError(f"备份由更新版本的程序写成（{manifest.program}），请升级程序：{file}")
    return manifest


def _compare(file: Path, manifest: Manifest, found: list[BackupFile]) -> Manifest:
    wanted = {entry.name: entry for entry in manifest.files}
    for entry in found:
        if wanted.pop(entry.name, None) != entry:
            raise BackupError(f"备份文件损坏：{entry.name} 的校验和不符（{file}）")
    if wanted:
        raise BackupError(f"备份文件不完整，缺少 {min(wanted)}（{file}）")
    return manifest
