"""Archives to text: what can be read of their members, a page a member."""

import io
import struct
from collections.abc import Callable, Iterator
from functools import partial

from normalizers.attachments.file_text import MAX_CHARS, TEXT_CUT, FileText, ReadError, file_text
from normalizers.attachments.package import MAX_ENTRY_BYTES, MAX_TOTAL_BYTES, Package, entry_name, plain_name
from normalizers.failures import Failure

# Packages of annexes seen have up to 20 members.
MAX_MEMBERS = 200
# Names that are counted beyond those.
MAX_LISTED = 20_000
# libarchive takes for a zip whatever has the end of one in its last 16 kB, as a RAR with one inside has.
_PADDING = bytes(20_000)
_RAR_4 = b"Rar!\x1a\x07\0"
Member = tuple[str, Callable[[], bytes]]


def read_archive(data: bytes, kind: str, read_member: Callable[[bytes, str], FileText]) -> FileText:
    """Text of the members that `read_member(bytes, name)` can read, each headed by its name.

    `kind` is "zip", "rar" or "7z". A member that cannot be read is a warning
    `member_unreadable:<name>:<failure>`; where none can be read for one and the same reason, that is the
    failure of the archive.
    """
    pages, warnings, left, seen = list[str](), list[str](), MAX_CHARS, 0
    failures = set[Failure]()
    for name, unpack in _zip_members(data) if kind == "zip" else _packed_members(data):
        seen += 1
        if seen > MAX_MEMBERS:
            continue
        try:
            found = read_member(unpack(), name)
        except ReadError as error:
            failures.add(error.failure)
            warnings.append(f"member_unreadable:{name}:{error.failure}")
            continue
        warnings += [f"{warning}:{name}" for warning in found.warnings]
        pages.append(f"{name}\n{found.text}"[: max(left, 0)])
        left -= len(pages[-1])
    if seen > MAX_MEMBERS:
        warnings.append(f"members_left_out:{seen - MAX_MEMBERS}")
    if left <= 0:
        warnings.append(TEXT_CUT)
    if not pages:
        unread = "；".join(warnings[:5]) or "没有文件"
        failure = failures.pop() if len(failures) == 1 else Failure.ATTACHMENT_UNSUPPORTED
        raise ReadError(failure, f"压缩包里没有能读的文件：{unread}"[:200])
    return file_text(kind, "zipfile" if kind == "zip" else "libarchive", pages, None, warnings)


def _zip_members(data: bytes) -> Iterator[Member]:
    with Package(data) as package:
        for entry in package.entries():
            name = entry_name(entry)
            if not name.endswith("/"):
                yield name, partial(package.read_entry, entry)


def _packed_members(data: bytes) -> Iterator[Member]:
    """Members of any archive that libarchive reads; each must be unpacked before the next one is asked for.

    An archive that breaks off is an unreadable member without a name.
    """
    import archi

    if _is_locked_rar(data):
        raise ReadError(Failure.ATTACHMENT_ENCRYPTED, "压缩包需要密码")
    data += _PADDING if data.startswith(b"Rar!") and b"PK\5\6" in data[-len(_PADDING) :] else b""
    left = MAX_TOTAL_BYTES

    def unpack() -> bytes:
        nonlocal left
        left -= entry.size
        if entry.size > MAX_ENTRY_BYTES or left < 0:
            raise ReadError(Failure.ATTACHMENT_TOO_LARGE, f"解压后的 {name} 超过上限")
        try:
            content: bytes = entry.read()
        except archi.Error as error:
            raise _failure(error) from error
        return content

    try:
        for number, entry in enumerate(archi.Archive(io.BytesIO(data))):
            name = plain_name(entry.filename.encode("utf-8", "surrogateescape"))
            if number >= MAX_LISTED:
                raise ReadError(Failure.ATTACHMENT_TOO_LARGE, f"压缩包超过 {MAX_LISTED} 项")
            if entry.mode & 0o170000 == 0o100000:
                yield name, unpack
    except archi.Error as error:
        failure = _failure(error)

        def fail() -> bytes:
            raise failure

        yield "", fail


def _is_locked_rar(data: bytes) -> bool:
    """Whether the headers or the first member of a RAR 4 archive are encrypted, which libarchive passes over."""
    if not data.startswith(_RAR_4) or len(data) < 32:
        return False
    flags, size = struct.unpack_from("<HH", data, 10)
    (member,) = struct.unpack_from("<H", data.ljust(size + 16, b"\0"), 7 + size + 3)
    return bool(flags & 0x80 or member & 0x04)


def _failure(error: Exception) -> ReadError:
    """libarchive tells why in words alone."""
    message = str(error)
    if "ncrypt" in message or "assphrase" in message:
        return ReadError(Failure.ATTACHMENT_ENCRYPTED, "压缩包需要密码")
    return ReadError(Failure.ATTACHMENT_DAMAGED, f"压缩包无法解压：{message}"[:200])
