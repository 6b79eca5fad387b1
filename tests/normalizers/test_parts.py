"""Annexes printed in a page and documents that it publishes or forwards."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_pages import NUMBER, TITLE, normalize, page, paragraphs

from normalizers.parts import find_parts
from normalizers.policy import Block, Part

SENTENCE = "为了规范演示工作，明确责任，提高效率，根据有关规定，结合本市实际，制定本演示文件，请认真贯彻执行，并及时报告进展情况。"
OWN = ("各县、区人民政府：", "现将有关事项通知如下，请认真贯彻执行。")
SIGNED = ("演示市人民政府", "2024年3月8日", "（此件公开发布）")
INNER = "演示市共享单车管理办法"


def blocks(*texts: str | tuple[tuple[str, ...], ...]) -> list[Block]:
    """Paragraphs, signatures and tables (rows of cells) as blocks."""
    return [
        Block("signature" if text in SIGNED[:2] else "paragraph", text)
        if isinstance(text, str)
        else Block("table", "\n".join("\t".join(row) for row in text), rows=text)
        for text in texts
    ]


def found(*texts: str | tuple[tuple[str, ...], ...], title: str = TITLE) -> list[tuple[str, int, int, str]]:
    return [(p.kind, p.start, p.end, p.title) for p in find_parts(blocks(*texts), title)]


TABLE = (("序号", "任务"), ("1", "甲" * 40), ("2", "乙" * 40))


@pytest.mark.parametrize(
    "texts, wanted",
    [
        ((*OWN, "附件：演示清单", *SIGNED, "附件", "演示任务", "分工清单", TABLE), [("annex", 6, 10, "演示任务分工清单")]),
        ((*OWN, *SIGNED, "附件1", "演示任务表", TABLE, "附件2：", "演示办理", "指南（试行）", SENTENCE), [("annex", 5, 8, "演示任务表"), ("annex", 8, 12, "演示办理指南（试行）")]),
        ((*OWN, *SIGNED, "附件1：演示任务表", TABLE, "附件2 演示指南", SENTENCE), [("annex", 5, 7, "演示任务表"), ("annex", 7, 9, "演示指南")]),
        ((*OWN, "附件：1.演示甲方乙方情况", "2.演示丙", *SIGNED, "附件1", "演示甲方", "乙方情况", SENTENCE, "附件2", "演示丙", SENTENCE), [("annex", 7, 11, "演示甲方乙方情况"), ("annex", 11, 14, "演示丙")]),
        ((*OWN, *SIGNED, (("附件1 演示任务表", "", ""), *TABLE)), [("annex", 5, 6, "演示任务表")]),
        ((*OWN, *SIGNED, "附件", TABLE), [("annex", 5, 7, "附件")]),
        ((*OWN, "附：", "演示计划表", TABLE), [("annex", 2, 5, "演示计划表")]),
        ((*OWN, *SIGNED, "附件1", "演示任务表", TABLE, "抄送：演示市纪委。", "演示市人民政府办公室 2024年3月8日印发"), [("annex", 5, 8, "演示任务表")]),
    ],
)  # fmt: skip
def test_annexes(texts: tuple[str, ...], wanted: list[tuple[str, int, int, str]]) -> None:
    assert found(*texts, title="演示市人民政府关于演示工作的通知") == wanted


@pytest.mark.parametrize(
    "texts",
    [
        (*OWN, "附件：演示任务分工清单", *SIGNED),
        (*OWN, "附件：", "1.演示任务表", "2.演示指南", *SIGNED),
        (*OWN, *SIGNED, "附件：1.演示任务表", "2.演示指南", SENTENCE),
        (*OWN, *SIGNED, "附件：", "1.演示任务表.docx", "2.演示指南.pdf"),
        (*OWN, *SIGNED, "附件1：演示任务表", "附件2：演示指南", "附件3：演示名单"),
        (*OWN, *SIGNED, "附件1《演示任务表》", "附件2《演示指南》", SENTENCE),
        (*OWN, *SIGNED, "附件：演示任务表.xlsx", SENTENCE),
        (*OWN, *SIGNED, "附件所列单位应当按时报送材料。", SENTENCE),
        (*OWN, *SIGNED, "附则", SENTENCE),
        (*OWN, *SIGNED, "附近居民应当配合演示", SENTENCE),
        (*OWN, *SIGNED, "附件"),
        ("附件1", "演示任务表"),
        (),
    ],
)
def test_lists_of_annexes_are_no_annexes(texts: tuple[str, ...]) -> None:
    assert found(*texts, title="演示市人民政府关于演示工作的通知") == []


@pytest.mark.parametrize(
    "title, texts, wanted",
    [
        (TITLE, (*OWN, *SIGNED, INNER, "第一条 " + SENTENCE), [("document", 5, 7, INNER)]),
        (TITLE.replace("《", "").replace("》", ""), (*OWN, *SIGNED, "演示市共享单车", "管理办法", SENTENCE), [("document", 5, 8, INNER)]),
        (TITLE, (*OWN, *SIGNED, INNER, "（试行）", SENTENCE), [("document", 5, 8, INNER + "（试行）")]),
        (INNER, ("现公布《演示市共享单车管理办法》，自2024年5月1日起施行。", *SIGNED[:2], INNER, SENTENCE), [("document", 3, 5, INNER)]),
        ("演示市人民政府令（第7号） " + INNER, ("《演示市共享单车管理办法》已经通过，现予公布。", *SIGNED[:2], INNER, SENTENCE), [("document", 3, 5, INNER)]),
        ("演示市人民政府令", ("《演示市共享单车管理办法》已经通过，现予公布。", *SIGNED[:2], "演示市共享单车", "管理办法", SENTENCE), [("document", 3, 6, INNER)]),
        ("演示市人民政府关于修改《演示市共享单车管理办法》的决定", ("决定对《演示市共享单车管理办法》作如下修改。", *SIGNED[:2], INNER, SENTENCE), [("document", 3, 5, INNER)]),
        (TITLE, (*OWN, *SIGNED, INNER, SENTENCE, "附件1", "演示申请表", TABLE), [("document", 5, 10, INNER), ("annex", 7, 10, "演示申请表")]),
        (TITLE, (*OWN, *SIGNED, "附件", INNER, SENTENCE), [("annex", 5, 8, INNER)]),
        ("演示市关于印发《演示甲规则》《演示乙规则》的通知", (*OWN, *SIGNED, "演示甲规则", SENTENCE, "演示乙规则", SENTENCE), [("document", 5, 7, "演示甲规则"), ("document", 7, 9, "演示乙规则")]),
        ("演示市政府转发演示局关于演示扩大规模有关问题请示的通知", (*OWN, *SIGNED, "关于演示", "扩大规模有关问题的请示", SENTENCE), [("document", 5, 8, "关于演示扩大规模有关问题的请示")]),
    ],
)  # fmt: skip
def test_documents(title: str, texts: tuple[str, ...], wanted: list[tuple[str, int, int, str]]) -> None:
    assert found(*texts, title=title) == wanted


@pytest.mark.parametrize(
    "title, texts",
    [
        ("《演示市共享单车管理办法》政策解读", ("一、起草背景", SENTENCE, "《演示市共享单车管理办法》", SENTENCE)),
        (INNER, (INNER, "第一条 " + SENTENCE, "第二条 " + SENTENCE)),
        (TITLE, (*OWN, *SIGNED)),
        (TITLE, (*OWN, *SIGNED, INNER)),
        (TITLE, (*OWN, *SIGNED, "演示市共享汽车管理办法", SENTENCE)),
        ("演示市人民政府关于演示工作的通知", (*OWN, "根据《演示市共享单车管理办法》的规定办理。", *SIGNED, INNER, SENTENCE)),
    ],
)  # fmt: skip
def test_titles_that_begin_no_inner_document(title: str, texts: tuple[str, ...]) -> None:
    assert found(*texts, title=title) == []


def test_a_forwarded_document_has_its_own_number() -> None:
    title = "演示市教育局转发演示省教育厅关于演示课程安排的通知"
    texts = (*OWN, *SIGNED, "演示省教育厅关于演示课程安排的通知", "演教〔2024〕3号", SENTENCE)
    (part,) = find_parts(blocks(*texts), title, NUMBER)
    assert part == Part("document", 5, 8, "演示省教育厅关于演示课程安排的通知", "演教〔2024〕3号")
    (again,) = find_parts(blocks(*texts), title, "演教〔2024〕3号")
    assert again.doc_number is None


def test_parts_of_a_page() -> None:
    lines = (*OWN, *SIGNED, INNER, "第一条　" + SENTENCE, "第二条　" + SENTENCE)
    table = (
        "<p>附件1</p><p>演示申请表</p><table><tr><td>姓名<td></tr><tr><td>单位<td>" + "甲" * 60 + "</table>"
    )
    policy = normalize(page(body=paragraphs(lines) + table))
    assert [(p.kind, p.title) for p in policy.parts] == [("document", INNER), ("annex", "演示申请表")]
    for part in policy.parts:
        assert policy.blocks[part.start].text.startswith((part.title[:3], "附件1"))
        assert part.end == len(policy.blocks)


LINES = [
    *OWN,
    *SIGNED,
    INNER,
    SENTENCE,
    "附件",
    "附件1",
    "附件2：演示表",
    "附：",
    "演示任务表",
    "1.演示",
    "第一条 " + SENTENCE,
    NUMBER,
]


@given(
    st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=20), st.just(TABLE)), max_size=20),
    st.sampled_from([TITLE, INNER, "", "附"]),
)
def test_parts_are_ranges_in_reading_order(texts: list[str], title: str) -> None:
    made = blocks(*texts)
    parts = find_parts(made, title or None)
    assert all(0 < p.start < p.end <= len(made) and p.title for p in parts)
    assert [p.start for p in parts] == sorted(p.start for p in parts)
    for kind in ("annex", "document"):
        own = [p for p in parts if p.kind == kind]
        assert all(a.end <= b.start for a, b in pairwise(own))
