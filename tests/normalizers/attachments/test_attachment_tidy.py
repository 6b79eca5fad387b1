"""Printed lines put together again, and only those that the margin broke."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.attachments.tidy import running_lines, unwrapped

FULL = "各县（区）人民政府，市政府各部门、各直属机构，现就有关事"


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        (f"{FULL}\n项通知如下。", f"{FULL}项通知如下。"),
        (f"{FULL}\n一、总体要求", f"{FULL}\n一、总体要求"),
        (f"{FULL[:-1]}。\n演示市人民政府", f"{FULL[:-1]}。\n演示市人民政府"),
        (f"{FULL}\n项。\n演示市财政局\n2026年3月2日", f"{FULL}项。\n演示市财政局\n2026年3月2日"),
        (f"序号\t单位\t{FULL}\n备注说明", f"序号\t单位\t{FULL}\n备注说明"),
        (
            "the quick brown fox jumps over the lazy\ndog again",
            "the quick brown fox jumps over the lazy dog again",
        ),
        (f"{FULL}\n— 1 —", f"{FULL}\n— 1 —"),
        ("短行\n另一短行", "短行\n另一短行"),
        # The first line of a paragraph stands in by two characters.
        (f"{FULL}\n第二条 {FULL[:20]}\n项。", f"{FULL}\n第二条 {FULL[:20]}项。"),
        (f"{FULL}\n演示{FULL[:20]}\n项。", f"{FULL}演示{FULL[:20]}\n项。"),
        (
            f"第一部分 总则{'.' * 50}1\n第二部分 分则{'.' * 50}2",
            f"第一部分 总则{'.' * 50}1\n第二部分 分则{'.' * 50}2",
        ),
        (f"{'156.23 114.82 ' * 4}\n演示单位", f"{'156.23 114.82 ' * 4}\n演示单位"),
        (f"表 1 {FULL}\n演示单位", f"表 1 {FULL}\n演示单位"),
        ("", ""),
        (
            "演示市住房和城乡建设局关于老旧小区改造停车泊位有关事项的公告\n演示市住房和城乡建设局公告2023年第1号\n根据规定，",
            "演示市住房和城乡建设局关于老旧小区改造停车泊位有关事项的公告\n演示市住房和城乡建设局公告2023年第1号\n根据规定，",
        ),
    ],
)
def test_only_full_lines_in_mid_sentence_are_joined(printed: str, meant: str) -> None:
    assert unwrapped(printed) == meant


@given(st.text(alphabet="政策通知，。 \n\tab1", max_size=300))
def test_nothing_but_line_breaks_and_spaces_changes(text: str) -> None:
    assert "".join(unwrapped(text).split()) == "".join(text.split())


def test_heads_and_feet_say_nothing_of_the_margin() -> None:
    foot = f"2026/3/2 15:33 {FULL}_{FULL}_演示网 {{}}/3"
    body = "\n".join(f"第{word}条 {word}。" for word in "一二三四五六七八")
    pages = [f"演示甲\n演示乙\n{FULL}\n项。\n{body}\n{foot.format(number)}" for number in range(1, 4)]
    running = running_lines(pages)
    assert {foot.format(number) for number in range(1, 4)} < running
    assert f"{FULL}\n项。" not in unwrapped(pages[0], running - {FULL})
    assert unwrapped(pages[0]) == pages[0]
    assert running_lines(pages[:2]) == frozenset()
