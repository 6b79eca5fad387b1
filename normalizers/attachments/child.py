"""The contained child: reads one file at a time for `normalizers.attachments.contained`, under limits.

Run as `python -m normalizers.attachments.child SETTINGS INPUT_FD`. Requests come on standard input, answers
go to standard output, both as frames: a length of four bytes, big-endian, then JSON. The bytes of a file lie
in the open file INPUT_FD. The first frame says whether the network was cut off. Imports little, because it is
started for every 50 files.
"""

import ctypes
import json
import math
import os
import resource
import sys
from typing import Any

from normalizers.attachments.file_text import FileText, ReadError
from normalizers.attachments.reading import read_file
from normalizers.failures import Failure

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
# The child writes no files but the bytecode of what it imports.
_MAX_FILE_BYTES = 16 << 20


def main() -> None:
    """Answer requests until standard input ends."""
    settings = json.loads(sys.argv[1])
    input_fd = int(sys.argv[2])
    out = _claim_stdout()
    isolated = _leave_network()
    _limit(resource.RLIMIT_AS, settings["memory_bytes"])
    _limit(resource.RLIMIT_FSIZE, _MAX_FILE_BYTES)
    _limit(resource.RLIMIT_CORE, 0)
    _send(out, json.dumps({"network_isolated": isolated}).encode())
    while request := _receive():
        _limit_cpu(request["cpu_seconds"])
        data = _load_input(input_fd, request["size"])
        _send(out, _answer(data, request["name"], settings))


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
    """The next request, empty at the end of standard input."""
    head = sys.stdin.buffer.read(4)
    if len(head) < 4:
        return {}
    request: dict[str, Any] = json.loads(sys.stdin.buffer.read(int.from_bytes(head, "big")))
    return request


if __name__ == "__main__":
    main()
