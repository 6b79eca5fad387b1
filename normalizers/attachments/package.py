"""Zip packages whose directory is checked before anything is unpacked."""

import io
import posixpath
import struct
import zipfile
import zlib
from types import TracebackType

from normalizers.attachments.file_text import ReadError
from normalizers.failures import Failure

# Largest seen in real attachments: 400 entries, 30 MB unpacked, 40 times its packed size.
MAX_ENTRIES = 20_000
MAX_ENTRY_BYTES = 50 << 20
MAX_TOTAL_BYTES = 200 << 20
MAX_RATIO = 300
RATIO_MATTERS_BYTES = 10 << 20


class Package:
    """Read access to a zip file by entry name, whatever its letter case, slashes or name encoding.

    Raises `ReadError`: damaged, too large (by count, size, or packing ratio), encrypted.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error) as error:
            raise ReadError(Failure.ATTACHMENT_DAMAGED, f"压缩包目录损坏：{error}") from error
        entries = self._zip.infolist()
        total = sum(entry.file_size for entry in entries)
        if len(entries) > MAX_ENTRIES or total > MAX_TOTAL_BYTES:
            raise ReadError(
                Failure.ATTACHMENT_TOO_LARGE, f"解压后有 {len(entries)} 项、{total} 字节，超过上限"
            )
        if total > RATIO_MATTERS_BYTES and total > MAX_RATIO * len(data):
            raise ReadError(Failure.ATTACHMENT_TOO_LARGE, f"压缩比 {total // len(data)} 超过上限")
        self._entries = {_key(entry_name(entry)): entry for entry in entries}
        self._left = MAX_TOTAL_BYTES

    def __enter__(self) -> "Package":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def entries(self) -> list[zipfile.ZipInfo]:
        """Entries in the order of the directory."""
        return self._zip.infolist()

    def has(self, path: str) -> bool:
        """Whether there is an entry of this name."""
        return _key(path) in self._entries

    def read(self, path: str) -> bytes | None:
        """Bytes of the entry, None if there is none."""
        entry = self._entries.get(_key(path))
        return None if entry is None else self.read_entry(entry)

    def read_entry(self, entry: zipfile.ZipInfo) -> bytes:
        """Bytes of an entry; what all reads of one package unpack is capped as well."""
        if entry.flag_bits & 0x1:
            raise ReadError(Failure.ATTACHMENT_ENCRYPTED, "压缩包需要密码")
        self._left -= entry.file_size
        if entry.file_size > MAX_ENTRY_BYTES or self._left < 0:
            raise ReadError(Failure.ATTACHMENT_TOO_LARGE, f"解压后的 {entry_name(entry)} 超过上限")
        try:
            return self._zip.read(entry)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError, ValueError) as error:
            raise ReadError(Failure.ATTACHMENT_DAMAGED, f"{entry_name(entry)} 无法解压：{error}") from error


def entry_name(entry: zipfile.ZipInfo) -> str:
    """The entry's name with forward slashes.

    Without the UTF-8 flag names are in practice UTF-8 or GBK, which zipfile shows as code page 437.
    """
    name = entry.orig_filename
    if not entry.flag_bits & 0x800:
        return plain_name(name.encode("cp437", "replace"))
    return _plain(name)


def plain_name(raw: bytes) -> str:
    """The name of a member of an archive that says nothing of its encoding, with forward slashes."""
    try:
        return _plain(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return _plain(raw.decode("gb18030", "replace"))


def _plain(name: str) -> str:
    return name.replace("\\", "/").replace("\0", "")


def _key(path: str) -> str:
    return posixpath.normpath(path.replace("\\", "/")).lstrip("/").lower()
