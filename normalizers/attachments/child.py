"""The contained child: reads one file at a time for `normalizers.attachments.contained`, under limits.

Run as `python -m normalizers.attachments.child SETTINGS INPUT_FD`. Requests come on standard input, answers
go to standard output, both as frames: a length of four bytes, big-endian, then JSON. The bytes of a file lie
in the open file INPUT_FD. The first frame says whether the network was cut off.

The process that is started never sees a file. It forks a reader for some files, then the next one, which from
the second on finds the modules of the common kinds imported; when a reader dies, it dies the same way.
"""

import ctypes
import importlib
import json
import math
import os
import resource
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

from normalizers.attachments.file_text import FileText, ReadError
from normalizers.attachments.reading import read_file
from normalizers.failures import Failure

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG = 1
# The exit code of a reader that has read its files.
_NEXT = 3
# What python-docx, PDFium and the others cost to import: 0.2 to 0.3 CPU seconds together.
_COMMON = ("pdf", "word", "ofd", "sheet", "legacy_word")
# The child writes no files but the bytecode of what it imports.
_MAX_FILE_BYTES = 16 << 20


def main() -> None:
    """Fork readers until standard input ends."""
    settings = json.loads(sys.argv[1])
    input_fd = int(sys.argv[2])
    out = _claim_stdout()
    isolated = _leave_network()
    _limit(resource.RLIMIT_CORE, 0)
    _send(out, json.dumps({"network_isolated": isolated}).encode())
    readers = _Readers()
    while readers.run_next(lambda: _read_files(settings, input_fd, out)):
        for name in _COMMON:
            importlib.import_module(f"normalizers.attachments.{name}")
        import docx  # noqa: F401  read_docx imports it late


class _Readers:
    """Runs readers one after the other; SIGTERM ends the one that runs, and this process."""

    def __init__(self) -> None:
        self._pid = 0
        signal.signal(signal.SIGTERM, self._end)

    def _end(self, number: int, frame: FrameType | None) -> None:
        if not self._pid:
            os._exit(0)
        os.kill(self._pid, signal.SIGKILL)

    def run_next(self, read: Callable[[], int]) -> bool:
        """Fork a reader and wait for its end; True where another one is due, else this process ends like it."""
        parent = os.getpid()
        self._pid = os.fork()
        if not self._pid:
            _run_reader(read, parent)
        status = os.waitpid(self._pid, 0)[1]
        self._pid = 0
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            if number != signal.SIGKILL:
                signal.signal(number, signal.SIG_DFL)
            os.kill(parent, number)
        return os.waitstatus_to_exitcode(status) == _NEXT


def _run_reader(read: Callable[[], int], parent: int) -> NoReturn:
    """The whole life of a reader, which ends with the process that forked it."""
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _die_with_parent()
        if os.getppid() == parent:
            code = read()
    finally:
        os._exit(code)


def _read_files(settings: dict[str, int], input_fd: int, out: int) -> int:
    """Answer the requests for as many files as one reader may read; returns its exit code."""
    _limit(resource.RLIMIT_AS, settings["memory_bytes"])
    _limit(resource.RLIMIT_FSIZE, _MAX_FILE_BYTES)
    for _ in range(settings["files"]):
        request = _receive()
        if not request:
            return 0
        _limit_cpu(request["cpu_seconds"])
        data = _load_input(input_fd, request["size"])
        _send(out, _answer(data, request["name"], settings))
    return _NEXT


def _claim_stdout() -> int:
    """A descriptor for the answers that no library prints to."""
    out = os.dup(1)
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    return out


def _leave_network() -> bool:
    """Move to a network namespace without interfaces; False where this is not permitted (needs Linux)."""
    try:
        unshare = ctypes.CDLL(None).unshare
    except (OSError, AttributeError):
        return False
    return bool(unshare(_CLONE_NEWNET) == 0 or unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def _die_with_parent() -> None:
    """Be killed when the parent dies (needs Linux; elsewhere the end of standard input ends a reader)."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):
        return


def _limit(which: int, soft: int) -> None:
    hard = resource.getrlimit(which)[1]
    resource.setrlimit(which, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _limit_cpu(seconds: int) -> None:
    """End this process by a signal once it has used this much more CPU time."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, math.ceil(usage.ru_utime + usage.ru_stime) + seconds)


def _load_input(descriptor: int, size: int) -> bytes:
    pieces, offset = list[bytes](), 0
    while offset < size and (piece := os.pread(descriptor, size - offset, offset)):
        pieces.append(piece)
        offset += len(piece)
    return b"".join(pieces)


def _answer(data: bytes, name: str, settings: dict[str, int]) -> bytes:
    try:
        answer = _as_json(read_file(data, name, settings["ocr_pages"]))
    except ReadError as error:
        return _failure(error.failure, error.message)
    except MemoryError:
        return _failure(Failure.ATTACHMENT_TOO_LARGE, "读取所需的内存超过上限")
    if len(answer) > settings["result_bytes"]:
        return _failure(Failure.ATTACHMENT_TOO_LARGE, f"读出的文字有 {len(answer)} 字节，超过上限")
    return answer


def _as_json(found: FileText) -> bytes:
    """The result without `text` where the pages already hold it."""
    return json.dumps(
        {
            "kind": found.kind,
            "text": found.text if found.pages is None else None,
            "pages": found.pages,
            "reader": found.reader,
            "title": found.title,
            "warnings": found.warnings,
        },
        ensure_ascii=False,
    ).encode(errors="replace")


def _failure(failure: Failure, message: str) -> bytes:
    return json.dumps({"failure": failure, "message": message}).encode()


def _send(descriptor: int, body: bytes) -> None:
    left = memoryview(len(body).to_bytes(4, "big") + body)
    while left:
        left = left[os.write(descriptor, left) :]


def _receive() -> dict[str, Any]:
    """The next request, empty at the end of standard input; nothing is read ahead, the next reader needs it."""
    head = _receive_exactly(4)
    if len(head) < 4:
        return {}
    request: dict[str, Any] = json.loads(_receive_exactly(int.from_bytes(head, "big")))
    return request


def _receive_exactly(size: int) -> bytes:
    received = b""
    while len(received) < size and (piece := os.read(0, size - len(received))):
        received += piece
    return received


if __name__ == "__main__":
    main()
