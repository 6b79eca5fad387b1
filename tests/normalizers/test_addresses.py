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
        ("http://a.gov.cn/./201909/t20190904_1.html", "https://a.gov.cn//201909/t20190904_1.html"),
        ("http://a.gov.cn/xw/../zc/./1.html", "http://a.gov.cn/zc/1.html"),
        ("http://a.gov.cn./zc/", "http://a.gov.cn/zc/index.jhtml"),
        ("http://a.gov.cn/(S(abcdefghijklmnopqrstuvwx))/a.aspx?id=1", "http://a.gov.cn/a.aspx?id=1"),
        ("http://a.gov.cn/a.html?from=timeline&isappinstalled=0", "http://a.gov.cn/a.html"),
        ("http://a.gov.cn/a.do?sid=0a1b2c3d4e5f60718293&id=1", "http://a.gov.cn/a.do?id=1"),
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
        ("https://www.a.gov.cn/1.html", "https://a.gov.cn/1.html"),
        ("https://a.gov.cn/list.asp?sid=188", "https://a.gov.cn/list.asp?sid=189"),
        ("https://a.gov.cn/x?from=2024-01-01", "https://a.gov.cn/x?from=2024-02-01"),
        ("https://a.gov.cn/zchttp://a.gov.cn/1.html", "https://a.gov.cn/zc/a.gov.cn/1.html"),
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
