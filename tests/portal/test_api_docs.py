"""docs/api.md: its examples run against a real portal, and it leaves no route, parameter or error out."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from served_portal import Served

from pipelines.config import Config
from portal.api import TITLES
from portal.limits import TOO_MANY

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
HELP = (ROOT / "portal" / "templates" / "help.html").read_text(encoding="utf-8")
SHOWN = "http://127.0.0.1:8000"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = [(language, code) for language, code in BLOCK.findall(TEXT)]
PATIENCE = 60  # seconds for one example on a busy machine


@pytest.mark.parametrize(("language", "code"), EXAMPLES, ids=[f"{n}-{x[0]}" for n, x in enumerate(EXAMPLES)])
def test_examples_work(portal: Served, tmp_path: Path, language: str, code: str) -> None:
    assert SHOWN in code
    code = code.replace(SHOWN, str(portal.client.base_url).rstrip("/"))
    command = {"python": [sys.executable, "-c", code], "sh": ["sh", "-euc", code]}[language]
    if language == "sh" and not shutil.which("curl"):
        pytest.skip("curl is not installed")
    environ = {**os.environ, "PYTHONIOENCODING": "utf-8", "no_proxy": "127.0.0.1"}
    done = subprocess.run(
        command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() or "grep -q" in code
    assert not done.stderr.strip()


def test_both_ways_are_shown() -> None:
    assert {language for language, _ in EXAMPLES} == {"python", "sh"}
    assert len(EXAMPLES) >= 12


def test_every_route_and_parameter_is_told(portal: Served) -> None:
    paths = portal.client.get("/openapi.json").json()["paths"]
    for path, methods in paths.items():
        assert f"`GET {path}`" in TEXT, path
        assert set(methods) == {"get"}
        for parameter in methods["get"].get("parameters", ()):
            name = parameter["name"]
            assert f"`{name}`" in TEXT or f"{{{name}}}" in TEXT, (path, name)


def test_every_route_that_is_told_is_there(portal: Served) -> None:
    told = set(re.findall(r"`GET (/[^`]+)`", TEXT))
    paths = set(portal.client.get("/openapi.json").json()["paths"])
    assert {path for path in told if path.startswith("/api/")} == paths
    for path in told - paths:
        assert portal.client.get(path).status_code == 200, path


def test_every_error_is_told_here_and_in_the_help() -> None:
    rows = re.findall(r"^\| ([\d, any]+) \| `(\w+)` \|", TEXT, re.MULTILINE)
    statuses = {status for told, _ in rows for status in re.findall(r"\d+", told)}
    assert statuses | {"400"} == {str(status) for status in TITLES}
    anchors = set(re.findall(r'<dt id="(\w+)">', HELP))
    assert {name for _, name in rows} <= anchors


def test_the_limits_told_are_the_defaults() -> None:
    default = {one.name: one.default for one in fields(Config)}
    rate, burst = default["requests_per_second"], default["requests_burst"]
    assert f"{rate} requests a second on average and {burst} at once" in TEXT
    assert TOO_MANY == 429
