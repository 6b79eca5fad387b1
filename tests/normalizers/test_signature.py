"""Signatures: who signs a document and when, in the forms that pages print."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.lines import Line
from normalizers.signature import find_signature, find_signatures, split_names

BODY = "各单位要认真贯彻执行本通知的各项要求，确保演示工作按期完成，并及时报告有关情况。"


def printed(*texts: str) -> list[Line]:
    """Lines of running text; "|a|b" is a row of a table of its own."""
    lines = []
    for at, text in enumerate(texts):
        if text.startswith("|"):
            cells = text[1:].split("|")
            lines += [Line(cell, cell, "td", table=0, row=at, column=c) for c, cell in enumerate(cells)]
        else:
            lines.append(Line(text, text, "p"))
    return lines


def signed(
    *texts: str, expected: tuple[str, ...] = (), origin: tuple[str, ...] = ()
) -> tuple[str, tuple[str, ...]] | None:
    lines = printed(*texts)
    found = find_signature(lines, 0, len(lines), expected, origin)
    if found is None:
        return None
    return (found.day.isoformat() if found.precision == "day" else found.day.isoformat()[:7]), found.names


@pytest.mark.parametrize(
    ("lines", "day", "names"),
    [
        (["演示市财政局", "2019年6月28日"], "2019-06-28", ("演示市财政局",)),
        (["演示市财政局 2019年6月28日"], "2019-06-28", ("演示市财政局",)),
        (["演示市财政局", "2019年6月28日 （此件公开发布）"], "2019-06-28", ("演示市财政局",)),
        (["演示市财政局 2019年6月28日（此件公开发布）"], "2019-06-28", ("演示市财政局",)),
        (["演示市财政局（代章）", "二〇一九年六月二十八日"], "2019-06-28", ("演示市财政局",)),
        (["演示市财政局", "二 〇 一 九 年 六 月 二 十 八 日"], "2019-06-28", ("演示市财政局",)),
        (["演示市财政局", "2019.6.28"], "2019-06-28", ("演示市财政局",)),
        (["演示市财政局", "2019-06-28"], "2019-06-28", ("演示市财政局",)),
        (["演示市财政局", "2019年6月"], "2019-06", ("演示市财政局",)),
        (["演示市财政局 演示市审计局", "2019年6月28日"], "2019-06-28", ("演示市财政局", "演示市审计局")),
        (["司 法 部 公 安 部", "2019年6月28日"], "2019-06-28", ("司法部", "公安部")),
        (["国家发展改革委 财 政 部", "2019年6月28日"], "2019-06-28", ("国家发展改革委", "财政部")),
        (["局 长 演某某", "2019年6月28日"], "2019-06-28", ()),
        (["特此批复。 陕西省人民政府 2019年6月28日"], "2019-06-28", ("陕西省人民政府",)),
        ([BODY * 3 + "附件：演示名单 陕西省人民政府 2019年6月28日"], "2019-06-28", ("陕西省人民政府",)),
        ([BODY * 3 + "陕西省人民政府 2019年6月28日 （此件公开发布）"], "2019-06-28", ("陕西省人民政府",)),
        (["2019年6月28日"], "2019-06-28", ()),
        (["2019年6月28日", "（此件公开发布）"], "2019-06-28", ()),
        (["2019年6月28日", "附件：演示表"], "2019-06-28", ()),
        (["2019年6月28日", "附件1", "演示表", BODY], "2019-06-28", ()),
        (["2019年6月28日", "|序号|日期|单位", "|1|12月3日|演示公司"], "2019-06-28", ()),
    ],
)
def test_forms(lines: list[str], day: str, names: tuple[str, ...]) -> None:
    assert signed(BODY, *lines) == (day, names)


@pytest.mark.parametrize(
    "lines",
    [
        # 版记: printed some days after it was signed.
        ["抄送：演示市人大常委会办公室。", "演示市人民政府办公室 2019年7月2日印发"],
        ["演示市人民政府办公室", "2019年7月2日印发"],
        # A blank that was never filled in.
        ["演示市财政局", "2019年 月 日"],
        # Days in figures without a name, and days that head tables.
        ["2019-06-28"],
        ["2019年6月"],
        ["2019年6月27日", "|品种|价格", "2019年6月28日", "|品种|价格"],
        ["2019年6月28日", "第一章 总则", BODY],
        ["演示公司应当在2019年6月28日前报送。"],
    ],
)
def test_what_signs_nothing(lines: list[str]) -> None:
    assert signed(BODY, *lines) is None


def test_a_day_over_a_table_without_a_sentence_heads_the_table() -> None:
    assert signed("演示价格", "2019年6月28日", "|品种|价格") is None


def test_the_cover_note_signs_not_the_forwarded_document() -> None:
    cover, inner = ["演示县人民政府办公室", "2019年7月5日"], ["演示省财政厅", "2019年6月28日"]
    both = (BODY, *cover, "演示省财政厅关于演示的通知", BODY, *inner)
    only = (BODY, "演示省财政厅关于演示的通知", BODY, *inner)
    own = ("2019-07-05", ("演示县人民政府办公室",))
    assert signed(*both) == own
    assert signed(*both, expected=("演示县政府办公室",)) == own
    assert signed(*both, origin=("省财政厅",)) == own
    assert signed(*only, expected=("演示县政府办公室",)) is None
    assert signed(*only, origin=("省财政厅",)) is None
    assert signed(*only) == ("2019-06-28", ("演示省财政厅",))


def test_seventeen_bodies_on_lines_of_two() -> None:
    names = [
        f"演示省{stem}厅" for stem in ("财政", "教育", "科技", "民政", "司法", "水利", "商务", "审计", "交通")
    ]
    names += [f"演示省{stem}局" for stem in ("统计", "体育", "医保", "能源", "粮食", "林业", "信访", "药监")]
    lines = [" ".join(names[i : i + 2]) for i in range(0, 17, 2)]
    found = signed(BODY, *lines, "2019年6月28日")
    assert found == ("2019-06-28", tuple(names)) and len(names) == 17


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("教 育 部 办 公 厅", ("教育部办公厅",)),
        ("卫 生 健 康 委 员 会", ("卫生健康委员会",)),
        ("财 政 部 税 务 总 局", ("财政部", "税务总局")),
        ("民 政 局 财 政 局", ("民政局", "财政局")),
        ("演示市人民政府办公 室", ("演示市人民政府办公室",)),
        ("国 务 院", ("国务院",)),
    ],
)
def test_letter_spaced_names(line: str, names: tuple[str, ...]) -> None:
    assert split_names(line) == names


@given(st.lists(st.text(alphabet="演示市局办 委年月日二〇1290（）：。附件", max_size=40), max_size=20))
def test_any_lines_are_read_without_an_exception(texts: list[str]) -> None:
    lines = printed(*texts)
    for found in find_signatures(lines, 0, len(lines)):
        assert isinstance(found.day, date) and 0 <= found.start < found.end <= len(lines)
    find_signature(lines, 0, len(lines), ())
