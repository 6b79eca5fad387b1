"""Printed lines put together again, and only those that the margin broke."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.attachments.tidy import unwrapped

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
        ("", ""),
    ],
)
def test_only_full_lines_in_mid_sentence_are_joined(printed: str, meant: str) -> None:
    assert unwrapped(printed) == meant


@given(st.text(alphabet="政策通知，。 \n\tab1", max_size=300))
def test_nothing_but_line_breaks_and_spaces_changes(text: str) -> None:
    assert "".join(unwrapped(text).split()) == "".join(text.split())
