"""One night at a time."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.lock import LOCK_NAME, NightLock, NightRunning, lock_holder

AT = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
HOLD = """
import sys, time
from pathlib import Path
from pipelines.clock import system_clock
from pipelines.lock import NightLock
with NightLock(Path(sys.argv[1]), system_clock):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_is_refused_and_told_who(tmp_path: Path) -> None:
    with NightLock(tmp_path, lambda: AT):
        holder = lock_holder(tmp_path)
        assert holder is not None
        assert (holder.pid, holder.since) == (os.getpid(), AT)
        with pytest.raises(NightRunning, match=f"进程 {os.getpid()}，开始于 2026-03-02 18:00:00"):
            NightLock(tmp_path, lambda: AT).acquire()
    assert lock_holder(tmp_path) is None
    with NightLock(tmp_path, lambda: AT):
        pass


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    with pytest.raises(NightRunning) as caught:
        NightLock(tmp_path, lambda: AT).acquire()
    assert caught.value.holder is not None
    assert caught.value.holder.pid == child.pid
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert lock_holder(tmp_path) is None
    with NightLock(tmp_path, lambda: AT):
        pass


def test_an_unreadable_note_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).write_text("not json")
    assert lock_holder(tmp_path) is None
    with NightLock(tmp_path, lambda: AT):
        (tmp_path / LOCK_NAME).write_text("not json")
        with pytest.raises(NightRunning, match="进程不明"):
            NightLock(tmp_path, lambda: AT).acquire()
