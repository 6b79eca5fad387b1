"""Blocks of a body: headings and their levels, tables with wide and tall cells, lists, pictures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_pages import normalize, page

from normalizers.blocks import settle, table_block
from normalizers.headings import heading_levels
from normalizers.lines import Line
from normalizers.list_markers import written_number
from normalizers.policy import Block

SENTENCE = "各县区要明确责任分工，按时完成任务。"


def levels(*texts: str) -> list[int]:
    """The level of each line, 0 where it is no heading."""
    found = heading_levels([Line(text, text, "p") for text in texts])
    return [found.get(i, 0) for i in range(len(texts))]


@pytest.mark.parametrize(
    "texts, wanted",
    [
        (("第一编 总则", "第一分编 通则", "第一章 一般规定", "第一节 范围", "第一条 为了演示，制定本法。"), [1, 2, 3, 4, 0]),
        (("第一章 总 则", "第一条 为了演示。", "第二章 罚则", "第二条 违反的处罚。"), [1, 0, 1, 0]),
        (("一、总体要求", SENTENCE, "（一）指导思想", SENTENCE, "1.基本原则", SENTENCE, "（1）统筹", SENTENCE), [1, 0, 2, 0, 3, 0, 4, 0]),
        (("一、提高认识，加强领导", SENTENCE, "二．落实措施", SENTENCE), [1, 0, 1, 0]),
        (("第一部分 概况", SENTENCE, "一、职责", SENTENCE), [1, 0, 2, 0]),
        (("（1）统筹", SENTENCE), [1, 0]),
        (("一、参赛对象：", SENTENCE), [1, 0]),
    ],
)  # fmt: skip
def test_headings_have_the_level_of_their_number(texts: tuple[str, ...], wanted: list[int]) -> None:
    assert levels(*texts) == wanted


@pytest.mark.parametrize(
    "texts",
    [
        ("一、各县区要明确责任分工，按时完成任务。", SENTENCE),
        ("一、时间：2024年5月1日", SENTENCE),
        ("（一）有下列情形之一的演示单位及其有关负责人员：", "1.没有登记的；"),
        ("下列材料：", "（一）申请表", "（二）身份证明", "第五条 受理机关应当审查。"),
        ("目录", "第一章 总则", "第二章 罚则", "第三章 附则", "第一条 为了演示。"),
        ("附件：1.演示承诺书", "2.演示回执", "演示市人民政府办公室"),
        ("第三章规定的期限从受理之日起计算", SENTENCE),
        ("第二节课后服务", SENTENCE),
        ("1.5亿元以上项目", SENTENCE),
        ("（一）", SENTENCE),
        (SENTENCE, "三、附则"),
    ],
)
def test_numbered_lines_that_are_no_headings(texts: tuple[str, ...]) -> None:
    assert levels(*texts) == [0] * len(texts)


def test_tagged_headings_keep_the_level_of_their_tag() -> None:
    lines = [Line("办理须知", "", "h4"), Line(SENTENCE, "", "p"), Line("长" * 90, "", "h2")]
    assert heading_levels(lines) == {0: 4}


@given(
    st.lists(
        st.sampled_from(["一、甲", "（一）乙", "1.丙", "第一章 丁", SENTENCE, "第一条 戊。"]), max_size=12
    )
)
def test_levels_count_from_one_without_a_gap(texts: list[str]) -> None:
    used = set(levels(*texts)) - {0}
    assert used == set(range(1, len(used) + 1))


def blocks_of(body: str) -> tuple[Block, ...]:
    return normalize(page(body=f"<p>各县、区人民政府：</p><p>{SENTENCE}</p>{body}<p>{SENTENCE}</p>")).blocks[
        2:-1
    ]


def table(*rows: str) -> str:
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


@pytest.mark.parametrize(
    "rows, wanted",
    [
        (("<td>序号<td>名称", "<td>1<td>甲镇"), (("序号", "名称"), ("1", "甲镇"))),
        (
            ('<td rowspan=2>县区<td colspan="2">任务', "<td>上半年<td>下半年", "<td>甲县<td>3<td>4"),
            (("县区", "任务", ""), ("", "上半年", "下半年"), ("甲县", "3", "4")),
        ),
        (
            ('<td>甲<td rowspan="3">共用<td>1', "<td>乙<td>2", "<td>丙<td>3"),
            (("甲", "共用", "1"), ("乙", "", "2"), ("丙", "", "3")),
        ),
        (
            ('<td rowspan=2 colspan=2>合并<td>右', "<td>右下", "<td>一<td>二<td>三"),
            (("合并", "", "右"), ("", "", "右下"), ("一", "二", "三")),
        ),
        (('<td rowspan="2"></td><td>甲', "<td>乙<td>丙"), (("", "甲", ""), ("", "乙", "丙"))),
        (('<td colspan="很多">甲<td>乙',), (("甲", "乙"),)),
    ],
)  # fmt: skip
def test_cells_stand_in_their_columns(rows: tuple[str, ...], wanted: tuple[tuple[str, ...], ...]) -> None:
    (block,) = blocks_of(table(*rows))
    assert (block.kind, block.rows) == ("table", wanted)
    assert block.text.split() == [cell for row in wanted for cell in row if cell]


def test_a_caption_and_a_picture_in_a_table_are_kept() -> None:
    body = table("<td>甲<td>乙", '<td>丙<td><img src="/seal.png" alt="印章">')
    kinds = [
        (b.kind, b.text, b.alt)
        for b in blocks_of(body.replace("<table>", "<table><caption>演示表</caption>"))
    ]
    assert kinds == [
        ("paragraph", "演示表", ""),
        ("table", "甲\t乙\n丙", ""),
        ("image", "/seal.png", "印章"),
    ]


def test_a_table_that_lays_out_text_is_none() -> None:
    inner = table("<td>甲<td>乙")
    assert [b.kind for b in blocks_of(f"<table><tr><td>{SENTENCE}{inner}</td></tr></table>")] == [
        "paragraph",
        "table",
    ]
    assert [b.kind for b in blocks_of(table(f"<td><p>{SENTENCE}</p><p>{SENTENCE}</p>"))] == ["paragraph"] * 2


spans = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 5)), st.tuples(st.integers(1, 5), st.integers(1, 5))
)


@given(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5))), spans)
def test_no_cell_is_lost_or_covered(
    cells: set[tuple[int, int]], covering: dict[tuple[int, int], tuple[int, int]]
) -> None:
    columns = settle(cells, covering)
    places = [(row, columns[row, number]) for row, number in cells]
    assert len(set(places)) == len(cells)
    texts = {cell: [f"{cell[0]}-{cell[1]}"] for cell in cells}
    block = table_block(texts, covering)
    assert sorted(block.text.split()) == sorted(text for (text,) in texts.values())


@pytest.mark.parametrize(
    "markup, wanted",
    [
        ("<ol><li>申请表<li>身份证明</ol>", ["1. 申请表", "2. 身份证明"]),
        ("<ol><li><p>申请表</p><li><p>证明</p></ol>", ["1. 申请表", "2. 证明"]),
        ('<ol start="3"><li>甲<li value="7">乙<li>丙</ol>', ["3. 甲", "7. 乙", "8. 丙"]),
        ('<ol type="A"><li>甲<li>乙</ol>', ["A. 甲", "B. 乙"]),
        ('<ol style="list-style-type: lower-roman"><li>甲<li>乙</ol>', ["i. 甲", "ii. 乙"]),
        ('<ol class="custom_cn2 list-paddingleft-1"><li>甲<li>乙</ol>', ["(一) 甲", "(二) 乙"]),
        ('<ol style="list-style:none"><li>甲<li>乙</ol>', ["甲", "乙"]),
        ("<ol><li>1、甲<li>2、乙</ol>", ["1、甲", "2、乙"]),
        ("<ol><li>甲<ul><li>子项</ul><li>乙</ol>", ["1. 甲", "子项", "2. 乙"]),
        ("<ol><li>甲<br>甲的下文<li><li>乙</ol>", ["1. 甲", "甲的下文", "3. 乙"]),
        ("<ul><li>甲<li>乙</ul>", ["甲", "乙"]),
    ],
)
def test_numbers_of_lists_are_kept(markup: str, wanted: list[str]) -> None:
    found = blocks_of(markup.replace("<li>", "\n<li>"))
    assert [(b.kind, b.text) for b in found] == [("list", text) for text in wanted]


@pytest.mark.parametrize(
    "number, style, wanted",
    [
        (10, "chinese", "十"), (21, "chinese", "二十一"), (100, "chinese", "100"),
        (27, "alpha", "aa"), (26, "ALPHA", "Z"), (1994, "ROMAN", "MCMXCIV"), (0, "roman", "0"), (-3, "", "-3"),
    ],
)  # fmt: skip
def test_numbers_as_lists_write_them(number: int, style: str, wanted: str) -> None:
    assert written_number(number, style) == wanted


def test_pictures_have_their_text_unless_it_is_a_file_name() -> None:
    found = blocks_of('<p><img src="/a.png" alt="流程图"></p><p><img src="/b.png" alt="b (2).PNG"></p>')
    assert [(b.text, b.alt) for b in found] == [("/a.png", "流程图"), ("/b.png", "")]


def test_a_body_of_pictures_is_said_to_be_so() -> None:
    policy = normalize(page(body='<p><img src="/1.jpg"></p><p><img src="/2.jpg"></p>'))
    assert (policy.text, policy.printed_text) == ("", "")
    assert "body_only_images" in policy.warnings


def test_cells_outside_any_row_have_columns_too() -> None:
    """A cell that stands in no row is of row -1."""
    assert settle([(0, 0), (0, 1)], {(-1, 0): (1, 3)}) == {(-1, 0): 0, (0, 0): 0, (0, 1): 1}
    assert settle([(-1, 0), (0, 0)], {(-1, 0): (2, 1)}) == {(-1, 0): 0, (0, 0): 1}
