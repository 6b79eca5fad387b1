"""The portal beside the demo's night ends with it, and the demo with its portal."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = """
import signal, sys
from pathlib import Path
from pipelines.config import load_config
from zhengce import demo_command as demo
config = demo.demo_config(load_config({"data": sys.argv[1]}, {}))
signal.signal(signal.SIGTERM, demo._leave)
with demo._serving(config, int(sys.argv[2])) as portal:
    print(portal.pid, flush=True)
    demo._wait(portal)
"""
WAIT = 30  # seconds


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("ended", ["demo", "portal"])
def test_demo_and_portal_end_together(tmp_path: Path, ended: str) -> None:
    port = free_port()
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stderr
        portal = int(process.stdout.readline())
        until = time.monotonic() + WAIT
        while not answers(port) and time.monotonic() < until:
            time.sleep(0.05)
        assert answers(port)
        os.kill(process.pid if ended == "demo" else portal, signal.SIGTERM)
        told = process.stderr.read()
        assert process.wait(WAIT) == (128 + signal.SIGTERM if ended == "demo" else 1)
    assert not answers(port)
    assert ("门户已退出" in told) == (ended == "portal")
