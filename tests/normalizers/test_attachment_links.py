"""Links to annexes: what counts, what they are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_pages import URL, normalize, page

from normalizers.attachment_links import (
    extract_attachment_links,
    files_without_address,
    find_attachment_links,
    is_file_link,
)
from normalizers.html import parse_html
from normalizers.page import Hints


def names(markup: str, hints: Hints | None = None) -> list[tuple[str, str]]:
    return [
        (link.url, link.name) for link in extract_attachment_links(markup.encode(), URL, hints or Hints())
    ]


@pytest.mark.parametrize(
    ("href", "wanted"),
    [
        ("./P020240315.pdf", True),
        ("/a/b.DOCX?v=1", True),
        ("/module/download/downfile.jsp?classid=0&filename=0a.pdf", True),
        ("/system/_content/download.jsp?urltype=news.DownloadAttachUrl&wbfileid=1", True),
        ("https://www.example.gov.cn/attachment/7/7789/1.ofd", True),
        ("/files/%E9%99%84%E4%BB%B6.xls", True),
        ("/zwgk/t20240315_1.html", False),
        ("/download/index.html", False),
        ("javascript:download('a.pdf')", False),
        ("#a.pdf", False),
        ("mailto:a@b.pdf", False),
        ("http://[bad", False),
        ("", False),
    ],
)
def test_what_leads_to_a_file(href: str, wanted: bool) -> None:
    assert is_file_link(href) is wanted


def test_names_and_order_and_once() -> None:
    after = (
        '<div class="fj"><a href="./1.docx">附件1：演示表.docx</a><a href="./2.xls" title="附件2：演示名单.xls">附件2：演示…</a>'
        '<p>附件3：演示图 <a href="./3.pdf">点击下载</a></p><a href="./1.docx">下载</a><a href="./%E5%9B%9B.ofd"></a></div>'
    )
    base = URL.rpartition("/")[0]
    assert names(page(after=after)) == [
        (f"{base}/1.docx", "附件1：演示表.docx"),
        (f"{base}/2.xls", "附件2：演示名单.xls"),
        (f"{base}/3.pdf", "附件3：演示图"),
        (f"{base}/%E5%9B%9B.ofd", "四.ofd"),
    ]


def test_interpretations_and_the_shell_are_no_annexes() -> None:
    assert (
        names(
            page(after='<p><a href="jd.pdf">《演示办法》政策解读</a></p><p><a href="/jd/1.html">解读</a></p>')
        )
        == []
    )


def test_hinted_links_count_without_an_extension() -> None:
    markup = page(after='<ul class="fjlist"><li><a href="/file/123">演示表</a></li></ul>')
    assert names(markup) == []
    assert names(markup, Hints(attachments=("ul.fjlist",))) == [("http://www.yanshi.test/file/123", "演示表")]


@pytest.mark.parametrize(
    ("markup", "address", "name"),
    [
        ('<iframe src="./P020240315.pdf"></iframe>', "/zwgk/zcwj/202403/P020240315.pdf", "P020240315.pdf"),
        ('<embed src="/f/a.pdf" title="演示办法">', "/f/a.pdf", "演示办法"),
        ('<object data="/f/a.ofd"></object>', "/f/a.ofd", "a.ofd"),
        ('<iframe src="/pdfjs/web/viewer.html?file=/f/a.pdf#page=1"></iframe>', "/f/a.pdf", "a.pdf"),
        ('<iframe src="/pdfjs/web/viewer.html?file=%2Ff%2Fa.pdf"></iframe>', "/f/a.pdf", "a.pdf"),
        ('<a href="/pdfjs/web/viewer.html?file=/f/a.pdf">演示办法</a>', "/f/a.pdf", "演示办法"),
    ],
)
def test_files_shown_in_the_page(markup: str, address: str, name: str) -> None:
    assert names(page(after=markup)) == [(f"http://www.yanshi.test{address}", name)]


def test_frames_that_show_no_file() -> None:
    after = '<iframe src="/jubao.html"></iframe><embed src="/a.swf"><iframe></iframe><a href="/v.html?file=12">看</a>'
    assert names(page(after=after)) == []


def test_files_whose_links_lead_nowhere() -> None:
    after = (
        '<a href="javascript:;" alt="20240315.pdf">1.演示指南</a><a href="#" title="演示表.xlsx"> </a>'
        '<a href="javascript:window.close();">【关闭】</a><a href="a.pdf">演示单.pdf</a><a>演示名单.doc</a>'
    )
    markup = page(after=after)
    root = parse_html(markup.encode())
    assert root is not None
    assert files_without_address(root) == ("1.演示指南", "演示表.xlsx", "演示名单.doc")
    told = [w for w in normalize(markup).warnings if w.startswith("annex_without_link")]
    assert told == [f"annex_without_link: {name}" for name in ("1.演示指南", "演示表.xlsx", "演示名单.doc")]


def test_base_element_counts() -> None:
    markup = page(after='<a href="a.pdf">演示表</a>').replace("<head>", '<head><base href="/other/">')
    assert names(markup) == [("http://www.yanshi.test/other/a.pdf", "演示表")]


@given(st.binary(max_size=300))
def test_never_raises(data: bytes) -> None:
    extract_attachment_links(b'<a href="' + data + b'.pdf">' + data, URL, Hints())


PIECES = [
    "/a",
    ".",
    "PDF",
    "docx",
    "&#46;",
    "&#x70;",
    "%2e",
    "%70",
    "download",
    "?",
    "fileid=1",
    ".html",
    " ",
    "附",
]


@given(
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join),
    st.sampled_from(["fjlist", "Fjlist", "list"]),
    st.sampled_from([("ul.fjlist",), ("ul.fjlist, .list",), ("ul[class]",), (".fjlist .list",), ("li",), ()]),
)
def test_bytes_rule_out_only_what_a_parse_does_not_find(
    href: str, name: str, selectors: tuple[str, ...]
) -> None:
    data = f'<body><ul class="{name}"><li><a href="{href}">演示表</a></li></ul></body>'.encode()
    hints = Hints(attachments=selectors)
    root = parse_html(data)
    assert root is not None
    assert extract_attachment_links(data, URL, hints) == find_attachment_links(root, URL, hints)
