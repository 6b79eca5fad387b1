"""Which addresses may be links, and what is left of a text on one line."""

import pytest

from portal.site_text import one_line, web_address


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.gov.cn/art/1.html",
        "HTTP://www.example.gov.cn/a b.pdf",
        "http://演示.test/通知.pdf",
        "http://[::1]:8147/",
    ],
)
def test_addresses_of_the_web_may_be_links(url: str) -> None:
    assert web_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//www.example.gov.cn/",
        "http:",
        "http:///a",
        "http://[::1",
        " http://www.example.gov.cn/",
        "http://www.example.gov.cn/\nhttp://x.test/",
        "java\tscript:alert(1)",
        "http://www.example.gov.cn/\u202efdp.exe",
        "http://www.example.gov.cn/\x07",
    ],
)
def test_nothing_else_may_be_one(url: str) -> None:
    assert web_address(url) == ""


def test_a_line_has_neither_breaks_nor_marks_that_turn_it_around() -> None:
    assert one_line(" 演示\r\n通知\u202e\u3000第1号\x00 ") == "演示 通知 第1号"
