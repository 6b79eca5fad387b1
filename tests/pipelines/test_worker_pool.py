"""The pool: every task is answered once, whatever its child does."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.worker_pool import MAX_FRAME, Answer, PoolBroken, WorkerPool

pytestmark = pytest.mark.slow

CHILD = """
import os, signal, sys, time
from pathlib import Path
from pipelines.worker_pool import read_frame, write_frame
tasks, answers = sys.stdin.buffer, sys.stdout.buffer
folder = Path(read_frame(tasks).decode())
write_frame(answers, b"")
while (task := read_frame(tasks)) is not None:
    word = task[:20].decode()
    if word.startswith("die"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if word.startswith("once") and not (folder / word).exists():
        (folder / word).touch()
        os._exit(7)
    if word.startswith("hang"):
        time.sleep(60)
    if word.startswith("boast"):
        answers.write(b"\\xff\\xff\\xff\\xff")
        answers.flush()
    write_frame(answers, task[::-1])
"""


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[WorkerPool]:
    made = WorkerPool((sys.executable, "-c", CHILD), str(tmp_path).encode(), size=2)
    yield made
    made.close()


def answers(pool: WorkerPool, tasks: dict[str, bytes], seconds: float = 20.0) -> dict[str, Answer]:
    for key, data in tasks.items():
        pool.submit(key, data, seconds)
    found: dict[str, Answer] = {}
    deadline = time.monotonic() + 60
    while pool.pending:
        assert time.monotonic() < deadline
        for answer in pool.poll(0.5):
            assert answer.key not in found
            found[answer.key] = answer
    assert found.keys() == tasks.keys()
    return found


def test_every_task_is_answered(pool: WorkerPool) -> None:
    tasks = {str(number): os.urandom(number * 37).hex().encode() or b"x" for number in range(200)}
    found = answers(pool, tasks)
    assert {key: answer.data for key, answer in found.items()} == {k: v[::-1] for k, v in tasks.items()}


def test_tasks_larger_than_a_pipe_do_not_block(pool: WorkerPool) -> None:
    tasks = {str(number): b"%d" % number + b"x" * (3 << 20) for number in range(8)}
    found = answers(pool, tasks)
    assert all(found[key].data == data[::-1] for key, data in tasks.items())


def test_a_task_that_kills_its_child_is_named_and_harms_no_other(pool: WorkerPool) -> None:
    found = answers(pool, {"a": b"good 1", "b": b"die", "c": b"good 2", "d": b"die again", "e": b"good 3"})
    assert [found[key].data for key in "ace"] == [b"1 doog", b"2 doog", b"3 doog"]
    assert (found["b"].data, found["d"].data) == (None, None)
    assert found["b"].reason == "进程被信号 SIGSEGV 终止"


def test_a_task_whose_child_died_once_is_tried_again(pool: WorkerPool) -> None:
    assert answers(pool, {"a": b"once 1", "b": b"good"})["a"].data == b"1 ecno"


def test_a_task_that_hangs_is_ended(pool: WorkerPool) -> None:
    begun = time.monotonic()
    found = answers(pool, {"a": b"hang", "b": b"good"}, seconds=1.0)
    assert time.monotonic() - begun < 20
    assert (found["a"].data, found["a"].reason) == (None, "超过时间上限")
    assert found["b"].data == b"doog"


def test_a_child_that_announces_too_much_is_ended(pool: WorkerPool) -> None:
    assert MAX_FRAME < 0xFFFFFFFF
    assert answers(pool, {"a": b"boast", "b": b"good"})["a"].data is None


def test_children_that_cannot_start_are_no_fault_of_the_task(tmp_path: Path) -> None:
    pool = WorkerPool((sys.executable, "-c", "import no_such_module_yanshi"), b"", size=1)
    pool.submit("a", b"x", 5.0)
    with pytest.raises(PoolBroken, match="no_such_module_yanshi"):
        for _ in range(100):
            pool.poll(0.2)
    pool.close()


def test_children_end_with_their_parent(tmp_path: Path) -> None:
    pool = WorkerPool((sys.executable, "-c", CHILD), str(tmp_path).encode(), size=2)
    pool.submit("a", b"hang", 60.0)
    pool.submit("b", b"hang", 60.0)
    pool.poll(1.0)
    pids = [worker.process.pid for worker in pool._workers]
    assert len(pids) == 2
    pool.close()
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
