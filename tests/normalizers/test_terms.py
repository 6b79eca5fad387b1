"""From when and until when documents are in force, and the states that follow."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.dates import PrintedDate
from normalizers.terms import extract_terms, months_later, term_of_cell
from normalizers.validity import (
    validity_of_cell,
    validity_of_column,
    validity_of_days,
    validity_of_lines,
    validity_of_title,
)

SIGNED = PrintedDate(date(2021, 9, 29), "day", "", 0, 0)


def iso(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("sentence", "effective", "expiry"),
    [
        ("本办法自2017年1月1日起施行，有效期5年。", "2017-01-01", "2021-12-31"),
        (
            "第十九条 本办法自2017年1月1日起施行，有效期5年，期满自动失效。",
            "2017-01-01",
            "2021-12-31",
        ),
        ("本演示细则自印发之日起实施，有效期5年", "2021-09-29", "2026-09-28"),
        ("自演示通知印发之日起实施，有效期3年。", "2021-09-29", "2024-09-28"),
        ("本意见自发布之日起30日后施行，《演示意见》（演府发〔2012〕1号）同时废止。", "2021-10-29", None),
        ("本规定自公布之日起3个月后施行。", "2021-12-29", None),
        ("现予公布，自２００７年１０月１日起施行。", "2007-10-01", None),
        ("第二十条  本办法自一九九三年一月一日起施行。", "1993-01-01", None),
        ("本通知自发布之日起施行，有效期至2020年12月31日。", "2021-09-29", "2020-12-31"),
        ("本规定自2022年3月1日起施行，试行期2年。", "2022-03-01", "2024-02-29"),
        ("本办法自印发之日起施行，试行两年。", "2021-09-29", "2023-09-28"),
        ("本通知自2024年5月1日起执行，执行至2026年12月31日。", "2024-05-01", "2026-12-31"),
        ("本通知自2022年1月1日起实行，有效期6个月。", "2022-01-01", "2022-06-30"),
        ("（四）政策执行期限为2020年1月23日至2020年6月30日。", "2020-01-23", "2020-06-30"),
        ("有效期至2027年12月31日。", None, "2027-12-31"),
        ("本文件有效期至2022年6月30日", None, "2022-06-30"),
        ("本办法由市财政局负责解释，自2021年1月1日起施行。", "2021-01-01", None),
        ("（2023年2月25日演示局令第72号公布 自2023年5月1日起施行）", "2023-05-01", None),
        ("本规定自发布之日起满三个月后施行。", "2021-12-29", None),
        ("本办法自公布之日起满30日施行。", "2021-10-29", None),
        ("本办法自公布之日起六十日后施行。", "2021-11-28", None),
        ("本公告自发布之日起30日后生效。", "2021-10-29", None),
        ("本办法自印发后30日起施行，有效期3年。", "2021-10-29", "2024-10-28"),
        ("本办法自发布之日起一个月后施行，有效期5年。", "2021-10-29", "2026-10-28"),
        ("自发布之日起15个工作日后施行。", None, None),
        ("本办法自2024年1月1日起试行，试行期一年。", "2024-01-01", "2024-12-31"),
        ("本办法有效期五年，自2024年1月1日起施行。", "2024-01-01", "2028-12-31"),
        ("本办法于2024年3月1日起施行，暂行两年。", "2024-03-01", "2026-02-28"),
        ("本细则自2024年3月1日起施行，暂定有效期2年。", "2024-03-01", "2026-02-28"),
        ("以上政策自2024年1月1日起执行，执行期暂定三年。", "2024-01-01", "2026-12-31"),
        ("本通知自印发之日起1年内有效。", None, "2022-09-28"),
        ("本文件有效期3年，自2021年10月1日起计算。", None, "2024-09-30"),
        ("本通知自印发之日起实施，至2025年12月31日止。", "2021-09-29", "2025-12-31"),
        ("本办法自2024年3月1日起施行，2028年12月31日自动失效。", "2024-03-01", "2028-12-31"),
        ("本措施自2024年3月1日起施行，有效期至2026年底。", "2024-03-01", "2026-12-31"),
        ("本方案执行期为2024年1月1日—2025年12月31日。", "2024-01-01", "2025-12-31"),
        ("本政策有效期三年（2024年1月1日至2026年12月31日）。", "2024-01-01", "2026-12-31"),
        # Terms of other things.
        ("本方案提出，自2022年3月起，实施演示提升工程。", None, None),
        ("本办法自2024年3月1日起施行，《示例办法》于2024年2月28日废止。", "2024-03-01", None),
        ("演示许可证自发证之日起五年内有效，有效期为五年。", None, None),
        ("演示资格在演示国各省通用，有效期为三年。", None, None),
        ("演示评估的结果有效期为3年，自报告送达之日起计算。", None, None),
        ("演示证书的有效期顺延至2020年6月30日。", None, None),
        ("该文件2018年1月1日起实施，规定有效期3年，清理时已失效。", None, None),
        ("许可证自颁发之日起生效。", None, None),
        ("演示公司根据本通知第二条调整的班次计划自2020年3月29日起执行。", None, None),
        ("《演示条例》将于2021年5月1日施行。", None, None),
        ("在高新技术企业有效期内，连续5年给予奖励。", None, None),
    ],
)
def test_clauses(sentence: str, effective: str | None, expiry: str | None) -> None:
    terms = extract_terms([sentence], SIGNED)
    assert (terms.effective.day if terms.effective else None) == iso(effective)
    assert (terms.expiry.day if terms.expiry else None) == iso(expiry)


@pytest.mark.parametrize(
    ("sentence", "effective", "expiry"),
    [
        ("本通知自2024年3月起执行。", "2024-03-01", None),
        ("本通知自2024年3月份起执行，有效期2年。", "2024-03-01", "2026-02-01"),
        ("本通知有效期至2026年12月。", None, "2026-12-01"),
    ],
)
def test_months_stay_months(sentence: str, effective: str | None, expiry: str | None) -> None:
    terms = extract_terms([sentence], SIGNED)
    for term, day in ((terms.effective, effective), (terms.expiry, expiry)):
        assert (term.day if term else None) == iso(day)
        assert term is None or term.precision == "month"


def test_the_own_clause_wins() -> None:
    printed = ["本决定自2025年4月15日起施行。", *["正文。"] * 40, "第二十四条 本规定自2022年11月1日起施行。"]
    amended = extract_terms(printed, SIGNED, amends=True).effective
    assert amended is not None and amended.day == date(2025, 4, 15)
    plain = extract_terms(printed, SIGNED)
    assert plain.effective is not None and plain.effective.day == date(2022, 11, 1)
    assert [term.day for term in plain.others] == [date(2025, 4, 15)]


def test_nothing_counts_from_an_unknown_day() -> None:
    assert extract_terms(["本办法自印发之日起施行，有效期5年。"], None) == extract_terms([], None)


def test_terms_of_cells() -> None:
    start = date(2022, 3, 1)
    for cell, last in (
        ("2026-12-31", "2026-12-31"),
        ("2022年3月1日至2027年2月28日", "2027-02-28"),
        ("5年", "2027-02-28"),
    ):
        term = term_of_cell(cell, start)
        assert term is not None and term.day == iso(last)
    assert term_of_cell("长期", start) is None and term_of_cell("5年", None) is None


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.integers(0, 120))
def test_months_later(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


@given(st.lists(st.text(alphabet="本办法自二〇2年1月日起施行，有效期至5。发布之", max_size=60), max_size=30))
def test_any_text_is_read_without_an_exception(texts: list[str]) -> None:
    extract_terms(texts, SIGNED)


@pytest.mark.parametrize(
    ("cell", "state"),
    [("现行有效", "valid"), ("长期有效", "valid"), ("有效期5年", None), ("有效期至2027年12月31日", None), ("已失效", "expired"),
     ("部分失效", "amended"), ("尚未施行", "not_yet"), ("1", None), ("未被废止", "valid")],
)  # fmt: skip
def test_cells(cell: str, state: str | None) -> None:
    assert validity_of_cell(cell) == state


@pytest.mark.parametrize(
    ("title", "state"),
    [("演示办法（已失效）", "expired"), ("【已废止】演示办法", "repealed"), ("演示办法〔全文废止〕", "repealed"), ("演示办法（已修改）", "amended"),
     ("演示办法（部分废止）", "amended"), ("演示办法（尚未施行）", "not_yet"), ("演示办法（修改）", None), ("演示办法（2020年修正）", None),
     ("关于废止（失效）演示文件的通知", None), ("演示办法（试行）", None)],
)  # fmt: skip
def test_marks_on_titles(title: str, state: str | None) -> None:
    assert validity_of_title(title) == state


def test_marks_beside_titles_and_on_columns() -> None:
    assert validity_of_lines(["来源：演示局", "此文件已废止"]) == ("repealed", "此文件已废止")
    assert validity_of_lines(["（注：本文已被演政发〔2020〕1号废止）"]) == (
        "repealed",
        "（注：本文已被演政发〔2020〕1号废止）",
    )
    assert validity_of_lines(["演示办法自本办法施行之日起废止"]) is None
    assert (validity_of_column("现行有效规范性文件"), validity_of_column("失效文件")) == ("valid", "expired")
    assert validity_of_column("政策文件") is None


def test_states_of_days() -> None:
    today = date(2026, 1, 1)
    assert validity_of_days(None, date(2025, 12, 31), today) == ("expired", "有效期至2025-12-31")
    assert validity_of_days(date(2026, 2, 1), None, today) == ("not_yet", "自2026-02-01起施行")
    assert validity_of_days(date(2025, 1, 1), date(2026, 1, 1), today) is not None
    assert validity_of_days(date(2020, 1, 1), None, today) is None
