"""Details whose content is JSON, through the real spider and the normalise stage: NFRA and NPC on this machine."""

import io
import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any, ClassVar
from urllib.parse import urlsplit

import msgspec
import pytest
from click.testing import CliRunner
from docx import Document
from sqlalchemy import select

from crawlers.options import ChildOptions
from normalizers.policy import Policy
from pipelines import runs
from pipelines import schema as t
from pipelines.catalogue import Catalogue
from pipelines.clock import SHANGHAI, clock_at
from pipelines.config import load_config
from pipelines.normalize import NormalizeStage
from zhengce.cli import cli

pytestmark = pytest.mark.slow

NIGHT = date(2026, 3, 20)
NOW = datetime(2026, 3, 20, 2, tzinfo=SHANGHAI)
BODY = (
    "<div class='Section0'><p>各金融监管局：</p><p>现将《演示保险资金管理办法》印发给你们，请遵照执行。</p>"
    "<p>附件：<a href='../docfile/2026/演示附件.txt'>演示附件清单.txt</a></p><p>演示金融监管总局</p><p>2026年3月10日</p></div>"
)
LAW = "演示共和国共享单车管理法"
NFRA = """name = "演示金融监管总局"
level = "national"
platform = "nfra"
base = "http://nfra.test:{port}/"
observed = "test"
[fetch]
delay = 0
[[channel]]
name = "政策法规"
type = "policy"
list = "/cn/view/pages/ItemList.html?itemPId=923&itemId=925"
"""
NPC = """name = "演示法律法规数据库"
level = "national"
platform = "npc"
base = "http://flk.test:{port}/"
hosts = ["oss.test"]
observed = "test"
[fetch]
delay = 0
[[channel]]
name = "法律"
type = "policy"
list = "/law-search/search/list?flfgCodeId=102"
"""


def word(text: str) -> bytes:
    """A Word file of one paragraph a line."""
    document, stream = Document(), io.BytesIO()
    for line in text.split("\n"):
        document.add_paragraph(line)
    document.save(stream)
    return stream.getvalue()


@dataclass
class Country:
    """Answers by path, with an ETag for each; `log` holds method, path, body and status of every request."""

    answers: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    log: list[tuple[str, str, str, int]] = field(default_factory=list)
    port: int = 0

    def put(self, path: str, value: Any, kind: str = "application/json; charset=utf-8") -> None:
        data = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        self.answers[path] = (kind, data)


class Handler(BaseHTTPRequestHandler):
    country: ClassVar[Country]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        kind, data = self.country.answers.get(self.path, ("text/plain", b""))
        tag = f'"{hash(data)}"'
        status = 404 if self.path not in self.country.answers else 200
        if status == 200 and self.headers.get("If-None-Match") == tag:
            status, data = 304, b""
        self.country.log.append((self.command, self.path, body, status))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_GET  # noqa: N815  http.server's name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's name
        pass


@pytest.fixture
def country(tmp_path: Path) -> Iterator[Country]:
    country = Country()
    handler = type("Bound", (Handler,), {"country": country})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    country.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (tmp_path / "sites").mkdir()
    for name, text in (("nfra", NFRA), ("flk", NPC)):
        (tmp_path / "sites" / f"{name}.toml").write_text(text.format(port=country.port), encoding="utf-8")
    yield country
    server.shutdown()
    server.server_close()


def crawl(data: Path, night: date = NIGHT) -> dict[str, Any]:
    """One crawl child over the two sites; the summary of it."""
    catalogue = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    with catalogue.write() as connection:
        run = runs.start_run(connection, "crawl", night, clock_at(NOW))
    catalogue.close()
    options = ChildOptions(
        catalogue_url=f"sqlite:///{data / 'catalogue.sqlite'}",
        archive=str(data / "archive"),
        sites=str(data / "sites"),
        run=run,
        night=night,
        address_map={".test": "127.0.0.1"},
        now=NOW,
        budget=100,
    )
    process = Popen([sys.executable, "-m", "crawlers.child"], stdin=PIPE, stdout=PIPE, stderr=PIPE)
    out, err = process.communicate(msgspec.json.encode(options) + b"\n", timeout=120)
    assert process.returncode == 0 and b"Traceback" not in err, err.decode()
    summary: dict[str, Any] = json.loads(out.splitlines()[-1])["summary"]
    return summary


