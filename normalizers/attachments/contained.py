"""Reads attachments in a child process, so that no file can harm the process that asks.

Files come from anywhere; their parsers are large and some are written in C. The child runs with limits on
memory, CPU and time and, where the system permits it, without a network. This module and `child` are the one
exception to the rule that normalizers are pure functions: they start a process.
"""

import errno
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec

from normalizers.attachments import ocr
from normalizers.attachments.file_text import PAGE_BREAK, FileText, ReadError
from normalizers.attachments.reading import MAX_INPUT_BYTES, OCR_PAGES
from normalizers.failures import Failure

# Measured 2026: 8.5 s a page for RapidOCR on one slow core, and as much again for a busy machine.
OCR_PAGE_SECONDS = 17
START_SECONDS = 30
# The child ends within milliseconds; one that was stopped is killed.
END_SECONDS = 5
# Found before any parser ran: the child is as good as new.
_HARMLESS = frozenset({Failure.ATTACHMENT_EMPTY, Failure.ATTACHMENT_IS_HTML, Failure.ATTACHMENT_UNSUPPORTED})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: bytes in, bytes of the result, memory, CPU and wall-clock seconds.

    The seconds are without OCR, which where it is installed adds its own for each of at most `ocr_pages`
    pages. `files` is the number of files after which the process that reads is replaced.
    """

    input_bytes: int = MAX_INPUT_BYTES
    result_bytes: int = 32 << 20
    memory_bytes: int = 2 << 30
    cpu_seconds: int = 20
    wall_seconds: float = 60.0
    files: int = 50
    ocr_pages: int = OCR_PAGES


class _Hello(msgspec.Struct, forbid_unknown_fields=True):
    network_isolated: bool


class _Answer(msgspec.Struct, forbid_unknown_fields=True):
    """Either a failure with its message, or the fields of a `FileText`."""

    failure: Failure | None = None
    message: str = ""
    kind: str = ""
    text: str | None = None
    pages: tuple[str, ...] | None = None
    reader: str = ""
    title: str | None = None
    warnings: tuple[str, ...] = ()


_decode_hello = msgspec.json.Decoder(_Hello).decode
_decode_answer = msgspec.json.Decoder(_Answer).decode


class ContainedReader:
    """Reads files one after the other in a child, which is replaced after any failure.

    What reads is a fork of the child, which the child itself replaces after some files.

    To be used by one thread at a time and closed at the end, best as a context manager.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._child: _Child | None = None

    def __enter__(self) -> "ContainedReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child; a later `read` starts another."""
        if self._child is not None:
            self._child.end()
            self._child = None

    @property
    def network_isolated(self) -> bool:
        """Whether the system let the child give up the network; starts a child to find out."""
        return self._running().network_isolated

    def read(self, data: bytes, name: str = "") -> FileText:
        """The text of a file; raises `ReadError`, also where the child crashed, hung or answered nonsense."""
        if len(data) > self._limits.input_bytes:
            raise ReadError(Failure.ATTACHMENT_TOO_LARGE, f"文件有 {len(data)} 字节，超过上限")
        answer = None
        try:
            answer = self._running().ask(data, name)
        finally:
            if answer is None or not self._is_reusable(answer):
                self.close()
        if answer.failure is not None:
            raise ReadError(answer.failure, answer.message)
        text = answer.text if answer.pages is None else PAGE_BREAK.join(answer.pages)
        return FileText(answer.kind, text or "", answer.pages, answer.reader, answer.title, answer.warnings)

    def _running(self) -> "_Child":
        if self._child is None:
            self._child = _Child(self._limits)
        return self._child

    @staticmethod
    def _is_reusable(answer: _Answer) -> bool:
        return answer.failure is None or answer.failure in _HARMLESS


class _Child:
    """One child process with its pipes and the unnamed file in which it finds its input."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        pages = limits.ocr_pages if ocr.is_installed() else 0
        self._extra = pages * OCR_PAGE_SECONDS
        # Being unnamed it cannot be left behind.
        self._input: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  closed with its child
        self._process = _start(limits, self._input.fileno())
        try:
            self.network_isolated = self._parse_hello(self._receive(START_SECONDS))
        except BaseException:
            self.end()
            raise

    def ask(self, data: bytes, name: str) -> _Answer:
        """The child's answer for one file."""
        self._hand_over(data)
        request = {
            "size": len(data),
            "name": name[-255:],
            "cpu_seconds": self._limits.cpu_seconds + self._extra,
        }
        self._send(msgspec.json.encode(request))
        body = self._receive(self._limits.wall_seconds + self._extra)
        try:
            return _decode_answer(body)
        except msgspec.MsgspecError as error:
            raise _crashed("子进程的回答无法理解") from error

    def _hand_over(self, data: bytes) -> None:
        try:
            self._input.seek(0)
            self._input.truncate()
            self._input.write(data)
            self._input.flush()
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise ReadError(Failure.DISK_FULL, "临时目录没有空间") from error
            raise

    def end(self) -> None:
        """End the process, which first kills the fork that reads, and close what belongs to them."""
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._input):
            if stream is not None:
                _close_quietly(stream)

    def _parse_hello(self, body: bytes) -> bool:
        try:
            return _decode_hello(body).network_isolated
        except msgspec.MsgspecError as error:
            raise _crashed("子进程没有正常启动") from error

    def _send(self, body: bytes) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(len(body).to_bytes(4, "big") + body)
            stdin.flush()
        except BrokenPipeError as error:
            raise self._death() from error

    def _receive(self, seconds: float) -> bytes:
        deadline = time.monotonic() + seconds
        size = int.from_bytes(self._receive_exactly(4, deadline), "big")
        if size > self._limits.result_bytes:
            raise _crashed(f"子进程的回答有 {size} 字节，超过上限")
        return self._receive_exactly(size, deadline)

    def _receive_exactly(self, size: int, deadline: float) -> bytes:
        stdout = self._process.stdout
        assert stdout is not None
        received = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while len(received) < size:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise ReadError(Failure.ATTACHMENT_TIMEOUT, "读取超过时限")
                piece = os.read(stdout.fileno(), min(size - len(received), 1 << 20))
                if not piece:
                    raise self._death()
                received += piece
        return bytes(received)

    def _death(self) -> ReadError:
        """The failure of a child that is gone."""
        code = self._process.wait(START_SECONDS)
        if code == -signal.SIGXCPU:
            return ReadError(Failure.ATTACHMENT_TIMEOUT, f"读取超过 {self._limits.cpu_seconds} 秒 CPU 时间")
        return _crashed(f"读取时子进程退出，代码 {code}")


def _start(limits: Limits, input_fd: int) -> "subprocess.Popen[bytes]":
    settings = {
        "memory_bytes": limits.memory_bytes,
        "result_bytes": limits.result_bytes,
        "ocr_pages": limits.ocr_pages,
        "files": limits.files,
    }
    return subprocess.Popen(
        # -P: nothing in the current folder is imported by mistake.
        [
            sys.executable,
            "-P",
            "-m",
            "normalizers.attachments.child",
            msgspec.json.encode(settings),
            str(input_fd),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        pass_fds=(input_fd,),
        # No secrets and no proxies of ours; one thread, because threads reserve address space.
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"},
    )


def _crashed(message: str) -> ReadError:
    return ReadError(Failure.ATTACHMENT_CRASHED, message)


def _close_quietly(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except OSError:
        # The last bytes for a dead child cannot be flushed.
        return
