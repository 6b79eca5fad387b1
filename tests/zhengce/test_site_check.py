"""`zhengce site check` where a site gives up on being asked, and where the roster is wrong."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from zhengce.cli import cli

pytestmark = pytest.mark.slow

CHALLENGE = "<html><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};</script><body></body></html>"
ROWS = "".join(
    f"<li><a href='/a/{n}.html'>演示市关于第{n}号事项的通知</a><i>2026-02-0{n}</i></li>"
    for n in range(9, 0, -1)
)
DETAIL = "<html><title>演示市关于第{0}号事项的通知</title><h1>演示市关于第{0}号事项的通知</h1><p>现将有关事项通知如下，请认真贯彻执行。</p></html>"
SITE = """name = "演示市人民政府（虚构）"
level = "municipal"
region = "990100"
platform = "generic"
base = "http://yanshi.test:{port}/"
observed = "2026-11, fictional"
"""
CHANNEL = '\n[[channel]]\nname = "{0}"\ntype = "policy"\nlist = "/{0}/"\n'


@pytest.fixture
def site() -> Iterator[dict[str, str | int]]:
    """A site of two columns that blocks the second; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = 200, f"<html><ul>{ROWS}</ul></html>"
            if self.path.startswith("/blocked"):
                status, text = 412, CHALLENGE
            elif self.path.startswith("/a/"):
                text = DETAIL.format(self.path[3])
            elif self.path == "/robots.txt":
                text = "User-agent: *\nDisallow:\n"
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {"port": server.server_address[1]}
    server.shutdown()
    server.server_close()


def check(folder: Path, *arguments: str) -> Result:
    common = ["--data", str(folder / "data"), "--sites-folder", str(folder)]
    return CliRunner().invoke(cli, [*common, "site", "check", *arguments])


@pytest.mark.parametrize("names", [("blocked1",), ("blocked1", "blocked2"), ("list", "blocked1", "blocked2")])
def test_a_block_keeps_its_name_and_what_was_read_before_it(
    tmp_path: Path, site: dict[str, str | int], names: tuple[str, ...]
) -> None:
    text = SITE.format_map(site) + "".join(map(CHANNEL.format, names))
    (tmp_path / "yanshi.toml").write_text(text, "utf-8")
    checked = check(tmp_path, "--json")
    assert checked.exit_code == 1
    found = json.loads(checked.output[checked.output.index("{") :])["checks"]
    failures = [[finding["failure"] for finding in one["findings"]] for one in found]
    assert failures == [[] if name == "list" else ["blocked_rs412"] for name in names]
    assert [one["rows"] for one in found] == [9 if name == "list" else 0 for name in names]


def test_offline_reads_the_roster_as_well(tmp_path: Path) -> None:
    (tmp_path / "yanshi.toml").write_text(SITE.format(port=80) + CHANNEL.format("list"), "utf-8")
    assert check(tmp_path, "--offline").exit_code == 0
    (tmp_path / "core.roster").write_text("yanshi\nnowhere\n", "utf-8")
    wrong = check(tmp_path, "--offline")
    assert wrong.exit_code == 2 and "core.roster：第 2 行：没有站点 nowhere" in wrong.output


def test_advice_is_for_a_site_file_that_exists(tmp_path: Path, site: dict[str, str | int]) -> None:
    text = SITE.format_map(site) + CHANNEL.format("a/9")
    (tmp_path / "yanshi.toml").write_text(text, "utf-8")
    checked = check(tmp_path)
    assert checked.exit_code == 1 and "list_empty：" in checked.output and "改写 list" in checked.output
    assert "--channel" not in checked.output and "--from" not in checked.output
