"""The crawl processes of a night: started, watched, started once more when one dies, stopped in order."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

import msgspec

from crawlers.options import ChildOptions

# A child that is told to stop finishes the requests in flight; one that takes longer is killed.
STOP_SECONDS = 60.0
# Exit codes of crawlers/child.py after which another try would end in the same way.
FINAL = frozenset({0, 2, 3})


@dataclass(frozen=True, slots=True)
class Figures:
    """What all crawl processes together have done so far; `failures` are those that make the night worse."""

    sites: int = 0
    total: int = 0
    requests: int = 0
    pages: int = 0
    attachments: int = 0
    failures: int = 0


@dataclass(slots=True)
class _Child:
    """One process: what it was told, what it said last, how often it was started."""

    options: ChildOptions
    process: "subprocess.Popen[bytes]"
    errors: IO[bytes]
    buffer: bytearray = field(default_factory=bytearray)
    said: Mapping[str, Any] = field(default_factory=dict)
    summary: Mapping[str, Any] | None = None
    complaint: str = ""
    starts: int = 1


class CrawlChildren:
    """One crawl process for each of `options`; `lock` is a descriptor that they keep open.

    A process that dies without a word is started once more: what it had is in the catalogue, so it
    goes on where it was. While any of them lives, the night's lock is held, whoever else died.
    """

    def __init__(self, options: Sequence[ChildOptions], lock: int) -> None:
        self._lock = lock
        self._stopping = False
        self._children = [_Child(o, *self._start(o)) for o in options]

    def poll(self) -> bool:
        """Read what the processes say; True while at least one runs."""
        running = False
        for child in self._children:
            self._read(child)
            code = child.process.poll()
            if code is None:
                running = True
            elif code not in FINAL and child.starts == 1 and not self._stopping:
                child.starts += 1
                child.process, child.errors = self._start(child.options)
                child.buffer.clear()
                running = True
            elif not child.complaint:
                self._read(child)
                child.complaint = _complaint(child, code)
        return running

    def stop(self) -> None:
        """Ask all to stop in good order: no new requests, those in flight are finished."""
        self._stopping = True
        for child in self._children:
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)

    def close(self) -> None:
        """Wait for all, kill those that do not end."""
        for child in self._children:
            try:
                child.process.wait(STOP_SECONDS if self._stopping else 0.1)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            child.errors.close()
            if child.process.stdout:
                child.process.stdout.close()

    @property
    def figures(self) -> Figures:
        """The sum over all processes."""
        names = Figures.__slots__
        return Figures(**{name: sum(int(c.said.get(name, 0)) for c in self._children) for name in names})

    @property
    def exit_codes(self) -> list[int]:
        """The exit codes of those that ended."""
        return [code for child in self._children if (code := child.process.poll()) is not None]

    @property
    def complaints(self) -> list[str]:
        """One line for every process that did not end well (Chinese or from the process itself)."""
        return [child.complaint for child in self._children if child.complaint]

    @property
    def stopped(self) -> list[str]:
        """The names of what stopped whole processes."""
        found = [str(child.summary["stopped"]) for child in self._children if child.summary]
        return sorted({name for name in found if name})

    def _start(self, options: ChildOptions) -> "tuple[subprocess.Popen[bytes], IO[bytes]]":
        errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed with its child
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "crawlers.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            pass_fds=[self._lock],
        )
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(msgspec.json.encode(options) + b"\n")
        process.stdin.close()
        os.set_blocking(process.stdout.fileno(), False)
        return process, errors

    def _read(self, child: _Child) -> None:
        assert child.process.stdout is not None
        while True:
            try:
                data = os.read(child.process.stdout.fileno(), 1 << 16)
            except BlockingIOError:
                break
            if not data:
                break
            child.buffer += data
        *lines, rest = bytes(child.buffer).split(b"\n")
        child.buffer[:] = rest
        for line in lines:
            said = msgspec.json.decode(line, type=dict[str, Any])
            if "summary" in said:
                child.summary = said["summary"]
            elif "error" in said:
                child.complaint = str(said["message"])
            else:
                child.said = said


def _complaint(child: _Child, code: int) -> str:
    if code == 0:
        return ""
    if child.summary and child.summary["message"]:
        return str(child.summary["message"])
    child.errors.seek(0)
    words = child.errors.read()[-2000:].decode("utf-8", "replace").strip().splitlines()
    return f"抓取进程异常结束（退出码 {code}）：{words[-1] if words else '没有留下说明'}"
