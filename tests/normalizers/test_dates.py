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
        ("二 〇 一 九 年 十 二 月 二 十 八 日", "2019-12-28"),
        ("2019 年1 月5 日", "2019-01-05"),
        ("二〇〇一年元月五日", "2001-01-05"),
        ("二Ο二四年三月十日", "2024-03-10"),
        ("民国112年1月5日", "2023-01-05"),
        ("民國一百一十二年一月五日", "2023-01-05"),
        ("中华民国112年1月5日", "2023-01-05"),
        ("2023-1-5T10:22:00+08:00", "2023-01-05"),
        ("（2023年1月5日）", "2023-01-05"),
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
        "2023-13-45",
        "一月五日",
        "2023 1 5",
        "1672885320000",
        "演政办发〔2023〕5号",
        "民国12年1月5日",
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
    ("text", "day", "precision"),
    [
        ("3天前", "2026-02-27", "day"),
        ("５ 天之前", "2026-02-25", "day"),
        ("三天以前", "2026-02-27", "day"),
        ("二十天前", "2026-02-10", "day"),
        ("昨天 10:00", "2026-03-01", "day"),
        ("昨日", "2026-03-01", "day"),
        ("前天 08:30", "2026-02-28", "day"),
        ("大前天", "2026-02-27", "day"),
        ("今天", "2026-03-02", "day"),
        ("刚刚", "2026-03-02", "day"),
        ("30秒前", "2026-03-02", "day"),
        ("5分钟前", "2026-03-02", "day"),
        ("半小时前", "2026-03-02", "day"),
        ("2小时前", "2026-03-02", "day"),
        ("发布于 2小时前", "2026-03-02", "day"),
        ("1周前", "2026-02-01", "month"),
        ("两个星期前", "2026-02-01", "month"),
        ("半个月前", "2026-02-01", "month"),
        ("一个月前", "2026-02-01", "month"),
        ("3个月前", "2025-12-01", "month"),
        ("半年前", "2025-01-01", "year"),
        ("两年前", "2024-01-01", "year"),
        ("3年规划", None, ""),
        ("几天前", None, ""),
        ("多年前", None, ""),
        ("上周三", None, ""),
        ("第12号", None, ""),
        ("提前3天", None, ""),
        ("0天前", None, ""),
        ("999年前", None, ""),
    ],
)
def test_relative_phrases(text: str, day: str | None, precision: str) -> None:
    found = parse_relative_date(text, date(2026, 3, 2))
    assert (found.day.isoformat() if found else None) == day
    assert (found.precision if found else "") == precision


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
