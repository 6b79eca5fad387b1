"""Dates as they are printed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.dates import address_date, find_dates, parse_date, parse_relative_date


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024年1月5日", "2024-01-05"),
        ("2024 年 01 月 05 日", "2024-01-05"),
        ("2024-01-05 10:00:00", "2024-01-05"),
        ("2024/1/5", "2024-01-05"),
        ("2024.01.05", "2024-01-05"),
        ("２０２４年１月５日", "2024-01-05"),
        ("20240105", "2024-01-05"),
        ("发布时间：2024—01—05 10∶00", "2024-01-05"),
        ("二〇二四年一月五日", "2024-01-05"),
        ("二○一八年十二月二十三日", "2018-12-23"),
        ("二零零七年九月十四日", "2007-09-14"),
        ("二００七年九月三十日", "2007-09-30"),
        ("二О一二年十月十日", "2012-10-10"),
        ("一九八一年五月二十三日", "1981-05-23"),
    ],
)
def test_days(text: str, day: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert (found.day, found.precision) == (date.fromisoformat(day), "day")


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("2023年1月", "2023-01-01", "month"),
        ("2023-07", "2023-07-01", "month"),
        ("2023年", "2023-01-01", "year"),
    ],
)
def test_less_than_a_day(text: str, day: str, precision: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert (found.day, found.precision) == (date.fromisoformat(day), precision)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2023年2月30日",
        "2021-2025年",
        "01-05",
        "1700000000",
        "11:30",
        "2026-02-00018",
        "十三五",
        "0371-2023",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text) is None


def test_all_dates_in_reading_order() -> None:
    days = find_dates("（1991年3月4日发布 二〇一八年九月六日修订，自2019年3月1日起施行）")
    assert [d.day.isoformat() for d in days] == ["1991-03-04", "2018-09-06", "2019-03-01"]


@pytest.mark.parametrize(
    ("text", "day"),
    [("3天前", "2026-02-27"), ("昨天 10:00", "2026-03-01"), ("2小时前", "2026-03-02"), ("3年规划", None)],
)
def test_relative_phrases(text: str, day: str | None) -> None:
    found = parse_relative_date(text, date(2026, 3, 2))
    assert (found.isoformat() if found else None) == day


@pytest.mark.parametrize(
    ("url", "day", "precision"),
    [
        ("http://www.example.gov.cn/zc/202401/t20240105_123.html", "2024-01-05", "day"),
        ("http://www.example.gov.cn/art/2023/3/9/art_1_2.html", "2023-03-09", "day"),
        ("http://www.example.gov.cn/zc/202304/0123456789abcdef0123456789abcdef.shtml", "2023-04-01", "month"),
    ],
)
def test_dates_of_addresses(url: str, day: str, precision: str) -> None:
    found = address_date(url)
    assert found is not None
    assert (found.day.isoformat(), found.precision) == (day, precision)


def test_an_address_without_a_date() -> None:
    assert address_date("http://www.example.gov.cn/content/post_12345678.html") is None


@given(st.text(max_size=120))
def test_never_raises(text: str) -> None:
    parse_date(text)
    parse_relative_date(text, date(2026, 3, 2))


@given(st.dates(date(1949, 10, 1), date(2099, 12, 31)))
def test_every_day_is_read_in_chinese_and_arabic(day: date) -> None:
    digits = "〇一二三四五六七八九"

    def numeral(n: int) -> str:
        tens, ones = divmod(n, 10)
        return ("" if tens == 0 else "十" if tens == 1 else digits[tens] + "十") + (
            digits[ones] if ones else ""
        )

    year = "".join(digits[int(c)] for c in str(day.year))
    for text in (
        f"{day.year}年{day.month}月{day.day}日",
        f"{year}年{numeral(day.month)}月{numeral(day.day)}日",
    ):
        found = parse_date(text)
        assert found is not None and found.day == day
