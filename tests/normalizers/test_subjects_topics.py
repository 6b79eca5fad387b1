"""Subjects read and inferred, topic tags, and the lists of words behind them."""

import csv
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from normalizers.doc_types import INSTRUMENTS, TYPES
from normalizers.policy import CONTENT_TYPES, INTERPRETATION_FORMS
from normalizers.subjects import infer_subject, parse_subject, subject_names
from normalizers.topics import extract_topics, load_tags
from normalizers.words import Words, load_table

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("cell", "name", "detail"),
    [
        ("财政、金融、审计\\税务", "财政、金融、审计", "税务"),
        ("农业、林业、水利\\农业、畜牧业、渔业", "农业、林业、水利", "农业、畜牧业、渔业"),
        ("城乡建设、环境保护\\城乡建设(含住房)", "城乡建设、环境保护", "城乡建设（含住房）"),
        ("工业、交通/公路", "工业、交通", "公路"),
        ("卫生、体育 > 体育", "卫生、体育", "体育"),
        ("科技、教育", "科技、教育", None),
        ("教育", "科技、教育", "教育"),
        ("环境监测、保护与治理", "城乡建设、环境保护", "环境监测、保护与治理"),
        ("自然资源、能源", "国土资源、能源", None),
        ("综合政务\\其他", "综合政务", "其他"),
        ("其他", "其他", None),
        ("水利、水务", "农业、林业、水利", "水利、水务"),
    ],
)
def test_printed_subjects(cell: str, name: str, detail: str | None) -> None:
    subject = parse_subject(cell)
    assert subject is not None
    assert (subject.name, subject.detail) == (name, detail)


def test_names_that_are_no_subject() -> None:
    for cell in ("市政府文件", "行政规范性文件", "其他公文", "通知公告", "", "/"):
        assert parse_subject(cell) is None
    outside = parse_subject("演示事务")
    assert outside is not None and (outside.name, outside.detail) == (None, "演示事务")


def test_the_scheme_has_22_subjects() -> None:
    names = subject_names()
    assert len(names) == 22 and len(set(names.values())) == 22
    assert all((found := parse_subject(name)) and found.name == name for name in names.values())
    assert {row["subject"] for row in load_table("subject_words.csv")} <= set(names)


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("财政部 税务总局关于增值税留抵退税有关事项的公告", "财政、金融、审计"),
        ("关于做好高标准农田和粮食生产工作的通知", "农业、林业、水利"),
        ("关于推进义务教育学校教师交流的意见", "科技、教育"),
        ("关于演示工作的通知", None),
    ],
)
def test_inferred_subjects(title: str, subject: str | None) -> None:
    found = infer_subject(title, "")
    assert (found[0] if found else None) == subject
    if found:
        assert all(word in title for word in found[1].split("、"))


@pytest.mark.parametrize(
    ("title", "lead", "names"),
    [
        ("演示市自然资源局关于加快推进养老服务发展的通知", "", ("养老与老龄",)),
        ("关于道路交通安全工作的意见", "", ("公安与社会治安",)),
        ("关于某某同志任职的通知", "", ("人事任免",)),
        ("关于印发演示方案的通知", "", ()),
        (
            "关于演示工作的通知",
            "医疗机构要做好传染病防治，疾病预防控制机构和医院要报告传染病。",
            ("卫生健康",),
        ),
        ("关于演示工作的通知", "有关医院要配合。", ()),
        ("关于推广新能源汽车的意见", "", ("制造业与产业",)),
    ],
)
def test_topics(title: str, lead: str, names: tuple[str, ...]) -> None:
    found = extract_topics(title, lead)
    assert (found[0] if found else ()) == names


def test_every_tag_is_mapped() -> None:
    tags = load_tags()
    assert len(tags) >= 26 and len({t.name for t in tags}) == len({t.id for t in tags}) == len(tags)
    subjects = set(subject_names().values())
    for tag in tags:
        assert tag.subject in subjects and tag.key_area and tag.words
        assert tag.name in (extract_topics(f"关于{tag.words[0]}的通知", "") or ((),))[0], tag.words[0]


def test_the_page_of_tags_tells_what_the_table_holds() -> None:
    page = (ROOT / "docs" / "tags.md").read_text(encoding="utf-8")
    for tag in load_tags():
        assert f"| {tag.name} | {tag.subject} | {tag.key_area} |" in page
    for word in (*INSTRUMENTS, *TYPES.values(), *CONTENT_TYPES.values(), *INTERPRETATION_FORMS.values()):
        assert word in page


def test_tables_are_clean() -> None:
    for name in ("subjects.csv", "topics.csv", "subject_words.csv"):
        text = files("normalizers").joinpath("data", name).read_text(encoding="utf-8")
        rows = list(csv.reader(text.splitlines()))
        assert all(len(row) == len(rows[0]) for row in rows)


def test_longest_word_counts_once() -> None:
    assert Words(["交通", "道路交通安全", "安全"]).count("道路交通安全和交通") == {
        "道路交通安全": 1,
        "交通": 1,
    }


def test_short_words_are_refused() -> None:
    with pytest.raises(ValueError, match="税"):
        Words(["税"])


def leftmost_longest(words: set[str], text: str) -> list[str]:
    """The words of a text by trying every one at every place."""
    found, at = [], 0
    while at < len(text):
        word = max((w for w in words if text.startswith(w, at)), key=len, default="")
        found += [word] if word else []
        at += len(word) or 1
    return found


@given(
    st.sets(st.text(alphabet="交通", min_size=2, max_size=5), min_size=1, max_size=8),
    st.text(alphabet="交通道", max_size=30),
)
@example({"交通", "交交交交"}, "交交交通")
def test_words_are_found_left_to_right_the_longest_first(words: set[str], text: str) -> None:
    assert list(Words(words).count(text).elements()) == sorted(
        leftmost_longest(words, text), key=leftmost_longest(words, text).index
    )


@given(st.text(alphabet="交通道路安全ab", max_size=40))
def test_words_found_are_in_the_text(text: str) -> None:
    for word, times in Words(["交通", "道路交通", "安全", "全道"]).count(text).items():
        assert text.count(word) >= times > 0


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_has_a_subject_of_the_scheme_or_none(title: str, lead: str) -> None:
    found = infer_subject(title, lead)
    assert found is None or found[0] in subject_names().values()
    topics = extract_topics(title, lead)
    assert topics is None or set(topics[0]) <= {tag.name for tag in load_tags()}
    parse_subject(title)
