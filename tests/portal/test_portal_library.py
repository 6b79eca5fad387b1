"""What a result says of the place where something was found."""

from dataclasses import replace

import pytest
from made_policies import NOW, make_policy

from index.parse import parse_query
from normalizers.policy import Attachment, Policy
from pipelines.policies import StoredPolicy
from portal.passages import MAX_PAGES, MAX_SHOWN_TEXT, Passage, item_of, pages_of, place_of

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
    policy = make_policy(1, attachments=(Attachment("http://demo.test/a", "甲", kind, text),))
    assert place_of(policy, 0, at).label == "，".join(filter(None, ("附件", label)))
    assert bool(place_of(policy, 0, at).page) == bool(label)


def test_the_anchor_of_a_place_is_on_the_page_of_the_document() -> None:
    long = Attachment("http://demo.test/a", "甲", "pdf", "字" * MAX_SHOWN_TEXT + PAGES)
    plain = Attachment("http://demo.test/b", "乙", "docx", "没有分页")
    policy = make_policy(1, attachments=(replace(long, text=PAGES), plain, long))
    assert place_of(policy, 0, len(PAGES)).anchor == "file-1-3"
    assert place_of(policy, 1, 0).anchor == "file-2"
    far = place_of(policy, 2, MAX_SHOWN_TEXT + 20)
    assert (far.anchor, far.page, len(pages_of(long))) == ("file-3", 3, 1)


def test_pages_of_an_attachment_are_named_as_hits_name_them() -> None:
    file = Attachment("http://demo.test/a", "甲", "pptx", PAGES)
    assert pages_of(file) == (
        ("第1张幻灯片", "第一页的话"),
        ("第2张幻灯片", "养老服务补贴标准"),
        ("第3张幻灯片", "末页"),
    )
    long = "字" * (MAX_SHOWN_TEXT - 8)
    assert pages_of(replace(file, text=long + PAGES))[1:] == (("第2张幻灯片", "养老"),)
    assert pages_of(replace(file, text="没有分页")) == (("", "没有分页"),)
    assert len(pages_of(replace(file, text="\f" * 100_000))) == MAX_PAGES + 1


def stored(policy: Policy) -> StoredPolicy:
    return StoredPolicy(policy, "", NOW, NOW, NOW, withdrawn=False, hidden=None)


def only(policy: Policy, query: str) -> tuple[str, str]:
    """The one passage of a policy and the place it says."""
    (found,) = item_of(stored(policy), parse_query(query).tree).passages
    return found.html, found.place.label if found.place else ""


def test_a_hit_in_an_attachment_says_which_and_its_page() -> None:
    files = (
        Attachment("http://demo.test/a.pdf", "甲", "pdf", "别的话"),
        Attachment("http://demo.test/b.pdf", "乙", "pdf", PAGES),
    )
    html, place = only(make_policy(1, text="正文", attachments=files), "养老服务")
    assert place == "附件2，第2页"
    assert html == "第一页的话 <mark>养老服务</mark>补贴标准 末页"
    assert only(make_policy(1, text="正文", attachments=files[1:]), "养老服务")[1] == "附件，第2页"
    itself = (replace(files[0], role="document"), *files[1:])
    assert only(make_policy(1, text="正文", attachments=itself), "养老服务")[1] == "附件，第2页"
    alone = (replace(files[1], role="document"),)
    assert only(make_policy(1, text="正文", attachments=alone), "养老服务")[1] == "正文文件，第2页"
    assert only(make_policy(1, text="养老服务", attachments=files), "养老服务")[1] == ""


def test_a_policy_that_is_a_file_says_its_page() -> None:
    policy = make_policy(1, text="第一页的话 养老服务补贴标准")
    file = Attachment(policy.url, "甲", "pdf", PAGES)
    policy = make_policy(1, text=policy.text, attachments=(file,))
    assert only(policy, "养老服务")[1] == "第2页"


def test_without_words_the_beginning_is_shown() -> None:
    policy = make_policy(1, text="<甲>正文", attachments=())
    assert item_of(stored(policy), parse_query("").tree).passages == (Passage("&lt;甲&gt;正文"),)