def policies(data: Path) -> list[Policy]:
    """What the normalise stage makes of what was crawled."""
    config = load_config({"data": str(data)}, None, None)
    catalogue = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    with NormalizeStage(catalogue, config, clock_at(NOW), night=NIGHT, run=None) as stage:
        stage.run_until_idle()
    with catalogue.read() as connection:
        found = [row.record for row in connection.execute(select(t.policy))]
    catalogue.close()
    return [msgspec.json.decode(data, type=Policy) for data in found]


def pages(data: Path) -> list[Any]:
    catalogue = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    with catalogue.read() as connection:
        found = list(connection.execute(select(t.page)))
    catalogue.close()
    return found


LIST = "/cn/static/data/DocInfo/SelectDocByItemIdAndChild/data_itemId=925,pageIndex={},pageSize=18.json"
CONTENT = "/cn/static/data/DocInfo/SelectByDocId/data_docId={}.json"
DETAIL = "http://nfra.test:{}/cn/view/pages/ItemDetail.html?docId={}"


def fill_nfra(country: Country) -> None:
    rows = [
        {"docId": n, "docTitle": f"演示金融通知第{n}号", "publishDate": f"2026-03-{n} 10:00:00"}
        for n in (15, 14, 13)
    ]
    country.put(LIST.format(1), {"rptCode": 200, "data": {"total": 3, "rows": rows}})
    whole = {
        "docTitle": "演示金融监管总局关于印发《演示保险资金管理办法》的通知",
        "documentNo": "演金规〔2026〕3号",
        "indexNo": "000000-2026-3",
        "publishDate": "2026-03-15 10:00:00",
        "docClob": BODY,
        "attachmentInfoVOList": [{"title": "演示表格.txt", "urlOtherName": "/chinese/docfile/2026/a.txt"}],
    }
    country.put(CONTENT.format(15), {"rptCode": 200, "data": whole})
    country.put(CONTENT.format(14), {"rptCode": 500, "msg": "系统繁忙", "data": None})
    country.put(CONTENT.format(13), b'{"data": {"docClob": "<p>cut off')
    country.put(
        "/cn/view/docfile/2026/%E6%BC%94%E7%A4%BA%E9%99%84%E4%BB%B6.txt",
        "演示附件的文字。".encode(),
        "text/plain",
    )
    country.put("/chinese/docfile/2026/a.txt", "演示表格的文字。".encode(), "text/plain")


def test_nfra_from_list_to_policy(country: Country, tmp_path: Path) -> None:
    fill_nfra(country)
    crawl(tmp_path)
    asked = [path for _, path, _, _ in country.log]
    assert [path for path in asked if "SelectDoc" in path] == [LIST.format(1)]
    assert not [path for path in asked if "ItemDetail" in path]
    found = {page.url: page for page in pages(tmp_path) if page.site == "nfra"}
    human = [DETAIL.format(country.port, n) for n in (15, 14, 13)]
    assert set(found) == set(human)
    assert found[human[0]].final_url.endswith(CONTENT.format(15))
    (policy,) = policies(tmp_path)
    assert policy.url == human[0] and policy.id == found[human[0]].id
    assert policy.title == "演示金融监管总局关于印发《演示保险资金管理办法》的通知"
    assert (policy.doc_number, policy.published_date, policy.written_date) == (
        "演金规〔2026〕3号",
        date(2026, 3, 15),
        date(2026, 3, 10),
    )
    assert policy.text.startswith("各金融监管局：") and "表格" not in policy.text
    base = f"http://nfra.test:{country.port}"
    assert [(a.url, a.name, a.text.strip()) for a in policy.attachments] == [
        (base + "/cn/view/docfile/2026/演示附件.txt", "演示附件清单.txt", "演示附件的文字。"),
        (base + "/chinese/docfile/2026/a.txt", "演示表格.txt", "演示表格的文字。"),
    ]
    failed = {page.url: page.failure for page in pages(tmp_path) if page.failure}
    assert failed == {human[1]: "body_empty", human[2]: "not_a_page"}


