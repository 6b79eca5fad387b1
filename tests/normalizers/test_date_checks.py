"""Dates that contradict each other are kept, with a warning that names both."""

from datetime import date

import pytest
from made_pages import INFO, normalize, page, paragraphs

from normalizers.date_checks import warn_date_conflicts, warn_other_date
from normalizers.dates import PrintedDate, parse_date
from normalizers.draft import Draft

TODAY = date(2024, 6, 1)


def draft_of(number: str = "", **dates: str) -> Draft:
    draft = Draft()
    draft.put("doc_number", number, "header:number", number)
    for name, text in dates.items():
        draft.put_date(f"{name}_date", parse_date(text), "info_table:演示", text)
    return draft


@pytest.mark.parametrize(
    ("number", "dates", "warnings"),
    [
        ("", {"written": "2024-03-08", "published": "2024-03-15"}, []),
        ("", {"written": "2024-03-08", "published": "2024-03-07"}, []),
        ("", {"written": "2024-03-08", "published": "2024-03-01"}, ["成文日期 2024-03-08 晚于发布日期 2024-03-01"]),
        ("", {"written": "2024-03-08", "published": "2024年3月"}, []),
        ("", {"written": "2024-04-08", "published": "2024年3月"}, ["成文日期 2024-04-08 晚于发布日期 2024-03"]),
        ("", {"written": "2024年3月", "published": "2024-03-01"}, []),
        ("", {"written": "2024-03-08", "effective": "2024-01-01"}, ["成文日期 2024-03-08 晚于施行日期 2024-01-01"]),
        ("", {"effective": "2024-03-08", "expiry": "2024-01-01"}, ["施行日期 2024-03-08 晚于失效日期 2024-01-01"]),
        ("", {"written": "2024-07-08"}, ["成文日期 2024-07-08 晚于采集日 2024-06-01"]),
        ("", {"published": "2042-01-08"}, ["发布日期 2042-01-08 晚于采集日 2024-06-01"]),
        ("演政发〔2023〕5号", {"written": "2023-05-08"}, []),
        ("演政发〔2023〕99号", {"written": "2024-01-03"}, []),
        ("演政发〔2024〕1号", {"written": "2023-12-29"}, []),
        ("演政发〔2022〕5号", {"written": "2023-05-08"}, ["发文字号 2022年，成文日期 2023-05-08"]),
        ("演政发〔2024〕5号", {"written": "2023-05-08"}, ["发文字号 2024年，成文日期 2023-05-08"]),
        ("演示市人民政府令第5号", {"written": "2023-05-08"}, []),
    ],
)  # fmt: skip
def test_orders_and_years(number: str, dates: dict[str, str], warnings: list[str]) -> None:
    draft = draft_of(number, **dates)
    warn_date_conflicts(draft, TODAY)
    assert draft.warnings == [f"date_conflict: {text}" for text in warnings]
    assert all(draft.day(f"{name}_date") for name in dates)


@pytest.mark.parametrize(
    ("taken", "other", "agrees"),
    [
        ("2024-03-08", "2024-03-08", True),
        ("2024-03-08", "2024年3月", True),
        ("2024年3月", "2024-03-08", True),
        ("2024-03-08", "2024-03-09", False),
        ("2024-03-08", "2024年4月", False),
    ],
)
def test_second_readings(taken: str, other: str, agrees: bool) -> None:
    draft = draft_of(written=taken)
    warn_other_date(draft, "written_date", parse_date(other), "生成日期")
    assert (not draft.warnings) == agrees


def test_nothing_to_compare() -> None:
    draft = Draft()
    warn_other_date(draft, "written_date", PrintedDate(TODAY, "day", "", 0, 0), "生成日期")
    warn_date_conflicts(draft, TODAY)
    assert draft.warnings == []


def test_a_page_keeps_both_dates() -> None:
    policy = normalize(page(INFO["pairs"].replace("2024年3月15日", "2023年3月15日")))
    assert any(
        w.startswith("date_conflict: 成文日期 2024-03-08 晚于发布日期 2023-03-15") for w in policy.warnings
    )
    assert str(policy.written_date) == "2024-03-08"


HEAD = '<h1>关于演示工作的通知</h1><div class="sub">{line}</div>'


@pytest.mark.parametrize(
    ("line", "meta", "day"),
    [
        ("2024-03-15 10:20 来源：演示局 字号：大 中 小", "2025-01-01 08:00", "2024-03-15"),
        ("2024年3月15日 浏览次数：12", "2025-01-01", "2024-03-15"),
        ("来源：演示局 3天前", "", "2026-02-27"),
        ("2024-03-15", "2024-03-16", "2024-03-16"),
        ("更新时间：2024-03-20", "2024-03-15", "2024-03-15"),
        ("时间：2024-03-15", "2024-03-20", "2024-03-15"),
        ("今天是2024年3月31日", "2024-03-15", "2024-03-15"),
        ("（2024年3月1日演示局会议通过）", "2024-03-15", "2024-03-15"),
    ],
)
def test_the_line_of_source_and_time(line: str, meta: str, day: str) -> None:
    tag = f'<meta name="PubDate" content="{meta}">' if meta else ""
    body = f'<div class="content">{paragraphs()}</div>'
    policy = normalize(f"<html><head>{tag}</head><body>{HEAD.format(line=line)}{body}</body></html>")
    assert str(policy.published_date) == day


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("政策发布日期", "published_date"),
        ("公开发布时间", "published_date"),
        ("文件成文时间", "written_date"),
        ("颁布日期", "written_date"),
        ("文件执行日期", "effective_date"),
    ],
)
def test_labels_made_of_the_words_of_the_catalogue(label: str, field: str) -> None:
    table = f"<table><tr><td>{label}：</td><td>2024-03-07</td><td>文号：</td><td>无</td></tr></table>"
    body = f'<div class="content">{paragraphs(("各单位要认真贯彻执行本通知的各项要求，确保演示工作按期完成。",))}</div>'
    near = normalize(f"<html><body><h1>关于演示工作的通知</h1>{table}{body}</body></html>")
    assert str(getattr(near, field)) == "2024-03-07"
    assert near.evidence[field].rule == f"info_table:{label}"
    menu = "<p>演示栏目</p>" * 30
    far = normalize(f"<html><body><p>{label}：2024-03-07</p>{menu}<h1>演示办法</h1>{body}</body></html>")
    assert f"info_table:{label}" not in {evidence.rule for evidence in far.evidence.values()}
