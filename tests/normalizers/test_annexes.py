"""Which file of a page is the document, and which annexes the text names that are nowhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_pages import TITLE, URL, normalize, page, paragraphs

from normalizers.annexes import annexes_without_link, file_roles, named_annexes
from normalizers.policy import Attachment, AttachmentRole, Block

NOTICE = "演示市财政局关于印发《演示资金管理办法》的通知"
SENTENCE = (
    "各单位要认真贯彻执行本通知的各项要求，确保演示工作按期完成，并及时报告有关情况和存在的问题，不得延误。"
)
BODY = (Block("paragraph", SENTENCE),)


def blocks(*texts: str) -> tuple[Block, ...]:
    """Paragraphs; "|a|b" is a table of one row, "=x" a line of the signature."""
    found = []
    for text in texts:
        if text.startswith("|"):
            cells = tuple(text[1:].split("|"))
            found.append(Block("table", " ".join(cells), rows=(cells,)))
        elif text.startswith("="):
            found.append(Block("signature", text[1:]))
        else:
            found.append(Block("paragraph", text))
    return tuple(found)


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        (["演示市财政局关于印发《演示资金管理办法》的通知.pdf"], "d"),
        (["演示市财政局关于印发《演示资金管理办法》的通知 (1).pdf"], "d"),
        (["附件：演示市财政局关于印发〈演示资金管理办法〉的通知（盖章版）.pdf"], "d"),
        (["市财政局关于印发《演示资金管理办法》的通知.ofd"], "d"),
        (["正文下载"], "d"),
        (["点击下载正文"], "d"),
        (["PDF版", "OFD版下载", "附件1.docx"], "dda"),
        (["【红头文件】", "附件：演示表"], "da"),
        (["演示资金管理办法.docx"], "a"),
        (["附件1：演示资金申请表.docx", "附件2：演示承诺书.docx"], "aa"),
        (["演示资金申请表.docx", "下载"], "aa"),
        (["pdf处理说明.doc"], "a"),
        ([], ""),
    ],
)
def test_roles_beside_a_text(names: list[str], roles: str) -> None:
    assert "".join(role[0] for role in file_roles(names, NOTICE, BODY)) == roles


@pytest.mark.parametrize(
    ("texts", "names", "roles"),
    [
        ([], ["20240308115959.pdf"], "d"),
        (["详见附件。"], ["演示资金管理办法.docx"], "d"),
        ([NOTICE, "20240308115959.pdf"], ["20240308115959.pdf"], "d"),
        ([], ["演示办法.pdf", "演示办法.ofd"], "dd"),
        ([], ["演示办法.pdf", "附件1：演示表.xls", "附件2：演示单.xls"], "daa"),
        # Which of several it is, nothing tells.
        ([], ["演示办法.pdf", "演示清单.xls"], "aa"),
        ([], ["附件1：演示表.xls"], "a"),
        (["|序号|单位"], ["演示办法.pdf"], "a"),
    ],
)
def test_roles_where_the_page_has_no_text(texts: list[str], names: list[str], roles: str) -> None:
    assert "".join(role[0] for role in file_roles(names, NOTICE, blocks(*texts))) == roles


@pytest.mark.parametrize(
    ("texts", "named"),
    [
        (["附件：演示申请表"], [(0, "演示申请表")]),
        (["附 件：1.演示申请表", "2.2024年演示单"], [(1, "演示申请表"), (2, "2024年演示单")]),
        (["附件：1．演示申请表 2．演示承诺书"], [(1, "演示申请表"), (2, "演示承诺书")]),
        (["附件1：演示申请表", "附件2：演示承诺书"], [(1, "演示申请表"), (2, "演示承诺书")]),
        (["附件一：演示申请表", "附件二：演示承诺书"], [(1, "演示申请表"), (2, "演示承诺书")]),
        (["附件", "演示申请表"], []),
        (["附件1", "演示申请表"], []),
        (["1.演示事项。", "2.演示事项。"], []),
        (["按附件要求填写申请表。"], []),
    ],
)
def test_annexes_that_a_text_names(texts: list[str], named: list[tuple[int, str]]) -> None:
    assert [(a.number, a.name) for a in named_annexes(blocks(SENTENCE, *texts))] == named


@pytest.mark.parametrize(
    ("texts", "files", "missing"),
    [
        (["附件：演示申请表", "=演示局"], [], ["附件 演示申请表"]),
        (["附件：1.演示申请表", "2.演示承诺书", "=演示局"], ["附件1.docx"], ["附件2 演示承诺书"]),
        (["附件：1.演示申请表", "2.演示承诺书", "=演示局"], ["1.演示申请表.docx", "2.演示承诺书.docx"], []),
        (["附件：1.演示申请表", "2.演示承诺书", "=演示局"], ["演示承诺书.docx"], ["附件1 演示申请表"]),
        # One file of another name may hold them all.
        (["附件：1.演示申请表", "2.演示承诺书", "=演示局"], ["附件.zip"], []),
        # They stand in the page.
        (["附件：演示申请表", "=演示局", "附件", "演示申请表", SENTENCE], [], []),
        (["附件：1.演示表", "2.演示单", "=演示局", "|附件1 演示表|", "附件2", "演示单"], [], []),
        (["附件：1.演示表", "2.演示单", "=演示局", "附件1", "演示表"], [], ["附件2 演示单"]),
        (["附件1：演示申请表", "|姓名|单位"], [], []),
        (["附件1：演示申请表", "=演示局", "2024年3月8日"], [], ["附件1 演示申请表"]),
    ],
)
def test_annexes_without_link(texts: list[str], files: list[str], missing: list[str]) -> None:
    links = [Attachment(f"http://demo.test/{i}", name) for i, name in enumerate(files)]
    assert list(annexes_without_link(blocks(SENTENCE, *texts), links)) == missing


def test_a_file_that_is_the_document_may_hold_its_annexes() -> None:
    file = Attachment("http://demo.test/1", "正文下载", role="document")
    assert annexes_without_link(blocks(SENTENCE, "附件：演示申请表", "=演示局"), [file]) == ()


def test_a_page_says_so() -> None:
    lines = (SENTENCE, "附件：1.演示申请表", "2.演示承诺书", "演示市财政局", "2024年3月8日")
    links = '<p><a href="1.docx">附件1：演示申请表</a></p><p><a href="z.pdf">{}</a></p>'
    policy = normalize(page(body=paragraphs(lines), after=links.format("2.演示清单")))
    assert [file.role for file in policy.attachments] == ["annex", "annex"]
    policy = normalize(page(body=paragraphs(lines), after='<p><a href="1.docx">附件1：演示申请表</a></p>'))
    assert "annex_without_link: 附件2 演示承诺书" in policy.warnings
    policy = normalize(page(body=paragraphs(lines), after=links.format(TITLE)))
    assert [file.role for file in policy.attachments] == ["annex", "document"]
    assert policy.url == URL and not any(w.startswith("annex") for w in policy.warnings)


@given(
    st.lists(st.text(alphabet="附件12一：:.、正文版 演示表pdf", max_size=30), max_size=12),
    st.text(max_size=30),
)
def test_any_text_is_read_without_an_exception(texts: list[str], title: str) -> None:
    read = blocks(*texts)
    roles: tuple[AttachmentRole, ...] = file_roles(texts, title, read)
    assert len(roles) == len(texts)
    annexes_without_link(read, [Attachment("http://demo.test/1", name) for name in texts])
