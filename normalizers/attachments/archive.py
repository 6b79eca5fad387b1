"""Zip archives to text: what can be read of their members, a page a member."""

from collections.abc import Callable

from normalizers.attachments.file_text import MAX_CHARS, TEXT_CUT, FileText, ReadError, file_text
from normalizers.attachments.package import Package, entry_name
from normalizers.failures import Failure

# Packages of annexes seen have up to 20 members.
MAX_MEMBERS = 200


def read_archive(data: bytes, read_member: Callable[[bytes, str], FileText]) -> FileText:
    """Text of the members that `read_member(bytes, name)` can read, each headed by its name.

    A member that cannot be read is a warning `member_unreadable:<name>:<failure>`; where none can be read for
    one and the same reason, that is the failure of the archive.
    """
    pages, warnings, left = list[str](), list[str](), MAX_CHARS
    failures = set[Failure]()
    with Package(data) as package:
        members = [entry for entry in package.entries() if not entry_name(entry).endswith("/")]
        for entry in members[:MAX_MEMBERS]:
            name = entry_name(entry)
            try:
                found = read_member(package.read_entry(entry), name)
            except ReadError as error:
                failures.add(error.failure)
                warnings.append(f"member_unreadable:{name}:{error.failure}")
                continue
            warnings += [f"{warning}:{name}" for warning in found.warnings]
            pages.append(f"{name}\n{found.text}"[: max(left, 0)])
            left -= len(pages[-1])
    if len(members) > MAX_MEMBERS:
        warnings.append(f"members_left_out:{len(members) - MAX_MEMBERS}")
    if left <= 0:
        warnings.append(TEXT_CUT)
    if not pages:
        unread = "；".join(warnings[:5]) or "没有文件"
        failure = failures.pop() if len(failures) == 1 else Failure.ATTACHMENT_UNSUPPORTED
        raise ReadError(failure, f"压缩包里没有能读的文件：{unread}"[:200])
    return file_text("zip", "zipfile", pages, None, warnings)
