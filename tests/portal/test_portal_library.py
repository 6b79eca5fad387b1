"""What a result says of the place where something was found."""

from dataclasses import replace

import pytest
from made_policies import make_policy

from index.parse import parse_query
from normalizers.policy import Attachment
from portal.library import MAX_PAGES, _passages, page_label, pages_of

PAGES = "第一页的话\f养老服务补贴标准\f末页"


@pytest.mark.parametrize(
    ("kind", "text", "at", "label"),
    [
        ("pdf", PAGES, 0, "第1页"),
        ("pdf", PAGES, PAGES.index("养老"), "第2页"),
        ("ofd", PAGES, len(PAGES), "第3页"),
        ("xls", PAGES, PAGES.index("养老"), "第2张表"),
        ("zip", PAGES, PAGES.index("养老"), "第2个文件"),
        ("rar", PAGES, PAGES.index("养老"), "第2个文件"),
        ("pptx", PAGES, PAGES.index("养老"), "第2张幻灯片"),
        ("docx", "没有分页", 2, ""),
    ],
)
def test_place_in_an_attachment(kind: str, text: str, at: int, label: str) -> None:
    assert page_label(Attachment("http://demo.test/a", "甲", kind, text), at) == label


def test_pages_of_an_attachment_are_named_as_hits_name_them() -> None:
    file = Attachment("http://demo.test/a", "甲", "pptx", PAGES)
    assert pages_of(file, 1_000) == (
        ("第1张幻灯片", "第一页的话"),
        ("第2张幻灯片", "养老服务补贴标准"),
        ("第3张幻灯片", "末页"),
    )
    assert pages_of(file, 8) == (("第1张幻灯片", "第一页的话"), ("第2张幻灯片", "养老"))
    assert pages_of(file, 3) == (("第1张幻灯片", "第一页"),)
    assert pages_of(replace(file, text="没有分页"), 1_000) == (("", "没有分页"),)
    assert len(pages_of(replace(file, text="\f" * 100_000), 100_000)) == MAX_PAGES + 1


def test_a_hit_in_an_attachment_says_which_and_its_page() -> None:
    files = (
        Attachment("http://demo.test/a.pdf", "甲", "pdf", "别的话"),
        Attachment("http://demo.test/b.pdf", "乙", "pdf", PAGES),
    )
    query = parse_query("养老服务").tree
    (found,) = _passages(make_policy(1, text="正文", attachments=files), query)
    assert found.startswith("附件2，第2页：")
    assert "<mark>养老服务</mark>" in found
    (found,) = _passages(make_policy(1, text="正文", attachments=files[1:]), query)
    assert found.startswith("附件，第2页：")
    itself = (replace(files[0], role="document"), *files[1:])
    (found,) = _passages(make_policy(1, text="正文", attachments=itself), query)
    assert found.startswith("附件，第2页：")
    (found,) = _passages(
        make_policy(1, text="正文", attachments=(replace(files[1], role="document"),)), query
    )
    assert found.startswith("正文文件，第2页：")
    (found,) = _passages(make_policy(1, text="养老服务", attachments=files), query)
    assert not found.startswith("附件")


def test_a_policy_that_is_a_file_says_its_page() -> None:
    policy = make_policy(1, text="第一页的话 养老服务补贴标准")
    file = Attachment(policy.url, "甲", "pdf", PAGES)
    policy = make_policy(1, text=policy.text, attachments=(file,))
    (found,) = _passages(policy, parse_query("养老服务").tree)
    assert found.startswith("第2页：")
