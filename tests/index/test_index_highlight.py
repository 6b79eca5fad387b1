"""Passages over the original text."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.highlight import mark_all, opening, passages, placed_passages
from index.parse import parse_query
from index.query import All, Phrase, Word


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("科技成果转化办法", "成果转化", "科技<mark>成果转化</mark>办法"),
        ("ＡＩ大模型", "ai大模型", "<mark>ＡＩ大模型</mark>"),
        ("AI，大模型", "ai大模型", "<mark>AI，大模型</mark>"),
        ("第2023号与12023号", "2023", "第<mark>2023</mark>号与12023号"),
        ("演政发〔2023〕12号", "演政发2023年第12号", "<mark>演政发〔2023〕12</mark>号"),
        ("养老与补贴", "养老 -补贴", "<mark>养老</mark>与补贴"),
        ("2023年度年年", "2023年", "<mark>2023年</mark>度年年"),
        ("<script>alert(1)</script>养老", "养老", "&lt;script&gt;alert(1)&lt;/script&gt;<mark>养老</mark>"),
        ('"><img src=x onerror=1>', "img", "&quot;&gt;&lt;<mark>img</mark> src=x onerror=1&gt;"),
        ("㎡㎡养老", "养老", "㎡㎡<mark>养老</mark>"),
        ("㈠養老⑴AI…㎡養老", "养老 ai m2", "㈠<mark>養老</mark>⑴<mark>AI</mark>…<mark>㎡養老</mark>"),
        ("无关", "养老", "无关"),
        ("", "养老", ""),
    ],
)
def test_marks(text: str, query: str, marked: str) -> None:
    assert mark_all(text, parse_query(query).tree) == marked


def test_the_best_passage_comes_first() -> None:
    text = "养老。" + "无关的话，" * 60 + "养老服务补贴标准" + "，其他的话" * 60
    first, *_ = passages(text, parse_query("养老 服务补贴").tree)
    assert "<mark>养老服务补贴</mark>" in first
    assert first.startswith("…")
    assert first.endswith("…")


def test_a_passage_says_where_its_first_match_begins() -> None:
    text = "演示" * 300 + "养老服务补贴" + "演示" * 300
    ((at, passage),) = placed_passages(text, parse_query("养老服务").tree)
    assert text[at:].startswith("养老服务")
    assert (passage,) == passages(text, parse_query("养老服务").tree)


def test_nothing_found_is_no_passage() -> None:
    assert passages("别的话", parse_query("养老").tree) == ()
    assert opening("<b>" + "话" * 500, width=10) == "&lt;b&gt;话话话话话话话…"


@given(st.text(max_size=300), st.text(min_size=1, max_size=12))
def test_marking_changes_nothing_but_marks(text: str, query: str) -> None:
    for marked in (mark_all(text, All((Word(query + "甲"), Phrase(query + "甲")))),):
        assert html.unescape(re.sub("</?mark>", "", marked)) == html.unescape(html.escape(text))
        assert "<" not in re.sub("</?mark>", "", marked)


def test_a_match_far_inside_a_long_text_has_its_offset() -> None:
    text = "无关的话。" * 50_000 + "养老服务补贴" + "无关的话。" * 50_000
    ((at, passage),) = placed_passages(text, parse_query("养老服务").tree, most=1)
    assert at == 250_000
    assert "<mark>养老服务</mark>" in passage
    assert placed_passages(text, parse_query("没有").tree, most=1) == ()
