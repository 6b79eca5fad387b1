"""Detail pages that are JSON: what is at the named paths, and that nothing else makes them raise."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pages import TITLE, URL, normalize

from normalizers.attachment_links import extract_attachment_links
from normalizers.failures import Failure
from normalizers.normalize import NormalizeError
from normalizers.page import Hints
from normalizers.page_json import read_json_page

HINTS = Hints(
    json_body="data.body",
    json_fields={"title": "data.title", "doc_number": "data.no"},
    json_files="data.files",
)
BODY = "<p>各有关单位：</p><p>现将有关事项通知如下，请执行。</p><p><a href='P020.pdf'>附件一</a></p>"
FILES = [
    {"title": "附件二.xls", "urlOtherName": "/f/2?id=7"},
    {"attachmentName": "附件三", "filePath": "/f/3.doc"},
    {"title": "无址"},
    5,
]


def answer(**data: object) -> str:
    return json.dumps(
        {"data": {"body": BODY, "title": TITLE, "no": "演政办发〔2024〕7号", "files": FILES} | data}
    )


def test_body_fields_and_annexes() -> None:
    policy = normalize(answer(), HINTS)
    assert (policy.title, policy.doc_number) == (TITLE, "演政办发〔2024〕7号")
    assert policy.text.splitlines()[:2] == ["各有关单位：", "现将有关事项通知如下，请执行。"]
    assert "附件二" not in policy.text
    names = [(a.url.partition(".test")[2], a.name) for a in policy.attachments]
    assert names == [
        ("/zwgk/zcwj/202403/P020.pdf", "附件一"),
        ("/f/2?id=7", "附件二.xls"),
        ("/f/3.doc", "附件三"),
    ]
    links = extract_attachment_links(answer().encode(), URL, HINTS)
    assert [link.url for link in links] == [a.url for a in policy.attachments]


@pytest.mark.parametrize("body", [None, 7, "", {"children": []}])
def test_a_record_without_a_body_is_its_annexes(body: object) -> None:
    policy = normalize(answer(body=body), HINTS)
    assert (policy.title, policy.text, len(policy.attachments)) == (TITLE, "", 2)
    with pytest.raises(NormalizeError) as caught:
        normalize(answer(body=body, files=None), HINTS)
    assert caught.value.failure is Failure.BODY_EMPTY


def test_the_list_says_more_than_the_answer() -> None:
    hints = Hints(
        json_body="data.body", json_fields={"title": "data.title"}, fields={"title": "演示列表所给的通知标题"}
    )
    assert normalize(answer(), hints).title == "演示列表所给的通知标题"


@pytest.mark.parametrize(
    ("data", "failure"),
    [
        (answer()[:-30], Failure.NOT_A_PAGE),
        ("[" * 100_000, Failure.NOT_A_PAGE),
        ('{"code": 500, "msg": "系统繁忙"}', Failure.BODY_EMPTY),
        ("[]", Failure.BODY_EMPTY),
    ],
)
def test_answers_that_are_no_page(data: str, failure: Failure) -> None:
    with pytest.raises(NormalizeError) as caught:
        normalize(data, HINTS)
    assert caught.value.failure is failure


def test_a_saved_page_of_such_a_site_is_read_as_a_page() -> None:
    page = f"<html><body><h1>{TITLE}</h1><div class='content'>{BODY}</div></body></html>"
    assert normalize(page, HINTS).title == TITLE


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["data", "body", "files", "url", "title"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(value=VALUES, cut=st.integers(0, 40))
@settings(max_examples=100, deadline=None)
def test_any_answer_is_read_without_raising(value: object, cut: int) -> None:
    data = json.dumps(value).encode()
    for part in (data, data[:-cut] if cut else data):
        read_json_page(part, HINTS)
        extract_attachment_links(part, URL, HINTS)
