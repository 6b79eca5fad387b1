"""Archived originals: bytes as they were, where they can do no harm; and reports of readers."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from made_policies import NOW, hide, make_policy, store
from served_portal import Served, serving
from sqlalchemy import insert, update

from normalizers.policy import Attachment
from pipelines import schema as t
from pipelines.archive import ArchiveWriter
from pipelines.catalogue import Catalogue
from pipelines.clock import clock_at
from pipelines.error_reports import MAX_MESSAGE, load_reports
from portal.originals import SANDBOX, charset_of, saved_name
from portal.report_pages import REPORTS
from portal.serving import Serving

pytestmark = pytest.mark.slow

AT = datetime(2026, 3, 1, tzinfo=UTC)
SCRIPT = b"<script>document.title='taken'</script><meta http-equiv=refresh content='0;url=//evil.test'>"
PAGE = (
    b"<!doctype html><html><head>" + SCRIPT + b"</head><body>" + "演示".encode("gb18030") + b"</body></html>"
)
# Headers as a site would like them to be.
LIES = [
    ("Content-Type", "text/html; charset=utf-7"),
    ("Content-Disposition", "inline; filename=evil.html"),
    ("Content-Security-Policy", "default-src *"),
    ("X-Content-Type-Options", "sniff"),
    ("Set-Cookie", "a=b"),
    ("Refresh", "0;url=//evil.test"),
]
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 2000
FILES: dict[str, tuple[Attachment, bytes | None]] = {
    "pdf": (Attachment("http://demo.test/a.pdf", "附件\r\n一.pdf", "pdf", "甲"), PDF),
    "html": (Attachment("http://demo.test/b.doc", "b.doc", "html"), PAGE),
    "svg": (Attachment("http://demo.test/c.svg", "c.svg"), b"<?xml version='1.0'?><svg onload='alert(1)'/>"),
    "program": (Attachment("http://demo.test/d.exe", "通知.exe"), b"MZ\x90\0" + bytes(200)),
    "docx": (Attachment("http://demo.test/e.docx", "e", "docx"), b"PK\x03\x04" + bytes(50)),
    "zip said to be html": (Attachment("http://demo.test/f", "f.html", "html"), b"PK\x03\x04<html><body>"),
    "text": (Attachment("http://demo.test/g.txt", "g.txt"), b"<b>plain</b> words"),
    "nothing": (Attachment("http://demo.test/h.pdf", "h.pdf"), b""),
    "never had": (Attachment("http://demo.test/i.pdf", "i.pdf"), None),
    "unknown to the catalogue": (Attachment("http://demo.test/j.pdf", "j.pdf"), None),
}
NUMBERS = {name: number for number, name in enumerate(FILES, 1)}
POLICY = replace(make_policy(1), attachments=tuple(file for file, _ in FILES.values()))
ITSELF = replace(
    make_policy(2), attachments=(Attachment(make_policy(2).url, "公报.pdf", "pdf", role="document"),)
)
BARE = make_policy(3)
BROKEN = make_policy(4)
HIDDEN = make_policy(5)


@dataclass
class Kept:
    """A portal with an archive of its own."""

    served: Served
    folder: Path

    @property
    def client(self) -> httpx.Client:
        return self.served.client


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("originals")
    archive = folder / "archive"
    rules = Serving(archive=archive, clock=clock_at(NOW))
    with serving(folder, [POLICY, ITSELF, BARE, BROKEN, HIDDEN], serving=rules) as served:
        with ArchiveWriter(archive, clock_at(AT), reserve_bytes=0) as writer:
            keep_page(served.catalogue, writer, POLICY.id, PAGE)
            keep_page(served.catalogue, writer, ITSELF.id, PDF)
            keep_page(served.catalogue, writer, HIDDEN.id, PAGE)
            keep_page(served.catalogue, writer, BROKEN.id, PAGE)
            for position, (file, body) in enumerate(FILES.values()):
                if not file.url.endswith("j.pdf"):
                    keep_file(served.catalogue, writer, position, file, body)
        with served.catalogue.write() as connection:
            connection.execute(
                update(t.page).where(t.page.c.id == BROKEN.id).values(archive_offset=1, fetched_at=AT)
            )
        store(served.catalogue, [POLICY], withdrawn=True)
        hide(served.catalogue, HIDDEN.id, "演示理由")
        yield Kept(served, archive)


def keep_page(catalogue: Catalogue, writer: ArchiveWriter, page: str, body: bytes) -> None:
    with catalogue.write() as connection:
        values = where(writer, body) | {"fetched_at": AT.replace(tzinfo=None)}
        connection.execute(update(t.page).where(t.page.c.id == page).values(values))


def keep_file(
    catalogue: Catalogue, writer: ArchiveWriter, position: int, file: Attachment, body: bytes | None
) -> None:
    row = {"page_id": POLICY.id, "url": file.url, "position": position, "name": file.name, "state": "fetched"}
    with catalogue.write() as connection:
        found = {} if body is None else where(writer, body)
        connection.execute(insert(t.attachment).values(**row, **found))


def where(writer: ArchiveWriter, body: bytes) -> dict[str, object]:
    ref = writer.write_response("http://demo.test/x", 200, LIES, body, AT)
    return {
        "archive_file": ref.file,
        "archive_offset": ref.offset,
        "archive_length": ref.length,
        "sha256": hashlib.sha256(body).hexdigest(),
        "size": len(body),
    }


def check_harmless(answer: httpx.Response) -> None:
    """What every archived answer must be, whatever its bytes are."""
    headers = answer.headers
    assert headers["content-security-policy"] == SANDBOX
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]
    assert not {"set-cookie", "refresh"} & set(headers)
    if headers["content-type"].startswith("text/html"):
        assert headers["content-type"].removeprefix("text/html; charset=") in ("utf-8", "gb18030", "big5")
    assert headers["content-disposition"] == "inline" or headers["content-disposition"].startswith(
        "attachment; "
    )


def test_the_sandbox_allows_nothing() -> None:
    allowed = {part.split()[0]: part.split()[1:] for part in SANDBOX.split(";")}
    assert allowed["sandbox"] == []
    assert allowed["default-src"] == ["'none'"]
    assert not {"script-src", "connect-src", "frame-src", "object-src"} & set(allowed)


def test_a_page_is_shown_as_it_was_fetched_also_when_it_has_vanished(kept: Kept) -> None:
    answer = kept.client.get(f"/policies/{POLICY.id}/original")
    assert (answer.status_code, answer.content) == (200, PAGE)
    check_harmless(answer)
    assert answer.headers["content-type"] == "text/html; charset=gb18030"
    assert answer.headers["content-disposition"] == "inline"
    tag = {"if-none-match": answer.headers["etag"]}
    again = kept.client.get(f"/policies/{POLICY.id}/original", headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    plain = kept.client.get(f"/policies/{POLICY.id}/original", headers={"accept-encoding": "identity"})
    assert plain.headers["content-length"] == str(len(PAGE))


@pytest.mark.parametrize(
    ("name", "media_type", "disposition"),
    [
        ("pdf", "application/pdf", "附件一.pdf"),
        ("html", "text/html; charset=gb18030", ""),
        ("svg", "application/octet-stream", "c.svg.bin"),
        ("program", "application/octet-stream", "通知.exe.bin"),
        (
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "e.docx",
        ),
        ("zip said to be html", "application/octet-stream", "f.html.bin"),
        ("text", "text/plain; charset=utf-8", ""),
        ("nothing", "application/octet-stream", "h.pdf.bin"),
    ],
)
def test_files_come_as_they_were(kept: Kept, name: str, media_type: str, disposition: str) -> None:
    answer = kept.client.get(f"/policies/{POLICY.id}/files/{NUMBERS[name]}")
    assert (answer.status_code, answer.content) == (200, FILES[name][1])
    check_harmless(answer)
    assert answer.headers["content-type"] == media_type
    told = answer.headers["content-disposition"]
    if not disposition:
        assert told == "inline"
    elif disposition.isascii():
        assert told == f'attachment; filename="{disposition}"'
    else:
        _, _, encoded = told.partition("filename*=UTF-8''")
        assert httpx.URL(f"http://x/{encoded}").path == f"/{disposition}"


def test_a_page_that_is_a_file_is_its_own_file(kept: Kept) -> None:
    for address in (f"/policies/{ITSELF.id}/original", f"/policies/{ITSELF.id}/files/1"):
        answer = kept.client.get(address)
        assert (answer.status_code, answer.content) == (200, PDF)
        check_harmless(answer)
        assert answer.headers["content-disposition"].startswith("attachment")
    page = kept.client.get(f"/policies/{ITSELF.id}").text
    assert f'href="/policies/{ITSELF.id}/files/1" rel="nofollow">原件（PDF，' in page


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        (f"/policies/{BARE.id}/original", 404, "当时没有采集到"),
        (f"/policies/{BARE.id}/files/1", 404, "没有这个附件"),
        (f"/policies/{POLICY.id}/files/{NUMBERS['never had']}", 404, "当时没有采集到"),
        (f"/policies/{POLICY.id}/files/{NUMBERS['unknown to the catalogue']}", 404, "当时没有采集到"),
        (f"/policies/{POLICY.id}/files/0", 404, "没有这个附件"),
        (f"/policies/{POLICY.id}/files/-1", 404, "没有这个附件"),
        (f"/policies/{POLICY.id}/files/99", 404, "没有这个附件"),
        (f"/policies/{POLICY.id}/files/1.pdf", 404, "没有这个附件"),
        (f"/policies/{POLICY.id}/files/..%2f..%2fetc%2fpasswd", 404, "没有这个"),
        (f"/policies/{POLICY.id}/files/%00", 404, "没有这个附件"),
        ("/policies/..%2f/original", 404, "没有这"),
        ("/policies/0000000000000000/original", 404, "没有这件政策"),
        ("/policies/0000000000000000/files/1", 404, "没有这件政策"),
        (f"/policies/{BROKEN.id}/original", 503, "存档已损坏或丢失，无法读取（archive_damaged）"),
        (f"/policies/{HIDDEN.id}/original", 410, "隐去"),
        (f"/policies/{HIDDEN.id}/files/1", 410, "隐去"),
        (f"/policies/{HIDDEN.id}.txt", 410, "隐去"),
        (f"/policies/{HIDDEN.id}/report", 410, "隐去"),
    ],
)
def test_what_cannot_be_shown_is_named(kept: Kept, address: str, status: int, words: str) -> None:
    answer = kept.client.get(address)
    assert (answer.status_code, words in answer.text) == (status, True), answer.text[-600:]
    assert ".warc" not in answer.text


def test_a_damaged_or_missing_file_of_the_archive_is_named(kept: Kept) -> None:
    (path,) = kept.folder.iterdir()
    whole = path.read_bytes()
    address = f"/policies/{POLICY.id}/files/{NUMBERS['pdf']}"
    try:
        for damaged in (b"", whole[:600], whole[:1000] + b"\0" * (len(whole) - 1000)):
            path.write_bytes(damaged)
            assert kept.client.get(address).status_code == 503
        path.unlink()
        answer = kept.client.get(address)
        assert (answer.status_code, "archive_damaged" in answer.text) == (503, True)
        assert kept.client.get(f"/policies/{POLICY.id}").status_code == 200  # the record does not need it
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize(
    ("text", "charset", "expected"),
    [
        ("演示中文", "utf-8", "utf-8"),
        ("演示中文", "utf-8-sig", "utf-8"),
        ("演示中文的网页在这里", "gb18030", "gb18030"),
        ("演示", "utf-16", "utf-16"),
        ("", "utf-8", "utf-8"),
    ],
)
def test_charsets_are_our_own_reading(text: str, charset: str, expected: str) -> None:
    assert charset_of(text.encode(charset)) == expected


@pytest.mark.parametrize(
    ("name", "kind", "saved"),
    [
        ("a.pdf", "pdf", "a.pdf"),
        ("a.PDF", "pdf", "a.PDF"),
        ("a.exe", "pdf", "a.exe.pdf"),
        ("a.exe", "unknown", "a.exe.bin"),
        ("a", "", "a.bin"),
        ("a.JPG", "jpeg", "a.JPG"),
        ("a.html", "xml", "a.html.bin"),
    ],
)
def test_endings_say_what_the_bytes_are(name: str, kind: str, saved: str) -> None:
    assert saved_name(name, kind) == saved


# --- reports of readers


def test_a_reader_reports_a_mistake(kept: Kept) -> None:
    address = f"/policies/{BARE.id}/report"
    form = kept.client.get(f"{address}?field=written_date")
    assert '<option value="written_date" selected>成文日期' in form.text
    assert form.headers["cache-control"] == "no-store"
    sent = {"field": "written_date", "message": "应为5月2日<script>", "contact": "甲"}
    answer = kept.client.post(address, data=sent)
    assert (answer.status_code, "已收到，编号" in answer.text) == (200, True)
    with kept.served.catalogue.read() as connection:
        (report,) = load_reports(connection)
    assert (report.page_id, report.message, report.contact) == (BARE.id, "应为5月2日<script>", "甲")
    wrong = kept.client.post(address, data={**sent, "field": "x"})
    assert wrong.status_code == 422
    assert "应为5月2日&lt;script&gt;" in wrong.text  # nothing has to be typed again


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, b"field=title&message=x", 403),
        ({"content-type": "application/json"}, b"{}", 415),
        ({}, b"message=" + b"x" * 40_000, 413),
        ({}, b"&".join(b"a=1" for _ in range(30)), 400),
        ({}, b"field=%ff&message=x", 400),
        ({}, b"\xff", 400),
    ],
)
def test_strange_forms_are_refused(kept: Kept, headers: dict[str, str], content: bytes, status: int) -> None:
    sent = {"content-type": "application/x-www-form-urlencoded"} | headers
    answer = kept.client.post(f"/policies/{BARE.id}/report", content=content, headers=sent)
    assert answer.status_code == status, answer.text[-300:]


def test_a_client_may_report_so_often(kept: Kept) -> None:
    address, sent = f"/policies/{BROKEN.id}/report", {"field": "title", "message": "长" * (MAX_MESSAGE + 1)}
    answers = [kept.client.post(address, data=sent).status_code for _ in range(REPORTS + 1)]
    assert answers[-1] == 429
    assert set(answers[:-1]) <= {422, 429}
    assert kept.client.post("/policies/0000000000000000/report", data=sent).status_code == 404
