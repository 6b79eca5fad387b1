"""Pages of any bytes become one tree."""

import time

import pytest

from normalizers.html import MAX_ATTRIBUTES, parse_html


@pytest.mark.parametrize("form", ["a%d=1", "a%d='1'", "a%d"])
def test_a_tag_of_too_many_attributes_is_left_without_any(form: str) -> None:
    attributes = " ".join(form % n for n in range(40_000))
    start = time.process_time()
    root = parse_html(f"<html><body><p {attributes}>正文</p></body></html>".encode())
    assert time.process_time() - start < 1  # quadratic: 3 s
    assert root is not None
    (found,) = root.iter("p")
    assert found.text == "正文"
    assert not found.attrib


def test_a_long_tag_of_few_attributes_keeps_them() -> None:
    address = "data:image/png;base64," + "A" * 200_000
    few = " ".join(f"data-{n}=1" for n in range(MAX_ATTRIBUTES - 100))
    root = parse_html(f'<html><body><img src="{address}" {few}></body></html>'.encode())
    assert root is not None
    (found,) = root.iter("img")
    assert found.get("src") == address
