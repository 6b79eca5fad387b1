"""`zhengce extract`: one line for each saved page, policy or failure."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from made_pages import INFO, NUMBER, TITLE, URL, page

from zhengce.cli import cli

SITE = """
name = "演示市人民政府"
level = "municipal"
region = "990100"
platform = "trs"
base = "http://www.yanshi.test/"
observed = "written for a test"
[fetch]
delay = 0
[[channel]]
name = "政策文件"
type = "policy"
list = "/zwgk/zcwj/"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "yanshi.toml").write_text(SITE, encoding="utf-8")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "1.html").write_text(page(INFO["li"]), encoding="utf-8")
    (tmp_path / "pages" / "2.html").write_text("<html><body></body></html>", encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    common = ["--data", str(folder / "data"), "--sites-folder", str(folder / "sites")]
    return CliRunner().invoke(cli, [*common, "extract", *arguments])


def manifest(folder: Path, *rows: object) -> str:
    path = folder / "pages" / "manifest.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_each_row_has_one_line(folder: Path) -> None:
    rows = [
        {"file": "1.html", "url": URL, "title": "never read", "doc_number": "never read"},
        {"file": "1.html", "url": None},
        {"file": "2.html", "url": URL},
        {"file": "3.html", "url": URL},
    ]
    result = run(folder, "--manifest", manifest(folder, *rows))
    assert result.exit_code == 0, result.output
    one, nameless, empty, absent = map(json.loads, result.stdout.splitlines())
    assert list(one)[:3] == ["file", "id", "url"]
    assert (one["file"], one["url"], one["site"], one["level"]) == ("1.html", URL, "yanshi", "municipal")
    assert (one["title"], one["doc_number"], one["written_date"]) == (TITLE, NUMBER, "2024-03-08")
    assert one["channels"] == ["政策文件"]
    assert (nameless["url"], nameless["site"]) == (None, "unknown")
    assert empty == {
        "file": "2.html",
        "url": URL,
        "error": {"name": "body_empty", "message": empty["error"]["message"]},
    }
    assert absent["error"]["name"] == "unreadable_file"


@pytest.mark.parametrize("line", [b"\xff\xfe{", b'{"file": "\xb8\xbd"}', b"[1]", b'{"file": 5}'])
def test_a_bad_row_of_a_manifest_is_named(folder: Path, line: bytes) -> None:
    path = folder / "pages" / "manifest.jsonl"
    path.write_bytes(b'{"file": "1.html"}\n' + line + b"\n")
    result = run(folder, "--no-site", "--manifest", str(path))
    assert (result.exit_code, "第 2 行" in result.output) == (2, True), result.output


def test_site_files_can_be_ignored(folder: Path) -> None:
    result = run(folder, "--no-site", "--manifest", manifest(folder, {"file": "1.html", "url": URL}))
    assert json.loads(result.stdout)["site"] == "unknown"


def test_many_rows_keep_their_order(folder: Path) -> None:
    rows = [{"file": f"{i % 2 + 1}.html", "url": f"{URL}?{i}"} for i in range(60)]
    result = run(folder, "--manifest", manifest(folder, *rows))
    assert [json.loads(line)["url"] for line in result.stdout.splitlines()] == [row["url"] for row in rows]


def test_one_file(folder: Path) -> None:
    result = run(folder, str(folder / "pages" / "1.html"), "--url", URL)
    assert (result.exit_code, json.loads(result.stdout)["title"]) == (0, TITLE)
    assert run(folder, str(folder / "pages" / "2.html")).exit_code == 1


@pytest.mark.parametrize("row", ["[]", "{}", '{"file":1}', "not json", '{"file":"1.html","url":7}'])
def test_a_bad_row_is_named(folder: Path, row: str) -> None:
    path = folder / "pages" / "bad.jsonl"
    path.write_text(row + "\n", encoding="utf-8")
    result = run(folder, "--manifest", str(path))
    assert result.exit_code == 2
    assert "第 1 行" in result.output


def test_a_file_or_a_manifest(folder: Path) -> None:
    assert run(folder).exit_code == 2
    assert run(folder, "a.html", "--manifest", manifest(folder)).exit_code == 2
    assert run(folder, "--url", URL, "--manifest", manifest(folder)).exit_code == 2


def test_errors_name_the_file_and_what_is_no_address(folder: Path) -> None:
    rows = [
        {"file": "2.html", "url": None},
        {"file": "1.html", "url": "演示"},
        {"file": "1.html", "url": URL},
    ]
    result = run(folder, "--no-site", "--manifest", manifest(folder, *rows))
    nameless, wrong, fine = map(json.loads, result.stdout.splitlines())
    assert nameless["error"]["message"].startswith("2.html ")
    assert wrong["error"]["name"] == "bad_address"
    assert (result.exit_code, fine["title"]) == (0, TITLE)


def test_what_is_cut_is_told(folder: Path) -> None:
    big = folder / "pages" / "big.html"
    long = "现将演示事项通知如下，请认真贯彻执行。" * 100
    text = page(INFO["li"]).replace("</body>", f"<p>{long}</p>" * 1600 + "</body>")
    big.write_text(text, encoding="utf-8")
    assert big.stat().st_size > 8_000_000
    assert "page_cut" in json.loads(run(folder, "--no-site", str(big)).stdout)["warnings"]
    with big.open("wb") as stream:
        stream.truncate((64 << 20) + 1)
    result = run(folder, "--no-site", str(big))
    assert (result.exit_code, json.loads(result.stdout)["error"]["name"]) == (1, "too_large")
