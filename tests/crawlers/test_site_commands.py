"""The commands of the operator: site check, site list, extract-list, crawl; and the shipped site files."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawlers.platforms import PLATFORMS
from crawlers.platforms.base import MAX_PAGE_BYTES
from crawlers.report import FailureCount, failure_lines
from crawlers.site import load_sites
from normalizers.failures import ADVICE, Failure
from pipelines.config import SHIPPED_SITES
from zhengce.cli import cli

pytestmark = pytest.mark.slow

GOOD = """
name = "演示市人民政府"
level = "municipal"
region = "990100"
platform = "trs"
base = "https://www.yanshi.gov.cn/"
observed = "2026-04, list markup seen in public code"
note = "见过 412"

[[channel]]
name = "政策文件"
type = "policy"
list = "/zcwj/"

[[channel]]
name = "市长信箱"
type = "letter"
list = "/xx/"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sites = tmp_path / "sites"
    sites.mkdir()
    (sites / "yanshi.toml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def call(folder: Path, *arguments: str) -> Result:
    common = ["--data", str(folder / "data"), "--sites-folder", str(folder / "sites")]
    return CliRunner().invoke(cli, [*common, *arguments])


def test_site_check_and_list(folder: Path) -> None:
    checked = call(folder, "site", "check", "--offline")
    assert checked.exit_code == 0 and "yanshi：待确认" in checked.output and "1 个未开启" in checked.output
    listed = json.loads(call(folder, "site", "list", "--json").output)
    assert [(site["id"], site["channels"]) for site in listed] == [("yanshi", ["政策文件"])]
    assert call(folder, "site", "check", "--offline", "x*").exit_code == 2


def test_site_check_prints_every_mistake_on_a_line(folder: Path) -> None:
    (folder / "sites/b.toml").write_text(
        GOOD.replace('"trs"', '"tsr"').replace("base", "bsae"), encoding="utf-8"
    )
    checked = call(folder, "site", "check", "--offline")
    assert checked.exit_code == 2
    assert [line.split("：")[:2] for line in checked.output.splitlines()] == [
        ["b.toml", "bsae"],
        ["b.toml", "base"],
        ["b.toml", "platform"],
    ]


def test_crawl_wants_a_contact_before_it_asks_a_real_host(folder: Path) -> None:
    refused = call(folder, "crawl")
    assert refused.exit_code == 2 and "联系方式" in refused.output
    assert not (folder / "data").exists()
    assert call(folder, "--contact", "a@b.cn", "crawl", "nowhere").exit_code == 2
    assert call(folder, "crawl", "--shard", "3/2").exit_code == 2


def test_extract_list(folder: Path) -> None:
    rows = "<ul><li><a href='a.html'>演示文件甲</a><i>2026-01-02</i></li><li><a href='b.html'>演示文件乙</a><i>2026-01-01</i></li></ul>"
    page = folder / "list.html"
    page.write_text(rows + '<script>createPageHTML(3,0,"index","html")</script>', encoding="utf-8")
    answer = json.loads(
        call(folder, "extract-list", str(page), "--url", "https://www.yanshi.gov.cn/zcwj/").output
    )
    assert answer == {
        "file": str(page),
        "url": "https://www.yanshi.gov.cn/zcwj/",
        "items": [
            {"url": "https://www.yanshi.gov.cn/zcwj/a.html", "title": "演示文件甲", "date": "2026-01-02"},
            {"url": "https://www.yanshi.gov.cn/zcwj/b.html", "title": "演示文件乙", "date": "2026-01-01"},
        ],
        "next": "https://www.yanshi.gov.cn/zcwj/index_1.html",
        "pages": 3,
        "total": None,
    }
    manifest = folder / "m.jsonl"
    lines = [{"file": "list.html", "url": None, "title": "never read"}, {"file": "missing.html", "url": None}]
    manifest.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    many = call(folder, "extract-list", "--manifest", str(manifest), "--no-site")
    first, second = map(json.loads, many.output.splitlines())
    assert many.exit_code == 0 and first["items"][0]["url"] == "https://unknown.invalid/a.html"
    assert second["error"]["name"] == "unreadable_file" and second["file"] == "missing.html"
    assert call(folder, "extract-list", str(folder / "missing.html")).exit_code == 1
    assert call(folder, "extract-list").exit_code == 2


@pytest.mark.parametrize("data", [b"", b" \n", b"%PDF-1.7 \0\0", b"GIF89a\0\1\0"])
def test_extract_list_names_what_is_no_list(folder: Path, data: bytes) -> None:
    (folder / "file").write_bytes(data)
    answer = call(folder, "extract-list", str(folder / "file"))
    assert answer.exit_code == 1 and json.loads(answer.output)["error"]["name"] == "not_a_page"


@pytest.mark.parametrize(
    ("data", "failure"),
    [
        ('{"data":{"list":[{"title":"演示', "list_unreadable"),
        ("[]", "list_empty"),
        ("[" * 200_000, "list_unreadable"),
        ("<div>" * 100_000, "list_empty"),
    ],
)
def test_extract_list_says_why_there_are_no_items(folder: Path, data: str, failure: str) -> None:
    (folder / "file").write_text(data, "utf-8")
    answer = call(folder, "extract-list", str(folder / "file"))
    line = json.loads(answer.stdout)
    assert (line["items"], line["failure"], line["total"]) == ([], failure, None)
    assert answer.exit_code == 1 and answer.stderr == f"{failure}：{ADVICE[Failure(failure)]}\n"
    (folder / "m.jsonl").write_text('{"file": "file"}\n{"file": "none.json"}\n', "utf-8")
    (folder / "none.json").write_text('{"code": 200, "data": {"total": 0, "list": []}}', "utf-8")
    many = call(folder, "extract-list", "--manifest", str(folder / "m.jsonl"))
    first, second = map(json.loads, many.stdout.splitlines())
    assert many.exit_code == 0 and first["failure"] == failure
    assert second["total"] == 0 and "failure" not in second
    none = call(folder, "extract-list", str(folder / "none.json"))
    assert (none.exit_code, none.stderr) == (0, "")


def test_extract_list_takes_no_more_than_the_crawl(folder: Path) -> None:
    (folder / "file").write_bytes(b"<html>" + b" " * MAX_PAGE_BYTES)
    answer = call(folder, "extract-list", str(folder / "file"))
    assert answer.exit_code == 1 and json.loads(answer.stdout)["error"]["name"] == "too_large"


@pytest.mark.parametrize("url", ["nonsense", "ftp://a.gov.cn/", "http://", "http:///x", "https://a b.cn/"])
@pytest.mark.parametrize("command", ["extract", "extract-list"])
def test_nonsense_addresses_are_refused(folder: Path, command: str, url: str) -> None:
    (folder / "page.html").write_text("<html></html>", encoding="utf-8")
    refused = call(folder, command, str(folder / "page.html"), "--url", url)
    assert refused.exit_code == 2 and "不是网址" in refused.output


def test_shipped_site_files() -> None:
    sites = load_sites(SHIPPED_SITES)
    assert len(sites) >= 29
    for site in sites.values():
        assert site.active, site.id
        folder = next(SHIPPED_SITES.rglob(f"{site.id}.toml")).parent.name
        assert (folder == "national") == (site.level == "national"), site.id
        assert site.base.startswith(("https://", "http://")) and PLATFORMS[site.platform]


def test_scrapy_lists_the_sites(folder: Path) -> None:
    command = [sys.executable, "-m", "scrapy", "list"]
    root = Path(__file__).resolve().parent.parent.parent
    env = {"ZHENGCE_SITES": str(folder / "sites"), "PATH": ""}
    listed = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=True)
    assert listed.stdout.split() == ["yanshi"]


def test_every_failure_has_advice_and_a_line() -> None:
    assert set(ADVICE) == set(Failure)
    lines = failure_lines(
        {
            "not_found": FailureCount(1, "http://a/", ""),
            "timeout": FailureCount(3, "http://b/", "45 s"),
        }
    )
    assert lines[0].startswith("timeout × 3：") and lines[0].endswith("例：http://b/（45 s）")
    assert "404" in lines[1]


def test_crawl_names_unknown_sites_first_and_only_sites_asked_for(folder: Path) -> None:
    other = GOOD.replace("www.yanshi", "www.moni")
    (folder / "sites" / "moni.toml").write_text(other, encoding="utf-8")
    unknown = call(folder, "crawl", "yanshi", "nosite")
    assert (unknown.exit_code, unknown.output) == (
        2,
        "没有这些站点：nosite；可用 zhengce site list 查看\n",
    )
    for arguments in (["yanshi"], ["--sites", "y*"]):
        real = call(folder, "crawl", *arguments)
        assert real.exit_code == 2 and real.output.startswith("抓取真实站点（如 yanshi）前必须填写联系方式")
    assert not (folder / "data").exists()