def test_a_recheck_asks_the_content_by_its_etag(country: Country, tmp_path: Path) -> None:
    fill_nfra(country)
    crawl(tmp_path)
    policies(tmp_path)
    country.log.clear()
    crawl(tmp_path, date(2026, 3, 27))
    statuses = {path: status for _, path, _, status in country.log if "SelectByDocId" in path}
    assert statuses[CONTENT.format(15)] == 304
    assert not [path for _, path, _, _ in country.log if "ItemDetail" in path]


def test_extract_reads_a_saved_json_detail_with_its_site_file(country: Country, tmp_path: Path) -> None:
    fill_nfra(country)
    saved = tmp_path / "saved.json"
    saved.write_bytes(country.answers[CONTENT.format(15)][1])
    folders = ["--data", str(tmp_path / "data"), "--sites-folder", str(tmp_path / "sites")]
    result = CliRunner().invoke(
        cli, [*folders, "extract", str(saved), "--url", DETAIL.format(country.port, 15)]
    )
    assert result.exit_code == 0, result.output
    policy = json.loads(result.stdout)
    assert policy["title"] == "演示金融监管总局关于印发《演示保险资金管理办法》的通知"
    assert (policy["site"], policy["doc_number"], policy["index_number"]) == (
        "nfra",
        "演金规〔2026〕3号",
        "000000-2026-3",
    )
    assert policy["text"].startswith("各金融监管局：")
    assert [urlsplit(a["url"]).path for a in policy["attachments"]] == [
        "/cn/view/docfile/2026/演示附件.txt",
        "/chinese/docfile/2026/a.txt",
    ]


DETAILS = "/law-search/search/flfgDetails?bbbs={}"
DOWNLOAD = "/law-search/download/pc?format=docx&bbbs={}&fileId="


def add_law(country: Country, number: str, source: str) -> dict[str, Any]:
    """A law whose file is said to lie at `source`; returns its row."""
    record = {
        "bbbs": number,
        "title": f"{LAW}第{number}号修正案",
        "gbrq": "2026-03-16",
        "sxrq": "2026-05-01",
        "zdjgName": "演示人大常委会",
        "sxx": 3,
    }
    law = {**record, "content": {"children": []}, "ossFile": {"ossWordPath": f"prod/{number}.docx"}}
    country.put(DETAILS.format(number), {"code": 200, "data": law})
    country.put(DOWNLOAD.format(number), {"code": 200, "data": {"url": source}})
    return record


def test_npc_laws_come_with_their_files(country: Country, tmp_path: Path) -> None:
    oss, elsewhere = f"http://oss.test:{country.port}", f"http://elsewhere.test:{country.port}"
    office = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    text = word("第一条　为了演示，制定本法。\n第二条　本法自2026年5月1日起施行。")
    country.put("/prod/1.docx?X-Amz-Signature=1", text, office)
    records = [
        add_law(country, "1", f"{oss}/prod/1.docx?X-Amz-Signature=1"),
        add_law(country, "2", f"{elsewhere}/prod/2.docx"),
        add_law(country, "3", DOWNLOAD.format("3")),
        add_law(country, "4", "http://[bad"),
    ]
    country.put("/law-search/search/list", {"code": 200, "total": 4, "rows": records})
    summary = crawl(tmp_path)
    posted = [json.loads(body) for method, path, body, _ in country.log if method == "POST"]
    assert [body["flfgCodeId"] for body in posted] == [[102]]
    assert summary["failures"]["off_site"] == 1
    assert [path for _, path, _, _ in country.log].count(DOWNLOAD.format("3")) == 2
    base = f"http://flk.test:{country.port}"
    found = {policy.url: policy for policy in policies(tmp_path)}
    assert set(found) == {f"{base}/detail?id={n}" for n in "1234"}
    policy = found[f"{base}/detail?id=1"]
    assert (policy.title, policy.published_date, policy.effective_date) == (
        records[0]["title"],
        date(2026, 3, 16),
        date(2026, 5, 1),
    )
    (file,) = policy.attachments
    assert (file.url, file.name, file.kind) == (
        base + DOWNLOAD.format("1"),
        f"{records[0]['title']}.docx",
        "docx",
    )
    assert "为了演示，制定本法" in file.text
    assert [found[f"{base}/detail?id={n}"].attachments[0].text for n in "234"] == ["", "", ""]
