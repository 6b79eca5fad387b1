"""A pool of child processes that each take one task at a time, bytes in and bytes out.

A child that dies or takes too long is replaced. Its task is tried once more in a process of its
own; the second time it is given back as a crash. The other tasks it held are simply sent again.
Both sides speak frames: four bytes of length, then the bytes.
"""

import contextlib
import os
import selectors
import signal
import struct
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, BinaryIO

# One task worked on and one waiting in the pipe: the child never waits for the parent.
DEPTH = 2
# Larger than any policy with all its attachments should be; a longer frame is a broken child.
MAX_FRAME = 64 << 20
# A child may be killed while it starts; three in a row cannot start.
MAX_FAILED_STARTS = 3
_READ = 1 << 18
_HEAD = struct.Struct("<I")


class PoolBroken(RuntimeError):
    """The children do not even start; the message holds what they wrote to stderr."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a task: `data` from the child, or None with the `reason` of the crash (Chinese)."""

    key: str
    data: bytes | None
    reason: str = ""


@dataclass(slots=True)
class _Task:
    key: str
    data: bytes
    seconds: float
    crashed: bool = False


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame of a blocking stream; None at its end. Raises ValueError on a cut or overlong frame."""
    head = stream.read(_HEAD.size)
    if not head:
        return None
    if len(head) < _HEAD.size:
        raise ValueError("frame cut in its head")
    (length,) = _HEAD.unpack(head)
    if length > MAX_FRAME:
        raise ValueError("frame too long")
    data = stream.read(length)
    if len(data) < length:
        raise ValueError("frame cut")
    return data


def write_frame(stream: BinaryIO, data: bytes) -> None:
    """Write one frame and flush it."""
    stream.write(_HEAD.pack(len(data)) + data)
    stream.flush()


@dataclass(slots=True)
class _Worker:
    """One child, the frames on their way to and from it and the tasks it holds, oldest first."""

    process: "subprocess.Popen[bytes]"
    errors: IO[bytes]
    outbox: bytearray
    inbox: bytearray = field(default_factory=bytearray)
    tasks: deque[_Task] = field(default_factory=deque)
    since: float = field(default_factory=time.monotonic)
    ready: bool = False

    @property
    def stdin(self) -> int:
        assert self.process.stdin is not None
        return self.process.stdin.fileno()

    @property
    def stdout(self) -> int:
        assert self.process.stdout is not None
        return self.process.stdout.fileno()

    def give(self, task: _Task) -> None:
        if not self.tasks:
            self.since = time.monotonic()
        self.tasks.append(task)
        self.outbox += _HEAD.pack(len(task.data)) + task.data

    def send(self) -> None:
        """Write what the pipe takes now."""
        try:
            while self.outbox:
                del self.outbox[: os.write(self.stdin, self.outbox)]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.outbox.clear()

    def receive(self) -> tuple[list[bytes], bool]:
        """Whole frames that have come, and whether the child is still there."""
        alive = True
        try:
            while data := os.read(self.stdout, _READ):
                self.inbox += data
            alive = False
        except BlockingIOError:
            pass
        frames: list[bytes] = []
        while len(self.inbox) >= _HEAD.size:
            (length,) = _HEAD.unpack_from(self.inbox)
            if length > MAX_FRAME:
                return frames, False
            end = _HEAD.size + length
            if len(self.inbox) < end:
                break
            frames.append(bytes(memoryview(self.inbox)[_HEAD.size : end]))
            del self.inbox[:end]
        return frames, alive

    def overdue(self, start_seconds: float) -> bool:
        limit = self.tasks[0].seconds if self.tasks else 0.0
        if not self.ready:
            return time.monotonic() - self.since > limit + start_seconds
        return bool(self.tasks) and time.monotonic() - self.since > limit

    def end(self, patience: float = 0.0) -> int:
        """Close the pipes, wait `patience` seconds, then kill it and its children; returns the exit code."""
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        deadline = time.monotonic() + patience
        # Not reaped before the group is killed: until then nobody else can have its number.
        while not self._has_exited() and time.monotonic() < deadline:
            time.sleep(0.01)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        return self.process.wait()

    def _has_exited(self) -> bool:
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def last_words(self) -> str:
        size = self.errors.seek(0, os.SEEK_END)
        self.errors.seek(max(0, size - 2000))
        return self.errors.read().decode("utf-8", "replace").strip()


class WorkerPool:
    """Children started on demand from `command`, each given the frame `setup` first.

    A child answers `setup` with an empty frame when it is ready, then each task with one frame, in order.
    """

    def __init__(
        self, command: Sequence[str], setup: bytes, size: int, start_seconds: float = 60.0, depth: int = DEPTH
    ) -> None:
        self._command = tuple(command)
        self._setup = setup
        self._size = size
        self._start_seconds = start_seconds
        self._depth = depth
        self._workers: list[_Worker] = []
        self._waiting: deque[_Task] = deque()
        self._retries: deque[_Task] = deque()
        self._selector = selectors.DefaultSelector()
        self._failed_starts = 0

    @property
    def room(self) -> int:
        """How many more tasks keep every child busy."""
        return max(0, self._size * self._depth - self.pending)

    @property
    def pending(self) -> int:
        """Tasks submitted and not answered."""
        return len(self._waiting) + len(self._retries) + sum(len(w.tasks) for w in self._workers)

    def submit(self, key: str, data: bytes, seconds: float) -> None:
        """Add a task that may take `seconds` of wall time."""
        self._waiting.append(_Task(key, data, seconds))

    def poll(self, timeout: float) -> list[Answer]:
        """Hand out tasks, wait up to `timeout` seconds for something to happen, return answers.

        Raises PoolBroken where children end again and again before they are ready.
        """
        self._hand_out()
        answers: list[Answer] = []
        for key, events in self._selector.select(timeout if self.pending else 0):
            worker: _Worker = key.data
            if worker not in self._workers:
                continue
            if events & selectors.EVENT_WRITE:
                self._send(worker)
            if key.fd == worker.stdout:
                answers += self._collect(worker)
        for worker in [w for w in self._workers if w.overdue(self._start_seconds)]:
            answers += self._bury(worker, "超过时间上限")
        self._hand_out()
        return answers

    def close(self) -> None:
        """End all children; tasks not answered are forgotten."""
        for worker in self._workers:
            self._unregister(worker)
            worker.end(patience=1.0 if not worker.tasks else 0.0)
            worker.errors.close()
        self._workers.clear()
        self._waiting.clear()
        self._retries.clear()
        self._selector.close()

    def _hand_out(self) -> None:
        wanted = len(self._retries) + len(self._waiting)
        idle = sum(not w.tasks for w in self._workers)
        for _ in range(min(self._size - len(self._workers), wanted - idle)):
            self._workers.append(self._start())
        for worker in self._workers:
            if self._retries and not worker.tasks:
                worker.give(self._retries.popleft())
                self._send(worker)
        for depth in range(self._depth):
            for worker in self._workers:
                if self._waiting and len(worker.tasks) == depth and not any(t.crashed for t in worker.tasks):
                    worker.give(self._waiting.popleft())
                    self._send(worker)

    def _start(self) -> _Worker:
        errors = tempfile.TemporaryFile()  # noqa: SIM115  closed with its worker
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            bufsize=0,
        )
        worker = _Worker(process, errors, bytearray(_HEAD.pack(len(self._setup)) + self._setup))
        os.set_blocking(worker.stdin, False)
        os.set_blocking(worker.stdout, False)
        self._selector.register(worker.stdout, selectors.EVENT_READ, worker)
        self._send(worker)
        return worker

    def _send(self, worker: _Worker) -> None:
        worker.send()
        registered = worker.stdin in self._selector.get_map()
        if worker.outbox and not registered:
            self._selector.register(worker.stdin, selectors.EVENT_WRITE, worker)
        elif not worker.outbox and registered:
            self._selector.unregister(worker.stdin)

    def _collect(self, worker: _Worker) -> list[Answer]:
        frames, alive = worker.receive()
        answers = []
        for frame in frames:
            worker.since = time.monotonic()
            if not worker.ready:
                worker.ready = True
                self._failed_starts = 0
            elif worker.tasks:
                answers.append(Answer(worker.tasks.popleft().key, frame))
        return answers if alive else answers + self._bury(worker, "")

    def _bury(self, worker: _Worker, reason: str) -> list[Answer]:
        """Remove a child that died or must die, and sort out the tasks it held."""
        self._unregister(worker)
        self._workers.remove(worker)
        code = worker.end(patience=0.0 if reason else 1.0)
        words = worker.last_words()
        worker.errors.close()
        if not worker.ready:
            self._failed_starts += 1
            self._put_back(worker.tasks)
            if self._failed_starts >= MAX_FAILED_STARTS:
                raise PoolBroken(words or f"退出码 {code}")
            return []
        if not worker.tasks:
            return []
        suspect = worker.tasks.popleft()
        self._put_back(worker.tasks)
        if suspect.crashed:
            return [Answer(suspect.key, None, reason or _exit_reason(code))]
        suspect.crashed = True
        self._retries.append(suspect)
        return []

    def _put_back(self, tasks: deque[_Task]) -> None:
        for task in reversed(tasks):
            (self._retries if task.crashed else self._waiting).appendleft(task)

    def _unregister(self, worker: _Worker) -> None:
        for fd in (worker.stdin, worker.stdout):
            if fd in self._selector.get_map():
                self._selector.unregister(fd)


def _exit_reason(code: int) -> str:
    if code < 0:
        return f"进程被信号 {signal.Signals(-code).name} 终止"
    return f"进程退出，退出码 {code}"
