"""Saved pages, Retry-After, and settings that Scrapy copies."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.http import Response

from crawlers.middlewares.retries import retry_after
from crawlers.replay import MAX_BYTES, load_replay
from crawlers.settings import SHARED, crawl_settings, site_settings, user_agent
from crawlers.stopping import RunStop
from normalizers.addresses import address_key
from pipelines.archive import ArchiveWriter
from pipelines.clock import system_clock


def saved(folder: Path, *rows: object, manifest: str = "truth.jsonl") -> None:
    """Write a manifest; strings as they are, other rows as JSON."""
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    (folder / manifest).write_text("\n".join(lines), encoding="utf-8")


def test_replay_has_every_usable_row(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("a")
    (tmp_path / "b.pdf").write_text("b")
    (tmp_path / "c.json").write_text("{}")
    saved(
        tmp_path,
        {"file": "a.html", "url": "http://www.example.gov.cn/a/index.html", "title": "label"},
        {"file": "b.pdf", "url": None},
    )
    saved(
        tmp_path, {"file": "c.json", "url": "https://www.example.gov.cn/api?b=2&a=1"}, manifest="lists.jsonl"
    )
    replay = load_replay(tmp_path)
    assert [(page.url, page.media_type) for page in replay.details] == [
        ("http://www.example.gov.cn/a/index.html", "text/html"),
        ("https://unknown.invalid/b.pdf", "application/pdf"),
    ]
    assert [page.media_type for page in replay.lists] == ["application/json"]
    assert replay.pages[address_key("https://www.example.gov.cn/a/")].path == tmp_path / "a.html"
    assert address_key("http://www.example.gov.cn/api?a=1&b=2") in replay.pages
    assert replay.skipped == ()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{", "不是 JSON 对象"),
        ("[]", "不是 JSON 对象"),
        ("[" * 100000, "不是 JSON 对象"),
        ({"url": "http://a.cn/"}, "缺少 file"),
        ({"file": 7}, "缺少 file"),
        ({"file": ""}, "缺少 file"),
        ({"file": "missing.html"}, "文件不存在"),
        ({"file": "../outside.html"}, "文件不在目录之内"),
        ({"file": "/etc/hostname"}, "文件不在目录之内"),
        ({"file": "huge.html"}, "文件超过大小上限"),
        ({"file": "a.html", "url": "http://a.cn/1"}, "地址与前面的行重复"),
    ],
)
def test_unusable_row_is_skipped_by_name(tmp_path: Path, row: object, reason: str) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    (tmp_path / "outside.html").write_text("x")
    (folder / "a.html").write_text("x")
    with (folder / "huge.html").open("wb") as huge:
        huge.truncate(MAX_BYTES + 1)
    saved(folder, {"file": "a.html", "url": "http://a.cn/1"}, "", row)
    replay = load_replay(folder)
    assert len(replay.details) == 1
    assert replay.skipped[0].startswith("truth.jsonl 第 3 行：")
    assert reason in replay.skipped[0]


@pytest.mark.parametrize(
    "url", [None, "", 7, "detail/a.html", "ftp://a.cn/", "http://", "http://[x/", "http://a.cn:99999/"]
)
def test_row_without_usable_address_gets_one(tmp_path: Path, url: object) -> None:
    (tmp_path / "a.html").write_text("a")
    saved(tmp_path, {"file": "a.html", "url": url})
    assert [page.url for page in load_replay(tmp_path).details] == ["https://unknown.invalid/a.html"]


def test_folder_without_manifests_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"truth\.jsonl"):
        load_replay(tmp_path)


def test_real_pages_are_all_replayable(shared: Path) -> None:
    replay = load_replay(shared / "pages")
    rows = sum(
        len((shared / "pages" / name).read_bytes().splitlines()) for name in ("truth.jsonl", "lists.jsonl")
    )
    assert len(replay.details) + len(replay.lists) + len(replay.skipped) == rows
    assert replay.skipped == ()


DATE = "Mon, 02 Mar 2026 00:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0.0),
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": " 5 "}, 5.0),
        ({"Retry-After": "-5"}, 0.0),
        ({"Retry-After": "1.5"}, 0.0),
        ({"Retry-After": "soon"}, 0.0),
        ({"Retry-After": "٣"}, 0.0),
        ({"Retry-After": "9" * 400}, 999999999.0),
        ({"Retry-After": "Mon, 02 Mar 2026 00:01:00 GMT", "Date": DATE}, 60.0),
        ({"Retry-After": "Mon, 02 Mar 2026 08:01:00 +0800", "Date": DATE}, 60.0),
        ({"Retry-After": "Sun, 01 Mar 2026 00:00:00 GMT", "Date": DATE}, 0.0),
        ({"Retry-After": "Mon, 02 Mar 2026 00:01:00 GMT"}, 0.0),
        ({"Retry-After": "Mon, 99 Mar 2026 00:01:00 GMT", "Date": DATE}, 0.0),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(Response("http://a.test/", 503, headers=headers)) == seconds


@given(st.text(max_size=60))
def test_retry_after_is_never_negative_and_never_raises(value: str) -> None:
    response = Response("http://a.test/", 503, headers={"Retry-After": value.encode(), "Date": DATE})
    assert retry_after(response) >= 0.0


def test_copies_of_the_settings_share_the_objects_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("a")
    saved(tmp_path, {"file": "a.html", "url": None})
    settings = crawl_settings(
        archive=ArchiveWriter(tmp_path, system_clock),
        clock=system_clock,
        contact="a@example.test",
        address_map={".test": "127.0.0.1"},
        replay=load_replay(tmp_path),
        stop=RunStop(),
    )
    copied = settings.copy().frozencopy()
    for name in SHARED:
        assert copied[name] is settings[name]
    assert copied["DEFAULT_REQUEST_HEADERS"] is not settings["DEFAULT_REQUEST_HEADERS"]


def make(**changes: Any) -> Any:
    """Settings of a night over real hosts."""
    given: dict[str, Any] = {"archive": None, "clock": system_clock, "contact": "a@example.test", **changes}
    return crawl_settings(**given)


def test_nothing_but_http_has_a_handler() -> None:
    handlers = make().getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler is not None} == {"http", "https"}


def test_nothing_listens() -> None:
    settings = make()
    extensions = settings.getwithbase("EXTENSIONS")
    assert not settings.getbool("TELNETCONSOLE_ENABLED")
    assert not settings.getbool("REMOTE_CONTROL_ENABLED")
    assert [
        name
        for name, order in extensions.items()
        if order is not None and ("telnet" in name or "remote" in name)
    ] == []


def test_user_agent_names_us_and_the_contact() -> None:
    assert user_agent("a@example.test").startswith("zhengce/")
    assert user_agent("a@example.test").endswith(" (+a@example.test)")
    assert "(" not in user_agent(None)


def test_a_site_without_delay_is_not_throttled_and_one_with_is() -> None:
    fast, slow = site_settings(delay=0, concurrency=8), site_settings(delay=3.0, hosts=2)
    assert (fast["DOWNLOAD_DELAY"], fast["AUTOTHROTTLE_ENABLED"], fast["CONCURRENT_REQUESTS"]) == (
        0,
        False,
        8,
    )
    assert (slow["DOWNLOAD_DELAY"], slow["AUTOTHROTTLE_ENABLED"], slow["CONCURRENT_REQUESTS"]) == (
        3.0,
        True,
        2,
    )
    assert slow["CONCURRENT_REQUESTS_PER_DOMAIN"] == 1
    assert site_settings(delay=3.0, replay=True)["DOWNLOAD_DELAY"] == 0


def test_memory_limit_is_off_unless_given() -> None:
    assert not make().getbool("MEMUSAGE_ENABLED")
    assert make(memory_limit_mb=300).getint("MEMUSAGE_LIMIT_MB") == 300
