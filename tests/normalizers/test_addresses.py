"""One key for every spelling of an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.addresses import address_key, host_of, page_id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "http://www.example.gov.cn/zc/t20240101_1.html",
            "https://www.example.gov.cn/zc/t20240101_1.html#top",
        ),
        ("https://www.example.gov.cn/zc/", "https://www.example.gov.cn/zc/index.html"),
        ("https://www.example.gov.cn:443/zc/", "http://www.example.gov.cn:80/zc/index.shtml"),
        ("https://WWW.Example.gov.cn/a.jsp?b=2&a=1", "https://www.example.gov.cn/a.jsp?a=1&b=2"),
        ("https://a.gov.cn/x.do;jsessionid=0A1B?id=3", "https://a.gov.cn/x.do?id=3&_t=1700000000"),
        ("https://a.gov.cn/政策/1.html", "https://a.gov.cn/%E6%94%BF%E7%AD%96/1.html"),
        ("https://a.gov.cn", "https://a.gov.cn/"),
    ],
)
def test_spellings_share_a_key(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)
    assert page_id(address_key(one)) == page_id(address_key(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.gov.cn/x?id=1", "https://a.gov.cn/x?id=2"),
        ("https://a.gov.cn/A.html", "https://a.gov.cn/a.html"),
        ("https://a.gov.cn:9091/x", "https://a.gov.cn/x"),
        ("https://a.gov.cn/#/detail/1", "https://a.gov.cn/#/detail/2"),
        ("https://a.gov.cn/list/", "https://a.gov.cn/list"),
    ],
)
def test_different_pages_differ(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


@given(st.text(alphabet="abc/.?=&%;_政 0", max_size=30))
def test_the_key_of_a_key_is_itself(tail: str) -> None:
    key = address_key("https://a.gov.cn/" + tail)
    assert address_key("http://" + key) == key


def test_host_of_nonsense_is_empty() -> None:
    assert host_of("http://[::1") == "" and host_of("mailto:a@b") == ""
