"""Document numbers: every spelling, one key."""

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.chars import squeeze
from normalizers.doc_numbers import (
    doc_number_key,
    extract_doc_number,
    is_placeholder,
    parse_doc_numbers,
    whole_number,
)

KEYS = {
    "国办发2023-12": (
        "国办发〔2023〕12号",
        "国办发[2023]12号",
        "国办发（2023）12号",
        "国办发【2023】12号",
        "国办发﹝2023﹞12号",
        "国办发［2023］12号",
        "国办发{2023}12号",
        "国办发〔２０２３〕１２号",
        "国办发 〔2023〕 12 号",
        "国 办 发〔2023〕12号",
        "\u200b国办发〔2023〕12号",
        "国办发〔2023〕第12号",
        "国办发〔2023〕012号",
        "国办发〔2023年〕12号",
        "国办发2023年12号",
        "国办发2023年第12号",
        "国办发〔2023〕12",
        "国办发〔2023〕号12",
        "发文字号：国办发〔2023〕12号",
        "（国办发〔2023〕12号）",
        "国办发2023-12",
    ),
    "国务院令-707": (
        "国务院令第707号",
        "国令第707号",
        "中华人民共和国国务院令第707号",
        "中华人民共和国国务院令 第 707 号",
        "中华人民共和国国务院令（第７０７号）",
        "国务院令第七百零七号",
        "国务院令第七〇七号",
    ),
    "财政部税务总局公告2020-27": (
        "财政部 税务总局公告2020年第27号",
        "财政部、税务总局公告2020年第27号",
        "财政部税务总局公告（2020年第27号）",
    ),
    "国家市场监督管理总局令2024-3": ("国家市场监督管理总局令（2024年第3号）",),
    "商服贸函2026-322": ("商服贸函2026年第322号",),
    "国办发明电2021-11": ("国办发明电〔2021〕11号",),
    "豫政办2020-48": ("豫政办 〔2020〕48号",),
    "日照市人民政府令-9": ("日照市人民政府令第9号",),
    "国家经济贸易委员会令-5": ("国家经济贸易委员会令第5号",),
}


@pytest.mark.parametrize(("key", "text"), [(k, t) for k, texts in KEYS.items() for t in texts])
def test_every_spelling_has_one_key(key: str, text: str) -> None:
    assert doc_number_key(text) == key


@pytest.mark.parametrize("text", ["", "无", "-", "----", "暂无", "〔〕号", "〔2023〕号", "　"])
def test_placeholders_are_no_number(text: str) -> None:
    assert is_placeholder(text)
    assert doc_number_key(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "000014349/2018-00206",
        "2023年第12次会议",
        "人民路12号",
        "电话：0000-00000000",
        "第十二条",
        "〔2020〕15号",
        "2024年1月5日",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert parse_doc_numbers(text) == ()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (
            "根据《演示办法》（演发〔2020〕3号）和演办发〔2021〕4号文件精神",
            ["演发〔2020〕3号", "演办发〔2021〕4号"],
        ),
        ("（2007年12月4日建设部、财政部令第165号公布）", ["建设部、财政部令第165号"]),
        ("关于印发方案的通知 演科规〔2020〕1号", ["演科规〔2020〕1号"]),
    ],
)
def test_cited_numbers_without_their_cues(text: str, numbers: list[str]) -> None:
    assert [n.text for n in parse_doc_numbers(text)] == numbers


def test_a_line_with_more_than_a_number_is_not_one() -> None:
    assert whole_number("演示市人民政府办公室 演政办发〔2023〕1号文件解读") is None
    assert whole_number("〖演政办发〔2023〕1号〗") is not None


def extract(**given: Any) -> tuple[str, str] | None:
    empty: dict[str, Any] = {"api": "", "cell": None, "title": "", "header": [], "first": [], "row": ""}
    found = extract_doc_number(**{**empty, **given})
    return (found[0].text, found[1].rule) if found else None


def test_sources_in_their_order() -> None:
    cell = ("文号", "演政发〔2023〕2号")
    assert extract(api="演政发〔2023〕1号", cell=cell) == ("演政发〔2023〕1号", "api:doc_number")
    assert extract(cell=cell, first=["演政发〔2023〕3号"]) == ("演政发〔2023〕2号", "info_table:文号")
    assert extract(title="关于某事的通知(演发改〔2026〕688号)") == ("演发改〔2026〕688号", "title:number")
    assert extract(first=["演示总局令", "第78号"]) == ("演示总局令 第78号", "body:number")
    assert extract(first=["演示部", "示范部", "令", "第15号"]) == ("演示部 示范部 令 第15号", "body:number")
    assert extract(header=["（2020年10月29日演示总局令第32号公布）"]) == ("演示总局令第32号", "header:number")
    assert extract(cell=("文号", "000014349/2018-00206")) is None
    assert extract(first=["根据演政发〔2023〕3号文件要求，现通知如下。"]) is None


@given(st.text(max_size=200))
def test_key_is_idempotent(text: str) -> None:
    key = doc_number_key(text)
    assert doc_number_key(key) == key


@given(
    st.sampled_from(["国发", "陕政办发", "发改能源规", "沪府规", "Whgs函"]),
    st.integers(1950, 2030),
    st.integers(1, 9999),
    st.sampled_from(["〔〕", "[]", "()", "（）", "【】", "﹝﹞", "［］"]),
    st.sampled_from(["", " ", "\u3000", "\u200b", "\xa0"]),
    st.sampled_from(["", "第"]),
)
def test_spelling_does_not_change_the_key(
    prefix: str, year: int, serial: int, brackets: str, gap: str, word: str
) -> None:
    plain = doc_number_key(f"{prefix}〔{year}〕{serial}号")
    assert plain == f"{prefix.lower()}{year}-{serial}"
    assert (
        doc_number_key(f"{prefix}{gap}{brackets[0]}{year}{brackets[1]}{gap}{word}{gap}{serial}{gap}号")
        == plain
    )


def test_share_of_real_numbers_that_are_read(shared: Path) -> None:
    with (shared / "pages" / "doc_numbers.tsv").open(encoding="utf-8", newline="") as stream:
        texts = [
            row["doc_number"].removeprefix("发文字号：") for row in csv.DictReader(stream, delimiter="\t")
        ]
    texts = [text for text in texts if not is_placeholder(text)]
    read = sum((n := whole_number(text)) is not None and squeeze(n.raw) == squeeze(text) for text in texts)
    print(f"{read}/{len(texts)} = {read / len(texts):.4f}")
    assert read >= 0.995 * len(texts)
